/** Writes schema.json. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { schemaText } from "./package";

writeFileSync(join(__dirname, "..", "..", "schema.json"), schemaText());
