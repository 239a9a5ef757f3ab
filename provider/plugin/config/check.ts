import type { CheckRequest } from "@pulumi/pulumi/proto/provider_pb";
import { CheckResponse } from "@pulumi/pulumi/proto/provider_pb";
import { holdsUnknown, isProperties } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import { checkConfig as clientCheck } from "../../client";
import type { AgentConfig } from "../../client";
import type { Failure } from "../../lifecycle";
import { decode } from "../values/decode";
import { encode } from "../values/encode";
import { checkFailures } from "../values/failures";
import { union } from "../values/secrets";
import { FROM_ENVIRONMENT, SECRETS, SHOWN } from "./keys";
import { settingsOf, withEnvironment } from "./settings";

const WHERE =
  "set opi:address in the stack's configuration or OPI_ADDRESS in the environment, or give resources a provider of their own";

/**
 * Checks the settings of a provider. What tells which device it is goes into the state even when the environment gave
 * it, so that a change of it is seen; credentials of the environment do not.
 */
export function checkConfig(request: CheckRequest): CheckResponse {
  const { properties, secrets } = decode(request.getNews());
  const { given, failures } = settingsOf(properties);
  const isKnown = !holdsUnknown(properties);
  const isAmbient = properties.address === undefined;
  const config = withEnvironment(given, process.env);
  const wrong: Failure[] = [...failures];
  // Settings that are not known yet may well belong to one another.
  if (isKnown) {
    // An address that is missing is one of the things that are checked.
    for (const { property, reason } of clientCheck(config as AgentConfig, "")) {
      const isMissing = property === "address" && config.address === undefined;
      wrong.push({ property, reason: isMissing ? `${reason}; ${WHERE}` : reason });
    }
  }
  const { address, identity } = config;
  const found: Properties = isAmbient && address !== undefined ? { address, identity, [FROM_ENVIRONMENT]: "true" } : {};
  const inputs: Properties = { ...found, ...properties };
  return new CheckResponse()
    .setInputs(encode(inputs, union(secrets, secretSettings(inputs))))
    .setFailuresList([...checkFailures(wrong, (property) => SHOWN.includes(property))]);
}

/** The text of a group is secret as a whole when something in it is. */
function secretSettings(inputs: Properties): ReadonlySet<string> {
  const isText = (value: PropertyValue | undefined): boolean => value !== undefined && !isProperties(value);
  const tls = inputs.tls;
  return new Set([...SECRETS, ...(isText(tls) && settingsOf({ tls }).given.tls?.key !== undefined ? ["tls"] : [])]);
}
