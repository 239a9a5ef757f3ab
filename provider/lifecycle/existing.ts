import { status } from "@grpc/grpc-js";
import type { ResourceType } from "../catalogue";
import { valueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import { propertiesOf } from "../catalogue/values/wire";
import type { WireMessage } from "../catalogue/values/wire";
import type { Dialect } from "../client/dialect";
import { reads } from "../client/dialect";
import { OpiError } from "../client/error";
import { quote } from "./check/quote";
import { equivalent, isUnset } from "./compare";
import { inputFields, leaves, topLevel } from "./fields";
import { outputsOf, unreadable } from "./outputs";
import type { Place, Resource, Wish } from "./types";
import { ADOPT } from "./types";

/** A property in which an object differs from the wish, with both values in words. */
export interface Difference {
  readonly property: string;
  readonly text: string;
}

/** In what an object differs from the wish, as far as the agent reports it; without secrets. */
export function differences(
  type: ResourceType,
  dialect: Dialect,
  wished: Properties,
  message: WireMessage,
): readonly Difference[] {
  const found = propertiesOf(type, message);
  return leaves(inputFields(type)).flatMap((field) => {
    const { property, secret, assigned } = field;
    const wish = valueAt(wished, property);
    const is = valueAt(found, property);
    if (secret || !reads(dialect, type, topLevel(property)) || (assigned && isUnset(field, wish))) return [];
    if (equivalent(field, wish, is, dialect)) return [];
    return [{ property, text: `${property} (wished ${quote(wish)}, found ${quote(is)})` }];
  });
}

/**
 * Decides about an object that was there before its create: adopted when that is asked for and it equals the wish in
 * all that the agent reports, refused otherwise.
 *
 * @throws OpiError ALREADY_EXISTS or FAILED_PRECONDITION, saying whether it is equal and how to go on
 */
export function adopt({ place, dialect, inputs, name }: Wish, message: WireMessage): Resource {
  const { type, agent } = place;
  const differing = differences(type, dialect, inputs, message).map(({ text }) => text);
  const untold = unreadable(type, dialect).filter((path) => valueAt(inputs, path) !== undefined);
  const isWanted = inputs[ADOPT] === true || agent.config.onExisting === "adopt";
  if (isWanted && differing.length === 0) {
    if (untold.length > 0) {
      place.warn(
        `${name} on agent ${agent.address} is adopted; the agent does not tell ${untold.join(", ")}: ` +
          "make sure that the program says what is there",
      );
    }
    return { id: name, outputs: outputsOf(type, dialect, { wished: inputs, message, name }) };
  }
  const attempt = { action: `create ${type.noun}`, object: name, agent: agent.address };
  if (isWanted) {
    throw new OpiError(
      status.FAILED_PRECONDITION,
      `it cannot be adopted: the object that is there differs in ${differing.join(", ")}`,
      attempt,
      "Make the program say what is there, adopt, then change it; or choose another resourceId.",
    );
  }
  const limit = untold.length > 0 ? `, as far as the agent tells (not ${untold.join(", ")})` : "";
  throw new OpiError(
    status.ALREADY_EXISTS,
    differing.length === 0
      ? `an object of that name is there already and equals what you wish${limit}`
      : `an object of that name is there already and differs in ${differing.join(", ")}`,
    attempt,
    `To take it over, ${differing.length === 0 ? waysToTakeOver(place) : afterMakingEqual(place)}; or choose another ` +
      // The engine replaces on request (--replace) without asking whether both can be there.
      "resourceId. When it is your own, and to be replaced, set deleteBeforeReplace: true.",
  );
}

const waysToTakeOver = ({ canImport = true }: Place): string =>
  canImport
    ? 'import it, or set adopt: true on the resource or onExisting: "adopt" on the provider'
    : 'set adopt: true on the resource, or onExisting: "adopt" on its agent';

const afterMakingEqual = ({ canImport = true }: Place): string =>
  `make the program equal it and ${canImport ? "import it or " : ""}set adopt: true, then change it`;
