import { isIP } from "node:net";
import type { Rule } from "../../catalogue";
import { isProperties, UNKNOWN, valueAt } from "../../catalogue/values/property";
import type { Properties, PropertyValue } from "../../catalogue/values/property";
import type { Failure } from "../types";
import { isPcieAddress } from "./formats";
import { quote } from "./quote";

type RuleOf<K extends Rule["kind"]> = Extract<Rule, { kind: K }>;

/** Checks the conditions that span several fields; what touches an unknown value passes. */
export function checkRule(rule: Rule, inputs: Properties): readonly Failure[] {
  switch (rule.kind) {
    case "needs":
      return needs(rule, inputs);
    case "atLeastOne":
      return atLeastOne(rule, inputs);
    case "keyFitsCipher":
      return keyFitsCipher(rule, inputs);
    case "addressFamily":
      return addressFamily(rule, inputs);
    case "transport":
      return transport(rule, inputs);
    case "limits":
      return limits(rule, inputs);
  }
}

function needs(rule: RuleOf<"needs">, inputs: Properties): Failure[] {
  const value = valueAt(inputs, rule.path);
  return value !== UNKNOWN && isSet(value) && !isSet(valueAt(inputs, rule.needs))
    ? [{ property: rule.path, reason: `needs ${rule.needs}: set it too, or leave ${rule.path} out` }]
    : [];
}

function atLeastOne(rule: RuleOf<"atLeastOne">, inputs: Properties): Failure[] {
  const value = valueAt(inputs, rule.path);
  if (value === UNKNOWN || (isProperties(value) && Object.values(value).some(isSet))) return [];
  return [{ property: rule.path, reason: "set at least one rate above 0; without one nothing is limited" }];
}

/** Key bytes by cipher: CBC takes one AES key, XTS two of them that differ (IEEE 1619, FIPS 140-2 IG A.9). */
function keyFitsCipher(rule: RuleOf<"keyFitsCipher">, inputs: Properties): Failure[] {
  const key = valueAt(inputs, rule.key);
  const cipher = valueAt(inputs, rule.cipher);
  if (typeof key !== "string" || typeof cipher !== "string") return [];
  const parts = /_AES_(CBC|XTS)_(\d+)$/.exec(cipher);
  if (!parts) return [];
  const isXts = parts[1] === "XTS";
  const bytes = (Number(parts[2]) / 8) * (isXts ? 2 : 1);
  if (key.length !== bytes * 2) {
    const both = isXts ? ", both halves, data key first" : "";
    return [
      {
        property: rule.key,
        reason: `${cipher} takes ${bytes} bytes (${bytes * 2} hexadecimal digits${both}), got ${key.length} digits`,
      },
    ];
  }
  return isXts && key.slice(0, bytes) === key.slice(bytes)
    ? [{ property: rule.key, reason: "the two halves of an XTS key must differ" }]
    : [];
}

function addressFamily(rule: RuleOf<"addressFamily">, inputs: Properties): Failure[] {
  const address = valueAt(inputs, rule.address);
  const family = valueAt(inputs, rule.family);
  if (typeof address !== "string" || address === "" || typeof family !== "string") return [];
  const version = family.endsWith("_IPV4") ? 4 : family.endsWith("_IPV6") ? 6 : 0;
  return version !== 0 && isIP(address) !== version
    ? [
        {
          property: rule.address,
          reason: `expected an IPv${version} address, as ${rule.family} says, got ${quote(address)}`,
        },
      ]
    : [];
}

/** NVMe over PCIe has a function or a bus address; every other transport has a fabrics address. */
function transport(rule: RuleOf<"transport">, inputs: Properties): Failure[] {
  const trtype = valueAt(inputs, rule.transport);
  if (typeof trtype !== "string") return [];
  const isPcie = trtype.endsWith("_PCIE");
  const failures: Failure[] = [];
  const [wanted, other] = isPcie ? [rule.pcie, rule.fabrics] : [rule.fabrics, rule.pcie];
  if (wanted && valueAt(inputs, wanted) === undefined) {
    failures.push({ property: wanted, reason: `missing: ${rule.transport} ${trtype} needs it` });
  }
  const unwanted = other ? valueAt(inputs, other) : undefined;
  if (other && unwanted !== undefined && unwanted !== UNKNOWN) {
    const hint = wanted ? `; use ${wanted}` : "; leave it out";
    failures.push({ property: other, reason: `cannot be used with ${rule.transport} ${trtype}${hint}` });
  }
  const address = rule.address ? valueAt(inputs, rule.address) : undefined;
  if (rule.address && typeof address === "string" && address !== "" && isPcieAddress(address) !== isPcie) {
    const expected = isPcie ? "a PCIe address such as 0000:03:00.0" : "an IP address";
    failures.push({
      property: rule.address,
      reason: `expected ${expected} for ${rule.transport} ${trtype}, got ${quote(address)}`,
    });
  }
  return failures;
}

/** A promise above its cap cannot be kept; reads or writes alone cannot pass what both together may not. */
function limits(rule: RuleOf<"limits">, inputs: Properties): Failure[] {
  const rate = (path: string | undefined, name: string): number => {
    const value = path ? valueAt(inputs, `${path}.${name}`) : undefined;
    return typeof value === "number" ? value : 0;
  };
  const failures: Failure[] = [];
  for (const unit of ["IopsKiops", "BandwidthMbs"]) {
    for (const direction of ["rd", "wr", "rw"]) {
      const name = `${direction}${unit}`;
      const least = rate(rule.min, name);
      const most = rate(rule.max, name);
      if (rule.min && most > 0 && least > most) {
        failures.push({ property: `${rule.min}.${name}`, reason: `${least} is above ${rule.max}.${name}, ${most}` });
      }
      const both = rate(rule.max, `rw${unit}`);
      if (direction !== "rw" && both > 0 && most > both) {
        failures.push({ property: `${rule.max}.${name}`, reason: `${most} is above ${rule.max}.rw${unit}, ${both}` });
      }
    }
  }
  return failures;
}

function isSet(value: PropertyValue | undefined): boolean {
  return value !== undefined && value !== "" && value !== 0 && value !== false;
}
