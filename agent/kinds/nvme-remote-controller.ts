import { failedPrecondition, invalidArgument } from "../aip/status";
import type { NvmePath, NvmeRemoteController } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import type { Step } from "../saga/steps";
import type { Store, StoredObject } from "../store/store";
import type { Environment, Kind } from "./kind";
import { WHOLE } from "./presence";
import { attachSteps, detachStep, keyOf, pathsOf, remoteKeyName } from "./nvme-attachment";
import { remoteNamespacesOf } from "./nvme-remote-namespace";
import { checkPsk } from "./psk";
import { PskKey } from "./psk-key";

/**
 * What the paths of a remote controller share. Without a path there is nothing in SPDK. SPDK takes no queue size for
 * one controller, so that is kept as declared.
 */
export const nvmeRemoteController: Kind<NvmeRemoteController, object> = {
  type: "opi_api.storage.v1.NvmeRemoteController",
  service: "opi_api.storage.v1.NvmeRemoteControllerService",
  updatable: ["multipath", "io_queues_count", "queue_size", "tcp"],
  secrets: ["tcp.psk"],
  refusals: [],
  isVolume: false,

  check(controller, field) {
    for (const [value, name] of [
      [controller.ioQueuesCount, "io_queues_count"],
      [controller.queueSize, "queue_size"],
    ] as const)
      if (value < 0n || value > 65_535n) throw invalidArgument(`${field}.${name}: ${value} is not between 0 and 65535`);
    if (controller.tcp !== undefined && controller.tcp.psk.length > 0) checkPsk(controller.tcp.psk, `${field}.tcp.psk`);
  },

  async create() {
    return { steps: [], state: () => ({}) };
  },

  async update(stored, desired, changed, environment) {
    const onlyDeclared = changed.every((path) => path === "queue_size");
    const paths = pathsOf(environment.store, stored.name);
    if (onlyDeclared || paths.length === 0) return { steps: [] };
    refuseWhileNamespacesAreUsed(environment.store, stored.name, "changed");
    return {
      steps: reattachSteps(
        stored,
        desired,
        paths.map((path) => path.object as NvmePath),
        environment,
      ),
    };
  },

  async remove() {
    // Its paths are its dependents: with none left, SPDK has nothing of it.
    return [];
  },

  async settle(before, _after, environment) {
    const old = { id: before.id, controller: before.object };
    const paths = pathsOf(environment.store, before.name).map((path) => path.object as NvmePath);
    // Which of the two keys and settings SPDK has does not show. The paths are attached again like any that it lost.
    return {
      keep: before,
      steps: [
        ...paths.map((path) => detachStep(old, path, environment)),
        ...new PskKey(remoteKeyName(before.id), Buffer.alloc(0), environment).withdraw(),
      ],
    };
  },

  inspect: async () => WHOLE,

  observe: async ({ object }) => object,

  async bdevs({ name }, { spdk }) {
    const namespaces = remoteNamespacesOf(name, await spdk.bdevs());
    const id = name.slice(name.lastIndexOf("/") + 1);
    return namespaces.map((namespace) => `${id}n${namespace.nsid}`);
  },
};

/** SPDK takes digests, keys and queues only when it attaches. */
function reattachSteps(
  { id, object: before }: StoredObject<NvmeRemoteController>,
  after: NvmeRemoteController,
  paths: readonly NvmePath[],
  environment: Environment,
): readonly Step[] {
  const old = { id, controller: before };
  const fresh = { id, controller: after };
  return [
    ...paths.map((path) => detachStep(old, path, environment)).toReversed(),
    ...(keyOf(old, environment)?.withdraw() ?? []),
    ...(keyOf(fresh, environment)?.install() ?? []),
    ...paths.flatMap((path) => attachSteps(fresh, path, environment)),
  ];
}

/** Taking the last path away, or all for a moment, would pull the volume from under its users. */
export function refuseWhileNamespacesAreUsed(store: Store, controller: string, what: string): void {
  const paths = pathsOf(store, controller).map((path) => path.name);
  const users = store.dependentsOf(controller).filter((name) => !paths.includes(name));
  if (users.length > 0)
    throw failedPrecondition(
      `${controller} cannot be ${what} while its namespaces are used by ${users.join(", ")}; delete these first`,
    );
}
