import { Server } from "@grpc/grpc-js";
import { Mutex, Semaphore } from "async-mutex";
import { HealthImplementation } from "grpc-health-check";
import pino from "pino";

import { resourceContract } from "./contract/resource";
import { inventory } from "./inventory/inventory";
import { kinds } from "./kinds";
import type { AnyKind, Environment } from "./kinds/kind";
import { Spdk } from "./kinds/spdk";
import { VolumeDirectory } from "./kinds/volume-reference";
import type { AgentOptions, RunningAgent } from "./options";
import { requireToken } from "./server/authentication";
import { capabilities } from "./server/capabilities";
import { Collection } from "./server/collection";
import { serverCredentials } from "./server/credentials";
import { handler, type Method } from "./server/handler";
import { deriveIdentity } from "./server/identity";
import { listen } from "./server/listen";
import { isLocal, parseListenAddress } from "./server/listen-address";
import { addReflection } from "./server/reflection";
import { remoteControllerMethods } from "./server/remote-controllers";
import { serviceDefinitions } from "./server/services";
import { openStorage } from "./storage";
import { MemoryStore } from "./store/memory-store";

/** Look-ups of all lists together at one time: enough to keep SPDK's connection busy, far from filling its queue. */
const LOOK_UPS = 128;

/** Starts an OPI agent in this process. */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const listenAddress = parseListenAddress(options.listen);
  if (options.tls === undefined && !isLocal(listenAddress) && options.insecure !== true)
    throw new Error(
      `refused to listen at ${options.listen} in plain text: other machines can reach it; give a certificate, listen on loopback or a unix socket, or allow it explicitly (insecure)`,
    );
  const credentials = serverCredentials(options.tls);
  const log = options.logger ?? pino({ level: "silent" });

  const storage = await openStorage(options);
  try {
    const spdk = new Spdk(storage.spdk);
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
      ["opi_ext.agent.v1.CapabilitiesService", { getCapabilities: () => capabilities(spdk, kinds, identity) }],
      ["opi_api.inventory.v1.InventoryService", { getInventory: inventory }],
    ]);
    const identity = options.identity ?? deriveIdentity();
    for (const [kind, contract] of contracts) {
      const collection = new Collection(kind, contract, { environment, writes, lookUps, log });
      methods.set(kind.service, { ...methods.get(kind.service), ...collection.methods() });
    }
    const remote = "opi_api.storage.v1.NvmeRemoteControllerService";
    methods.set(remote, { ...methods.get(remote), ...remoteControllerMethods(environment, writes) });

    const server = new Server({ interceptors: options.token === undefined ? [] : [requireToken(options.token)] });
    for (const [name, table] of methods) {
      const definition = serviceDefinitions[name];
      if (definition === undefined) throw new Error(`no definition of ${name}`);
      server.addService(
        definition,
        Object.fromEntries(
          Object.entries(table).map(([local, method]) => [
            local,
            handler(local.charAt(0).toUpperCase() + local.slice(1), method, log),
          ]),
        ),
      );
    }
    addReflection(server);
    new HealthImplementation({
      "": "SERVING",
      ...Object.fromEntries([...methods.keys()].map((name) => [name, "SERVING" as const])),
    }).addToServer(server);

    const address = await listen(server, listenAddress, credentials);
    log.info({ address, storage: storage.description }, "listening");
    let stopping: Promise<void> | undefined;
    return {
      address,
      stop: () => (stopping ??= shutDown(server).then(() => storage.close())),
    };
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** Calls that are under way may end; a client that never ends one does not hold the agent up for ever. */
const PATIENCE_MS = 5_000;

async function shutDown(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, PATIENCE_MS);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
