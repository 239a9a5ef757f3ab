import fc from "fast-check";

import { JsonSplitter } from "./json-splitter";

function split(pieces: readonly Buffer[]): string[] {
  const splitter = new JsonSplitter();
  return pieces.flatMap((piece) => splitter.push(piece));
}

describe("cutting a stream into JSON values", () => {
  test("values back to back come out one by one, however the stream was cut", () => {
    const values = fc.array(fc.oneof(fc.object({ withNullPrototype: false }), fc.array(fc.jsonValue())), {
      minLength: 1,
    });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 40 }), fc.constantFrom("", "\n", " \r\n\t"), (list, size, gap) => {
        const texts = list.map((value) => JSON.stringify(value));
        const bytes = Buffer.from(texts.join(gap));
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
        expect(split(pieces)).toEqual(texts);
      }),
    );
  });

  test("brackets, quotes and backslashes inside strings end nothing", () => {
    const text = JSON.stringify({ a: '}]"\\', "\\": "\\\\", b: ["{", '\\"'] });
    expect(split([Buffer.from(text + text)])).toEqual([text, text]);
  });

  test("a character whose bytes arrive in two pieces stays whole", () => {
    const bytes = Buffer.from('{"name":"é"}');
    expect(split([bytes.subarray(0, 10), bytes.subarray(10)])).toEqual(['{"name":"é"}']);
  });

  test("what stands outside brackets comes out as it is, for the parser to judge", () => {
    expect(split([Buffer.from('42 hello "a b"{}')])).toEqual(["42", "hello", '"a b"', "{}"]);
  });

  test("a value longer than the limit is an error instead of endless memory", () => {
    const splitter = new JsonSplitter(8);
    expect(() => splitter.push(Buffer.from('["too long'))).toThrow(RangeError);
  });
});
