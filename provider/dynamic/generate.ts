/** Writes the classes of the dynamic resources, one module for each area of the contract. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { classesOf } from "./classes";

const folder = join(__dirname, "generated");

async function generate(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const area of ["frontend", "middleend", "backend"]) {
    const source = await format(classesOf(area), { parser: "typescript", printWidth: 120 });
    writeFileSync(join(folder, `${area}.ts`), source);
  }
}

void generate();
