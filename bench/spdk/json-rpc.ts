import { join } from "node:path";
import { SpdkClient } from "../../agent/spdk";
import type { Bench } from "../bench";
import { throughput, type Throughput } from "../load/callers";
import { sideBySide } from "../load/repeat";
import { throughputTable } from "../load/throughput-table";
import { startChild } from "../processes/child";
import type { Target } from "./target";

const ROUNDS = 5;

/** How calls reach SPDK. */
interface Variant {
  readonly label: string;
  readonly calls: number;
  readonly callers: number;
  readonly connection: "one" | "each";
}

/** SPDK has room for 64 connections, and without one kept open a careful client uses one at a time. */
const immediate: readonly Variant[] = [
  { label: "a connection for each call", calls: 1_000, callers: 1, connection: "each" },
  { label: "one connection, call after call", calls: 5_000, callers: 1, connection: "one" },
  { label: "one connection, 16 pipelined", calls: 10_240, callers: 16, connection: "one" },
  { label: "one connection, 256 pipelined", calls: 10_240, callers: 256, connection: "one" },
];

/** Fewer calls where each waits for its turns of 4 ms. */
const polled: readonly Variant[] = immediate.map((variant) => ({
  ...variant,
  calls: variant.callers === 1 ? 100 : variant.calls,
}));

export const spdkJsonRpc: Bench = {
  name: "spdk",
  question: "What does one pipelined connection to SPDK's JSON-RPC give over a connection for each call?",
  run: async (progress) => {
    const target = await startChild<Target>(join(__dirname, "target.ts"));
    try {
      await measure(target.told.immediate, { ...immediate[3], calls: 5_120 });
      progress("answered at once");
      const atOnce = await sideBySide(ROUNDS, immediate, (variant) => measure(target.told.immediate, variant));
      progress("polled every 4 ms");
      const inTurns = await sideBySide(ROUNDS, polled, (variant) => measure(target.told.polled, variant));
      return [
        throughputTable("bdev_null_create and delete, answered at once", atOnce, ({ label }) => label),
        throughputTable("the same, socket polled every 4 ms as SPDK does", inTurns, ({ label }) => label),
      ];
    } finally {
      await target.stop();
    }
  },
};

async function measure(socketPath: string, { calls, callers, connection }: Variant): Promise<Throughput> {
  const shared = new SpdkClient(socketPath);
  // Each name is created, then deleted. `calls` is a multiple of twice `callers`, so nothing is left behind.
  const request = (client: SpdkClient, index: number): Promise<unknown> => {
    const name = `bench${Math.floor(index / (2 * callers))}x${index % callers}`;
    return Math.floor(index / callers) % 2 === 0
      ? client.call("bdev_null_create", { name, num_blocks: 64, block_size: 512 })
      : client.call("bdev_null_delete", { name });
  };
  try {
    await shared.call("spdk_get_version");
    return await throughput(calls, callers, async (index) => {
      if (connection === "one") return request(shared, index);
      const own = new SpdkClient(socketPath);
      try {
        return await request(own, index);
      } finally {
        await own.close();
      }
    });
  } finally {
    await shared.close();
  }
}
