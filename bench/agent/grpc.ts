import type { Bench } from "../bench";
import { throughput } from "../load/callers";
import { sideBySide } from "../load/repeat";
import { throughputTable } from "../load/throughput-table";
import { digits, withSpread } from "../report/numbers";
import { median, sampleOf } from "../report/statistics";
import type { Table } from "../report/table";
import { withAgent } from "./start";
import { Volumes } from "./volumes";

const CALLERS = [1, 16, 64];
const ROUNDS = 5;
const CALLS = 1_000;
/** Lists are of this many objects, in pages of the largest size. */
const LISTED = [250, 1_000, 4_000];

export const agentOverGrpc: Bench = {
  name: "agent",
  question: "What does the embedded agent answer over gRPC, on the simulator?",
  async run(progress) {
    const tables: Table[] = [];
    await withAgent(async (address) => {
      const volumes = await Volumes.at(address);
      tables.push(...(await calls(volumes, progress)));
      tables.push(...(await pages(volumes, progress)), await lists(volumes, progress));
      volumes.close();
    });
    await withAgent(async (address) => {
      const volumes = await Volumes.at(address);
      tables.push(await durable(volumes, progress));
      volumes.close();
    }, "durable");
    return tables;
  },
};

async function calls(volumes: Volumes, progress: (step: string) => void): Promise<readonly Table[]> {
  progress("creates, gets and deletes");
  // Compiled code is what users meet after the first second.
  await throughput(CALLS, 16, (index) => volumes.create(`warm-${index}`));
  await throughput(CALLS, 16, (index) => volumes.delete(`warm-${index}`));
  const runs = await sideBySide(ROUNDS, CALLERS, async (callers, round) => {
    const id = (index: number): string => `v${round}-${callers}-${index}`;
    const create = await throughput(CALLS, callers, (index) => volumes.create(id(index)));
    const get = await throughput(CALLS, callers, (index) => volumes.get(id(index)));
    const remove = await throughput(CALLS, callers, (index) => volumes.delete(id(index)));
    return { create, get, remove };
  });
  const label = (callers: number): string => `${callers} at a time`;
  return (["create", "get", "remove"] as const).map((verb) =>
    throughputTable(
      `${verb === "remove" ? "delete" : verb} NullVolume`,
      new Map([...runs].map(([callers, found]) => [callers, found.map((run) => run[verb])])),
      label,
    ),
  );
}

/** Creates with the state on the disk: what was begun and what is done, each of them synced. */
async function durable(volumes: Volumes, progress: (step: string) => void): Promise<Table> {
  progress("creates with a state folder");
  const runs = await sideBySide(ROUNDS, CALLERS, async (callers, round) => {
    const id = (index: number): string => `d${round}-${callers}-${index}`;
    const create = await throughput(200, callers, (index) => volumes.create(id(index)));
    await throughput(200, 16, (index) => volumes.delete(id(index)));
    return create;
  });
  return throughputTable("create NullVolume, state on the disk", runs, (callers) => `${callers} at a time`);
}

/** Pages of the default size, and of the largest. Each entry is looked up in SPDK, so that a list shows what is there. */
async function pages(volumes: Volumes, progress: (step: string) => void): Promise<readonly Table[]> {
  progress("pages");
  await throughput(LISTED[0], 16, (index) => volumes.create(`listed-${index}`));
  const tables: Table[] = [];
  for (const size of [50, 250]) {
    const runs = await sideBySide(ROUNDS, CALLERS, (callers) => throughput(128, callers, () => volumes.list("", size)));
    tables.push(throughputTable(`list NullVolumes, a page of ${size}`, runs, (callers) => `${callers} at a time`));
  }
  return tables;
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
