import type { Diagnostic, Outcome } from "../engine/outcome";

/** What the user is told of, without the program's own debug lines and Pulumi's closing words. */
export function toldOf({ diagnostics }: Outcome): readonly Diagnostic[] {
  // The engine has more severities than the Automation API's type names.
  return diagnostics.filter(
    ({ severity, message }) => (severity as string) !== "debug" && message !== "error: update failed",
  );
}

/** The messages of one severity, each without its prefix, in alphabetical order: parallel steps have none. */
export function messagesOf(outcome: Outcome, severity: Diagnostic["severity"]): readonly string[] {
  return toldOf(outcome)
    .filter((each) => each.severity === severity)
    .map(({ message }) => message.replace(/^(error|warning): /, ""))
    .sort();
}

/**
 * Fails when a run has told of anything that a user could not read: stacks of our code, values that are none, messages
 * that stand there twice, remarks outside of warnings and errors.
 */
export function expectReadable(outcome: Outcome): void {
  const told = toldOf(outcome);
  expect(told.filter(({ severity }) => severity !== "warning" && severity !== "error")).toEqual([]);
  const messages = told.map(({ urn, message }) => `${urn} ${message}`);
  expect(messages).toEqual([...new Set(messages)]);
  for (const text of [...messages, outcome.stderr]) {
    expect(text).not.toMatch(/\n\s+at |\.(js|ts):\d+|\bundefined\b|\[object |\bNaN\b|OpiError/);
  }
}
