import type { Bdev } from "../bdev/bdev";
import { errnoFault, INVALID_PARAMS, RpcFault, wouldBreakSpdk } from "../rpc/fault";
import { boolean, listOf, optional, oneOf, string, uint64 } from "../rpc/params";
import { bareVerb, verb } from "../rpc/verb";
import type { SpdkState } from "../state";
import { RESET_MODES, type ResetMode } from "../bdev/io-stat";
import { RATE_LIMIT_NAMES } from "../bdev/rate-limits";

/** Verbs on bdevs of any kind. */
export const bdevVerbs = [
  verb("bdev_get_bdevs", {
    params: { name: optional(string), timeout: optional(uint64) },
    run(spdk, { name, timeout }) {
      if (name === undefined) return [...spdk.bdevs.all()].map((bdev) => describe(spdk, bdev));
      const bdev = spdk.bdevs.find(name);
      if (bdev !== undefined || timeout === undefined || timeout === 0) return [describe(spdk, spdk.bdevs.get(name))];
      return spdk.bdevs.waitFor(name, timeout).then((arrived) => {
        if (arrived === undefined) throw errnoFault("ETIMEDOUT");
        return [describe(spdk, arrived)];
      });
    },
  }),

  verb("bdev_set_qos_limit", {
    params: {
      name: string,
      rw_ios_per_sec: optional(uint64),
      rw_mbytes_per_sec: optional(uint64),
      r_mbytes_per_sec: optional(uint64),
      w_mbytes_per_sec: optional(uint64),
    },
    run(spdk, params) {
      const bdev = spdk.bdevs.get(params.name);
      const given = RATE_LIMIT_NAMES.filter((limit) => params[limit] !== undefined);
      if (given.length === 0) throw new RpcFault(-22, "No rate limits specified");
      // Recorded: new.bdev/qos_unexported_set, new.bdev/qos_idle_then_export_set.
      if (spdk.traits.limitsNeedTraffic && bdev.limits.any && !spdk.carriesTraffic(bdev))
        throw new RpcFault(INVALID_PARAMS, `Failed to configure rate limit: ${errnoFault("EAGAIN").message}`);
      for (const limit of given) bdev.limits.set(limit, params[limit] ?? 0);
      return true;
    },
  }),

  verb("bdev_get_iostat", {
    params: { per_channel: optional(boolean) },
    former: { name: optional(string) },
    newer: {
      names: optional(listOf(string)),
      reset_mode: optional(oneOf(...RESET_MODES)),
    },
    run(spdk, { name, names = name === undefined ? undefined : [name], per_channel, reset_mode = "none" }) {
      const now = { tick_rate: spdk.clock.tickRate, ticks: spdk.clock.ticks };
      const bdevs = names === undefined ? [...spdk.bdevs.all()] : names.map((each) => spdk.bdevs.get(each));
      if (per_channel === true) {
        if (names?.length !== 1) throw errnoFault("EINVAL");
        // A channel is a thread's open I/O queue; nothing inside the simulator keeps one open.
        return { ...now, name: bdevs[0]?.name, channels: [] };
      }
      const counters = bdevs.map((bdev) => ({ name: bdev.name, ...bdev.stat.toJSON() }));
      for (const bdev of bdevs) bdev.stat.reset(reset_mode);
      return { ...now, bdevs: counters };
    },
  }),

  verb("bdev_reset_iostat", {
    params: { name: optional(string) },
    former: { mode: optional(oneOf("all", "maxmin")) },
    newer: { mode: optional(oneOf(...RESET_MODES)) },
    run(spdk, { name, mode = "all" }: { readonly name?: string; readonly mode?: ResetMode }) {
      const bdevs = name === undefined ? [...spdk.bdevs.all()] : [spdk.bdevs.get(name)];
      for (const bdev of bdevs) bdev.stat.reset(mode);
      return true;
    },
  }),

  bareVerb("bdev_wait_for_examine", () => true),

  verb("bdev_examine", {
    params: { name: string },
    run() {
      // Bdevs are examined as they come, and then not again on demand (recorded: bdev/examine).
      throw errnoFault("EINVAL");
    },
  }),
];

function describe(spdk: SpdkState, bdev: Bdev): Record<string, unknown> {
  if (spdk.crypto.hasLostItsKey(bdev)) throw wouldBreakSpdk(`the key of encrypted bdev ${bdev.name} was destroyed`);
  return bdev.describe(spdk.traits);
}
