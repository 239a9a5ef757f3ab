import type { Mutex, Semaphore } from "async-mutex";
import type { Logger } from "pino";

import { applyMask } from "../aip/field-mask";
import { page } from "../aip/page";
import { checkPresence } from "../aip/presence";
import { checkId, generateId } from "../aip/resource-id";
import { NamePattern } from "../aip/resource-name";
import {
  alreadyExists,
  Code,
  failedPrecondition,
  invalidArgument,
  notFound,
  StatusError,
  unavailable,
} from "../aip/status";
import { blank, copy, leavesOf, readLeaf, writeLeaf } from "../contract/message";
import { messageShape } from "../contract/shape";
import type { ResourceContract, ResourceMethod } from "../contract/resource";
import type { AnyKind, Draft, Environment } from "../kinds/kind";
import { sumOfCounters } from "../kinds/volume-stats";
import type { Reconciler } from "../reconcile/reconciler";
import { attemptSteps, type Step } from "../saga/steps";
import type { StoredObject } from "../store/store";
import type { Method } from "./handler";
import type { SharedTurns } from "./shared-turns";

/** Requests as this code reads them; the generated types of all services fit. */
interface CreateRequest {
  readonly parent?: string;
}
interface UpdateRequest {
  readonly updateMask?: readonly string[];
  readonly allowMissing: boolean;
}
interface ListRequest {
  readonly parent?: string;
  readonly pageSize: number;
  readonly pageToken: string;
}
interface NamedRequest {
  readonly name: string;
  readonly allowMissing?: boolean;
}

/** What collections share: one order of writes over the whole agent, because objects of all types depend on each other. */
export interface CollectionContext {
  readonly environment: Environment;
  readonly writes: Mutex;
  /** For creates and deletes of what stands alone. */
  readonly turns: SharedTurns;
  /** How many entries of all lists together are looked up at once: a list must not fill SPDK's queue for the others. */
  readonly lookUps: Semaphore;
  readonly reconciler: Reconciler;
  readonly log: Logger;
}

/** What a write answers, which may come when the lock was given back. */
interface Written {
  readonly answer: object | Promise<object>;
}

/**
 * The standard methods (AIP-131 to AIP-135, AIP-158) of one resource type. What the type itself is stands in its kind
 * and its contract; nothing here knows any type.
 */
export class Collection {
  constructor(
    private readonly kind: AnyKind,
    private readonly contract: ResourceContract,
    private readonly context: CollectionContext,
  ) {}

  methods(): Readonly<Record<string, Method>> {
    const { contract } = this;
    // Each method is only ever called with the request type that the service definition decodes for it.
    return {
      [contract.create.local]: (request) => this.create(request),
      [contract.update.local]: (request) => this.update(request as UpdateRequest),
      [contract.list.local]: (request) => this.list(request as ListRequest),
      [contract.get.local]: (request) => this.get(request as NamedRequest),
      [contract.delete.local]: (request) => this.delete(request as NamedRequest),
      [contract.stats.local]: (request) => this.stats(request as NamedRequest),
    };
  }

  private async create(request: CreateRequest): Promise<object> {
    const method = this.contract.create;
    const wish = this.resourceIn(request, method);
    const id = (request as Readonly<Record<string, unknown>>)[method.idLocal] as string;
    if (id !== "") checkId(id, method.idField);
    const parent = this.parentIn(request.parent);
    const chosen = id === "" ? generateId() : id;
    const name = this.contract.pattern.format(parent, chosen);
    return (await this.writing([name, parent], () => this.make(parent, chosen, wish, method), chosen)).answer;
  }

  private async make(parent: string, id: string, wish: object, method: ResourceMethod): Promise<Written> {
    const { kind, contract } = this;
    const { environment } = this.context;
    const field = method.resourceField;
    const name = contract.pattern.format(parent, id);
    const object = this.withoutOutputs(wish);
    checkPresence(kind.type, object, field);
    kind.check(object, field);
    const above = this.existingParent(parent);
    if (environment.store.get(name) !== undefined) throw alreadyExists(`${name} exists already`);
    const namesake = kind.isVolume ? environment.volumes.withId(id) : undefined;
    if (namesake !== undefined)
      throw alreadyExists(`${name}: the id ${id} belongs to ${namesake.name}; volumes of all kinds share their ids`);

    const draft: Draft<object> = { name, id, parent: above, object };
    const creation = await kind.create(draft, environment, field);
    const stored = (): StoredObject => ({
      name,
      type: kind.type,
      id,
      parent,
      object: { ...object, name },
      state: creation.state(),
      uses: creation.uses ?? [],
    });
    let seen: StoredObject | undefined;
    const commit = {
      label: "commit",
      apply: async (): Promise<void> => {
        const made = stored();
        seen = { ...made, object: await kind.observe(made, environment) };
        await environment.store.put(seen);
      },
    };
    const expected = stored();
    if (creation.steps.length > 0) {
      await this.refuseForeign(expected);
      await environment.store.begin({ action: "create", object: expected });
    }
    const answer = (): object => this.answer(seen?.object ?? object);
    if (kind.slow === true)
      return { answer: this.carryOutAlone(expected, creation.steps, () => commit.apply().then(answer)) };
    await this.carryOut(name, [...creation.steps, commit]);
    return { answer: answer() };
  }

  /** As {@link carryOut}, but the lock is only taken for the end: nobody else waits for a machine that does not answer. */
  private carryOutAlone(
    { name, parent }: StoredObject,
    steps: readonly Step[],
    commit: () => Promise<object>,
  ): Promise<object> {
    const { environment, reconciler, writes, log } = this.context;
    return reconciler.attach(name, parent, async (spdkWentAway) => {
      const outcome = await attemptSteps(steps, log);
      return writes.runExclusive(async () => {
        try {
          if (outcome.done && !spdkWentAway()) return await commit();
        } catch (error) {
          reconciler.retrySoon();
          throw error;
        }
        // What was not taken back stays written down; it may be of an SPDK that is gone.
        if (outcome.done || !outcome.undone) reconciler.retrySoon();
        else await environment.store.abandon(name);
        throw outcome.done ? unavailable(`SPDK went away while ${name} was made; it is taken back`) : outcome.error;
      });
    });
  }

  /** What is taken back, should the creation be cut off, must not be somebody else's. */
  private async refuseForeign(expected: StoredObject): Promise<void> {
    const presence = await this.kind.inspect(expected, this.context.environment);
    if (presence.found === "nothing") return;
    const what = presence.found === "other" ? `: ${presence.what}` : "";
    throw alreadyExists(`${expected.name}: SPDK has something of that name that this agent did not make${what}`);
  }

  /** Runs the steps of a change that was written down as begun. */
  private async carryOut(name: string, steps: readonly Step[]): Promise<void> {
    const { environment, reconciler, log } = this.context;
    const outcome = await attemptSteps(steps, log);
    if (outcome.done) return;
    // What could not be taken back stays written down, and is tried again.
    if (!outcome.undone) reconciler.retrySoon();
    else if (environment.store.begun(name) !== undefined) await environment.store.abandon(name);
    throw outcome.error;
  }

  /**
   * One write at a time over all objects, but for those that stand alone; `names` are those that it changes.
   *
   * @param id of an object that comes or goes. What stands alone can do so beside others: nothing refers to what is not
   * there yet, and references to what is there are only made by who holds the lock alone.
   * @param prepare ends what earlier changes left
   */
  private async writing<T>(
    names: readonly string[],
    write: () => Promise<T>,
    id?: string,
    prepare = () => this.context.reconciler.prepare(...names),
  ): Promise<T> {
    const { writes, turns, reconciler } = this.context;
    const prepared = async (): Promise<{ readonly done: T } | undefined> => {
      // Something slow began while this one waited for its turn.
      if (reconciler.isBusy(...names)) return undefined;
      await prepare();
      return { done: await write() };
    };
    const alone = id !== undefined && this.kind.standsAlone === true;
    for (;;) {
      await reconciler.ready(...names);
      const outcome = await (alone ? turns.run(id, prepared) : writes.runExclusive(prepared));
      if (outcome !== undefined) return outcome.done;
    }
  }

  private async update(request: UpdateRequest): Promise<object> {
    const method = this.contract.update;
    const wish = this.resourceIn(request, method);
    const field = method.resourceField;
    const { name, id, parent } = this.contract.pattern.parse((wish as NamedRequest).name, `${field}.name`);
    const written = await this.writing([name, parent], async (): Promise<Written> => {
      const { kind } = this;
      const { environment, reconciler } = this.context;
      const stored = environment.store.get(name);
      if (stored === undefined) {
        if (!request.allowMissing) throw notFound(`${name} does not exist`);
        checkId(id, `${field}.name`);
        return this.make(parent, id, wish, method);
      }
      // What reads do not show as lost, such as a path, is repaired by changing it.
      const problem = kind.slow === true ? undefined : reconciler.statusOf(name);
      if (problem !== undefined) throw problem;
      const current = { ...stored, object: await kind.observe(stored, environment) };
      const { desired, changed } = applyMask(kind.type, current.object, wish, request.updateMask ?? [], {
        updatable: kind.updatable,
        secrets: kind.secrets,
        field,
      });
      if (changed.length === 0) return { answer: this.answer(current.object) };
      checkPresence(kind.type, desired, field);
      kind.check(desired, field);
      const alteration = await kind.update?.(current, desired, changed, environment, field);
      const changedObject = { ...stored, object: desired, state: alteration?.state?.() ?? stored.state };
      let seen = changedObject;
      const commit = {
        label: "commit",
        apply: async (): Promise<void> => {
          seen = { ...changedObject, state: alteration?.state?.() ?? stored.state };
          seen = { ...seen, object: await kind.observe(seen, environment) };
          await environment.store.put(seen);
        },
      };
      const steps = alteration?.steps ?? [];
      if (steps.length > 0) await environment.store.begin({ action: "update", object: stored, after: changedObject });
      await this.carryOut(name, [...steps, commit]);
      reconciler.mended(name);
      return { answer: this.answer(seen.object) };
    });
    return written.answer;
  }

  private async get(request: NamedRequest): Promise<object> {
    await this.context.reconciler.ready();
    return this.answer(
      await this.settled(async () => {
        const stored = this.existing(request.name);
        const problem = this.context.reconciler.statusOf(request.name);
        if (problem !== undefined) throw problem;
        return this.observe(stored);
      }),
    );
  }

  private async list(request: ListRequest): Promise<object> {
    const parent = this.parentIn(request.parent);
    const { environment, reconciler } = this.context;
    await reconciler.ready();
    this.existingParent(parent);
    const all = environment.store.list(this.kind.type, parent);
    const { items, nextPageToken } = page(all, request, `${parent}/${this.contract.pattern.collection}`);
    const objects = await Promise.all(
      items.map(async (stored) => {
        if (reconciler.statusOf(stored.name) !== undefined) return this.answer(stored.object);
        try {
          return this.answer(await this.context.lookUps.runExclusive(() => this.observe(stored)));
        } catch (error) {
          // One lost object must not hide the others; asking for it alone tells what happened.
          if (!isLoss(error)) throw error;
          return this.answer(stored.object);
        }
      }),
    );
    return { [this.contract.list.itemsLocal]: objects, nextPageToken };
  }

  private async delete(request: NamedRequest): Promise<object> {
    const { name, id, parent } = this.contract.pattern.parse(request.name, "name");
    const { environment, reconciler } = this.context;
    const remove = async (): Promise<object> => {
      const unsettled = await reconciler.prepareToDelete(name);
      const stored = environment.store.get(name);
      if (stored === undefined) {
        if (request.allowMissing === true) return {};
        throw notFound(`${name} does not exist`);
      }
      const dependents = environment.store.dependentsOf(name);
      if (dependents.length > 0)
        throw failedPrecondition(`${name} is in use by ${dependents.join(", ")}; delete these first`);
      const isForeign = await this.isForeign(stored);
      // Before the deletion is written down in the update's place.
      if (unsettled !== undefined && !isForeign)
        for (const step of await this.kind.remove(unsettled, environment)) await step.apply();
      const steps = isForeign ? [] : await this.kind.remove(stored, environment);
      if (steps.length > 0) await environment.store.begin({ action: "delete", object: stored });
      try {
        for (const step of steps) await step.apply();
      } catch (error) {
        // It was not deleted as far as anybody was told: what is gone of it is made again, or deleted the next time.
        if (environment.store.begun(name) !== undefined) await environment.store.abandon(name);
        throw error;
      }
      await environment.store.remove(name);
      reconciler.mended(name);
      return {};
    };
    return this.writing([name, parent], remove, id, () => reconciler.prepare(parent));
  }

  /** What stands in an object's place without being it, as it was found when SPDK was compared, is left alone. */
  private async isForeign(stored: StoredObject): Promise<boolean> {
    const { reconciler, environment } = this.context;
    if (reconciler.troubleOf(stored.name)?.kind !== "foreign") return false;
    return (await this.kind.inspect(stored, environment)).found === "other";
  }

  private async stats(request: NamedRequest): Promise<object> {
    await this.context.reconciler.ready();
    const stored = this.existing(request.name);
    const { environment } = this.context;
    const bdevs = await this.kind.bdevs(stored, environment, request);
    return { stats: await sumOfCounters(environment.spdk, bdevs) };
  }

  private observe(stored: StoredObject): Promise<object> {
    return this.kind.observe(stored, this.context.environment);
  }

  /** Reads do not wait for writes; only one that saw an object half gone looks again when the write has ended. */
  private async settled<T>(look: () => Promise<T>): Promise<T> {
    try {
      return await look();
    } catch (error) {
      if (!isLoss(error)) throw error;
      await this.context.writes.waitForUnlock();
      return look();
    }
  }

  private resourceIn(request: object, method: ResourceMethod): object {
    const resource = (request as Readonly<Record<string, unknown>>)[method.resourceLocal];
    if (typeof resource !== "object" || resource === null) throw invalidArgument(`${method.resourceField}: required`);
    return resource;
  }

  /** The parent's name in a create or list request, in the form of the contract; empty for what has no parent. */
  private parentIn(parent: string | undefined): string {
    const { pattern, list } = this.contract;
    if (pattern.parentPattern === "") {
      if (list.constantParent !== undefined && parent !== undefined && parent !== list.constantParent)
        throw invalidArgument(`parent: ${JSON.stringify(parent)} is not ${list.constantParent}`);
      return "";
    }
    return new NamePattern(pattern.parentPattern).parse(parent ?? "", "parent").name;
  }

  private existingParent(parent: string): StoredObject | undefined {
    if (parent === "") return undefined;
    const found = this.context.environment.store.get(parent);
    if (found === undefined) throw notFound(`parent: ${parent} does not exist`);
    return found;
  }

  private existing(name: string): StoredObject {
    this.contract.pattern.parse(name, "name");
    const stored = this.context.environment.store.get(name);
    if (stored === undefined) throw notFound(`${name} does not exist`);
    return stored;
  }

  /** The object as clients may send it: what only the agent sets is dropped (AIP-203). */
  private withoutOutputs(wish: object): object {
    const object = copy(this.kind.type, wish);
    const empty = blank(messageShape(this.kind.type));
    for (const field of messageShape(this.kind.type).fields)
      if (field.output) Object.assign(object, { [field.local]: Reflect.get(empty, field.local) as unknown });
    return object;
  }

  /** The object as clients may see it. */
  private answer(object: object): object {
    const shown = copy(this.kind.type, object);
    for (const leaf of leavesOf(this.kind.type))
      if (this.kind.secrets.includes(leaf.path) && readLeaf(shown, leaf) !== undefined)
        writeLeaf(shown, leaf, leaf.field.empty());
    return shown;
  }
}

function isLoss(error: unknown): boolean {
  return error instanceof StatusError && error.code === Code.DATA_LOSS;
}
