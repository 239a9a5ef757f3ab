import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSimulator, type RemoteTarget, type Simulator } from "../../agent/simulator";
import { SpdkClient } from "../../agent/spdk";
import { connect, type Agent, type AgentConfig } from "../../provider/client";
import { startBridge, type BridgeOptions, type RunningBridge } from "./model/server";

/** A DPU with a bridge on a simulated SPDK, either of which can end and start again, and what it holds. */
export interface Dpu {
  readonly address: string;
  readonly bridge: RunningBridge;
  /** For files that its SPDK sees; removed with it. */
  readonly folder: string;
  /** The provider's own client, with nothing of Pulumi above it. */
  client(settings?: Partial<AgentConfig>): Agent;
  /** One call to SPDK, behind the bridge's back. */
  spdk<T = unknown>(method: string, params?: object): Promise<T>;
  /** What is in SPDK: bdevs, subsystems, vhost controllers, crypto keys, remote controllers. */
  held(): Promise<readonly string[]>;
  endSpdk(): Promise<void>;
  /** Ends SPDK if it has not ended, and starts an empty one. */
  restartSpdk(): Promise<void>;
  stop(): Promise<void>;
}

export interface DpuOptions extends Pick<BridgeOptions, "kinds"> {
  /** NVMe-oF targets that paths can lead to. */
  readonly remotes?: readonly RemoteTarget[];
}

export async function startDpu({ kinds, remotes }: DpuOptions = {}): Promise<Dpu> {
  const folder = mkdtempSync(join(tmpdir(), "dpu-"));
  const socketPath = join(folder, "spdk.sock");
  const start = async (): Promise<Simulator> => {
    const started = await startSimulator({ socketPath, remotes });
    // The real bridge's users prepare SPDK with a transport of their own.
    await ask(socketPath, "nvmf_create_transport", { trtype: "TCP" });
    return started;
  };
  let simulator: Simulator | undefined = await start();
  const endSpdk = async (): Promise<void> => {
    await simulator?.stop();
    simulator = undefined;
  };
  const bridge = await startBridge({ spdk: socketPath, kinds });
  const { address } = bridge;
  return {
    address,
    bridge,
    folder,
    client: (settings) => connect({ address, attempts: 1, ...settings }),
    spdk: (method, params) => ask(socketPath, method, params),
    held: () => heldBy(socketPath),
    endSpdk,
    restartSpdk: async () => {
      await endSpdk();
      simulator = await start();
    },
    stop: async () => {
      await bridge.stop();
      await endSpdk();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ask<T>(socketPath: string, method: string, params?: object): Promise<T> {
  const client = new SpdkClient(socketPath);
  try {
    return await client.call<T>(method, params);
  } finally {
    await client.close();
  }
}

const DISCOVERY = "nqn.2014-08.org.nvmexpress.discovery";

/** Lists of SPDK, and the member that names their entries. */
const LISTS = {
  bdev_get_bdevs: "name",
  nvmf_get_subsystems: "nqn",
  vhost_get_controllers: "ctrlr",
  accel_crypto_keys_get: "name",
  bdev_nvme_get_controllers: "name",
} as const;

async function heldBy(socketPath: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const [method, key] of Object.entries(LISTS)) {
    const entries = await ask<readonly Readonly<Record<string, string>>[]>(socketPath, method);
    names.push(...entries.map((entry) => entry[key]));
  }
  return names.filter((name) => name !== DISCOVERY).sort();
}
