import { status } from "@grpc/grpc-js";
import { catalogue } from "../../provider/catalogue";
import type { ResourceType } from "../../provider/catalogue";
import type { WireMessage } from "../../provider/catalogue/values/wire";
import { nameFor } from "../../provider/client/dialect";
import type { Dialect } from "../../provider/client/dialect";
import { startServer } from "../../provider/client/testing/server";
import type { Answer, Handler } from "../../provider/client/testing/server";

/** One call, as the agent's conduct sees it. */
export interface Call {
  readonly request: WireMessage;
  /** Does what the protocol says, and gives what it says to answer. */
  readonly obey: () => Answer;
  /** The agent's objects by name. */
  readonly objects: Map<string, WireMessage>;
}

/** How an agent answers calls otherwise than the protocol says, by method name. */
export type Conduct = Record<string, (call: Call) => Answer | Promise<Answer>>;

export interface OddAgent {
  readonly address: string;
  readonly objects: Map<string, WireMessage>;
  /** What was asked of it, in order: method name and request. */
  readonly calls: { readonly method: string; readonly request: WireMessage }[];
  /** May change while it runs. */
  conduct: Conduct;
  stop(): Promise<void>;
}

/** Answers of which real agents are known, and a call that never gets one. */
export const notFound = (name: unknown): Answer => ({
  code: status.NOT_FOUND,
  details: `unable to find key ${String(name)}`,
});
export const refusal = (code: status, details: string): Answer => ({ code, details });
export const silence = (): Promise<never> => new Promise<never>(() => undefined);

/**
 * An agent on a real gRPC server that keeps objects in memory and does what the protocol says, in the spelling of a
 * dialect, except where its conduct says otherwise.
 */
export async function startOddAgent(dialect: Dialect, conduct: Conduct = {}, port = 0): Promise<OddAgent> {
  const objects = new Map<string, WireMessage>();
  const owners: Owners = new Map();
  const calls: OddAgent["calls"] = [];
  const handlers: Record<string, Handler> = {};
  for (const type of catalogue.types) {
    for (const [method, obey] of Object.entries(obedience(type, dialect, objects, owners))) {
      handlers[method] = async (request) => {
        calls.push({ method, request });
        const deviation = agent.conduct[method];
        return deviation ? deviation({ request, obey: () => obey(request), objects }) : obey(request);
      };
    }
  }
  const server = await startServer(handlers, { port });
  const agent: OddAgent = { address: server.address, objects, calls, conduct, stop: () => server.stop() };
  return agent;
}

type Obedience = Readonly<Record<string, (request: WireMessage) => Answer>>;

/** The type of each object by its name: some dialects spell the names of several types alike. */
type Owners = Map<string, string>;

function obedience(type: ResourceType, dialect: Dialect, objects: Map<string, WireMessage>, owners: Owners): Obedience {
  const { create, get, update, list } = type.methods;
  const existing = (name: unknown): Answer => {
    const owner = owners.get(String(name)) ?? type.noun;
    return (owner === type.noun ? objects.get(String(name)) : undefined) ?? notFound(name);
  };
  const bodyOf = (request: WireMessage, body: string | undefined): WireMessage => request[body ?? ""] as WireMessage;
  const byMethod: Record<string, ((request: WireMessage) => Answer) | undefined> = {
    create: (request) => {
      const parent = type.parent ? String(request.parent) : undefined;
      const name = nameFor(dialect, type, String(request[create?.id ?? ""]), parent);
      if (objects.has(name)) return { code: status.ALREADY_EXISTS, details: `${name} exists already` };
      const object = { ...bodyOf(request, create?.body), name };
      objects.set(name, object);
      owners.set(name, type.noun);
      return object;
    },
    get: ({ name }) => existing(name),
    update: (request) => {
      const body = bodyOf(request, update?.body);
      const before = existing(body.name);
      if ("details" in before) return before;
      const after = (request.updateMask as readonly string[]).reduce<WireMessage>(
        (object, path) => masked(object, body, path.split(".").map(camelCase)),
        before,
      );
      objects.set(String(body.name), after);
      return after;
    },
    delete: ({ name }) => (objects.delete(String(name)) ? {} : notFound(name)),
    list: ({ parent }) => {
      const below = type.parent ? `${String(parent)}/` : "";
      const collection = nameFor(dialect, type, "").split("/").at(-2) ?? "";
      const items = [...objects.values()].filter((object) => {
        const name = String(object.name);
        return name.startsWith(below) && name.split("/").at(-2) === collection;
      });
      return { [list?.items ?? ""]: items, nextPageToken: "" };
    },
  };
  if (!get) return {};
  return Object.fromEntries(
    Object.entries(type.methods).flatMap(([verb, { rpc }]) => {
      const obey = byMethod[verb];
      return obey ? [[rpc.split("/").pop() ?? "", obey] as const] : [];
    }),
  );
}

/** The object with the value at one path of a mask taken from the body, absence included (AIP-134). */
function masked(object: WireMessage, body: WireMessage | undefined, path: readonly string[]): WireMessage {
  const [key = "", ...rest] = path;
  if (rest.length === 0) return { ...object, [key]: body?.[key] };
  const inner = (object[key] ?? {}) as WireMessage;
  return { ...object, [key]: masked(inner, body?.[key] as WireMessage | undefined, rest) };
}

const camelCase = (snake: string): string => snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
