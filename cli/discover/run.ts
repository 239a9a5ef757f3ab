import { writeFile } from "node:fs/promises";
import { typescript, yaml } from "../../provider/schema/program";
import { closeAll, connect } from "../../provider/client";
import { configOf } from "../connection-flags";
import type { ConnectionFlags } from "../connection-flags";
import { importFile } from "./import-file";
import { named } from "./names";
import { programOf } from "./program";
import { Progress } from "./progress";
import { walk } from "./walk";
import type { Unaddressable } from "./walk";

/** The flags of `pulumi-opi discover`. */
export interface DiscoverFlags extends ConnectionFlags {
  readonly out?: string;
  readonly program?: "ts" | "yaml";
  readonly provider?: string;
  readonly also?: readonly string[];
}

/** Walks the agent and writes what was asked for. @throws Error when anything of it is not known to be complete */
export async function discover(flags: DiscoverFlags): Promise<void> {
  const agent = connect(configOf(flags, process.env));
  const progress = new Progress((line) => process.stderr.write(`${line}\n`));
  try {
    const { objects, unaddressable } = await walk(agent, progress, flags.also);
    const dialect = await agent.dialect();
    const resources = named(objects, dialect);
    const text = `${JSON.stringify(importFile(resources, flags.provider), null, 2)}\n`;
    const target = flags.out ?? (flags.program ? undefined : "-");
    if (target === "-") process.stdout.write(text);
    else if (target !== undefined) await write(target, text);
    if (flags.program) {
      const program = programOf(resources, agent.address);
      process.stdout.write(flags.program === "ts" ? typescript(program) : yaml(program));
    }
    report(resources.length, unaddressable, agent.address);
  } finally {
    progress.end();
    closeAll();
  }
}

function report(count: number, unaddressable: readonly Unaddressable[], address: string): void {
  const lines = [
    `${count} objects on ${address}`,
    ...(unaddressable.length > 0 ? [`${unaddressable.length} more cannot be taken over:`] : []),
    ...unaddressable.map(({ noun, what, reason }) => `  ${noun} ${what}: ${reason}`),
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`--out ${file}: cannot be written: ${reason}`, { cause });
  }
}
