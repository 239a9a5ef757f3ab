import { status } from "@grpc/grpc-js";
import type { ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";
import { ConfigureResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { Properties } from "../../catalogue/values/property";
import { checkConfig } from "../../client";
import { OpiError } from "../../client/error";
import type { Session } from "../session";
import { decode } from "../values/decode";
import { configOf } from "./settings";

/** Takes the settings for all calls to come. Nothing is dialled yet. */
export function configure(session: Session, request: ConfigureRequest): ConfigureResponse {
  session.acceptSecrets = request.getAcceptsecrets();
  const inputs = request.hasArgs() ? decode(request.getArgs()).properties : variablesOf(request);
  const config = configOf(inputs, process.env);
  const failures = checkConfig(config, "");
  if (failures.length > 0) {
    const detail = failures.map(({ property, reason }) => `${property} ${reason}`).join("; ");
    const attempt = { action: "configure the provider", agent: config.address || "without an address" };
    throw new OpiError(status.INVALID_ARGUMENT, detail, attempt);
  }
  session.configure(config);
  return new ConfigureResponse()
    .setAcceptsecrets(true)
    .setAcceptresources(true)
    .setAcceptoutputs(true)
    .setSupportspreview(true)
    .setSupportsAutonamingConfiguration(true);
}

/** How older engines send the settings: texts by `opi:config:address`. */
function variablesOf(request: ConfigureRequest): Properties {
  const entries = [...request.getVariablesMap().entries()];
  return Object.fromEntries(entries.map(([key, value]) => [key.replace(/^.*:config:/, ""), value]));
}
