import { createHash } from "node:crypto";

import { Code, StatusError } from "../aip/status";
import { SpdkError, SpdkTransportError, type SpdkBdev, type SpdkNvmfSubsystem, type SpdkRateLimits } from "../spdk";
import type { Spdk } from "./spdk";

/**
 * Sets the limits of a block device. From 26.05 on SPDK changes limits where I/O flows, and refuses while no host can
 * reach a block device that has some (new.bdev/qos_unexported_set, …_clear); as a namespace it takes them
 * (new.bdev/qos_idle_then_export_set). So the block device is one for that moment, of a subsystem that lets nobody in
 * and listens nowhere.
 */
export async function setLimits(spdk: Spdk, bdev: string, limits: SpdkRateLimits): Promise<void> {
  const set = (): Promise<unknown> => spdk.call("bdev_set_qos_limit", { name: bdev, ...limits });
  try {
    await set();
  } catch (error) {
    if (!(error instanceof SpdkError) || !isIdleRefusal(error)) throw error;
    await whileReachable(spdk, bdev, set);
  }
}

function isIdleRefusal(error: SpdkError): boolean {
  return error.code === -11 || /resource temporarily unavailable/i.test(error.rawMessage);
}

async function whileReachable(spdk: Spdk, bdev: string, set: () => Promise<unknown>): Promise<void> {
  const nqn = hiddenNqn(bdev);
  // What a process that was killed in the midst of it has left.
  await discardSubsystem(spdk, nqn);
  try {
    await spdk.call("nvmf_create_subsystem", { nqn, allow_any_host: false, model_number: HIDDEN_MODEL });
    const namespace = { bdev_name: top(await spdk.bdevs(), bdev) };
    await spdk.call("nvmf_subsystem_add_ns", { nqn, namespace });
    await set();
  } catch (error) {
    if (!(error instanceof SpdkError)) throw error;
    throw new StatusError(
      Code.FAILED_PRECONDITION,
      `SPDK changes limits of ${bdev} only while a host can reach it, and it could not be made reachable for that: ` +
        `${error.message}; change them while a controller shows the volume to a host`,
      { cause: error },
    );
  } finally {
    await discardTwice(spdk, nqn);
  }
}

/** Whoever stands on a block device has claimed it, and I/O reaches it through him. */
function top(bdevs: readonly SpdkBdev[], bdev: string): string {
  const below = bdevs.find(({ name }) => name === bdev);
  const above = bdevs.find(({ driver_specific: { crypto } }) => {
    const base = crypto?.base_bdev_name;
    return base !== undefined && (base === bdev || base === below?.uuid);
  });
  return above === undefined ? bdev : top(bdevs, above.name);
}

/** Marks the subsystems that are only there for the moment. */
const HIDDEN_MODEL = "pulumi-opi limits";

/** Always the same for a block device, so that what is left of an earlier time is found. */
function hiddenNqn(bdev: string): string {
  const digits = createHash("sha256").update(`limits of ${bdev}`).digest("hex");
  // RFC 9562 section 5.8: version 8 is for UUIDs of one's own making.
  const uuid = `${digits.slice(0, 8)}-${digits.slice(8, 12)}-8${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
  return `nqn.2014-08.org.nvmexpress:uuid:${uuid}`;
}

/** Removes what processes that were killed while they changed limits have left: it would keep volumes claimed. */
export async function discardHiddenSubsystems(spdk: Spdk): Promise<void> {
  if (!(await spdk.build()).verbs.has("nvmf_get_subsystems")) return;
  const all = await spdk.call<readonly SpdkNvmfSubsystem[]>("nvmf_get_subsystems");
  for (const { nqn, model_number } of all) if (model_number === HIDDEN_MODEL) await discardSubsystem(spdk, nqn);
}

async function discardSubsystem(spdk: Spdk, nqn: string): Promise<void> {
  if ((await spdk.subsystem(nqn)) !== undefined) await spdk.call("nvmf_delete_subsystem", { nqn });
}

/** Left there it would keep the volume from others, so one failure is not the end of it. */
async function discardTwice(spdk: Spdk, nqn: string): Promise<void> {
  try {
    await discardSubsystem(spdk, nqn);
  } catch (error) {
    if (!(error instanceof SpdkError || error instanceof SpdkTransportError)) throw error;
    await discardSubsystem(spdk, nqn);
  }
}
