import { Mutex, Semaphore } from "async-mutex";
import pino from "pino";

import { resourceContract } from "./contract/resource";
import { inventory } from "./inventory/inventory";
import { kinds } from "./kinds";
import type { AnyKind, Environment } from "./kinds/kind";
import { Spdk } from "./kinds/spdk";
import { VolumeDirectory } from "./kinds/volume-reference";
import { Operations } from "./operations/operations";
import type { AgentOptions, RunningAgent } from "./options";
import { capabilities } from "./server/capabilities";
import { Collection } from "./server/collection";
import { handler, type Method } from "./server/handler";
import { deriveIdentity } from "./server/identity";
import { addReflection } from "./server/reflection";
import { remoteControllerMethods } from "./server/remote-controllers";
import { serviceDefinitions } from "./server/services";
import { guarded } from "./server/verb-guard";
import { openStorage, type Storage } from "./storage";
import { MemoryStore } from "./store/memory-store";

/** Look-ups of all lists together at one time: enough to keep SPDK's connection busy, far from filling its queue. */
const LOOK_UPS = 128;

/** Starts an OPI agent in this process. */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const log = options.logger ?? pino({ level: "silent" });
  const operations = await Operations.open(options, log);
  let storage: Storage | undefined;
  try {
    await options.whenBound?.();
    storage = await openStorage(options);
    const spdk = new Spdk(operations.watch(storage.spdk));
    const store = new MemoryStore();
    const contracts = new Map(kinds.map((kind) => [kind, resourceContract(kind.type, kind.service)]));
    const collectionOf = (kind: AnyKind): string => contracts.get(kind)?.pattern.collection ?? "";
    const environment: Environment = {
      spdk,
      store,
      volumes: new VolumeDirectory(kinds, store, spdk, collectionOf),
      folders: storage.folders,
    };
    const writes = new Mutex();
    const lookUps = new Semaphore(LOOK_UPS);
    const methods = new Map<string, Record<string, Method>>([
      ["opi_ext.agent.v1.CapabilitiesService", { getCapabilities: () => capabilities(spdk, contracts, identity) }],
      ["opi_api.inventory.v1.InventoryService", { getInventory: inventory }],
    ]);
    const identity = options.identity ?? deriveIdentity();
    for (const [kind, contract] of contracts) {
      const collection = new Collection(kind, contract, { environment, writes, lookUps, log });
      methods.set(kind.service, {
        ...methods.get(kind.service),
        ...guarded(spdk, contract, collection.methods()),
      });
    }
    const remote = "opi_api.storage.v1.NvmeRemoteControllerService";
    methods.set(remote, { ...methods.get(remote), ...remoteControllerMethods(environment, writes) });

    for (const [name, table] of methods) {
      const definition = serviceDefinitions[name];
      if (definition === undefined) throw new Error(`no definition of ${name}`);
      operations.server.addService(
        definition,
        Object.fromEntries(
          Object.entries(table).map(([local, method]) => [
            local,
            handler(local.charAt(0).toUpperCase() + local.slice(1), method),
          ]),
        ),
      );
    }
    addReflection(operations.server);
    operations.serve([...contracts.keys()].map(({ type }) => [type, () => store.list(type).length]));
    const { address, metricsAddress } = operations;
    log.info({ address, metricsAddress, storage: storage.description }, "listening");
    const opened = storage;
    let stopping: Promise<void> | undefined;
    return {
      address,
      metricsAddress,
      get certificateEnds() {
        return operations.certificateEnds;
      },
      renew: (credentials) => operations.renew(credentials),
      stop: () => (stopping ??= operations.stop(() => opened.close())),
    };
  } catch (error) {
    await operations.abandon();
    await storage?.close();
    throw error;
  }
}
