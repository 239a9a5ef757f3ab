import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import type { Bridge, Kind } from "../kind";
import { nameOf } from "../kind";
import { checkName } from "../request/names";
import { BridgeStatus, invalid, unknown } from "../status";
import { ioStat } from "./bdev";

const KINDS = ["rdIopsKiops", "wrIopsKiops", "rwIopsKiops", "rdBandwidthMbs", "wrBandwidthMbs", "rwBandwidthMbs"];
const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** SPDK's words are not passed on (recorded: QosVolume.bad/create_volume_missing). */
const wording = (): ReturnType<typeof unknown> => unknown("Failed to execute SPDK call");

/** Marks limits that end the bridge: it reads a limit that is not there (recorded: QosVolume.bad/create_no_max). */
const NIL = "panic: runtime error: invalid memory address or nil pointer dereference";

const limitsOf = ({ limits }: WireMessage): { readonly min?: WireMessage; readonly max?: WireMessage } => limits ?? {};

function validate(body: WireMessage): void {
  const { min, max } = limitsOf(body);
  if (min !== undefined) throw invalid("QoS volume min_limit is not supported");
  if (max === undefined) return;
  const refuse = (key: string, why: string): never => {
    throw invalid(`QoS volume max_limit ${snake(key)} ${why}`);
  };
  for (const key of ["rdIopsKiops", "wrIopsKiops"]) if (max[key] !== 0n) refuse(key, "is not supported");
  if (KINDS.every((key) => max[key] === 0n)) throw invalid("QoS volume max_limit should set limit");
  for (const key of KINDS) if ((max[key] as bigint) < 0n) refuse(key, "cannot be negative");
}

async function setLimits(bridge: Bridge, body: WireMessage, max: WireMessage): Promise<void> {
  const limit = (key: string, factor = 1n): number => Number(BigInt.asIntN(64, (max[key] as bigint) * factor));
  const limits = {
    name: body.volumeNameRef,
    rw_ios_per_sec: limit("rwIopsKiops", 1000n),
    rw_mbytes_per_sec: limit("rwBandwidthMbs"),
    r_mbytes_per_sec: limit("rdBandwidthMbs"),
    w_mbytes_per_sec: limit("wrBandwidthMbs"),
  };
  await bridge.spdk.call("bdev_set_qos_limit", limits, wording);
}

const noLimits = Object.fromEntries(KINDS.map((key) => [key, 0n]));

/** It keeps what it was told: the only reads and updates of the bridge that are true. */
export const qosVolume: Kind = {
  noun: "QosVolume",
  end: "middleend",
  collection: "volumes",
  validate,
  validateUpdate: (body) => {
    if (nameOf(body) === "") throw invalid("QoS volume name cannot be empty");
    // Its own check, with a code of its own (recorded: QosVolume/update_bad_name).
    try {
      checkName(nameOf(body));
    } catch (error) {
      throw error instanceof BridgeStatus ? invalid(error.details) : error;
    }
    validate(body);
  },
  create: async (bridge, { name, body }) => {
    const { max } = limitsOf(body);
    if (max === undefined) return bridge.crash(NIL);
    await setLimits(bridge, body, max);
    return { ...body, name };
  },
  read: (_, stored) => stored,
  update: {
    kind: "known objects without mask",
    apply: async (bridge, stored, body) => {
      const { max } = limitsOf(body);
      if (max === undefined) return bridge.crash(NIL);
      const [before, after] = [String(stored.volumeNameRef), String(body.volumeNameRef)];
      if (before !== after) throw invalid(`Change of underlying volume ${before} to a new one ${after} is forbidden`);
      await setLimits(bridge, body, max);
      bridge.memory.of("QosVolume").set(nameOf(body), body);
      return body;
    },
  },
  // All limits of the bdev, another volume's on it included (recorded: special.qos/delete_second_clears_first).
  remove: (bridge, stored) => setLimits(bridge, stored, noLimits),
  list: (bridge) => [...bridge.memory.of("QosVolume").values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
  stats: { kind: "counters", read: (bridge, stored) => ioStat(bridge, String(stored.volumeNameRef), wording) },
};
