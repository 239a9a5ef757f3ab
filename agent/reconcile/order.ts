import type { Store, StoredObject } from "../store/store";

const CONTROLLER = "opi_api.storage.v1.NvmeController";
const REMOTE_CONTROLLER = "opi_api.storage.v1.NvmeRemoteController";
const PATH = "opi_api.storage.v1.NvmePath";

/** Names of the objects that must be whole in SPDK before this one can be made. */
export function needsOf(object: StoredObject, store: Store): readonly string[] {
  const named = [...(object.parent === "" ? [] : [object.parent]), ...object.uses];
  return named.filter((name) => store.get(name) !== undefined);
}

/** The paths by which a user of a remote controller's namespaces reaches them: one is enough. */
export function pathsBelow(name: string, user: StoredObject, store: Store): readonly string[] {
  if (user.type === PATH || store.get(name)?.type !== REMOTE_CONTROLLER) return [];
  return store.list(PATH, name).map((path) => path.name);
}

/**
 * All objects, each after those that it needs. Listeners come last: a host that comes back as soon as one is there
 * finds its namespaces.
 */
export function inOrder(store: Store): readonly StoredObject[] {
  const ordered: StoredObject[] = [];
  const visited = new Set<string>();
  const visit = (object: StoredObject | undefined): void => {
    if (object === undefined || visited.has(object.name)) return;
    visited.add(object.name);
    for (const need of needsOf(object, store)) {
      visit(store.get(need));
      for (const path of pathsBelow(need, object, store)) visit(store.get(path));
    }
    ordered.push(object);
  };
  const all = store.all();
  all.filter(({ type }) => type !== CONTROLLER).forEach(visit);
  all.forEach(visit);
  return ordered;
}
