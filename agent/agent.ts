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
import { Reconciler } from "./reconcile/reconciler";
import { capabilities } from "./server/capabilities";
import { Collection } from "./server/collection";
import type { Method } from "./server/handler";
import { deriveIdentity } from "./server/identity";
import { addReflection } from "./server/reflection";
import { remoteControllerMethods } from "./server/remote-controllers";
import { serviceDefinitions } from "./server/services";
import { SharedTurns } from "./server/shared-turns";
import { guarded } from "./server/verb-guard";
import { openStorage, type Storage } from "./storage";
import { DurableStore } from "./store/durable-store";
import { MemoryStore } from "./store/memory-store";
import type { Store } from "./store/store";

/** Look-ups of all lists together at one time: enough to keep SPDK's connection busy, far from filling its queue. */
const LOOK_UPS = 128;

/** Starts an OPI agent in this process. */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const log = options.logger ?? pino({ level: "silent" });
  const operations = await Operations.open(options, log);
  let [opened, kept, reconciler]: [Storage?, Store?, Reconciler?] = [];
  try {
    await options.whenBound?.();
    const store = (kept = await openStore(options));
    const storage = (opened = await openStorage(options, () => reconciler?.spdkLost()));
    const spdk = new Spdk(operations.watch(storage.spdk));
    const contracts = new Map(kinds.map((kind) => [kind, resourceContract(kind.type, kind.service)]));
    const collectionOf = (kind: AnyKind): string => contracts.get(kind)?.pattern.collection ?? "";
    const environment: Environment = {
      spdk,
      store,
      volumes: new VolumeDirectory(kinds, store, spdk, collectionOf),
      folders: storage.folders,
    };
    const writes = new Mutex();
    const turns = new SharedTurns(writes);
    const lookUps = new Semaphore(LOOK_UPS);
    const paused = (reason: string | undefined): void => operations.report("state", reason);
    const reconciling = (reconciler = new Reconciler({ environment, kinds, writes, lookUps, log, paused }));
    const methods = new Map<string, Record<string, Method>>([
      ["opi_ext.agent.v1.CapabilitiesService", { getCapabilities: () => capabilities(spdk, contracts, identity) }],
      ["opi_api.inventory.v1.InventoryService", { getInventory: inventory }],
    ]);
    const identity = options.identity ?? deriveIdentity();
    for (const [kind, contract] of contracts) {
      const collection = new Collection(kind, contract, {
        environment,
        writes,
        turns,
        lookUps,
        reconciler: reconciling,
        log,
      });
      methods.set(kind.service, {
        ...methods.get(kind.service),
        ...guarded(spdk, contract, collection.methods()),
      });
    }
    const remote = "opi_api.storage.v1.NvmeRemoteControllerService";
    methods.set(remote, { ...methods.get(remote), ...remoteControllerMethods(environment, writes, reconciling) });

    for (const [name, table] of methods) {
      const definition = serviceDefinitions[name];
      if (definition === undefined) throw new Error(`no definition of ${name}`);
      operations.server.addService(
        definition,
        Object.fromEntries(
          Object.entries(table).map(([local, method]) => [
            local,
            operations.handle(local.charAt(0).toUpperCase() + local.slice(1), method),
          ]),
        ),
      );
    }
    addReflection(operations.server);
    operations.serve({
      objects: () => new Map([...contracts.keys()].map(({ type }) => [type, store.list(type).length])),
      reconciled: () => reconciling.counts,
    });
    await reconciling.start();
    const { address, metricsAddress } = operations;
    log.info({ address, metricsAddress, storage: storage.description }, "listening");
    const closeAll = async (): Promise<void> => {
      reconciling.stop();
      await storage.close();
      await reconciling.ended();
      await store.close();
    };
    let stopping: Promise<void> | undefined;
    return {
      address,
      metricsAddress,
      get reconciled() {
        return reconciling.counts;
      },
      get certificateEnds() {
        return operations.certificateEnds;
      },
      renew: (credentials) => operations.renew(credentials),
      stop: () => (stopping ??= operations.stop(closeAll)),
    };
  } catch (error) {
    await operations.abandon();
    await opened?.close();
    await kept?.close();
    throw error;
  }
}

/** Where objects live: in the state folder, or as long as the agent runs. */
async function openStore({ stateFolder, stateKeyFile }: AgentOptions): Promise<Store> {
  if (stateFolder === undefined) return new MemoryStore();
  const secretPaths = (type: string): readonly string[] => kinds.find((kind) => kind.type === type)?.secrets ?? [];
  return DurableStore.open({ folder: stateFolder, keyFile: stateKeyFile, secretPaths });
}
