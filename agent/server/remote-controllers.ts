import type { Mutex } from "async-mutex";

import { NamePattern } from "../aip/resource-name";
import { page } from "../aip/page";
import { failedPrecondition, invalidArgument, notFound } from "../aip/status";
import { messageDescriptor, resourceOf } from "../contract/descriptors";
import type { Environment } from "../kinds/kind";
import { CONNECT_MS, pathsOf } from "../kinds/nvme-attachment";
import { remoteNamespacesOf } from "../kinds/nvme-remote-namespace";
import type {
  GetNvmeRemoteNamespaceRequest,
  ListNvmeRemoteNamespacesRequest,
  NvmeRemoteNamespace,
  ResetNvmeRemoteControllerRequest,
} from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import type { Reconciler } from "../reconcile/reconciler";
import type { Method } from "./handler";

const patternOf = (type: string): NamePattern => new NamePattern(resourceOf(messageDescriptor(type))?.pattern[0] ?? "");
const controllers = patternOf("opi_api.storage.v1.NvmeRemoteController");
const namespaces = patternOf("opi_api.storage.v1.NvmeRemoteNamespace");

/** What the service of remote controllers does beyond the standard methods: reset, and their namespaces, read only. */
export function remoteControllerMethods(
  environment: Environment,
  writes: Mutex,
  reconciler: Reconciler,
): Readonly<Record<string, Method>> {
  const namespacesUnder = async (controller: string): Promise<readonly NvmeRemoteNamespace[]> => {
    await reconciler.ready();
    if (environment.store.get(controller) === undefined) throw notFound(`${controller} does not exist`);
    // Without a path SPDK has nothing of it; what starts with the same name belongs to somebody else.
    if (pathsOf(environment.store, controller).length === 0) return [];
    return remoteNamespacesOf(controller, await environment.spdk.bdevs());
  };
  // Each method is only ever called with the request type that the service definition decodes for it.
  return {
    async resetNvmeRemoteController(request) {
      const { name } = request as ResetNvmeRemoteControllerRequest;
      const { id } = controllers.parse(name, "name");
      await reconciler.ready(name);
      return writes.runExclusive(async () => {
        await reconciler.prepare(name);
        if (environment.store.get(name) === undefined) throw notFound(`${name} does not exist`);
        if (pathsOf(environment.store, name).length === 0)
          throw failedPrecondition(`${name} has no path, so there is no connection to reset`);
        await environment.spdk.call("bdev_nvme_reset_controller", { name: id }, { timeoutMs: CONNECT_MS });
        return {};
      });
    },

    async listNvmeRemoteNamespaces(request) {
      const asked = request as ListNvmeRemoteNamespacesRequest;
      const { name } = controllers.parse(asked.parent, "parent");
      const { items, nextPageToken } = page(await namespacesUnder(name), asked, `${name}/${namespaces.collection}`);
      return { nvmeRemoteNamespaces: items, nextPageToken };
    },

    async getNvmeRemoteNamespace(request) {
      const { name } = request as GetNvmeRemoteNamespaceRequest;
      const { parent, id } = namespaces.parse(name, "name");
      if (!/^[1-9][0-9]*$/.test(id)) throw invalidArgument(`name: ${JSON.stringify(id)} is no namespace id`);
      const found = (await namespacesUnder(parent)).find((namespace) => namespace.name === name);
      if (found === undefined) throw notFound(`${name} does not exist`);
      return found;
    },
  };
}
