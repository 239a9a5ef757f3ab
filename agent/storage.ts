import { mkdir, mkdtemp, rm, rmdir } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { defaultRemotes } from "./default-remotes";
import type { Folders } from "./kinds/folders";
import type { AgentOptions } from "./options";
import { startSimulator, type Simulator } from "./simulator";
import { SpdkClient, type SpdkCaller } from "./spdk";
import { RUN_FOLDER_PREFIX, removeStaleRunFolders } from "./stale-run-folders";

/** What stores: SPDK or its stand-in, and the folders that the agent shares with it. */
export interface Storage {
  readonly spdk: SpdkCaller;
  readonly folders: Folders;
  /** For the log: which SPDK. */
  readonly description: string;
  close(): Promise<void>;
}

/** A first answer takes milliseconds; an SPDK that needs longer is not there. */
const CONNECT_MS = 5_000;
/** SPDK answers within milliseconds but where it waits for others; those calls name deadlines of their own. */
const ANSWER_MS = 10_000;

/** `onLost` is called when the connection to SPDK was lost. */
export async function openStorage(options: AgentOptions, onLost: () => void): Promise<Storage> {
  // What SPDK goes on using must be found again by the agent that comes after a killed one.
  const lasting =
    options.runFolder ?? (options.stateFolder === undefined ? undefined : join(options.stateFolder, "run"));
  if (lasting === undefined) await removeStaleRunFolders(tmpdir());
  const run = lasting ?? (await mkdtemp(join(tmpdir(), RUN_FOLDER_PREFIX)));
  const folders: Folders = { keys: join(run, "keys"), vfioUser: join(run, "vfio-user") };
  let simulator: Simulator | undefined;
  let spdk: SpdkCaller | undefined;
  const close = async (): Promise<void> => {
    // A caller that was handed in belongs to whoever made it.
    if (typeof options.spdk !== "object") await spdk?.close();
    await simulator?.stop();
    if (lasting !== undefined) return;
    // A real SPDK goes on without the agent, with the sockets and keys that it was given.
    if (options.spdk === undefined) await rm(run, { recursive: true, force: true });
    else for (const folder of [folders.keys, folders.vfioUser, run]) await rmdir(folder).catch(() => undefined);
  };
  try {
    for (const folder of [folders.keys, folders.vfioUser]) await mkdir(folder, { recursive: true, mode: 0o700 });
    if (options.spdk === undefined) {
      simulator = await startSimulator({
        remotes: defaultRemotes,
        ...options.simulator,
        socketPath: join(run, "spdk.sock"),
      });
      spdk = new SpdkClient(simulator.socketPath, { timeoutMs: ANSWER_MS, onLost });
    } else if (typeof options.spdk === "string") {
      const path = options.spdk.replace(/^unix:(\/\/(?=\/))?/, "");
      // The client would wait for an SPDK that is not there yet; at the start, not being there is a mistake to tell of.
      await probe(path);
      spdk = new SpdkClient(path, { timeoutMs: ANSWER_MS, onLost });
    } else {
      spdk = options.spdk;
    }
    const { version } = await spdk.call<{ version: string }>("spdk_get_version", undefined, { timeoutMs: CONNECT_MS });
    const description = simulator === undefined ? version : `simulator of ${version}`;
    return { spdk, folders, description, close };
  } catch (error) {
    await close();
    const where = typeof options.spdk === "string" ? options.spdk : "the given SPDK";
    throw new Error(`cannot reach SPDK at ${where}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function probe(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", reject);
  });
}
