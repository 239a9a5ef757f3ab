import { closeAll } from "../../provider/client";
import type { AgentConfig } from "../../provider/client";
import { configOf } from "../connection-flags";
import type { ConnectionFlags } from "../connection-flags";
import { examine } from "./examine";
import { text } from "./text/report";

/** The flags of `pulumi-opi doctor`. */
export interface DoctorFlags extends ConnectionFlags {
  readonly write?: boolean;
  readonly json?: boolean;
}

/** Exit code of an examination that could not be begun, as of an agent that cannot be used. */
export const UNUSABLE = 2;

/** Examines the agent, prints the report, and sets the exit code. */
export async function doctor(flags: DoctorFlags): Promise<void> {
  const stop = { requested: false };
  const onSignal = (): void => {
    // A second signal finds no handler any more and ends the process at once.
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    stop.requested = true;
    process.stderr.write("doctor: cleaning up first\n");
  };
  if (flags.write) process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  const progress = (step: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`doctor: ${step}\n`);
  };
  try {
    const report = await examine(patient(configOf(flags, process.env)), {
      write: flags.write === true,
      stop,
      progress,
    });
    process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : text(report));
    process.exitCode = report.exitCode;
  } catch (error) {
    process.stderr.write(`pulumi-opi doctor: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = UNUSABLE;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    closeAll();
  }
}

/** An examination shows what is: it does not ask again until it works, and does not wait long, unless told to. */
function patient(config: AgentConfig): AgentConfig {
  return { ...config, attempts: config.attempts ?? 1, deadlines: { connect: 5, read: 10, ...config.deadlines } };
}
