import { createHash, timingSafeEqual } from "node:crypto";

import { Code } from "../aip/status";
import type { Arrival, Refusal } from "./gate";

/**
 * Refuses calls without the token, on every service. Hashes are compared instead of the texts, so that neither length
 * nor content of the token can be measured.
 */
export class TokenCheck {
  private expected: Buffer;

  constructor(token: string) {
    this.expected = expectation(token);
  }

  /** From now on only this token counts. */
  renew(token: string): void {
    this.expected = expectation(token);
  }

  readonly refuse = ({ metadata }: Arrival): Refusal | undefined => {
    const given = metadata.get("authorization");
    const [value] = given;
    if (given.length === 1 && typeof value === "string" && timingSafeEqual(digest(value), this.expected))
      return undefined;
    return {
      code: Code.UNAUTHENTICATED,
      details: "this agent needs the metadata `authorization: Bearer <token>` with its token",
    };
  };
}

function expectation(token: string): Buffer {
  if (token === "") throw new Error("the token is empty: everybody could guess it");
  return digest(`Bearer ${token}`);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
