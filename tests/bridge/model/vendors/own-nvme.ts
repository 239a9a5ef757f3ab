import { status } from "@grpc/grpc-js";
import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import { NvmeTransportType as Transport } from "../../../../provider/wire/opi_api/storage/v1/opicommon";
import type { Bridge } from "../kind";
import { nameOf } from "../kind";
import { specOf, subsystemOf } from "../kinds/nvme-subsystem";
import { BridgeStatus, invalid } from "../status";

/** What NVIDIA's and Marvell's NVMe have in common: PCIe only, no SPDK behind it, and AIP's code for missing parents. */
export const subsystemAbove = (bridge: Bridge, name: string): WireMessage =>
  subsystemOf(bridge, name, (text) => new BridgeStatus(status.NOT_FOUND, text));

/** @throws BridgeStatus for controllers that are not on PCIe */
export function assertPcie(body: WireMessage): void {
  if (specOf(body).trtype !== Transport.NVME_TRANSPORT_TYPE_PCIE) throw invalid("only PCIe controllers are supported");
}

/** The controllers of a subsystem, in the order in which they were made. */
export function controllersOf(bridge: Bridge, subsystem: string): readonly WireMessage[] {
  return [...bridge.memory.of("NvmeController").values()].filter((each) => nameOf(each).startsWith(`${subsystem}/`));
}

/** All objects of a type, without names. */
export const nameless = (bridge: Bridge, noun: string): readonly WireMessage[] =>
  [...bridge.memory.of(noun).values()].map(({ name: _, ...rest }) => rest);

/** All objects of a type by their bare ids, and nothing else. */
export const bareIds = (bridge: Bridge, noun: string): readonly WireMessage[] =>
  [...bridge.memory.of(noun).keys()].map((name) => ({ name: name.slice(name.lastIndexOf("/") + 1) }));
