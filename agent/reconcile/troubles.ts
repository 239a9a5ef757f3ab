import { Code, StatusError } from "../aip/status";

/** Why SPDK does not hold an object that the agent knows. */
export interface Trouble {
  readonly reason: string;
  /** `foreign`: something else stands in its place. `waiting`: it is being attached, or needs what is. */
  readonly kind: "failed" | "foreign" | "waiting";
}

/** The objects that could not be made again in SPDK. They stay known, say so when they are read, and can be deleted. */
export class Troubles {
  private readonly byName = new Map<string, Trouble>();

  get(name: string): Trouble | undefined {
    return this.byName.get(name);
  }

  set(name: string, trouble: Trouble): void {
    this.byName.set(name, trouble);
  }

  clear(name: string): void {
    this.byName.delete(name);
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  count(kind: Trouble["kind"]): number {
    return [...this.byName.values()].filter((trouble) => trouble.kind === kind).length;
  }

  /** What a read of the object answers. */
  statusOf(name: string): StatusError | undefined {
    const trouble = this.byName.get(name);
    if (trouble === undefined) return undefined;
    switch (trouble.kind) {
      case "waiting":
        return new StatusError(Code.UNAVAILABLE, `${name} is not back in SPDK yet: ${trouble.reason}; try again soon`);
      case "foreign":
        return new StatusError(
          Code.DATA_LOSS,
          `${name}: SPDK has ${trouble.reason}. It was left alone: remove it in SPDK if nobody needs it, and the agent ` +
            "makes the object again; or delete the object, which leaves alone what stands there",
        );
      case "failed":
        return new StatusError(
          Code.DATA_LOSS,
          `${name}: SPDK no longer has it, and it could not be made again: ${trouble.reason}. The agent tries again ` +
            "from time to time; repair what the reason names, or delete the object",
        );
    }
  }
}
