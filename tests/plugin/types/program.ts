import type * as pulumi from "@pulumi/pulumi";
import { valuesOf, type Surroundings, type TypeCase, type Values } from "../../dynamic/types/case";
import { backendCases } from "../../dynamic/types/backend";
import { nvmeCases, virtioCases } from "../../dynamic/types/frontend";
import { filesIn, instancesOf, withValues, type Instance } from "../../dynamic/types/instances";
import { middleendCases } from "../../dynamic/types/middleend";
import { OpiResource } from "../plugin";

/** The rows that the dynamic resources live by: both faces show one life cycle. */
export const rows: readonly TypeCase[] = [...backendCases, ...middleendCases, ...nvmeCases, ...virtioCases];

/** Names in the one program that holds the instances of all types. */
export const nameIn = (row: TypeCase, { name }: Instance): string => `${row.noun}-${name}`.toLowerCase();

/** All instances of all types, before or after their changes. */
export function programOf(folder: string, changed: boolean): () => Promise<void> {
  return async () => {
    for (const row of rows) {
      const around = surroundings(row.noun.toLowerCase(), folder);
      for (const instance of instancesOf(row)) {
        const { number, fate } = instance;
        let inputs: Values = row.base(around, number);
        if (fate.kind !== "vanish") {
          inputs = withValues(inputs, valuesOf(fate.change.from, around, number));
          // Both sides are asked for what they need, so that what surrounds the instances stays the same.
          const to = valuesOf(fate.change.to, around, number);
          if (changed) inputs = withValues(inputs, to);
        }
        new OpiResource(row.noun, nameIn(row, instance), { ...inputs });
      }
    }
  };
}

/** What the instances of one row need, apart from what those of the others do: a volume has one owner. */
function surroundings(owner: string, folder: string): Surroundings {
  const shared = new Map<string, pulumi.Output<string>>();
  const once = (noun: string, label: string, args: pulumi.Inputs): pulumi.Output<string> => {
    const name = `${owner}-${noun.toLowerCase()}-${label}`;
    const known = shared.get(name) ?? new OpiResource(noun, name, args).name;
    shared.set(name, known);
    return known;
  };
  const nqn = (label: string): string => `nqn.2014-08.org.example:${owner}-${label}`;
  return {
    volume: (label) => once("MallocVolume", label, { blockSize: 512, blocksCount: 64 }),
    subsystem: (label) => once("NvmeSubsystem", label, { nqn: nqn(label) }),
    remoteController: (label) => once("NvmeRemoteController", label, { multipath: "failover" }),
    scsiTarget: (label) => once("VirtioScsiTarget", label, {}),
    file: filesIn(folder),
  };
}

/** Does what must happen outside before the objects can take their values of one side. */
export function arrange(side: "from" | "to", folder: string): void {
  const none = (): never => {
    throw new Error("this value needs a resource, and outside a program there is none");
  };
  const around = { volume: none, subsystem: none, remoteController: none, scsiTarget: none, file: filesIn(folder) };
  for (const row of rows) {
    for (const { number, fate } of instancesOf(row)) {
      if (fate.kind !== "vanish") fate.change.arrange?.(side, around, number);
    }
  }
}
