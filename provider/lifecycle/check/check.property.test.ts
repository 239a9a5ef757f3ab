import fc from "fast-check";
import { respeltInputs, validInputs } from "../../../tests/arbitrary/inputs";
import { catalogue } from "../../catalogue";
import type { Field, ResourceType } from "../../catalogue";
import { UNKNOWN, valueAt, withValueAt } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import { allFields, inputFields } from "../fields";
import { check } from "./check";

const types = catalogue.types.filter((type) => !type.readOnly).map((type) => [type.noun, type] as const);
const name = "disk";

describe.each(types)("check of %s", (_, type) => {
  const valid = validInputs(type);

  it("lets valid inputs pass", () => {
    fc.assert(fc.property(valid, (news) => expect(check(type, { name, news }).failures).toEqual([])));
  });

  it("changes nothing in its own output", () => {
    fc.assert(
      fc.property(valid, (news) => {
        const { inputs } = check(type, { name, news });
        expect(check(type, { name, news: inputs })).toEqual({ inputs, failures: [] });
      }),
    );
  });

  it("makes one normal form of all spellings", () => {
    fc.assert(
      fc.property(valid, (news) => {
        const respelt = check(type, { name, news: respeltInputs(type, news) });
        expect(respelt).toEqual({ inputs: check(type, { name, news }).inputs, failures: [] });
      }),
    );
  });

  it("gives the same automatic id for the same seed, and keeps that of the old inputs", () => {
    fc.assert(
      fc.property(valid, fc.uint8Array({ minLength: 1 }), fc.string(), (given, seed, pulumiName) => {
        const { resourceId: _id, ...news } = given;
        const first = check(type, { name: pulumiName, news, seed });
        expect(check(type, { name: pulumiName, news, seed })).toEqual(first);
        expect(check(type, { name: pulumiName, news, olds: first.inputs })).toEqual(first);
        expect(first.failures).toEqual([]);
        expect(first.inputs.resourceId).toMatch(/^[a-z][a-z0-9-]{0,54}-[0-9a-f]{7}$/);
      }),
    );
  });

  it("lets unknown values pass, wherever they are", () => {
    const paths = allFields(inputFields(type)).map(({ property }) => property);
    fc.assert(
      fc.property(valid, fc.constantFrom(...paths), (news, path) => {
        const holder = path.split(".").slice(0, -1).join(".");
        fc.pre(holder === "" || valueAt(news, holder) !== undefined);
        expect(check(type, { name, news: withValueAt(news, path, UNKNOWN) }).failures).toEqual([]);
      }),
    );
  });

  it("says what is wrong with any input in short texts of one line, and never fails itself", () => {
    const values = Object.fromEntries(type.fields.map((field) => [field.name, anything]));
    const hostile = fc.record<Properties>({ ...values, resourceId: anything, adopt: anything, [`x\u202e`]: anything });
    fc.assert(
      fc.property(hostile, (news) => {
        for (const { property, reason } of check(type, { name, news }).failures) {
          expect(reason).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,600}$/u);
          expect(property).toMatch(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{0,200}$/u);
        }
      }),
    );
  });

  it("never tells a secret, however wrongly it is given", () => {
    const canary = "cafe5ec2e7";
    const secrets = allFields(inputFields(type)).filter(isSecretive);
    const wrong = fc.constantFrom<PropertyValue>(canary, [canary], { psk: canary }, { [canary]: canary }, `${canary}!`);
    fc.assert(
      fc.property(valid, wrong, (news, value) => {
        for (const { property } of secrets) {
          const { failures } = check(type, { name, news: withValueAt(news, property, value) });
          expect(JSON.stringify(failures.map(({ reason }) => reason))).not.toContain(canary);
        }
      }),
    );
  });
});

const anything: fc.Arbitrary<PropertyValue | undefined> = fc
  .anything({
    maxDepth: 3,
    values: [fc.string(), fc.string({ unit: "binary" }), fc.double(), fc.boolean(), longText()],
  })
  .map((value) => JSON.parse(JSON.stringify(value) ?? "0") as PropertyValue | null)
  .map((value) => withoutNull(value));

function longText(): fc.Arbitrary<string> {
  return fc.constantFrom("x".repeat(100_000), "\u001b[2J", "nqn.2014-08.org.example:\n", "-0", "1e400");
}

function withoutNull(value: PropertyValue | null): PropertyValue | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((entry: PropertyValue | null) => withoutNull(entry) ?? 0);
  if (typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNull(inner ?? null)]));
}

function isSecretive(field: Field): boolean {
  return field.secret === true || (field.fields ?? []).some(isSecretive);
}

it("has types to check", () =>
  expect(types.map(([, type]: readonly [string, ResourceType]) => type.noun)).toHaveLength(14));
