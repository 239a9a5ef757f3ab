import type { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import { CheckResponse, CheckRequest as Request } from "@pulumi/pulumi/proto/provider_pb";
import type { ResourceType } from "../../catalogue";
import type { Properties } from "../../catalogue/values/property";
import * as lifecycle from "../../lifecycle";
import type { Failure } from "../../lifecycle";
import { validateId } from "../../lifecycle/check/ids";
import { quote } from "../../lifecycle/check/quote";
import { nameOf, typeOf } from "../session";
import type { Session } from "../session";
import { decode, UnsupportedValue } from "../values/decode";
import { encode } from "../values/encode";
import { checkFailures } from "../values/failures";
import { secretsOf, union } from "../values/secrets";
import { failuresOfImported, withoutMark } from "./imported";

const { Mode } = Request.AutonamingOptions;

export function check(session: Session, request: CheckRequest): CheckResponse {
  const type = typeOf(request);
  try {
    const { properties: given, secrets } = decode(request.getNews());
    const { inputs: properties, wasImported } = withoutMark(given);
    const olds = decode(request.getOlds()).properties;
    const { name, news, failures: unnamed } = named(request, olds, properties);
    const seed = request.getRandomseed_asU8();
    const { inputs, failures } = lifecycle.check(type, { name, olds, news, seed });
    const marks = session.acceptSecrets ? union(secrets, secretsOf(type)) : new Set<string>();
    const found = wasImported ? failuresOfImported(failures, properties) : [...unnamed, ...failures];
    return failed(type, found).setInputs(encode(inputs, marks));
  } catch (error) {
    if (!(error instanceof UnsupportedValue)) throw error;
    return failed(type, [error]).setInputs(request.getNews());
  }
}

interface Named {
  readonly name: string;
  readonly news: Properties;
  readonly failures: readonly Failure[];
}

/**
 * Pulumi's own naming rules of the project (`pulumi:autonaming`), for resources that name neither themselves nor have a
 * name: the engine proposes one. What it only proposes may be brought into the form of an id; what it enforces may not.
 */
function named(request: CheckRequest, olds: Properties, news: Properties): Named {
  const name = nameOf(request);
  const options = request.getAutonaming();
  const isNamed = news[lifecycle.RESOURCE_ID] !== undefined || olds[lifecycle.RESOURCE_ID] !== undefined;
  if (!options || isNamed) return { name, news, failures: [] };
  if (options.getMode() === Mode.DISABLE) {
    const reason =
      "is missing, and the project's naming rules (pulumi:autonaming) forbid making one up: give the resource a resourceId";
    return { name, news, failures: [{ property: lifecycle.RESOURCE_ID, reason }] };
  }
  const proposed = options.getProposedName();
  const verdict = validateId(proposed);
  if ("wrong" in verdict && options.getMode() === Mode.ENFORCE) {
    const what = `the project's naming rules (pulumi:autonaming) make it ${quote(proposed)}`;
    const reason = `${what}: ${verdict.wrong}; change the rule, or give the resource a resourceId`;
    return { name, news, failures: [{ property: lifecycle.RESOURCE_ID, reason }] };
  }
  if ("wrong" in verdict) return { name: proposed || name, news, failures: [] };
  const id: Properties = { [lifecycle.RESOURCE_ID]: proposed, [lifecycle.AUTONAMED]: true };
  return { name, news: { ...news, ...id }, failures: [] };
}

function failed(type: ResourceType, failures: readonly Failure[]): CheckResponse {
  const hidden = secretsOf(type);
  return new CheckResponse().setFailuresList([...checkFailures(failures, (property) => !hidden.has(property))]);
}
