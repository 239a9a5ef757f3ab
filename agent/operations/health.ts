import type { Server } from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";

/**
 * Whether the agent can do its work, by gRPC's health service and for the HTTP probes. The agent as a whole (the empty
 * name) and each service that needs SPDK are NOT_SERVING while SPDK is not there, and all are once the agent stops.
 */
export class Health {
  private readonly implementation: HealthImplementation;
  private readonly problems = new Map<string, string>();

  /** `independent` services answer without SPDK, too. */
  constructor(
    private readonly services: readonly string[],
    private readonly independent: ReadonlySet<string>,
  ) {
    this.implementation = new HealthImplementation(
      Object.fromEntries(["", ...services].map((name) => [name, "SERVING" as const])),
    );
  }

  addToServer(server: Server): void {
    this.implementation.addToServer(server);
  }

  /** What keeps the agent from working, such as `SPDK does not answer`; undefined once it is over. */
  set(concern: string, problem: string | undefined): void {
    if (problem === undefined) this.problems.delete(concern);
    else this.problems.set(concern, problem);
    this.announce();
  }

  /** Empty when the agent is ready. */
  get reasons(): readonly string[] {
    return [...this.problems.values()];
  }

  /** From here on nothing is served any more. */
  stop(): void {
    this.problems.set("agent", "the agent stops");
    this.announce();
  }

  private announce(): void {
    const stopping = this.problems.has("agent");
    for (const name of ["", ...this.services]) {
      const serving = this.problems.size === 0 || (this.independent.has(name) && !stopping);
      this.implementation.setStatus(name, serving ? "SERVING" : "NOT_SERVING");
    }
  }
}
