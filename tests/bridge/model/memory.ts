import type { WireMessage } from "../../../provider/catalogue/values/wire";
import type { PageTokens } from "./request/pages";

/** The part of the bridge that a type belongs to: each pages its lists by itself. */
export type End = "frontend" | "middleend" | "backend";

/** All that the bridge knows, and loses when it ends (recorded: special.restart_bridge). */
export class Memory {
  readonly tokens: Readonly<Record<End, PageTokens>> = {
    frontend: new Map(),
    middleend: new Map(),
    backend: new Map(),
  };
  private readonly objects = new Map<string, Map<string, WireMessage>>();

  /** The objects of a type by name. */
  of(noun: string): Map<string, WireMessage> {
    const known = this.objects.get(noun);
    if (known) return known;
    const fresh = new Map<string, WireMessage>();
    this.objects.set(noun, fresh);
    return fresh;
  }
}
