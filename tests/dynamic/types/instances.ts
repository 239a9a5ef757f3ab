import * as pulumi from "@pulumi/pulumi";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { typeByNoun } from "../../../provider/catalogue";
import * as opi from "../../../provider/dynamic";
import { valuesOf, type Change, type Surroundings, type TypeCase, type Values } from "./case";

/** One resource of the type under test, and what happens to it. */
export interface Instance {
  /** Name in the program. */
  readonly name: string;
  readonly number: number;
  readonly fate:
    | { readonly kind: "update"; readonly path: string; readonly change: Change }
    | {
        readonly kind: "replace";
        readonly path: string;
        readonly change: Change;
        readonly order: "create first" | "delete first";
      }
    /** Deleted behind Pulumi's back. */
    | { readonly kind: "vanish" };
}

export function instancesOf(row: TypeCase): readonly Instance[] {
  const fates: { name: string; fate: Instance["fate"] }[] = [];
  const dashed = (path: string): string => path.replaceAll(".", "-");
  for (const [path, change] of Object.entries(row.updates)) {
    fates.push({ name: `update-${dashed(path)}`, fate: { kind: "update", path, change } });
  }
  for (const [path, { order, ...change }] of Object.entries(row.replacements)) {
    fates.push({ name: `replace-${dashed(path)}`, fate: { kind: "replace", path, change, order } });
  }
  const [other] = Object.entries(row.replacements).filter(([path]) => path !== "resourceId");
  if (other !== undefined) fates.push({ name: "keep-id", fate: keepingItsId(row, other[0], other[1]) });
  fates.push({ name: "vanish", fate: { kind: "vanish" } });
  return fates.map(({ name, fate }, index) => ({ name, number: index + 1, fate }));
}

/** An id that the program chose stays, so that old and new cannot both be there, whatever else changes. */
function keepingItsId({ noun }: TypeCase, path: string, change: Change): Instance["fate"] {
  const from: Change["from"] = (around, n) => ({
    ...valuesOf(change.from, around, n),
    resourceId: `kept-${noun.toLowerCase()}`,
  });
  return { kind: "replace", path, change: { ...change, from }, order: "delete first" };
}

/** The program with all instances, before or after their changes. */
export function programOf(
  row: TypeCase,
  { address, folder, changed }: { readonly address: string; readonly folder: string; readonly changed: boolean },
): () => Promise<void> {
  return async () => {
    const around = surroundings(address, folder);
    for (const { name, number, fate } of instancesOf(row)) {
      let inputs: Values = row.base(around, number);
      if (fate.kind !== "vanish") {
        inputs = withValues(inputs, valuesOf(fate.change.from, around, number));
        // Both sides are asked for what they need, so that what surrounds the instances stays the same.
        const to = valuesOf(fate.change.to, around, number);
        if (changed) inputs = withValues(inputs, to);
      }
      create(row.noun, name, { ...inputs, agent: { address } });
    }
  };
}

/** A resource of a type that is only known by its noun. */
export function create(noun: string, name: string, inputs: Values): opi.OpiResource {
  const { area } = typeByNoun(noun);
  if (area === "inventory") throw new Error(`${noun} is no resource`);
  // Each area exports one class for each of its nouns; rows are data, so that TypeScript cannot match them up.
  const classes = opi[area] as unknown as Readonly<Record<string, new (name: string, args: Values) => opi.OpiResource>>;
  return new classes[noun](name, inputs);
}

export function withValues(inputs: Values, values: Values): Values {
  const result = structuredCloneOf(inputs);
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let at = result;
    // Only plain objects lie on the way: rows never reach into what is not known yet.
    for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
    if (value === undefined) Reflect.deleteProperty(at, last);
    else at[last] = value;
  }
  return result;
}

function structuredCloneOf(values: Values): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const isPlain = typeof value === "object" && value !== null && !pulumi.Output.isInstance(value);
      return [key, isPlain ? structuredCloneOf(value as Values) : value];
    }),
  );
}

export function filesIn(folder: string): Surroundings["file"] {
  return (label, blocks) => {
    const path = join(folder, label);
    if (!existsSync(path)) writeFileSync(path, Buffer.alloc(blocks * 512));
    return path;
  };
}

export function surroundings(address: string, folder: string): Surroundings {
  const agent = { address };
  const shared = new Map<string, pulumi.Output<string>>();
  const once = (label: string, make: () => opi.OpiResource): pulumi.Output<string> => {
    const known = shared.get(label) ?? make().name;
    shared.set(label, known);
    return known;
  };
  return {
    volume: (label) =>
      once(`volume-${label}`, () => new opi.backend.MallocVolume(label, { blockSize: 512, blocksCount: 64, agent })),
    subsystem: (label) =>
      once(
        `subsystem-${label}`,
        () => new opi.frontend.NvmeSubsystem(label, { nqn: `nqn.2014-08.org.example:${label}`, agent }),
      ),
    remoteController: (label) =>
      once(`remote-${label}`, () => new opi.backend.NvmeRemoteController(label, { multipath: "failover", agent })),
    scsiTarget: (label) => once(`target-${label}`, () => new opi.frontend.VirtioScsiTarget(label, { agent })),
    file: filesIn(folder),
  };
}
