import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import {
  NvmeNamespaceStatus_OperState as OperState,
  NvmeNamespaceStatus_State as State,
} from "../../../../provider/wire/opi_api/storage/v1/frontend_nvme";
import type { Kind } from "../kind";
import { nameOf } from "../kind";
import { checkName } from "../request/names";
import { invalid } from "../status";
import { noCounters } from "./bdev";
import { parentIn } from "./nvme-controller";
import { spdkSubsystems, specOf, subsystemOf } from "./nvme-subsystem";

/** It is there, whatever the request says of its state (recorded: NvmeNamespace.bad/create_status_given). */
export const online = { state: State.STATE_ENABLED, operState: OperState.OPER_STATE_ONLINE };

export const validate = (body: WireMessage): void => checkName(String(specOf(body).volumeNameRef));

export const nvmeNamespace: Kind = {
  noun: "NvmeNamespace",
  end: "frontend",
  collection: "nvmeNamespaces",
  validate,
  validateUpdate: validate,
  create: async (bridge, { name, parent, body }) => {
    const spec = specOf(body);
    const { nqn } = specOf(subsystemOf(bridge, parent));
    // UUID, NGUID and EUI-64 are answered, and not given to SPDK (recorded: NvmeNamespace/create).
    const namespace = { nsid: spec.hostNsid, bdev_name: spec.volumeNameRef };
    const hostNsid = await bridge.spdk.call<number>("nvmf_subsystem_add_ns", { nqn, namespace });
    return { ...body, name, spec: { ...spec, hostNsid }, status: online };
  },
  read: async (bridge, stored) => {
    const { nqn } = specOf(subsystemOf(bridge, parentIn(nameOf(stored))));
    const subsystem = (await spdkSubsystems(bridge)).find((each) => each.nqn === nqn);
    if (!subsystem) throw invalid(`Could not find NQN: ${String(nqn)}`);
    const { hostNsid } = specOf(stored);
    const found = subsystem.namespaces?.find(({ nsid }) => nsid === hostNsid);
    if (!found) throw invalid(`Could not find NSID: ${String(hostNsid)}`);
    return { name: nameOf(stored), spec: { hostNsid: found.nsid }, status: online };
  },
  update: {
    kind: "known objects",
    // After a changed id Get and Delete fail for ever (recorded: NvmeNamespace/get_after_update_mask_one, delete).
    apply: (bridge, _, body) => {
      const updated = { ...body, status: online };
      bridge.memory.of("NvmeNamespace").set(nameOf(body), updated);
      return updated;
    },
  },
  remove: async (bridge, stored) => {
    const { nqn } = specOf(subsystemOf(bridge, parentIn(nameOf(stored))));
    await bridge.spdk.call("nvmf_subsystem_remove_ns", { nqn, nsid: specOf(stored).hostNsid });
  },
  list: async (bridge, { parent }) => {
    const { nqn } = specOf(subsystemOf(bridge, String(parent)));
    const namespaces = (await spdkSubsystems(bridge)).find((each) => each.nqn === nqn)?.namespaces ?? [];
    if (namespaces.length === 0) throw invalid(`Could not find any namespaces for NQN: ${String(nqn)}`);
    return namespaces.map(({ nsid }) => ({ spec: { hostNsid: nsid } }));
  },
  order: (entry) => String(specOf(entry).hostNsid).padStart(10, "0"),
  stats: noCounters,
};
