import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { licencesOf } from "./licences";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "licences-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes files below node_modules, and gives the paths of those that are code. */
function installed(files: Readonly<Record<string, string>>): readonly string[] {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, "node_modules", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  });
  return paths.filter((path) => path.endsWith(".js"));
}
const manifest = (name: string, license?: string): string => JSON.stringify({ name, version: "1.2.3", license });

test("each package is named once, with its version and its licence files, and equal texts stand there once", () => {
  const text = licencesOf(
    installed({
      "one/package.json": manifest("one", "MIT"),
      "one/License": "Use it well.\r\n",
      "one/index.js": "",
      "one/lib/package.json": '{"type":"commonjs"}',
      "one/lib/more.js": "",
      "@of/two/package.json": manifest("@of/two", "MIT"),
      "@of/two/LICENSE.md": "Use it well.  \n",
      "@of/two/NOTICE": "By two.",
      "@of/two/index.js": "",
      "three/package.json": manifest("three", "MIT"),
      "three/LICENCE": "Use it well.",
      "three/index.js": "",
    }),
  );
  expect(text.match(/^\S+ 1\.2\.3 \(MIT\)$/gm)).toEqual([
    "@of/two 1.2.3 (MIT)",
    "one 1.2.3 (MIT)",
    "three 1.2.3 (MIT)",
  ]);
  expect(text.match(/Use it well\./g)).toHaveLength(2);
  expect(text).toContain("Use it well.\n\nBy two.");
});

test("a package without a licence file has its terms in what its files begin with", () => {
  const text = licencesOf(
    installed({
      "heads/package.json": manifest("heads", "Apache-2.0"),
      "heads/a.js": '"use strict";\n// Copyright of a.\n// All rights.\nconst a = 1; // Copyright of nothing\n',
      "heads/b.js": "/*!\n * Licensed by b.\n */\nconst b = 1;\n",
      "heads/c.js": "// Adds numbers.\n",
    }),
  );
  expect(text).toContain("Copyright of a.\nAll rights.\n\nLicensed by b.");
  expect(text).not.toMatch(/nothing|numbers/);
});

test("a package without any terms cannot be bundled, and our own files need none", () => {
  const nameless = installed({ "bare/package.json": manifest("bare"), "bare/index.js": "" });
  expect(() => licencesOf(nameless)).toThrow("bare 1.2.3 would be bundled, but says nowhere under which terms");
  expect(licencesOf([join(folder, "own.js")])).not.toContain("own 1");
});
