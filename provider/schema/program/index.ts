import { csharp } from "./csharp";
import { go } from "./go";
import { java } from "./java";
import type { Program } from "./program";
import { python } from "./python";
import { typescript } from "./typescript";
import { yaml } from "./yaml";

export * from "./program";
export { typescript } from "./typescript";
export { yaml } from "./yaml";

/** Every language Pulumi's registry shows, in its order, by the name of its code blocks. */
export const languages: readonly (readonly [block: string, write: (program: Program) => string])[] = [
  ["typescript", typescript],
  ["python", python],
  ["csharp", csharp],
  ["go", go],
  ["yaml", yaml],
  ["java", java],
];
