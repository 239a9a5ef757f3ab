import { SimulatedBdev } from "./bdev/simulated-bdev";
import { Fabric } from "./fabric/fabric";
import { Remotes, type RemoteTarget } from "./fabric/remotes";
import { dispatch } from "./rpc/dispatch";
import { RpcServer } from "./rpc/server";
import { SpdkState, type SpdkVersionName } from "./state";
import { verbTable } from "./verbs";

const GIBIBYTE = 1024 ** 3;

export interface SimulatorOptions {
  /** Where it answers JSON-RPC; the folder is made when it is not there. */
  readonly socketPath: string;
  /** Whose behaviour. Default 24.05. */
  readonly version?: SpdkVersionName;
  /** Sum of all malloc bdevs it grants, as huge pages limit a real one. Memory is taken only where bytes are written. Default 16 GiB. */
  readonly memoryBytes?: number;
  /** NVMe-oF subsystems and local NVMe devices it can attach, besides its own TCP listeners. */
  readonly remotes?: readonly RemoteTarget[];
  /** Lets several simulators of one process reach each other's listeners. Default: a fabric of its own. */
  readonly fabric?: Fabric;
  /** Where its vhost-user sockets go. Default: the socket's path with ".vhost" after it. */
  readonly vhostFolder?: string;
  /** Verbs that it lacks, as an SPDK that was built without vhost or encryption does. */
  readonly lacks?: readonly string[];
  /** Start as with --wait-for-rpc: only start-up verbs until framework_start_init. */
  readonly waitForRpc?: boolean;
}

/** A running stand-in for SPDK. */
export interface Simulator {
  readonly socketPath: string;
  /** The bdev of that name or UUID, to read and write its bytes. */
  bdev(nameOrUuid: string): SimulatedBdev;
  /** Closes its connections and removes its socket, as a stopped SPDK does. All state is lost. */
  stop(): Promise<void>;
}

/** Starts an SPDK stand-in in this process. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const fabric = options.fabric ?? new Fabric();
  const remotes = new Remotes(options.remotes ?? []);
  fabric.add(remotes);
  const spdk = new SpdkState({
    version: options.version ?? "24.05",
    memoryBytes: options.memoryBytes ?? 16 * GIBIBYTE,
    initialized: options.waitForRpc !== true,
    fabric,
    vhostFolder: options.vhostFolder ?? `${options.socketPath}.vhost`,
    lacks: new Set(options.lacks),
  });
  const table = verbTable(spdk);
  const server = await RpcServer.listen(options.socketPath, (value, reply) => dispatch(spdk, table, value, reply));
  return {
    socketPath: options.socketPath,
    bdev: (nameOrUuid) => new SimulatedBdev(spdk, nameOrUuid),
    stop: async () => {
      await server.close();
      spdk.close();
      fabric.remove(remotes);
    },
  };
}
