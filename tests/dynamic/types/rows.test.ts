import { catalogue } from "../../../provider/catalogue";
import { inputFields, leaves } from "../../../provider/lifecycle/fields";
import { backendCases } from "./backend";
import { nvmeCases, virtioCases } from "./frontend";
import { middleendCases } from "./middleend";

const rows = [...backendCases, ...middleendCases, ...nvmeCases, ...virtioCases];
const types = catalogue.types.filter(({ readOnly }) => !readOnly);

test("every resource type of the contract has a row", () => {
  expect(rows.map(({ noun }) => noun).sort()).toEqual(types.map(({ noun }) => noun).sort());
});

/** A field that is new in the contract must show in a row what its change does, or why it cannot be had. */
test.each(rows)("the row of $noun names every input field, as the catalogue says it changes", (row) => {
  const type = types.find(({ noun }) => noun === row.noun);
  const fields = leaves(inputFields(type ?? types[0]));
  const refused = Object.keys(row.refused ?? {});
  const paths = (replaced: boolean): string[] =>
    fields
      .filter((field) => !refused.includes(field.property))
      .filter((field) => (field.immutable === true || field.references !== undefined) === replaced)
      .map(({ property }) => property);
  const identity = ["resourceId", ...(type?.parent === undefined ? [] : [type.parent.property])];
  expect(Object.keys(row.updates).sort()).toEqual(paths(false).sort());
  expect(Object.keys(row.replacements).sort()).toEqual([...paths(true), ...identity].sort());
  expect(refused.filter((path) => !fields.some(({ property }) => property === path))).toEqual([]);
});
