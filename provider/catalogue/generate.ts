/** Writes the catalogue of the OPI contract as a module, so that nothing parses descriptors at start. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCatalogue } from "./builder";

const descriptors = join(__dirname, "..", "wire", "descriptors.binpb");
const folder = join(__dirname, "generated");

const catalogue = buildCatalogue(readFileSync(descriptors));
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, "catalogue.ts"),
  [
    "// Generated from proto/ and provider/catalogue/overlay.ts. DO NOT EDIT.",
    'import type { Catalogue } from "../types";',
    "",
    `export const catalogue: Catalogue = ${JSON.stringify(catalogue, null, 1)};`,
    "",
  ].join("\n"),
);
