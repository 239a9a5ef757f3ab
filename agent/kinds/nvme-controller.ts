import { isIPv4, isIPv6 } from "node:net";

import { alreadyExists, invalidArgument } from "../aip/status";
import type { NvmeController, NvmeControllerSpec } from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import {
  NvmeAddressFamily,
  NvmeTransportType,
  type FabricsEndpoint,
} from "../../provider/wire/opi_api/storage/v1/opicommon";
import type { Kind, Refusal } from "./kind";
import { listenAddressOf, listenSteps, sameAddress, unlistenSteps } from "./nvme-listener";
import { WHOLE } from "./presence";
import { controllersOf, specOf, subsystemOf } from "./nvme-spec";
import { checkFunction, functionKey, refuseTakenFunction, type FunctionState } from "./pcie-function";
import { isLimited } from "./rate-limit";

const NO_LIMITS = "SPDK limits volumes, not controllers: use a QosVolume";
const REFUSALS: readonly Refusal[] = [
  {
    path: "spec.pcie_id",
    reason: "SPDK was built without vfio-user (--with-vfio-user), so it shows no PCIe functions: use TCP",
    withoutVerb: "vfu_tgt_set_base_path",
  },
  { path: "spec.min_limit", reason: NO_LIMITS },
  { path: "spec.max_limit", reason: NO_LIMITS },
];

interface ControllerState extends FunctionState {
  readonly nqn: string;
}

/**
 * A listener of a subsystem. SPDK has no verb for a controller's id, its numbers of queues or its number of namespaces;
 * they are kept as declared.
 */
export const nvmeController: Kind<NvmeController, ControllerState> = {
  type: "opi_api.storage.v1.NvmeController",
  service: "opi_api.storage.v1.FrontendNvmeService",
  updatable: ["spec.max_nsq", "spec.max_ncq", "spec.max_namespaces"],
  secrets: [],
  refusals: REFUSALS,
  isVolume: false,

  check(controller, field) {
    const spec = specOf(controller);
    const at = `${field}.spec`;
    checkEndpoint(spec, at);
    // CNTLID FFF0h and above are reserved (NVMe Base Specification, Identify Controller).
    checkRange(spec.nvmeControllerId ?? 0, 65_519, `${at}.nvme_controller_id`);
    checkRange(spec.maxNsq, 65_535, `${at}.max_nsq`);
    checkRange(spec.maxNcq, 65_535, `${at}.max_ncq`);
    checkRange(spec.maxNamespaces, 2_147_483_647, `${at}.max_namespaces`);
    if (spec.sqes !== 0 && spec.sqes !== 6)
      throw invalidArgument(
        `${at}.sqes: ${spec.sqes}: the NVM command set has entries of 2^6 bytes; say 6 or leave it out`,
      );
    if (spec.cqes !== 0 && spec.cqes !== 4)
      throw invalidArgument(
        `${at}.cqes: ${spec.cqes}: the NVM command set has entries of 2^4 bytes; say 4 or leave it out`,
      );
    if (isLimited(spec.minLimit)) throw invalidArgument(`${at}.min_limit: ${NO_LIMITS}`);
    if (isLimited(spec.maxLimit)) throw invalidArgument(`${at}.max_limit: ${NO_LIMITS}`);
  },

  async create({ parent, object }, environment, field) {
    const spec = specOf(object);
    const subsystem = specOf(subsystemOf(parent));
    const address = listenAddressOf(object, environment);
    const pcieFunction = spec.pcieId === undefined ? undefined : functionKey(spec.pcieId);
    if (pcieFunction !== undefined) refuseTakenFunction(environment.store, pcieFunction, `${field}.spec.pcie_id`);
    for (const sibling of controllersOf(environment.store, parent?.name ?? "")) {
      if (sameAddress(listenAddressOf(sibling, environment), address))
        throw alreadyExists(`${field}.spec.fabrics_id: ${sibling.name} listens there already`);
      if (spec.nvmeControllerId !== undefined && specOf(sibling).nvmeControllerId === spec.nvmeControllerId)
        throw alreadyExists(`${field}.spec.nvme_controller_id: ${spec.nvmeControllerId} belongs to ${sibling.name}`);
    }
    return {
      steps: listenSteps(environment, subsystem.nqn, address, subsystem.psk.length > 0),
      state: () => ({ nqn: subsystem.nqn, pcieFunction }),
    };
  },

  async update() {
    return { steps: [] };
  },

  async remove({ object, state }, environment) {
    return unlistenSteps(environment, state.nqn, listenAddressOf(object, environment));
  },

  async inspect({ object, parent, state }, environment) {
    const subsystem = await environment.spdk.subsystem(state.nqn);
    const address = listenAddressOf(object, environment);
    if (subsystem?.listen_addresses.some((each) => sameAddress(each, address)) === true) return WHOLE;
    return {
      found: "nothing",
      steps: async () => {
        const { psk } = specOf(subsystemOf(environment.store.get(parent)));
        return listenSteps(environment, state.nqn, address, psk.length > 0);
      },
    };
  },

  async observe({ object, state }, environment) {
    const subsystem = await environment.spdk.subsystem(state.nqn);
    const address = listenAddressOf(object, environment);
    return {
      ...object,
      status: { active: subsystem?.listen_addresses.some((each) => sameAddress(each, address)) ?? false },
    };
  },

  async bdevs({ state }, { spdk }) {
    const subsystem = await spdk.subsystem(state.nqn);
    return subsystem?.namespaces?.map((namespace) => namespace.bdev_name) ?? [];
  },
};

function checkRange(value: number, largest: number, field: string): void {
  if (value < 0 || value > largest) throw invalidArgument(`${field}: ${value} is not between 0 and ${largest}`);
}

function checkEndpoint(spec: NvmeControllerSpec, at: string): void {
  const name = NvmeTransportType[spec.trtype];
  switch (spec.trtype) {
    case NvmeTransportType.NVME_TRANSPORT_TYPE_PCIE:
      if (spec.pcieId === undefined) throw invalidArgument(`${at}.pcie_id: required with ${name}`);
      {
        checkFunction(spec.pcieId, `${at}.pcie_id`);
        return;
      }
    case NvmeTransportType.NVME_TRANSPORT_TYPE_TCP:
    case NvmeTransportType.NVME_TRANSPORT_TYPE_RDMA:
      if (spec.fabricsId === undefined) throw invalidArgument(`${at}.fabrics_id: required with ${name}`);
      {
        checkFabrics(spec.fabricsId, `${at}.fabrics_id`);
        return;
      }
    default:
      throw invalidArgument(`${at}.trtype: SPDK controllers are reached by PCIe, TCP or RDMA, not ${name}`);
  }
}

function checkFabrics(endpoint: FabricsEndpoint, at: string): void {
  checkFamily(endpoint.traddr, endpoint.adrfam, at);
  if (!/^[1-9][0-9]{0,4}$/.test(endpoint.trsvcid) || Number(endpoint.trsvcid) > 65_535)
    throw invalidArgument(`${at}.trsvcid: ${JSON.stringify(endpoint.trsvcid)} is no port between 1 and 65535`);
}

export function checkFamily(traddr: string, adrfam: NvmeAddressFamily, at: string): void {
  if (adrfam === NvmeAddressFamily.NVME_ADDRESS_FAMILY_IPV4) {
    if (!isIPv4(traddr)) throw invalidArgument(`${at}.traddr: ${JSON.stringify(traddr)} is no IPv4 address`);
  } else if (adrfam === NvmeAddressFamily.NVME_ADDRESS_FAMILY_IPV6) {
    if (!isIPv6(traddr)) throw invalidArgument(`${at}.traddr: ${JSON.stringify(traddr)} is no IPv6 address`);
  } else throw invalidArgument(`${at}.adrfam: TCP and RDMA use IPv4 or IPv6, not ${NvmeAddressFamily[adrfam]}`);
}
