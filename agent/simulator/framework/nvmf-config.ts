import type { NvmfHost } from "../nvmf/host";
import type { NvmfSubsystem } from "../nvmf/subsystem";
import type { SpdkState } from "../state";
import type { SpdkTraits } from "../versions/traits";
import type { ConfigCall } from "./subsystems";

/** The NVMe-oF target as the calls that would make it again (recorded: new.nvmf/config). */
export function nvmfConfig(spdk: SpdkState): readonly ConfigCall[] {
  const subsystems = spdk.nvmf.all().filter((subsystem) => subsystem.spec.subtype === "NVMe");
  return [
    { method: "nvmf_set_config", params: spdk.traits.nvmfConfig },
    { method: "nvmf_set_max_subsystems", params: { max_subsystems: 1024 } },
    { method: "nvmf_set_crdt", params: { crdt1: 0, crdt2: 0, crdt3: 0 } },
    ...[...spdk.nvmf.transports].map(([trtype, options]) => ({
      method: "nvmf_create_transport",
      params: { trtype, ...options },
    })),
    ...(spdk.traits.listsSubsystemsFirst
      ? [
          ...subsystems.map((each) => creation(each, spdk.traits)),
          ...subsystems.flatMap((each) => content(each, spdk.traits)),
        ]
      : subsystems.flatMap((each) => [creation(each, spdk.traits), ...content(each, spdk.traits)])),
  ];
}

function creation({ spec, allowAnyHost }: NvmfSubsystem, traits: SpdkTraits): ConfigCall {
  return {
    method: "nvmf_create_subsystem",
    params: {
      nqn: spec.nqn,
      allow_any_host: allowAnyHost,
      serial_number: spec.serialNumber,
      model_number: spec.modelNumber,
      max_namespaces: spec.maxNamespaces,
      min_cntlid: spec.minCntlid,
      max_cntlid: spec.maxCntlid,
      ana_reporting: spec.anaReporting,
      ...(traits.showsSubsystemLimits ? spec.limits : {}),
    },
  };
}

function content(subsystem: NvmfSubsystem, traits: SpdkTraits): ConfigCall[] {
  const { spec } = subsystem;
  const { nqn } = spec;
  return [
    ...subsystem.hosts.map((host) => ({ method: "nvmf_subsystem_add_host", params: { nqn, ...hostConfig(host) } })),
    ...subsystem.sortedNamespaces().map((namespace) => ({
      method: "nvmf_subsystem_add_ns",
      params: {
        nqn,
        namespace: {
          nsid: namespace.nsid,
          bdev_name: namespace.bdev.name,
          nguid: namespace.nguid,
          ...(namespace.eui64 === undefined ? {} : { eui64: namespace.eui64 }),
          uuid: namespace.uuid,
          ...(spec.anaReporting ? { anagrpid: namespace.anaGroup } : {}),
          no_auto_visible: !namespace.autoVisible,
        },
      },
    })),
    ...subsystem.listeners.map((listener) => ({
      method: "nvmf_subsystem_add_listener",
      params: {
        nqn,
        listen_address: listener.describeAddress(),
        secure_channel: listener.secure,
        ...(traits.knowsSocketImplementations && listener.socketImplementation !== undefined
          ? { sock_impl: listener.socketImplementation }
          : {}),
      },
    })),
  ];
}

function hostConfig(host: NvmfHost): Record<string, string> {
  const psk = host.psk?.key?.name ?? host.psk?.path;
  return {
    host: host.nqn,
    ...(psk === undefined ? {} : { psk }),
    ...(host.dhchapKey === undefined ? {} : { dhchap_key: host.dhchapKey.name }),
    ...(host.dhchapControllerKey === undefined ? {} : { dhchap_ctrlr_key: host.dhchapControllerKey.name }),
  };
}
