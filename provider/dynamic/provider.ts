/**
 * The provider of the dynamic resources. The state of every stack requires this module by its name,
 * `pulumi-opi/dynamic/provider`: neither the name nor the shape of its exports may ever change.
 */
import { status } from "@grpc/grpc-js";
import type { dynamic } from "@pulumi/pulumi";
import { typeByToken } from "../catalogue";
import type { ResourceType } from "../catalogue";
import { holdsUnknown, isProperties } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import { checkConfig, connect } from "../client";
import type { AgentConfig } from "../client";
import type { Dialect } from "../client/dialect";
import { OpiError } from "../client/error";
import * as lifecycle from "../lifecycle";
import { agentChange } from "../lifecycle/agent-change";
import { told, warn, warnOnce, withoutRepetition } from "./diagnostics";
import { AGENT, forcedReplacements, NOTE, noteOf, ownProperties, PROVIDER } from "./note";
import type { EngineProperties } from "./values";
import { fromEngine, toEngine } from "./values";

/** Checks inputs; with an agent that can be reached also what only it can tell. */
export async function check(olds: EngineProperties, news: EngineProperties): Promise<dynamic.CheckResult> {
  return reported(() => checked(olds, news));
}

async function checked(olds: EngineProperties, news: EngineProperties): Promise<dynamic.CheckResult> {
  const { type: token, name } = noteOf(news);
  const type = typeByToken(token);
  const old = fromEngine(ownProperties(olds));
  const { inputs, failures } = lifecycle.check(type, { name, olds: old, news: fromEngine(ownProperties(news)) });
  const all = [...failures, ...agentFailures(news)];
  const dialect = all.length === 0 ? await dialectOf(news) : undefined;
  if (dialect) {
    const asked = lifecycle.checkAgent(type, inputs, dialect);
    asked.warnings.forEach(warnOnce);
    all.push(...asked.failures);
  }
  const expected = expectedName(type, inputs, old, dialect);
  return {
    inputs: { ...toEngine(inputs), ...(expected ? { [lifecycle.NAME]: expected } : {}), ...carried(news) },
    // The engine would show a property with the value it finds under that name: "value {<nil>}" for paths.
    failures: all.map(({ property, reason }) => ({
      property: "",
      reason: property === "" ? reason : `${property}: ${reason}`,
    })),
  };
}

/**
 * The name the object will have, where it is certain. The engine takes outputs that are no inputs for unknown while it
 * previews an update, and what refers to the name would seem to need replacing; as an input the name stays known.
 */
function expectedName(
  type: ResourceType,
  inputs: Properties,
  old: Properties,
  dialect: Dialect | undefined,
): string | undefined {
  const identity = lifecycle.identityProperties(type);
  if (identity.some((property) => typeof inputs[property] !== "string")) return undefined;
  if (dialect) return lifecycle.predictedName(type, inputs, dialect);
  const before = old[lifecycle.NAME];
  return typeof before === "string" && identity.every((property) => inputs[property] === old[property])
    ? before
    : undefined;
}

export async function diff(_id: string, olds: EngineProperties, news: EngineProperties): Promise<dynamic.DiffResult> {
  const note = noteOf(news);
  const type = typeByToken(note.type);
  const known = fromEngine(ownProperties(olds));
  const { changes, deleteBeforeReplace } = lifecycle.diff(type, {
    olds: known,
    news: fromEngine(ownProperties(news)),
    dialect: lifecycle.dialectOf(known),
  });
  const moved = agentChange(fromEngine(olds)[AGENT], fromEngine(news)[AGENT]);
  const changed = changes.map(({ path }) => path);
  const forced = forcedReplacements(note, changed);
  const replaces = changes.flatMap(({ path, replace }) => (replace || forced.includes(path) ? [path] : []));
  if (moved === "replace") replaces.push(AGENT);
  return {
    changes: changed.length > 0 || moved !== "none" || lifecycle.markerOf(known).incomplete === true,
    replaces,
    // On another agent nothing collides; on the same one the life cycle knows.
    deleteBeforeReplace,
  };
}

export async function create(inputs: EngineProperties): Promise<dynamic.CreateResult> {
  return reported(async () => {
    try {
      const { id, outputs } = await lifecycle.create(placeOf(inputs), fromEngine(ownProperties(inputs)));
      return { id, outs: outcome(outputs, inputs) };
    } catch (error) {
      throw error instanceof lifecycle.Incomplete ? initializationFailed(error, inputs) : error;
    }
  });
}

/** Reads for refresh, and by id alone for `get`. An empty id tells the engine that the object is gone. */
export async function read(id: string, properties: EngineProperties): Promise<dynamic.ReadResult> {
  return reported(async () => {
    const own = fromEngine(ownProperties(properties));
    const outputs = own[lifecycle.MARKER] === undefined ? undefined : own;
    const place = placeOf(properties);
    const resource = await lifecycle.read(place, { id, outputs });
    if (resource) return { id: resource.id, props: outcome(resource.outputs, properties) };
    if (outputs) return { id: "", props: {} };
    // The engine would take a `get` of nothing for a resource without outputs.
    const attempt = { action: `get ${place.type.noun}`, object: id, agent: place.agent.address };
    throw new OpiError(status.NOT_FOUND, "the agent has no such object", attempt, "Correct the name, or create it.");
  });
}

export async function update(
  id: string,
  olds: EngineProperties,
  news: EngineProperties,
): Promise<dynamic.UpdateResult> {
  return reported(async () => {
    try {
      const outputs = await lifecycle.update(placeOf(news), {
        id,
        olds: fromEngine(ownProperties(olds)),
        news: fromEngine(ownProperties(news)),
      });
      return { outs: outcome(outputs, news) };
    } catch (error) {
      throw error instanceof lifecycle.Incomplete ? initializationFailed(error, news) : error;
    }
  });
}

async function remove(id: string, properties: EngineProperties): Promise<void> {
  return reported(() => lifecycle.remove(placeOf(properties), { id, outputs: fromEngine(ownProperties(properties)) }));
}
export { remove as delete };

/** What is wrong with the agent's settings, by property path below `agent`. */
function agentFailures(news: EngineProperties): lifecycle.Failure[] {
  const agent = fromEngine(news)[AGENT];
  if (holdsUnknown(agent)) return [];
  if (!isProperties(agent))
    return [{ property: AGENT, reason: 'expected an object such as { address: "dpu1:50051" }' }];
  return checkConfig(configOf(news), AGENT).map(({ property, reason }) => ({
    property: "",
    reason: `${property} ${reason}${agent.address === undefined && property === `${AGENT}.address` ? ELSEWHERE : ""}`,
  }));
}

/** An address may come from three places; a user who gave none anywhere should hear of all. */
const ELSEWHERE =
  ": as the resource's agent, as opi:address in the configuration, or as OPI_ADDRESS in the environment";

/** Asks the agent what it is. One that is down, or does not exist yet, is warned of once and skipped. */
async function dialectOf(news: EngineProperties): Promise<Dialect | undefined> {
  if (holdsUnknown(fromEngine(news)[AGENT])) return undefined;
  const agent = connect(configOf(news));
  try {
    return await agent.dialect();
  } catch (error) {
    if (!(error instanceof OpiError)) throw error;
    warnOnce(`agent ${agent.address} cannot be asked what it can do: ${error.detail}. ${error.remedy ?? ""}`.trimEnd());
    return undefined;
  }
}

function placeOf(properties: EngineProperties): lifecycle.Place {
  return { type: typeByToken(noteOf(properties).type), agent: connect(configOf(properties)), warn, canImport: false };
}

/** The agent as the inputs keep it; `checkConfig` has vouched for its form, or will say what is wrong with it. */
function configOf(properties: EngineProperties): AgentConfig {
  return (properties[AGENT] ?? { address: "" }) as AgentConfig;
}

/** What every set of inputs and outputs carries beside the resource's own: the only things delete and read can see. */
function carried(properties: EngineProperties): EngineProperties {
  return { [NOTE]: properties[NOTE], [AGENT]: properties[AGENT] };
}

function outcome(outputs: Properties, properties: EngineProperties): EngineProperties {
  return { ...toEngine(outputs), ...carried(properties) };
}

/** Pulumi's form of "it is there, but not whole": an error with id, properties and reasons. */
function initializationFailed(error: lifecycle.Incomplete, inputs: EngineProperties): Error {
  const { id, outputs } = error.resource;
  const properties = { ...outcome(outputs, inputs), [PROVIDER]: inputs[PROVIDER] };
  return Object.assign(new Error(error.message), { id, properties, reasons: [error.message] });
}

/** Lets warnings arrive before the result, and hands errors for the user over as their message. */
async function reported<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof OpiError ? withoutRepetition(error.message) : error;
  } finally {
    await told();
  }
}
