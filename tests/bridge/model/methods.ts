import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";
import type { WireMessage } from "../../../provider/catalogue/values/wire";
import type { Bridge, Kind } from "./kind";
import { nameOf } from "./kind";
import { checkMask } from "./request/mask";
import { checkId, checkName } from "./request/names";
import { pageOf, windowOf } from "./request/pages";
import { requireFields } from "./request/required";
import { missingKey, unimplemented, unknown } from "./status";
import type { BridgeStatus } from "./status";

export type Handler = (bridge: Bridge, request: WireMessage) => Promise<WireMessage> | WireMessage;

/** The handler of a method of a type, by the method's name: `CreateNullVolume`. Undefined for other types' methods. */
export function handlerOf(kind: Kind, method: DescMethod): Handler | undefined {
  const verb = /^(Create|Get|Update|Delete|List|Stats)/.exec(method.name)?.[0] ?? "";
  if (method.name !== `${verb}${kind.noun}${verb === "List" ? "s" : ""}`) return undefined;
  const checked =
    (handler: Handler): Handler =>
    (bridge, request) => {
      requireFields(method.input, request);
      return handler(bridge, request);
    };
  switch (verb) {
    case "Create":
      return checked(creating(kind, method));
    case "Get":
      return checked((bridge, request) => kind.read(bridge, known(bridge, kind, verb, request)));
    case "Update":
      return checked(updating(kind, method));
    case "Delete":
      return checked(deleting(kind));
    case "List":
      return checked(listing(kind, method));
    case "Stats":
      return checked(counting(kind));
    default:
      return undefined;
  }
}

function creating(kind: Kind, { input }: DescMethod): Handler {
  const bodyKey = bodyOf(input, kind).localName;
  const idKey = input.fields.find(({ name }) => name.endsWith("_id"))?.localName ?? "";
  return async (bridge, request) => {
    // Required, so it is there.
    const body = request[bodyKey] as WireMessage;
    const parent = typeof request.parent === "string" ? request.parent : "";
    const given = String(request[idKey]);
    if (given !== "") checkId(given);
    if (parent !== "") checkName(parent);
    kind.validate?.(body);
    const id = given === "" ? bridge.newId() : given;
    const name = `${parent === "" ? "" : `${parent}/`}${kind.collection}/${id}`;
    const objects = bridge.memory.of(kind.noun);
    const creation = { id, name, parent, body };
    const stored = objects.get(name);
    if (stored) return kind.again?.(bridge, stored, creation) ?? stored;
    const created = await kind.create(bridge, creation);
    objects.set(name, created);
    return created;
  };
}

function updating(kind: Kind, { input }: DescMethod): Handler {
  const field = bodyOf(input, kind);
  return async (bridge, request) => {
    const body = request[field.localName] as WireMessage;
    const { update } = kind;
    kind.validateUpdate?.(body);
    checkName(nameOf(body));
    if (update.kind === "any object") return update.apply(bridge, body);
    const stored = bridge.memory.of(kind.noun).get(nameOf(body));
    if (!stored) {
      if (update.kind === "unimplemented" || !update.upsert || request.allowMissing !== true)
        throw missingKey(nameOf(body));
      const made = await update.upsert(bridge, body);
      bridge.memory.of(kind.noun).set(nameOf(body), made);
      return made;
    }
    if (field.fieldKind === "message" && update.kind !== "known objects without mask")
      checkMask(field.message, (request.updateMask ?? []) as readonly string[]);
    if (update.kind === "unimplemented") throw unimplemented(`Update${kind.noun} method is not implemented`);
    return update.apply(bridge, stored, body);
  };
}

function deleting(kind: Kind): Handler {
  return async (bridge, request) => {
    checkName(nameOf(request));
    const objects = bridge.memory.of(kind.noun);
    const stored = objects.get(nameOf(request));
    if (!stored) {
      if (request.allowMissing === true) return {};
      throw absent(kind, "Delete", nameOf(request));
    }
    await kind.remove(bridge, stored);
    objects.delete(nameOf(request));
    return {};
  };
}

function listing(kind: Kind, { output }: DescMethod): Handler {
  const itemsKey = output.fields.find(({ fieldKind }) => fieldKind === "list")?.localName ?? "";
  const order = kind.order ?? nameOf;
  return async (bridge, request) => {
    const tokens = bridge.memory.tokens[kind.end];
    const nextToken = (offset: number): { readonly nextPageToken: string } => {
      const nextPageToken = bridge.newId();
      tokens.set(nextPageToken, offset);
      return { nextPageToken };
    };
    if (kind.endlessList) return { [itemsKey]: sorted(await kind.list(bridge, request), order), ...nextToken(0) };
    const window = windowOf(request, tokens);
    const page = pageOf(await kind.list(bridge, request), window);
    if (page.kind === "beyond the end") return bridge.crash("panic: runtime error: slice bounds out of range");
    const entries = kind.expand ? page.items.flatMap(kind.expand) : page.items;
    return {
      [itemsKey]: sorted(entries, order),
      ...(page.more && !kind.cutsLists ? nextToken(window.offset + window.size) : {}),
    };
  };
}

function counting(kind: Kind): Handler {
  return (bridge, request) => {
    if (kind.stats.kind === "unimplemented") {
      known(bridge, kind, "Stats", request);
      throw unimplemented(kind.stats.text);
    }
    return kind.stats.read(bridge, known(bridge, kind, "Stats", request));
  };
}

function known(bridge: Bridge, kind: Kind, verb: string, request: WireMessage): WireMessage {
  checkName(nameOf(request));
  const stored = bridge.memory.of(kind.noun).get(nameOf(request));
  if (!stored) throw absent(kind, verb, nameOf(request));
  return stored;
}

function absent({ vague }: Kind, verb: string, name: string): BridgeStatus {
  const missing = missingKey(name);
  return vague?.includes(verb) ? unknown(missing.details) : missing;
}

function bodyOf(input: DescMessage, kind: Kind): DescField {
  const found = input.fields.find((field) => field.fieldKind === "message" && field.message.name === kind.noun);
  if (!found) throw new Error(`${input.name} carries no ${kind.noun}`);
  return found;
}

function sorted(entries: readonly WireMessage[], order: (entry: WireMessage) => string): WireMessage[] {
  // By bytes, as Go sorts.
  return [...entries].sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
}
