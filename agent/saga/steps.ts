import type { Logger } from "pino";

import { SpdkTransportError } from "../spdk";

/** One effect outside the agent, declared together with how to take it back. */
export interface Step {
  /** What it does, for logs and tests: `nvmf_create_subsystem`. */
  readonly label: string;
  readonly apply: () => Promise<unknown>;
  /** Takes the effect back. Must be harmless when the effect never came about. Absent where there is nothing to take back. */
  readonly undo?: () => Promise<unknown>;
}

/** How a run of steps ended. After a failure, `undone` says whether all that had been done was taken back. */
export type Outcome =
  { readonly done: true } | { readonly done: false; readonly error: unknown; readonly undone: boolean };

/**
 * Runs steps in order. When one fails, those before it are undone in reverse, so that nothing of a half-made object
 * stays behind.
 *
 * A step whose request was sent but not answered may have taken effect; it is undone as well.
 */
export async function attemptSteps(steps: readonly Step[], log: Logger): Promise<Outcome> {
  const done: Step[] = [];
  for (const step of steps) {
    try {
      await step.apply();
      done.push(step);
    } catch (error) {
      if (error instanceof SpdkTransportError && error.sent) done.push(step);
      return { done: false, error, undone: await undo(done, log) };
    }
  }
  return { done: true };
}

async function undo(done: readonly Step[], log: Logger): Promise<boolean> {
  let undone = true;
  for (const step of done.toReversed()) {
    try {
      await step.undo?.();
    } catch (error) {
      undone = false;
      // The first failure is what the client hears of; what could not be taken back is for the operator.
      log.error(
        { step: step.label, reason: error instanceof Error ? error.message : String(error) },
        "a step could not be undone: SPDK may hold something that no object stands for; it is tried again later",
      );
    }
  }
  return undone;
}
