import fc from "fast-check";
import { respeltInputs, validInputs } from "../../tests/arbitrary/inputs";
import { catalogue } from "../catalogue";
import type { ResourceType } from "../catalogue";
import { valueAt, withValueAt } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import { messageOf } from "../catalogue/values/wire";
import { careful, intel, marvell, nvidia, spdkBridge, standard } from "../client/dialect";
import { check } from "./check/check";
import { diff } from "./diff";
import { idIn, identityOf, predictedName } from "./naming";
import { inputsOf, outputsOf, unreadable } from "./outputs";

const types = catalogue.types.filter((type) => !type.readOnly).map((type) => [type.noun, type] as const);
const dialect = fc.constantFrom(standard, spdkBridge, careful, intel, nvidia, marvell);

/** Inputs as check leaves them. */
function checkedInputs(type: ResourceType): fc.Arbitrary<Properties> {
  return validInputs(type).map((news) => check(type, { name: "disk", news }).inputs);
}

describe.each(types)("diff of %s", (_, type) => {
  const checked = checkedInputs(type);

  it("is empty between what was wished and the same wish, in whatever spelling", () => {
    fc.assert(
      fc.property(validInputs(type), dialect, (given, agents) => {
        const inputs = check(type, { name: "disk", news: given }).inputs;
        const olds = outputsOf(type, agents, { wished: inputs, name: "n" });
        const again = check(type, { name: "disk", news: respeltInputs(type, given), olds: inputs }).inputs;
        expect(diff(type, { olds, news: again, dialect: agents }).changes).toEqual([]);
      }),
    );
  });

  it("is empty after the agent has reported what it was asked for", () => {
    fc.assert(
      fc.property(checked, dialect, (inputs, agents) => {
        const name = predictedName(type, inputs, agents);
        const olds = outputsOf(type, agents, { wished: inputs, message: messageOf(type, inputs, name), name });
        expect(diff(type, { olds, news: inputs, dialect: agents }).changes).toEqual([]);
      }),
    );
  });

  it("names every change: applied one by one they give the desired object", () => {
    fc.assert(
      fc.property(checked, checked, dialect, (before, after, agents) => {
        const olds = outputsOf(type, agents, { wished: before, name: "n" });
        const { changes } = diff(type, { olds, news: after, dialect: agents });
        const applied = changes.reduce(
          (properties, { path }) => withValueAt(properties, path, valueAt(after, path)),
          olds,
        );
        expect(diff(type, { olds: applied, news: after, dialect: agents }).changes).toEqual([]);
      }),
    );
  });

  it("never calls an agent, nor replaces, for what an import could not know", () => {
    fc.assert(
      fc.property(checked, dialect, (inputs, agents) => {
        const name = predictedName(type, inputs, agents);
        const message = messageOf(type, inputs, name);
        const unknown = unreadable(type, agents);
        const olds = outputsOf(type, agents, { wished: identityOf(type, name), message, name, unknown });
        const { changes } = diff(type, { olds, news: inputs, dialect: agents });
        expect(changes.filter(({ stateOnly }) => !stateOnly)).toEqual([]);
      }),
    );
  });

  it("is empty, but for what an import could not know, for the program that the import describes", () => {
    fc.assert(
      fc.property(checked, dialect, (inputs, agents) => {
        const name = predictedName(type, inputs, agents);
        const identity = identityOf(type, name);
        const message = messageOf(type, inputs, name);
        const olds = outputsOf(type, agents, { wished: identity, message, name, unknown: unreadable(type, agents) });
        const described = { ...identity, ...inputsOf(type, agents, olds, undefined) };
        expect(idIn(described)).toBe(idIn(inputs));
        expect(diff(type, { olds, news: described, dialect: agents }).changes).toEqual([]);
      }),
    );
  });

  it("finds nothing to refresh in the inputs when the agent reports what was wished", () => {
    fc.assert(
      fc.property(checked, dialect, (inputs, agents) => {
        const name = predictedName(type, inputs, agents);
        const first = outputsOf(type, agents, { wished: inputs, message: messageOf(type, inputs, name), name });
        const refreshed = outputsOf(type, agents, {
          wished: first,
          before: first,
          message: messageOf(type, inputs, name),
          name,
        });
        expect(refreshed).toEqual(first);
        expect(inputsOf(type, agents, refreshed, inputs)).toEqual(inputs);
      }),
    );
  });
});
