import { mkdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Code, failedPrecondition, StatusError } from "../aip/status";
import type { NvmeController } from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import { NvmeAddressFamily, NvmeTransportType } from "../../provider/wire/opi_api/storage/v1/opicommon";
import type { Step } from "../saga/steps";
import { SpdkError, type SpdkListenAddress, type SpdkNvmfTransport } from "../spdk";
import type { Environment } from "./kind";
import { specOf } from "./nvme-spec";
import { functionKey } from "./pcie-function";

/**
 * Where SPDK listens for a controller. A PCIe function is a vfio-user socket in a folder of its own: that is how SPDK
 * gives virtual machines NVMe functions (trtype VFIOUSER; nvmf/lst_vfiouser).
 */
export function listenAddressOf(controller: NvmeController, environment: Environment): SpdkListenAddress {
  const { pcieId, fabricsId, trtype } = specOf(controller);
  if (pcieId !== undefined) return { trtype: "VFIOUSER", traddr: functionFolder(environment, functionKey(pcieId)) };
  return {
    trtype: trtype === NvmeTransportType.NVME_TRANSPORT_TYPE_RDMA ? "RDMA" : "TCP",
    traddr: fabricsId?.traddr ?? "",
    trsvcid: fabricsId?.trsvcid ?? "",
    adrfam: fabricsId?.adrfam === NvmeAddressFamily.NVME_ADDRESS_FAMILY_IPV6 ? "IPv6" : "IPv4",
  };
}

export function sameAddress(a: SpdkListenAddress, b: SpdkListenAddress): boolean {
  return (
    a.trtype.toUpperCase() === b.trtype.toUpperCase() &&
    a.traddr === b.traddr &&
    (a.trtype.toUpperCase() === "VFIOUSER" || a.trsvcid === b.trsvcid)
  );
}

/**
 * Starts listening. `secure` demands TLS: without it a host with a PSK could still connect in plain text, as SPDK lets
 * it on a plain listener.
 */
export function listenSteps(
  environment: Environment,
  nqn: string,
  address: SpdkListenAddress,
  secure: boolean,
): readonly Step[] {
  const onFabrics = address.trtype !== "VFIOUSER";
  return [
    // Transports are SPDK's, not this object's: once made, one serves all listeners and stays.
    { label: "nvmf_create_transport", apply: () => ensureTransport(environment, address.trtype) },
    ...(onFabrics ? [] : [makeFolder(environment, address.traddr)]),
    {
      label: "nvmf_subsystem_add_listener",
      apply: () => addListener(environment, nqn, address, secure),
      undo: () => stopListening(environment, nqn, address),
    },
  ];
}

/** Stops listening and clears what a function's socket leaves. */
export function unlistenSteps(environment: Environment, nqn: string, address: SpdkListenAddress): readonly Step[] {
  return [
    { label: "nvmf_subsystem_remove_listener", apply: () => stopListening(environment, nqn, address) },
    ...(address.trtype === "VFIOUSER"
      ? [{ label: "remove function folder", apply: () => removeFolder(environment, address.traddr) }]
      : []),
  ];
}

/** Gives the TCP listeners of controllers another security. */
export function moveListeners(
  environment: Environment,
  nqn: string,
  controllers: readonly NvmeController[],
  secure: boolean,
): readonly Step[] {
  return controllers
    .map((controller) => listenAddressOf(controller, environment))
    .filter((address) => address.trtype === "TCP")
    .flatMap((address): Step[] => [
      {
        label: "nvmf_subsystem_remove_listener",
        apply: () => stopListening(environment, nqn, address),
        undo: () => addListener(environment, nqn, address, !secure),
      },
      {
        label: "nvmf_subsystem_add_listener",
        apply: () => addListener(environment, nqn, address, secure),
        undo: () => stopListening(environment, nqn, address),
      },
    ]);
}

/** What brings a transport into SPDK's build. */
const TRANSPORT_OPTIONS: Readonly<Record<string, string>> = { RDMA: "--with-rdma", VFIOUSER: "--with-vfio-user" };

async function ensureTransport({ spdk }: Environment, trtype: string): Promise<void> {
  const transports = await spdk.call<readonly SpdkNvmfTransport[]>("nvmf_get_transports");
  if (transports.some((transport) => transport.trtype.toUpperCase() === trtype)) return;
  try {
    await spdk.call("nvmf_create_transport", { trtype });
  } catch (error) {
    // nvmf/transport_rdma
    if (error instanceof SpdkError && /invalid transport type/i.test(error.rawMessage))
      throw new StatusError(
        Code.UNIMPLEMENTED,
        `this SPDK has no ${trtype} transport: ${error.message}; it has when it is configured with ${TRANSPORT_OPTIONS[trtype] ?? "it"}`,
      );
    throw error;
  }
}

async function addListener(
  { spdk }: Environment,
  nqn: string,
  address: SpdkListenAddress,
  secure: boolean,
): Promise<void> {
  try {
    await spdk.call("nvmf_subsystem_add_listener", {
      nqn,
      listen_address: address,
      ...(secure && address.trtype === "TCP" ? { secure_channel: true } : {}),
    });
  } catch (error) {
    // SPDK says no more than "Invalid parameters" (nvmf/lst_not_local, lst_dup, lst_vfiouser_nodir).
    if (!(error instanceof SpdkError)) throw error;
    throw failedPrecondition(
      `SPDK cannot listen at ${address.trtype} ${address.traddr}${address.trsvcid === undefined ? "" : ` port ${address.trsvcid}`}: ` +
        `${error.message}; the address must be one of the DPU's own and free`,
    );
  }
}

/** Removing a missing listener is "Invalid parameters" (nvmf/lst_rm_missing), so it is looked for first. */
async function stopListening({ spdk }: Environment, nqn: string, address: SpdkListenAddress): Promise<void> {
  const subsystem = await spdk.subsystem(nqn);
  if (subsystem?.listen_addresses.some((each) => sameAddress(each, address)) === true)
    await spdk.call("nvmf_subsystem_remove_listener", { nqn, listen_address: address });
}

function functionFolder({ folders }: Environment, key: string): string {
  return join(folders.vfioUser, key);
}

/** The folder must be there (nvmf/lst_vfiouser_nodir), and empty: a socket left by a killed SPDK is in its way. */
function makeFolder(environment: Environment, folder: string): Step {
  return {
    label: "make function folder",
    apply: async () => {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
    },
    undo: () => removeFolder(environment, folder),
  };
}

/** Removes the function's folder, and those of its physical function and port once they are empty. */
async function removeFolder({ folders }: Environment, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (let above = dirname(folder); above !== folders.vfioUser; above = dirname(above)) {
    try {
      await rmdir(above);
    } catch {
      // Another function of it is in use.
      return;
    }
  }
}
