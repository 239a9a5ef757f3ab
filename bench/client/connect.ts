import { closeAll, connect, typeByNoun, type Agent } from "pulumi-opi/client";
import { join } from "node:path";
import { withAgent } from "../agent/start";
import type { Bench } from "../bench";
import { throughput, type Throughput } from "../load/callers";
import { sideBySide } from "../load/repeat";
import { throughputTable } from "../load/throughput-table";
import { startChild } from "../processes/child";
import type { Table } from "../report/table";
import type { Written } from "./writer";

const ROUNDS = 5;
const READS = 1_000;
const WRITES = 300;

const volume = typeByNoun("NullVolume");
const body = { blockSize: 512n, blocksCount: 64n };

export const clientOfAgents: Bench = {
  name: "client",
  question: "What do connect() and the lock that orders writes cost?",
  run: (progress) =>
    withAgent(async (address) => {
      try {
        progress("reads");
        const read = await reads(address);
        progress("writes of one process");
        const written = await writes(address);
        progress("writes of two processes");
        return [read, written, await writesOfTwo(address)];
      } finally {
        closeAll();
      }
    }),
};

async function reads(address: string): Promise<Table> {
  const agent = connect({ address });
  await agent.create(volume, { id: "read", body });
  const name = "nullVolumes/read";
  await throughput(READS, 16, () => agent.get(volume, name));
  const shared = (callers: number) => ({
    label: `${callers} at a time`,
    run: () => throughput(READS, callers, () => agent.get(volume, name)),
  });
  const variants = [
    shared(1),
    {
      label: "1 at a time, connect() each time",
      run: () => throughput(READS, 1, () => connect({ address }).get(volume, name)),
    },
    shared(16),
    shared(64),
  ];
  return throughputTable(
    "read NullVolume",
    await sideBySide(ROUNDS, variants, ({ run }) => run()),
    ({ label }) => label,
  );
}

/** Two ways to write to the same agent: `careful` is the same protocol with ordered writes. */
const dialects = ["standard", "careful"] as const;

async function writes(address: string): Promise<Table> {
  const variants = [1, 16].flatMap((callers) => dialects.map((dialect) => ({ callers, dialect })));
  const results = await sideBySide(ROUNDS, variants, ({ callers, dialect }) =>
    createAndDelete(connect({ address, dialect }), callers),
  );
  return throughputTable(
    "create and delete one NullVolume",
    results,
    ({ callers, dialect }) => `${callers} at a time, ${dialect === "standard" ? "concurrent" : "ordered by the lock"}`,
  );
}

async function createAndDelete(agent: Agent, callers: number): Promise<Throughput> {
  return throughput(WRITES / 2, callers, async (index) => {
    await agent.create(volume, { id: `write-${index}`, body });
    await agent.delete(volume, `nullVolumes/write-${index}`);
  });
}

/** Two processes that write as fast as they can: the worst case of the lock, since one always waits. */
async function writesOfTwo(address: string): Promise<Table> {
  const writers = await Promise.all(
    ["a", "b"].map((prefix) => startChild(join(__dirname, "writer.ts"), [address, prefix])),
  );
  try {
    const results = await sideBySide(ROUNDS, dialects, async (dialect) => {
      const started = performance.now();
      for (const writer of writers) writer.say({ dialect, count: WRITES });
      const told = await Promise.all(writers.map((writer) => writer.next()));
      const seconds = (performance.now() - started) / 1000;
      // What writer.ts tells after each order.
      const both = told as readonly Written[];
      return {
        perSecond: (writers.length * WRITES) / seconds,
        p50: Math.max(...both.map(({ p50 }) => p50)),
        p99: Math.max(...both.map(({ p99 }) => p99)),
      };
    });
    return throughputTable("writes of two processes at once (percentiles of the slower)", results, (dialect) =>
      dialect === "standard" ? "concurrent" : "ordered by the lock",
    );
  } finally {
    await Promise.all(writers.map((writer) => writer.stop()));
  }
}
