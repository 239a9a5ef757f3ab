import { FRAMEWORK_SUBSYSTEMS } from "../framework/subsystems";
import { INVALID_PARAMS, RpcFault } from "../rpc/fault";
import { string } from "../rpc/params";
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

  bareVerb("framework_get_subsystems", () =>
    FRAMEWORK_SUBSYSTEMS.map(({ name, dependsOn }) => ({ subsystem: name, depends_on: dependsOn })),
  ),

  verb("framework_get_config", {
    params: { name: string },
    undecodable: { code: INVALID_PARAMS, message: "Invalid arguments" },
    run(spdk, { name }) {
      const subsystem = FRAMEWORK_SUBSYSTEMS.find((each) => each.name === name);
      if (subsystem === undefined) throw new RpcFault(INVALID_PARAMS, `Subsystem '${name}' not found`);
      return subsystem.config(spdk);
    },
  }),

  bareVerb("framework_get_scheduler", () => ({ scheduler_name: "static", scheduler_period: 0 })),
];
