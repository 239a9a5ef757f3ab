import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Fabric, startSimulator, type Simulator, type SpdkVersionName } from "../../agent/simulator";
import { SpdkClient, SpdkError } from "../../agent/spdk";
import { Comparison } from "./comparison";
import type { Recorded, RecordedBytes, RecordedCall } from "./recordings";
import {
  CASE_STAGES,
  FOLDERS,
  RECORDED_FOLDER,
  RESTARTED,
  SCENARIO_STAGES,
  USUAL,
  VHOST_FOLDER,
  WAITS_FOR_RPC,
  type Stage,
} from "./scenarios";

/** How the simulator's answer compares with the recorded one. */
export interface Outcome {
  readonly case: string;
  /** The verb, or what else was done: "(bytes)", "(files)". */
  readonly method: string;
  /** Undefined when the two agree. */
  readonly difference?: string;
}

/** The machine the recordings were made on granted less memory than this to malloc bdevs (recorded: bdev/malloc_oom). */
const MEMORY_BYTES = 4 * 1024 ** 3;
const REFUSAL = -32000;

/** Replays one scenario on fresh simulators, in order. */
export async function replay(
  version: SpdkVersionName,
  scenario: string,
  lines: readonly Recorded[],
): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), "spdk-conformance-"));
  const fabric = new Fabric();
  const spdks = {
    first: await Spdk.start(version, folder, "first", fabric, WAITS_FOR_RPC.has(scenario)),
    second: await Spdk.start(version, folder, "second", fabric, false),
  };
  const setUp = async (stage: Stage | undefined): Promise<void> => {
    stage?.files?.(folder);
    for (const target of ["first", "second"] as const)
      for (const [method, params] of stage?.[target] ?? []) await spdks[target].call(method, params);
  };
  try {
    if (!WAITS_FOR_RPC.has(scenario)) await setUp(USUAL);
    await setUp(SCENARIO_STAGES[scenario]);
    const comparison = new Comparison(lines.map((line) => (line.kind === "call" ? line.params : undefined)));
    const outcomes: Outcome[] = [];
    for (const line of lines) {
      if (RESTARTED.has(line.case)) {
        await spdks.first.stop();
        spdks.first = await Spdk.start(version, folder, "first", fabric, false);
      }
      await setUp(CASE_STAGES[line.case]);
      const difference = await replayLine(version, line, folder, spdks, comparison);
      const method = line.kind === "call" ? line.method : `(${line.kind})`;
      if (difference !== "skipped") outcomes.push({ case: line.case, method, difference });
    }
    return outcomes;
  } finally {
    await spdks.first.stop();
    await spdks.second.stop();
    rmSync(folder, { recursive: true });
  }
}

async function replayLine(
  version: SpdkVersionName,
  line: Recorded,
  folder: string,
  spdks: { readonly first: Spdk; readonly second: Spdk },
  comparison: Comparison,
): Promise<string | undefined> {
  if (line.kind === "bytes") return compareBytes(line, spdks.first.socketPath);
  if (line.kind === "files") {
    const looked = FOLDERS[version][line.case] as string | undefined;
    return looked === undefined ? "skipped" : comparison.difference(line.files, readdirSync(join(folder, looked)));
  }
  const spdk = spdks[line.target];
  // A recorded SPDK that had died refused connections; ours was stopped where it died.
  if (spdk.stopped) return "skipped";
  const difference = await compareCall(line, spdk, comparison);
  if (line.target === "second" && line.answer.kind === "disaster") await spdk.stop();
  return difference;
}

async function compareCall(line: RecordedCall, spdk: Spdk, comparison: Comparison): Promise<string | undefined> {
  const { answer } = line;
  try {
    const result = await spdk.call(line.method, line.params);
    if (answer.kind !== "result") return `${JSON.stringify(answer)}, got a result`;
    return comparison.difference(answer.result, result);
  } catch (error) {
    if (!(error instanceof SpdkError)) throw error;
    const { code, rawMessage: message } = error;
    const refused = `got error ${code} ${message}`;
    if (answer.kind === "result") return `a result, ${refused}`;
    if (answer.kind === "disaster") return code === REFUSAL ? undefined : `${answer.what}, ${refused}`;
    return comparison.difference({ code: answer.code, message: answer.message }, { code, message }, "error");
  }
}

const STILL_OPEN = "<no more, still open>";
const CLOSED = "<EOF>";

/** Sends the bytes, and a request after them whose answer shows that nothing more came before it. */
async function compareBytes(line: RecordedBytes, socketPath: string): Promise<string | undefined> {
  const sentinel = '{"jsonrpc":"2.0","id":"sentinel","method":"rpc_get_methods","params":{"nope":1}}';
  const received = await new Promise<string>((resolve) => {
    let text = "";
    // A whole request that is not answered shows in the next one's answer coming first.
    const socket = createConnection(socketPath, () => socket.write(line.raw + (isWhole(line.raw) ? sentinel : "")));
    const finish = (what: string): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(what);
    };
    // An SPDK that waits for the rest of a request says nothing.
    const timer = setTimeout(() => {
      finish("<waits for more>");
    }, 1_000);
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const at = text.indexOf('{"jsonrpc":"2.0","id":"sentinel"');
      if (at >= 0) finish(text.slice(0, at) + STILL_OPEN);
      else if (!isWhole(line.raw)) socket.write(sentinel);
    });
    socket.on("close", () => {
      finish(text + CLOSED);
    });
  });
  return received === line.answer ? undefined : `${line.answer}, got ${received}`;
}

function isWhole(raw: string): boolean {
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
  }
}

/** A simulated SPDK and a connection to it, in the recorded folder's place. */
class Spdk {
  stopped = false;

  private constructor(
    private readonly folder: string,
    private readonly simulator: Simulator,
    private readonly client: SpdkClient,
  ) {}

  static async start(
    version: SpdkVersionName,
    folder: string,
    name: string,
    fabric: Fabric,
    waitForRpc: boolean,
  ): Promise<Spdk> {
    const simulator = await startSimulator({
      socketPath: join(folder, `${name}.sock`),
      version,
      memoryBytes: MEMORY_BYTES,
      vhostFolder: join(folder, VHOST_FOLDER[version]),
      fabric,
      waitForRpc,
    });
    return new Spdk(folder, simulator, new SpdkClient(simulator.socketPath));
  }

  get socketPath(): string {
    return this.simulator.socketPath;
  }

  /** Paths go in as ours and come out as the recorded ones. */
  async call(method: string, params?: object): Promise<unknown> {
    const ours = params === undefined ? undefined : (replaceText(params, RECORDED_FOLDER, this.folder) as object);
    return replaceText(await this.client.call(method, ours), this.folder, RECORDED_FOLDER);
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    await this.client.close();
    await this.simulator.stop();
  }
}

function replaceText(value: unknown, from: string, to: string): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(from, to));
}
