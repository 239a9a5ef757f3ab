import { valueAt } from "../../catalogue/values/property";
import type { Properties } from "../../catalogue/values/property";
import * as lifecycle from "../../lifecycle";
import type { Failure } from "../../lifecycle";

/**
 * An internal input of objects of which an import could not read everything. The engine checks what it has imported as
 * if a program had said it, and calls whatever is missing there a bug of the provider.
 */
const IMPORTED = "__imported";

/** Whether a read is an import's: refreshes, and a `get`, come with inputs. */
export function isImport(request: { hasInputs(): boolean }): boolean {
  return !request.hasInputs();
}

/** The inputs of an object that was read by its id alone; `warn` hears what the user has to add to them. */
export function importedInputs({ id, outputs, inputs }: lifecycle.ReadResource, { agent, warn }: lifecycle.Place) {
  const { unknown } = lifecycle.markerOf(outputs);
  if (unknown.length === 0) return inputs;
  warn(
    `agent ${agent.address} does not tell ${unknown.join(", ")} of ${id}: what the object has of that, write in the ` +
      "program; the next pulumi up then records it in the state, without a call to the agent",
  );
  return { ...inputs, [IMPORTED]: true };
}

/** Inputs without the mark, and whether they had it. */
export function withoutMark(inputs: Properties): { readonly inputs: Properties; readonly wasImported: boolean } {
  const { [IMPORTED]: mark, ...rest } = inputs;
  return { inputs: rest, wasImported: mark === true };
}

/** Failures of imported inputs, without what is merely missing: the import has told of that. */
export function failuresOfImported(failures: readonly Failure[], inputs: Properties): readonly Failure[] {
  return failures.filter(({ property }) => valueAt(inputs, property) !== undefined);
}
