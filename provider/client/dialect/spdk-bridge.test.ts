import { status } from "@grpc/grpc-js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { catalogue, typeByNoun } from "../../catalogue";
import type { Field, ResourceType, Verb } from "../../catalogue";
import { OpiError } from "../error";
import { idOf, isMissing, nameFor, reads, referenceFor } from "./facts";
import { spdkBridge } from "./spdk-bridge";

interface Line {
  readonly case: string;
  readonly method?: string;
  readonly request?: Json;
  readonly response?: Json;
  readonly error?: { readonly code: keyof typeof status; readonly message: string };
  readonly spdk?: readonly { readonly method: string; readonly params?: Json }[];
}
type Json = Readonly<Record<string, unknown>>;

// What the reference bridge said and did; every fact of its table must be what was recorded.
const file = join(__dirname, "..", "..", "..", "tests", "data", "bridge-grpc.jsonl.gz");
const lines = gunzipSync(readFileSync(file))
  .toString()
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Line);

const types = catalogue.types.filter((type) => !type.readOnly);
const methodOf = (type: ResourceType, verb: Verb) => type.methods[verb]?.rpc.split("/").pop();
const recorded = (type: ResourceType, verb: Verb) => lines.filter(({ method }) => method === methodOf(type, verb));
const wireNames = new Map<string, string>();
for (const type of types) wireNames.set(type.noun, type.noun.replace(/(?<!^)([A-Z])/g, "_$1").toLowerCase());
const body = (type: ResourceType, line: Line) => (line.request?.[wireNames.get(type.noun) ?? ""] ?? {}) as Json;
const at = (message: Json | undefined, field: Field): unknown =>
  field.path.split(".").reduce<unknown>((inner, key) => (inner as Json | undefined)?.[key], message);
const errorOf = ({ code, message }: NonNullable<Line["error"]>) =>
  new OpiError(status[code], message, { action: "read", agent: "recorded" });

test.each(catalogue.types.map((type) => [type.noun, type] as const))(
  "%s: the calls that are unavailable are those that the bridge does not implement, counts nothing in, or does nothing for",
  (noun, type) => {
    for (const verb of Object.keys(type.methods) as Verb[]) {
      const answers = recorded(type, verb);
      if (answers.length === 0) continue;
      // Wrong requests are refused before that is said.
      const unimplemented =
        answers.some(({ error }) => error?.code === "UNIMPLEMENTED") && !answers.some(({ response }) => response);
      const stats = answers.flatMap(({ response }) => (response ? [response.stats as Json | undefined] : []));
      const countsNothing =
        verb === "stats" && stats.every((s) => Object.values(s ?? {}).every((count) => count === -1));
      const doesNothing = verb === "reset" && answers.every(({ spdk }) => (spdk ?? []).length === 0);
      const expected = unimplemented || countsNothing || doesNothing;
      expect([noun, verb, spdkBridge.unavailable[noun]?.[verb] !== undefined]).toEqual([noun, verb, expected]);
    }
  },
);

test.each(types.map((type) => [type.noun, type] as const))(
  "%s: objects get the predicted name, and an id that is there answers OK with the old object",
  (noun, type) => {
    if (spdkBridge.unavailable[noun]?.create) return;
    const id = `${wireNames.get(noun) ?? ""}_id`;
    const created = recorded(type, "create").filter(({ request, response }) => response && request?.[id]);
    expect(created.length).toBeGreaterThan(0);
    for (const { request, response } of created) {
      const parent = request?.parent as string | undefined;
      expect(response?.name).toBe(nameFor(spdkBridge, type, String(request?.[id]), parent));
    }
    const again = lines.find(({ case: name }) => name === `${noun}/create_same_id_different_values`);
    expect(again?.response).toBeDefined();
    expect(spdkBridge.reportsExisting).toBe(false);
  },
);

test.each(types.map((type) => [type.noun, type] as const))(
  "%s: a property that reads report comes back as it was created",
  (noun, type) => {
    const create = lines.find(({ case: name }) => name === `${noun}/create`);
    const get = lines.find(({ case: name }) => name === `${noun}/get`);
    if (!create?.response || !get?.response) return;
    const asked = body(type, create);
    for (const field of type.fields) {
      const [wish, told] = [at(asked, field), at(get.response, field)];
      if (field.behavior === "output" || wish === undefined || field.secret) continue;
      if (reads(spdkBridge, type, field.name)) expect([field.name, told]).toEqual([field.name, wish]);
    }
  },
);

test("a property that reads report is in every recorded Get that was given it", () => {
  for (const type of types) {
    const reported = new Set(
      recorded(type, "get").flatMap(({ response }) =>
        response ? type.fields.filter((field) => at(response, field) !== undefined).map(({ name }) => name) : [],
      ),
    );
    for (const property of spdkBridge.reads[type.noun] ?? []) {
      expect([type.noun, property, reported.has(property)]).toEqual([type.noun, property, true]);
    }
  }
});

test.each(types.map((type) => [type.noun, type] as const))(
  "%s: nothing that is said to be updated came back unchanged from a recorded update",
  (noun, type) => {
    const update = lines.find(({ case: name }) => name === `${noun}/update_no_mask`);
    const get = lines.find(({ case: name }) => name === `${noun}/get_after_update_no_mask`);
    if (!update?.response || !get?.response) return;
    const updated = spdkBridge.updates[noun] ?? type.fields.map(({ name }) => name);
    for (const field of type.fields.filter(({ name }) => updated.includes(name))) {
      const wish = at(body(type, update), field);
      if (wish !== undefined) expect([field.name, at(get.response, field)]).toEqual([field.name, wish]);
    }
  },
);

test("volumes are referred to by bare ids: full names are refused", () => {
  const named = lines.filter(
    ({ method, request }) =>
      method === "CreateNvmeNamespace" && JSON.stringify(request).includes('"volume_name_ref":"volumes/'),
  );
  expect(named.length).toBeGreaterThan(0);
  for (const { response } of named) expect(response).toBeUndefined();
  expect(referenceFor(spdkBridge, "volumes/vol0")).toBe("vol0");
  expect(idOf("vol0")).toBe("vol0");
});

test("every recorded way of saying that an object is not there is understood", () => {
  const gone = lines.filter(
    ({ method = "", case: name, error }) =>
      /^(Get|Delete)/.test(method) &&
      error &&
      /get_missing$|delete_missing$|delete_again$|spdk_restart\/after_Get/.test(name),
  );
  expect(gone.length).toBeGreaterThan(30);
  for (const { case: name, error } of gone) {
    // The last two are of deletes that failed half-way, and say nothing of whether anything is left.
    if (!error || error.code === "UNIMPLEMENTED" || /partially deleted|Invalid parameters/.test(error.message))
      continue;
    expect([name, isMissing(spdkBridge, errorOf(error))]).toEqual([name, true]);
  }
});

test("no error about a bad name, a dependent or a crash is taken for absence", () => {
  const other = lines.filter(
    ({ method = "", error }) =>
      /^(Get|Delete|List|Stats)/.test(method) &&
      error &&
      /not a valid DNS name|missing required field|exist for controller|segment|UNAVAILABLE|busy/.test(
        `${error.code} ${error.message}`,
      ),
  );
  expect(other.length).toBeGreaterThan(30);
  for (const { case: name, error } of other) {
    if (error) expect([name, isMissing(spdkBridge, errorOf(error))]).toEqual([name, false]);
  }
});

test("the error of an empty namespace list is known", () => {
  const empty = lines.find(({ case: name }) => name === "NvmeNamespace/list_empty")?.error;
  expect(spdkBridge.emptyLists.NvmeNamespace?.test(`${empty?.code ?? ""}: ${empty?.message ?? ""}`)).toBe(true);
});

test("lists that always give a token are the endless ones, and no others", () => {
  for (const type of types) {
    const answers = recorded(type, "list").filter(({ response }) => response);
    if (answers.length === 0) continue;
    const endless = answers.every(({ response }) => response?.next_page_token);
    expect([type.noun, spdkBridge.endlessLists[type.noun] ?? false]).toEqual([type.noun, endless]);
  }
});

test("lists that cannot tell their entries by name are the nameless ones", () => {
  for (const type of types) {
    const items = type.methods.list?.items?.replace(/([A-Z])/g, "_$1").toLowerCase() ?? "";
    const entries = recorded(type, "list").flatMap(({ response }) => (response?.[items] ?? []) as readonly Json[]);
    if (entries.length === 0 || type.noun === "NvmePath") continue;
    const nameless = entries.some(({ name }) => name === undefined);
    expect([type.noun, spdkBridge.namelessLists[type.noun] ?? false]).toEqual([type.noun, nameless]);
  }
});

test("every property that a table names is one of the type", () => {
  const tables = [spdkBridge.reads, spdkBridge.updates, spdkBridge.ignores, spdkBridge.refuses, spdkBridge.accepts];
  const paths = (fields: readonly Field[]): string[] =>
    fields.flatMap((field) => [field.property, ...paths(field.fields ?? [])]);
  for (const table of tables) {
    for (const [noun, named] of Object.entries(table)) {
      const known = paths(typeByNoun(noun).fields);
      for (const path of Array.isArray(named) ? (named as readonly string[]) : Object.keys((named ?? {}) as object)) {
        expect(known).toContain(path);
      }
    }
  }
});
