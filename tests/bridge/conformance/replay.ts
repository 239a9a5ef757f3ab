import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fabric, startSimulator, type Simulator } from "../../../agent/simulator";
import { SpdkClient } from "../../../agent/spdk";
import { startBridge, type RunningBridge } from "../model/server";
import { Comparison } from "./comparison";
import { JsonClient } from "./json-client";
import type { Answer, Json, Recorded, RecordedCall } from "./recording";
import { CASE_STAGES, CLEARED, EVENTS, FAR_PSK, farTargets, FRESH, GROUP_STAGES } from "./stages";
import { layFiles, RECORDED_FOLDER, type Stage } from "./stages";

/** How the model's answer compares with the recorded one. */
export interface Outcome {
  readonly case: string;
  readonly method: string;
  /** Undefined when the two agree. */
  readonly difference?: string;
}

/** The machine of the recording granted less memory than this to malloc bdevs (recorded: MallocVolume.bad/create_out_of_memory). */
const MEMORY_BYTES = 4 * 1024 ** 3;

/** Replays one group on a fresh SPDK and a fresh bridge, in order. */
export async function replay(group: string, lines: readonly Recorded[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const comparison = new Comparison();
  let scene = await Scene.open(group);
  try {
    for (const line of lines) {
      if (line.kind === "left out") continue;
      if (line.kind === "event") {
        await (line.case.includes("spdk_tgt restarted") ? scene.restartSpdk() : scene.restartBridge());
        continue;
      }
      if (FRESH.test(line.case)) {
        await scene.close();
        scene = await Scene.open(group);
      }
      await scene.prepare(CASE_STAGES[line.case]);
      await scene.undergo(EVENTS[line.case]);
      const actual = await scene.call(line);
      const survived = line.answer.kind === "death" && scene.bridge.died === undefined;
      const difference = survived ? "it was to end, and did not" : comparison.difference(line.answer, actual);
      if (CLEARED.test(line.case)) await scene.clear(line, actual);
      outcomes.push({ case: line.case, method: line.method, difference });
    }
  } finally {
    await scene.close();
  }
  return outcomes;
}

/** A simulated SPDK, the model of the bridge on it, and a client; where the group needs it, a second SPDK far away. */
class Scene {
  /** The ids and page tokens that the recorded bridge drew, so that ours draws the same. */
  private static readonly ids: string[] = [];

  private constructor(
    private readonly folder: string,
    private readonly fabric: Fabric,
    private simulator: Simulator,
    private readonly far: Simulator | undefined,
    readonly bridge: RunningBridge,
    private client: JsonClient,
  ) {}

  static async open(group: string): Promise<Scene> {
    const folder = mkdtempSync(join(tmpdir(), "bridge-"));
    const fabric = new Fabric();
    layFiles(join(folder, "files"));
    const simulator = await simulate(folder, "spdk.sock", fabric);
    const far = await startFar(group, folder, fabric);
    const newId = (): string => Scene.ids.shift() ?? "no id was recorded";
    const bridge = await startBridge({ spdk: simulator.socketPath, newId });
    const scene = new Scene(folder, fabric, simulator, far, bridge, new JsonClient(bridge.address));
    await scene.prepare(GROUP_STAGES[group]);
    return scene;
  }

  async prepare(stage: Stage | undefined): Promise<void> {
    await tell(this.simulator, stage?.spdk ?? []);
    if (this.far) await tell(this.far, stage?.farSpdk ?? []);
    for (const [service, method, request] of stage?.bridge ?? []) {
      const answer = await this.client.call(service, method, request);
      if (answer.kind !== "response") throw new Error(`the stage cannot be set: ${JSON.stringify(answer)}`);
    }
  }

  /** Paths go in as ours and come out as the recorded ones. */
  async call({ service, method, request, answer }: RecordedCall): Promise<Answer> {
    Scene.ids.splice(0, Scene.ids.length, ...drawn(answer));
    const files = join(this.folder, "files");
    const actual = await this.client.call(service, method, withText(request, RECORDED_FOLDER, files));
    return withText(actual, files, RECORDED_FOLDER);
  }

  async undergo(event: (typeof EVENTS)[string] | undefined): Promise<void> {
    if (event === "SPDK ends") await this.simulator.stop();
    if (event === "the far SPDK ends") await this.far?.stop();
    if (event === "the bridge starts") await this.restartBridge();
  }

  /** Deletes what a create made. */
  async clear({ service, method }: RecordedCall, made: Answer): Promise<void> {
    if (made.kind !== "response") return;
    await this.client.call(service, method.replace("Create", "Delete"), { name: made.response.name });
  }

  async restartBridge(): Promise<void> {
    await this.bridge.restart();
    // The old connection may not have noticed yet.
    this.client.close();
    this.client = new JsonClient(this.bridge.address);
  }

  async restartSpdk(): Promise<void> {
    await this.simulator.stop();
    this.simulator = await simulate(this.folder, "spdk.sock", this.fabric);
  }

  async close(): Promise<void> {
    this.client.close();
    await this.bridge.stop();
    await this.simulator.stop();
    await this.far?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const simulate = (folder: string, socket: string, fabric: Fabric): Promise<Simulator> =>
  startSimulator({ socketPath: join(folder, socket), version: "24.05", memoryBytes: MEMORY_BYTES, fabric });

async function startFar(group: string, folder: string, fabric: Fabric): Promise<Simulator | undefined> {
  const psk = join(folder, "psk");
  writeFileSync(psk, FAR_PSK, { mode: 0o600 });
  const calls = farTargets(group, psk);
  if (calls.length === 0) return undefined;
  const far = await simulate(folder, "far.sock", fabric);
  await tell(far, calls);
  return far;
}

async function tell({ socketPath }: Simulator, calls: readonly (readonly [string, object])[]): Promise<void> {
  if (calls.length === 0) return;
  const spdk = new SpdkClient(socketPath);
  for (const [method, params] of calls) await spdk.call(method, params);
  await spdk.close();
}

function drawn(answer: Answer): readonly string[] {
  if (answer.kind !== "response") return [];
  const { name, next_page_token: token } = answer.response;
  return [
    ...(typeof token === "string" ? [token] : []),
    ...(typeof name === "string" ? [name.split("/").pop() ?? ""] : []),
  ];
}

function withText<T extends Json | Answer>(value: T, from: string, to: string): T {
  // What JSON.stringify wrote has the form that it had before.
  return JSON.parse(JSON.stringify(value).replaceAll(from, to)) as T;
}
