import { status } from "@grpc/grpc-js";
import type { ResourceType } from "../catalogue";
import { valueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { reads } from "../client/dialect";
import { OpiError } from "../client/error";
import { equivalent } from "./compare";
import { inputFields, leaves, topLevel } from "./fields";
import type { Place } from "./types";
import { ADOPT } from "./types";

/** In what an object that is there differs from the wish, as far as the agent reports it; in words, without secrets. */
export function differences(
  type: ResourceType,
  dialect: Dialect,
  wished: Properties,
  message: WireMessage,
): readonly string[] {
  const found = propertiesOf(type, message);
  return leaves(inputFields(type)).flatMap((field) => {
    const wish = valueAt(wished, field.property);
    const is = valueAt(found, field.property);
    if (field.secret || !reads(dialect, type, topLevel(field.property))) return [];
    if (wish === undefined && field.assigned) return [];
    return equivalent(field, wish, is, dialect)
      ? []
      : [`${field.property} (wished ${JSON.stringify(wish) ?? "nothing"}, found ${JSON.stringify(is) ?? "nothing"})`];
  });
}

/**
 * Decides about an object that was there before its create: adopted when that is asked for and it equals the wish in
 * all that the agent reports, refused otherwise.
 *
 * @throws OpiError ALREADY_EXISTS or FAILED_PRECONDITION, saying whether it is equal and how to go on
 */
export function assertAdoptable(
  place: Place,
  dialect: Dialect,
  wished: Properties,
  found: { readonly name: string; readonly message: WireMessage },
): void {
  const { type, agent } = place;
  const differing = differences(type, dialect, wished, found.message);
  const attempt = { action: `create ${type.noun}`, object: found.name, agent: agent.address };
  const wantsAdoption = wished[ADOPT] === true || agent.config.onExisting === "adopt";
  if (wantsAdoption && differing.length === 0) return;
  const equality = differing.length === 0 ? "equals what you wish" : `differs in ${differing.join(", ")}`;
  if (wantsAdoption) {
    throw new OpiError(
      status.FAILED_PRECONDITION,
      `it cannot be adopted: the object that is there ${equality}`,
      attempt,
      "Make the program say what is there, adopt, then change it; or choose another resourceId.",
    );
  }
  throw new OpiError(
    status.ALREADY_EXISTS,
    `an object of that name is there already and ${equality}`,
    attempt,
    differing.length === 0
      ? `To take it over, set adopt: true on the resource or onExisting: "adopt" on the provider; or choose another resourceId.`
      : `To take it over, make the program equal it and set adopt: true, then change it; or choose another resourceId.`,
  );
}
