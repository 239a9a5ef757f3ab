import { FRAMEWORK_SUBSYSTEMS } from "../framework/subsystems";
import { INVALID_PARAMS, RpcFault } from "../rpc/fault";
import { boolean, optional, string } from "../rpc/params";
import { bareVerb, verb } from "../rpc/verb";

/** SPDK's own parts, and its start. */
export const frameworkVerbs = [
  bareVerb(
    "framework_start_init",
    (spdk) => {
      spdk.initialize();
      return true;
    },
    "startup",
  ),

  bareVerb(
    "framework_wait_init",
    async (spdk) => {
      await spdk.waitInitialized();
      return true;
    },
    "any",
  ),

  bareVerb("framework_get_subsystems", (spdk) =>
    FRAMEWORK_SUBSYSTEMS[spdk.version].map(({ name, dependsOn }) => ({ subsystem: name, depends_on: dependsOn })),
  ),

  verb("framework_get_config", {
    params: { name: string },
    newer: { with_batches: optional(boolean) },
    undecodable: { code: INVALID_PARAMS, message: "Invalid arguments" },
    run(spdk, { name }) {
      const subsystem = FRAMEWORK_SUBSYSTEMS[spdk.version].find((each) => each.name === name);
      if (subsystem === undefined) throw new RpcFault(INVALID_PARAMS, `Subsystem '${name}' not found`);
      return subsystem.config(spdk);
    },
  }),

  bareVerb("framework_get_scheduler", (spdk) => spdk.traits.scheduler, "any"),
];
