/** Writes the classes of the dynamic resources, one module for each area of the contract. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { classesOf } from "./classes";

const folder = join(__dirname, "generated");

mkdirSync(folder, { recursive: true });
for (const area of ["frontend", "middleend", "backend"]) writeFileSync(join(folder, `${area}.ts`), classesOf(area));
