import type * as pulumi from "@pulumi/pulumi";
import { create } from "../../dynamic/types/instances";
import type { StackOptions } from "../../engine/stack";
import { OpiResource, withPlugin } from "../../plugin/plugin";
import type { Dpu } from "../dpu";
import { filesIn, lives, lun, type Ground, type Life } from "./lives";

interface Named {
  readonly name: pulumi.Output<string>;
}

/** One way in which users meet a bridge. */
export interface Face {
  readonly face: string;
  readonly dialect: string;
  options(dpu: Dpu): StackOptions;
  create(noun: string, name: string, inputs: pulumi.Inputs, dpu: Dpu): Named;
}

/** Both faces, one told what it speaks to and one that finds out. */
export const faces: readonly Face[] = [
  {
    face: "plugin",
    dialect: "auto",
    options: ({ address }) => withPlugin(address),
    create: (noun, name, inputs) => new OpiResource(noun, name, inputs),
  },
  {
    face: "dynamic resources",
    dialect: "spdk-bridge",
    options: () => ({}),
    create: (noun, name, inputs, { address }) =>
      create(noun, name, { ...inputs, agent: { address, dialect: "spdk-bridge" } }),
  },
];

/** The program with all lives, before or after their changes. */
export function programOf(face: Face, dpu: Dpu, side: "before" | "after"): () => Promise<void> {
  return async () => {
    const made = new Map<string, Named>();
    const once = (noun: string, name: string, inputs: pulumi.Inputs): pulumi.Output<string> => {
      const known = made.get(name) ?? face.create(noun, name, inputs, dpu);
      made.set(name, known);
      return known.name;
    };
    const ground: Ground = {
      volume: (label) => once("MallocVolume", `base-${label}`, { blockSize: 512, blocksCount: 64 }),
      subsystem: (label) => once("NvmeSubsystem", label, { nqn: `nqn.2014-08.org.example:${label}` }),
      made: (life) => made.get(life)?.name,
      file: filesIn(dpu.folder),
    };
    const inputsOf = ({ before, after }: Life): pulumi.Inputs => {
      // Both sides are asked for what they stand on, so that it stays the same.
      const [first, second] = [before(ground), after?.(ground)];
      return { ...(side === "after" && second ? second : first) };
    };
    for (const life of lives) made.set(life.name, face.create(life.noun, life.name, inputsOf(life), dpu));
    const controller = made.get("scsi-with-lun");
    const resourceId = controller?.name.apply((name) => name.slice(name.lastIndexOf("/") + 1));
    face.create(lun.noun, lun.name, { ...inputsOf(lun), resourceId, targetNameRef: controller?.name }, dpu);
  };
}
