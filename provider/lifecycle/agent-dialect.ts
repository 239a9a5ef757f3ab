import type { Dialect } from "../client/dialect";
import { OpiError } from "../client/error";
import type { Place } from "./types";

/**
 * The dialect of the agent that a verb is about to speak to.
 *
 * @throws OpiError that says what could not be done: an agent that does not even tell what it is fails the whole verb,
 *   of which nothing was sent
 */
export async function dialectFor(
  { type, agent, options }: Place,
  verb: "create" | "read" | "update" | "delete",
  object: string | undefined,
): Promise<Dialect> {
  try {
    return await agent.dialect(options);
  } catch (error) {
    if (!(error instanceof OpiError)) throw error;
    const attempt = { action: `${verb} ${type.noun}`, object, agent: agent.address };
    throw new OpiError(error.code, error.detail, attempt, error.remedy, { cause: error, notSent: true });
  }
}
