import { isIP } from "node:net";
import fc from "fast-check";
import type { Field, ResourceType, Rule } from "../../provider/catalogue";
import { isProperties, valueAt, withValueAt } from "../../provider/catalogue/values/property";
import type { Properties, PropertyValue } from "../../provider/catalogue/values/property";
import { isPcieAddress } from "../../provider/lifecycle/check/formats";
import { inputFields } from "../../provider/lifecycle/fields";
import { reference, resourceId, respelt, valueOf } from "./values";

/** Inputs of a type that check must let pass, id included: from its fields and formats, made to obey its rules. */
export function validInputs(type: ResourceType): fc.Arbitrary<Properties> {
  const touched = type.rules.flatMap((rule) => (rule.kind === "transport" ? [rule.pcie, rule.fabrics] : []));
  const parent = type.parent ? { [type.parent.property]: reference(type.parent.noun) } : {};
  return fc
    .tuple(fc.record({ resourceId, ...parent }), object(inputFields(type), touched))
    .map(([identity, values]) => type.rules.reduce<Properties>(obey, { ...identity, ...values }));
}

/** The same inputs, every value spelt differently where check takes more than one spelling. */
export function respeltInputs(type: ResourceType, inputs: Properties): Properties {
  const fields = new Map(inputFields(type).map((field) => [field.name, field]));
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => {
      const field = fields.get(name);
      return [name, field && value !== undefined ? respeltValue(field, value) : value];
    }),
  );
}

function respeltValue(field: Field, value: PropertyValue): PropertyValue {
  if (!isProperties(value)) return respelt(field, value);
  const parts = (field.fields ?? []).flatMap((part) => {
    const inner = value[part.name];
    return inner === undefined ? [] : [[part.name, respeltValue(part, inner)] as const];
  });
  return Object.fromEntries(parts);
}

function object(fields: readonly Field[], always: readonly (string | undefined)[] = []): fc.Arbitrary<Properties> {
  const model = Object.fromEntries(
    fields.map((field) => [field.name, field.fields ? object(field.fields) : valueOf(field)] as const),
  );
  const requiredKeys = fields
    .filter((field) => field.behavior === "required" || always.includes(field.property))
    .map(({ name }) => name);
  return fc.record<Properties>(model, { requiredKeys });
}

/** Changes as little as it takes to make the inputs obey a rule. */
function obey(inputs: Properties, rule: Rule): Properties {
  const at = (path: string): PropertyValue | undefined => valueAt(inputs, path);
  switch (rule.kind) {
    case "needs":
      return at(rule.needs) === undefined ? withValueAt(inputs, rule.path, undefined) : inputs;
    case "atLeastOne": {
      const rates = at(rule.path);
      const isSet = isProperties(rates) && Object.values(rates).some((rate) => rate !== 0);
      return isSet ? inputs : withValueAt(inputs, `${rule.path}.rwBandwidthMbs`, 10);
    }
    case "keyFitsCipher":
      return withValueAt(inputs, rule.key, keyFor(textAt(inputs, rule.cipher), textAt(inputs, rule.key)));
    case "addressFamily": {
      const version = /_IPV(4|6)$/.exec(textAt(inputs, rule.family))?.[1];
      const address = textAt(inputs, rule.address);
      if (address === "" || version === undefined || isIP(address) === Number(version)) return inputs;
      return withValueAt(inputs, rule.address, version === "4" ? "192.0.2.7" : "2001:db8::7");
    }
    case "transport":
      return obeyTransport(inputs, rule);
    case "limits":
      return obeyLimits(inputs, rule);
  }
}

function keyFor(cipher: string, digits: string): string {
  const [, mode, bits] = /_(CBC|XTS)_(\d+)$/.exec(cipher) ?? [];
  const half = Number(bits) / 4;
  const first = digits.slice(0, half);
  return mode === "CBC" ? first : `${first}${first.startsWith("0") ? "1" : "0"}${digits.slice(half + 1, 2 * half)}`;
}

function obeyTransport(inputs: Properties, rule: Extract<Rule, { kind: "transport" }>): Properties {
  const isPcie = textAt(inputs, rule.transport).endsWith("_PCIE");
  const unwanted = isPcie ? rule.fabrics : rule.pcie;
  const result = unwanted ? withValueAt(inputs, unwanted, undefined) : inputs;
  if (!rule.address || isPcieAddress(textAt(inputs, rule.address)) === isPcie) return result;
  return withValueAt(result, rule.address, isPcie ? "0000:03:00.0" : "192.0.2.7");
}

function obeyLimits(inputs: Properties, { min, max }: Extract<Rule, { kind: "limits" }>): Properties {
  const rate = (properties: Properties, path: string): number => Number(valueAt(properties, path) ?? 0);
  const cap = (properties: Properties, path: string, most: number): Properties =>
    most > 0 && rate(properties, path) > most ? withValueAt(properties, path, most) : properties;
  let result = inputs;
  for (const unit of ["IopsKiops", "BandwidthMbs"]) {
    for (const direction of ["rd", "wr"]) {
      result = cap(result, `${max}.${direction}${unit}`, rate(result, `${max}.rw${unit}`));
    }
    for (const direction of ["rd", "wr", "rw"]) {
      if (min) result = cap(result, `${min}.${direction}${unit}`, rate(result, `${max}.${direction}${unit}`));
    }
  }
  return result;
}

function textAt(inputs: Properties, path: string): string {
  const value = valueAt(inputs, path);
  return typeof value === "string" ? value : "";
}
