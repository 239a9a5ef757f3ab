import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startAgent, type AgentOptions, type RunningAgent } from "..";
import { defaultRemotes } from "../default-remotes";
import { startSimulator, type RemoteTarget, type Simulator } from "../simulator";
import { SpdkClient, SpdkTransportError, type SpdkCaller } from "../spdk";
import { playedSpdk, SECURE_REMOTE, snapshot, TestClient, type Message } from "./agent-under-test";

const REMOTES: readonly RemoteTarget[] = [...defaultRemotes, SECURE_REMOTE];

/** One agent after the other on one SPDK and one state folder, each of which can be killed at any call to SPDK. */
export class AgentLives {
  readonly folder = mkdtempSync(join(tmpdir(), "opi-lives-test-"));
  /** Straight to the simulator, past the agent. */
  readonly spdk: SpdkClient;
  mortal: MortalSpdk | undefined;
  agent: RunningAgent | undefined;
  private client: TestClient | undefined;
  private life = 0;
  private readonly dead: { readonly stopped: Promise<void>; readonly spdk: MortalSpdk | undefined }[] = [];
  private spdkRuns = true;

  private constructor(private simulator: Simulator) {
    this.spdk = new SpdkClient(simulator.socketPath);
  }

  static async open(): Promise<AgentLives> {
    const folder = mkdtempSync(join(tmpdir(), "opi-lives-spdk-"));
    return new AgentLives(await simulate(join(folder, "spdk.sock")));
  }

  get stateFolder(): string {
    return join(this.folder, `state-${this.life}`);
  }

  /** Starts an agent that finds SPDK by its socket, and so sees it go and come. */
  async start(options: Partial<AgentOptions> = {}): Promise<void> {
    this.agent = await startAgent({
      listen: `unix:${join(this.folder, `agent-${this.life}.sock`)}`,
      spdk: `unix:${this.simulator.socketPath}`,
      stateFolder: this.stateFolder,
      runFolder: join(this.folder, "run"),
      limits: { stopMs: 0 },
      ...options,
    });
    this.client = new TestClient(this.agent.address);
  }

  /** Starts an agent that can be killed at a call to SPDK. */
  async startMortal(between: (spdk: SpdkCaller) => SpdkCaller = (spdk) => spdk): Promise<void> {
    this.mortal = new MortalSpdk(between(this.spdk));
    await this.start({ spdk: this.mortal });
  }

  call(method: string, request: object = {}): Promise<Message> {
    if (this.client === undefined) throw new Error("no agent runs");
    return this.client.call(method, request);
  }

  /**
   * The death of a process, without its process: what it does at SPDK came to a halt for good, and the next agent gets
   * the state as it was on the disk in that moment. What is left of the dead one is cleared away at the end of all.
   */
  leaveBehind(): void {
    const before = this.stateFolder;
    this.life++;
    cpSync(before, this.stateFolder, { recursive: true });
    this.client?.close();
    if (this.agent !== undefined) this.dead.push({ stopped: this.agent.stop(), spdk: this.mortal });
    this.agent = this.client = this.mortal = undefined;
  }

  async stop(): Promise<void> {
    this.client?.close();
    await this.agent?.stop();
    this.agent = this.client = undefined;
  }

  /** SPDK is killed and comes back with nothing, in a world where only these remote controllers are left. */
  async restartSpdk(remotes = REMOTES): Promise<void> {
    await this.stopSpdk();
    this.simulator = await simulate(this.simulator.socketPath, remotes);
    this.spdkRuns = true;
  }

  async stopSpdk(): Promise<void> {
    if (this.spdkRuns) await this.simulator.stop();
    this.spdkRuns = false;
  }

  /** Until the agent has nothing under way in the background any more, or has given up on it for now. */
  async attached(): Promise<void> {
    while ((this.agent?.reconciled.waiting ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  snapshot(): Promise<Message> {
    return snapshot(this.spdk, join(this.folder, "run"));
  }

  async close(): Promise<void> {
    await this.stop();
    for (const { stopped, spdk } of this.dead) {
      spdk?.decay();
      await stopped;
    }
    await this.spdk.close();
    await this.stopSpdk();
    rmSync(join(this.simulator.socketPath, ".."), { recursive: true });
    rmSync(this.folder, { recursive: true });
  }
}

function simulate(socketPath: string, remotes = REMOTES): Promise<Simulator> {
  return startSimulator({ socketPath, remotes, version: playedSpdk() });
}

/** Whether the last call before the death reaches SPDK. */
export type Moment = "before" | "after";

/** SPDK as a process sees it that is killed at one of its calls: from then on nothing is sent and nothing returns. */
export class MortalSpdk implements SpdkCaller {
  readonly died: Promise<void>;
  private die: () => void = () => undefined;
  private readonly decayed: Promise<never>;
  /** Fails what would have gone on for ever. */
  decay: () => void = () => undefined;
  private dead = false;
  private countdown = 0;
  private moment: Moment = "before";

  constructor(private readonly spdk: SpdkCaller) {
    this.died = new Promise((resolve) => (this.die = resolve));
    this.decayed = new Promise((_resolve, reject) => {
      this.decay = () => {
        this.dead = true;
        reject(new SpdkTransportError("any", false, "the agent is dead"));
      };
    });
    this.decayed.catch(() => undefined);
  }

  /** Death comes with the n-th call from now on that changes something, counted from 1. */
  dieAt(call: number, moment: Moment): void {
    this.countdown = call;
    this.moment = moment;
  }

  async call<T>(verb: string, params?: object): Promise<T> {
    if (this.dead) return this.decayed;
    if (/_get(_|$)/.test(verb) || this.countdown === 0 || --this.countdown > 0) return this.spdk.call<T>(verb, params);
    this.dead = true;
    if (this.moment === "after") await this.spdk.call(verb, params).catch(() => undefined);
    this.die();
    return this.decayed;
  }

  async close(): Promise<void> {
    // The connection outlives the agent.
  }
}
