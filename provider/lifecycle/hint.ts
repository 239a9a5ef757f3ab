import type { Dialect } from "../client/dialect";
import { idOf } from "../client/dialect";
import { OpiError } from "../client/error";

/** The error with the remedy that the dialect knows for its text, for the object of that name. */
export function withHint(dialect: Dialect, error: OpiError, name: string): OpiError {
  const hint = dialect.hints.find(({ text }) => text.test(error.detail));
  if (!hint) return error;
  const { code, detail, attempt, notSent } = error;
  return new OpiError(code, detail, attempt, hint.remedy.replace(/\{id\}/g, idOf(name)), { cause: error, notSent });
}
