import { status } from "@grpc/grpc-js";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enumByName } from "../../../../provider/catalogue";
import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import { NvmeMultipath } from "../../../../provider/wire/opi_api/storage/v1/backend_nvme";
import {
  NvmeAddressFamily,
  NvmeTransportType as Transport,
} from "../../../../provider/wire/opi_api/storage/v1/opicommon";
import type { Bridge, Kind } from "../kind";
import { idOf, nameOf } from "../kind";
import { BridgeStatus, invalid } from "../status";
import { noCounters } from "./bdev";
import { adrfamText, trtypeName, trtypeText } from "./enum-text";
import { parentIn } from "./nvme-controller";

/** What SPDK tells of a controller of its initiator. */
interface SpdkController {
  readonly name: string;
  readonly ctrlrs: readonly {
    readonly trid: Readonly<Record<"trtype" | "adrfam" | "traddr" | "trsvcid" | "subnqn", string>>;
    readonly host: Readonly<Record<"nqn" | "addr", string>>;
  }[];
}

const fabricsOf = ({ fabrics }: WireMessage): WireMessage | undefined => fabrics as WireMessage | undefined;

function validate(body: WireMessage): void {
  const { trtype } = body;
  const isFabrics = trtype === Transport.NVME_TRANSPORT_TYPE_TCP || trtype === Transport.NVME_TRANSPORT_TYPE_RDMA;
  if (!isFabrics && trtype !== Transport.NVME_TRANSPORT_TYPE_PCIE)
    throw invalid(`not supported transport type: ${trtypeName(trtype)}`);
  if (isFabrics && !body.fabrics) throw invalid("missing required field for fabrics transports: fabrics");
  if (!isFabrics && body.fabrics) throw invalid("fabrics field is not allowed for pcie transport");
}

/** The first path makes SPDK's controller, the others join it by the multipath mode (recorded: special.remote). */
async function attach(bridge: Bridge, controller: WireMessage, path: WireMessage): Promise<void> {
  const fabrics = fabricsOf(path);
  const siblings = [...bridge.memory.of("NvmePath").keys()].filter((name) => name.startsWith(`${nameOf(controller)}/`));
  const tcp = controller.tcp as WireMessage | undefined;
  const psk = (tcp?.psk ?? new Uint8Array()) as Uint8Array;
  const folder = psk.length > 0 ? mkdtempSync(join(tmpdir(), "opikey")) : undefined;
  try {
    const key = folder && join(folder, "psk");
    if (key) writeFileSync(key, psk, { mode: 0o600 });
    await bridge.spdk.call("bdev_nvme_attach_controller", {
      name: idOf(nameOf(controller)),
      ...address(path),
      ...(fabrics && fabrics.hostnqn !== "" ? { hostnqn: fabrics.hostnqn } : {}),
      ...(siblings.length > 0 ? { multipath: multipathText(controller.multipath) } : {}),
      ...(tcp?.hdgst === true ? { hdgst: true } : {}),
      ...(tcp?.ddgst === true ? { ddgst: true } : {}),
      ...(key ? { psk: key } : {}),
    });
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}

/** Source addresses stay behind (recorded: NvmePath.bad/create_source_addr). */
function address(path: WireMessage): WireMessage {
  const fabrics = fabricsOf(path);
  return {
    trtype: trtypeText(path.trtype),
    traddr: path.traddr,
    ...(fabrics ? { adrfam: adrfamText(fabrics.adrfam), subnqn: fabrics.subnqn } : {}),
    trsvcid: String(Number(fabrics?.trsvcid ?? 0n)),
  };
}

const multipathText = (value: unknown): string =>
  (NvmeMultipath[Number(value)] ?? String(Number(value))).replace("NVME_MULTIPATH_", "").toLowerCase();

/** A controller of SPDK as the bridge tells it: by SPDK's name, which is the remote controller's id. */
function told({ name, ctrlrs: [first] }: SpdkController): WireMessage {
  const { trid, host } = first;
  const number = (type: string, text: string): number =>
    enumByName(type).values.find((each) => each.name.endsWith(`_${text.toUpperCase()}`))?.number ?? 0;
  return {
    name,
    trtype: number("opi_api.storage.v1.NvmeTransportType", trid.trtype),
    traddr: trid.traddr,
    fabrics: {
      trsvcid: BigInt(trid.trsvcid === "" ? 0 : trid.trsvcid),
      subnqn: trid.subnqn,
      adrfam: NvmeAddressFamily[`NVME_ADDRESS_FAMILY_${trid.adrfam.toUpperCase()}` as keyof typeof NvmeAddressFamily],
      sourceTraddr: host.addr,
      sourceTrsvcid: -1n,
      hostnqn: host.nqn,
    },
  };
}

const spdkControllers = (bridge: Bridge): Promise<readonly SpdkController[]> =>
  bridge.spdk.call("bdev_nvme_get_controllers");

export const nvmePath: Kind = {
  noun: "NvmePath",
  end: "backend",
  collection: "nvmePaths",
  validate,
  create: async (bridge, { name, parent, body }) => {
    const controller = bridge.memory.of("NvmeRemoteController").get(parent);
    if (!controller) throw new BridgeStatus(status.NOT_FOUND, `unable to find NvmeRemoteController by key ${parent}`);
    if (controller.tcp !== undefined && body.trtype === Transport.NVME_TRANSPORT_TYPE_PCIE)
      throw new BridgeStatus(status.FAILED_PRECONDITION, "pcie transport on tcp controller is not allowed");
    await attach(bridge, controller, body);
    return { ...body, name };
  },
  // The first controller with that NQN, perhaps a sibling's (recorded: NvmePath/get_2).
  read: async (bridge, stored) => {
    const subnqn = String(fabricsOf(stored)?.subnqn);
    const found = (await spdkControllers(bridge)).find(({ ctrlrs: [first] }) => first.trid.subnqn === subnqn);
    if (!found) throw invalid(`Could not find NQN: ${subnqn}`);
    return told(found);
  },
  update: { kind: "known objects", apply: (_, __, body) => body },
  remove: async (bridge, stored) => {
    const name = idOf(parentIn(nameOf(stored)));
    await bridge.spdk.call("bdev_nvme_detach_controller", { name, ...address(stored) });
  },
  // Every path of SPDK's, whatever the parent, and a page counts controllers (recorded: NvmePath/list_parent_bad, list_page1).
  list: async (bridge) => (await spdkControllers(bridge)).map((controller) => ({ controller })),
  expand: ({ controller }) => {
    // It is what `list` put there.
    const { name, ctrlrs } = controller as SpdkController;
    return ctrlrs.map((each) => told({ name, ctrlrs: [each] }));
  },
  stats: {
    kind: "counters",
    read: async (bridge) => {
      await bridge.spdk.call("nvmf_get_stats");
      return noCounters.kind === "counters" ? noCounters.read(bridge, {}) : {};
    },
  },
};
