import fc from "fast-check";
import { holdsUnknown, UNKNOWN, valueAt, withValueAt } from "./property";
import type { Properties } from "./property";

const path = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 }).map((keys) => keys.join("."));
const properties = fc.letrec<{ tree: Properties }>((tie) => ({
  tree: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.oneof({ depthSize: "small" }, fc.integer(), tie("tree"))),
})).tree;

test("what is put at a path is found there, and nothing else changes", () => {
  fc.assert(
    fc.property(properties, path, path, fc.integer(), (before, at, other, value) => {
      const after = withValueAt(before, at, value);
      expect(valueAt(after, at)).toBe(value);
      const touches = other.startsWith(at) || at.startsWith(other);
      if (!touches) expect(valueAt(after, other)).toEqual(valueAt(before, other));
    }),
  );
});

test("removing a path leaves nothing there, and adds nothing on the way", () => {
  fc.assert(
    fc.property(properties, path, (before, at) => {
      expect(valueAt(withValueAt(before, at, undefined), at)).toBeUndefined();
      if (valueAt(before, at) === undefined) expect(withValueAt(before, at, undefined)).toEqual(before);
    }),
  );
});

test("an unknown on the way makes all below it unknown", () => {
  expect(valueAt({ pcieId: UNKNOWN }, "pcieId.portId")).toBe(UNKNOWN);
  expect(holdsUnknown({ a: [1, { b: UNKNOWN }] })).toBe(true);
  expect(holdsUnknown({ a: [1, { b: "x" }] })).toBe(false);
});
