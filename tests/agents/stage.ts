import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { typeByNoun } from "../../provider/catalogue";
import type { Properties } from "../../provider/catalogue/values/property";
import { closeAll, connect } from "../../provider/client";
import type { AgentConfig, CallOptions, Dialect } from "../../provider/client";
import { OpiError } from "../../provider/client/error";
import { check } from "../../provider/lifecycle";
import type { Place } from "../../provider/lifecycle";
import { examples } from "../arbitrary/examples";
import { startOddAgent } from "./odd-agent";
import type { Conduct, OddAgent } from "./odd-agent";

/** Agents and connections of one test, which end with it. */
export interface Stage {
  /** Starts an agent of a dialect that deviates from the protocol as its conduct says. */
  agent(dialect: Dialect, conduct?: Conduct): Promise<OddAgent>;
  /** Where life-cycle verbs of a type meet an agent; `warnings` gathers what they say. */
  place(
    noun: string,
    address: string,
    dialect: string,
    settings?: Partial<AgentConfig> & { readonly options?: CallOptions },
  ): Place & { readonly warnings: readonly string[] };
}

/** Sets a stage up before each test of a file, and clears it after: agents, connections, and the locks of writers. */
export function stage(): Stage {
  const agents: OddAgent[] = [];
  const outside = process.env.TMPDIR;
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(outside ?? tmpdir(), "opi-stage-"));
    process.env.TMPDIR = folder;
  });
  afterEach(async () => {
    closeAll();
    await Promise.all(agents.splice(0).map((agent) => agent.stop()));
    rmSync(folder, { recursive: true, force: true });
    if (outside === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = outside;
  });
  return {
    async agent(dialect, conduct) {
      const agent = await startOddAgent(dialect, conduct);
      agents.push(agent);
      return agent;
    },
    place(noun, address, dialect, { options, ...settings } = {}) {
      const warnings: string[] = [];
      return {
        type: typeByNoun(noun),
        agent: connect({ address, dialect, attempts: 1, ...settings }),
        options,
        warn: (message) => void warnings.push(message),
        warnings,
      };
    },
  };
}

/** Checked inputs: the example of a type with some of it changed. */
export function inputsFor(noun: string, given: Properties = {}): Properties {
  const { inputs, failures } = check(typeByNoun(noun), { name: "disk", news: { ...examples[noun], ...given } });
  if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
  return inputs;
}

/** What the work failed with, which must be of the class given. */
export async function failureOf<T extends Error = OpiError>(
  work: Promise<unknown>,
  kind: abstract new (...args: never[]) => T = OpiError as unknown as abstract new (...args: never[]) => T,
): Promise<T> {
  const error = await work.then(
    (value) => new Error(`no failure, but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof kind) return error;
  throw error;
}
