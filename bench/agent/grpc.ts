import { credentials } from "@grpc/grpc-js";
import { NullVolumeServiceClient } from "../../provider/wire/opi_api/storage/v1/backend_null";
import type { Bench } from "../bench";
import { throughput } from "../load/callers";
import { sideBySide } from "../load/repeat";
import { throughputTable } from "../load/throughput-table";
import { digits, withSpread } from "../report/numbers";
import { median, sampleOf } from "../report/statistics";
import type { Table } from "../report/table";
import { withAgent } from "./start";

const CALLERS = [1, 16, 64];
const ROUNDS = 5;
const CALLS = 1_000;
/** Lists are of this many objects, in pages of the largest size. */
const LISTED = [250, 1_000, 4_000];

/** The generated client's calls as promises; `connect()` adds to this what `client` measures. */
class Volumes {
  private readonly client: NullVolumeServiceClient;

  private constructor(address: string) {
    this.client = new NullVolumeServiceClient(address, credentials.createInsecure());
  }

  static async at(address: string): Promise<Volumes> {
    const volumes = new Volumes(address);
    await new Promise<void>((resolve, reject) => {
      volumes.client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve()));
    });
    return volumes;
  }

  create(id: string): Promise<unknown> {
    const nullVolume = { name: "", blockSize: 512n, blocksCount: 64n, uuid: "" };
    return answered((done) => this.client.createNullVolume({ nullVolumeId: id, nullVolume }, done));
  }

  get(id: string): Promise<unknown> {
    return answered((done) => this.client.getNullVolume({ name: `nullVolumes/${id}` }, done));
  }

  list(pageToken: string, pageSize: number): Promise<{ readonly nextPageToken: string }> {
    return answered((done) => this.client.listNullVolumes({ pageSize, pageToken }, done));
  }

  delete(id: string): Promise<unknown> {
    return answered((done) => this.client.deleteNullVolume({ name: `nullVolumes/${id}`, allowMissing: false }, done));
  }

  close(): void {
    this.client.close();
  }
}

function answered<T>(call: (done: (error: Error | null, answer: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

export const agentOverGrpc: Bench = {
  name: "agent",
  question: "What does the embedded agent answer over gRPC, on the simulator?",
  async run(progress) {
    const tables: Table[] = [];
    await withAgent(async (address) => {
      const volumes = await Volumes.at(address);
      tables.push(...(await calls(volumes, { rounds: ROUNDS, count: CALLS, pace: "SPDK answers at once" }, progress)));
      tables.push(await pages(volumes, progress), await lists(volumes, progress));
      volumes.close();
    });
    await withAgent(async (address) => {
      const volumes = await Volumes.at(address);
      tables.push(...(await calls(volumes, { rounds: 2, count: 128, pace: "SPDK polls every 4 ms" }, progress)));
      volumes.close();
    }, "polled");
    return tables;
  },
};

interface Load {
  readonly rounds: number;
  /** Calls of each verb. */
  readonly count: number;
  readonly pace: string;
}

async function calls(
  volumes: Volumes,
  { rounds, count, pace }: Load,
  progress: (step: string) => void,
): Promise<readonly Table[]> {
  progress(`creates, gets and deletes; ${pace}`);
  // Compiled code is what users meet after the first second.
  await throughput(count, 16, (index) => volumes.create(`warm-${index}`));
  await throughput(count, 16, (index) => volumes.delete(`warm-${index}`));
  const runs = await sideBySide(rounds, CALLERS, async (callers, round) => {
    const id = (index: number): string => `v${round}-${callers}-${index}`;
    const create = await throughput(count, callers, (index) => volumes.create(id(index)));
    const get = await throughput(count, callers, (index) => volumes.get(id(index)));
    const remove = await throughput(count, callers, (index) => volumes.delete(id(index)));
    return { create, get, remove };
  });
  const label = (callers: number): string => `${callers} at a time`;
  return (["create", "get", "remove"] as const).map((verb) =>
    throughputTable(
      `${verb === "remove" ? "delete" : verb} NullVolume, ${pace}`,
      new Map([...runs].map(([callers, found]) => [callers, found.map((run) => run[verb])])),
      label,
    ),
  );
}

/**
 * Pages of the default size. Each entry is looked up in SPDK, so that a list shows what is there: 64 pages of 250 at
 * once would be more calls than the agent keeps waiting for SPDK, and some would be refused.
 */
async function pages(volumes: Volumes, progress: (step: string) => void): Promise<Table> {
  progress("pages");
  await throughput(LISTED[0], 16, (index) => volumes.create(`listed-${index}`));
  const runs = await sideBySide(ROUNDS, CALLERS, (callers) => throughput(128, callers, () => volumes.list("", 50)));
  return throughputTable("list NullVolumes, a page of 50", runs, (callers) => `${callers} at a time`);
}

/** Whether the cost of a page, and of an entry, stays what it is as the collection grows. */
async function lists(volumes: Volumes, progress: (step: string) => void): Promise<Table> {
  const rows: string[][] = [];
  let made = LISTED[0];
  for (const size of LISTED) {
    progress(`lists of ${size}`);
    const wanted = size - made;
    const first = made;
    if (wanted > 0) await throughput(wanted, 16, (index) => volumes.create(`listed-${first + index}`));
    made = size;
    const whole = sampleOf(await repeated(ROUNDS, () => allOf(volumes)));
    rows.push([`${size} objects`, withSpread(whole), digits((median(whole) / size) * 1000)]);
  }
  return { columns: ["list NullVolumes, all pages", "ms (lowest – highest)", "µs an object"], rows };
}

async function repeated(rounds: number, work: () => Promise<void>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times;
}

async function allOf(volumes: Volumes): Promise<void> {
  let token = "";
  do token = (await volumes.list(token, 250)).nextPageToken;
  while (token !== "");
}
