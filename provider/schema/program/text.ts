/** Indents every line by two blanks for each level. */
export function indent(lines: readonly string[], levels = 1): readonly string[] {
  return lines.map((line) => (line === "" ? line : `${"  ".repeat(levels)}${line}`));
}

/** The lines of a comment, each behind the language's mark. */
export function commented(mark: string, comment: string | undefined): readonly string[] {
  return comment === undefined ? [] : comment.split("\n").map((line) => `${mark} ${line}`);
}

export const snakeCase = (camel: string): string => camel.replace(/([A-Z])/g, "_$1").toLowerCase();
export const pascalCase = (camel: string): string => camel.charAt(0).toUpperCase() + camel.slice(1);

/** JSON's form of a text is a literal in TypeScript, Python, C#, Java and YAML alike, as our texts hold no control characters. */
export const quoted = (text: string): string => JSON.stringify(text);
