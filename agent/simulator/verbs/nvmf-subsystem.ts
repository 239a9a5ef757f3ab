import { isValidNqn } from "../nvmf/nqn";
import { describeAdminQueue } from "../nvmf/controller";
import { DEFAULT_LIMITS, NvmfSubsystem } from "../nvmf/subsystem";
import { errnoFault, INTERNAL_ERROR, INVALID_PARAMS, RpcFault, wouldBreakSpdk } from "../rpc/fault";
import { boolean, optional, string, uint16, uint32, uint64, uint8 } from "../rpc/params";
import { INVALID_PARAMETERS, verb } from "../rpc/verb";
import type { SpdkState } from "../state";
import { removeNamespace } from "./nvmf-namespace";
import { requireTarget } from "./nvmf-transport";

const MOST_SUBSYSTEMS = 1024;
/** The highest controller id a fabric may give out (NVMe base specification: FFF0h and up are reserved). */
const MOST_CNTLID = 65_519;
const DEFAULT_MAX_NAMESPACES = 32;

/** Subsystems of the NVMe-oF target. */
export const nvmfSubsystemVerbs = [
  verb("nvmf_create_subsystem", {
    params: {
      nqn: string,
      serial_number: optional(string),
      model_number: optional(string),
      max_namespaces: optional(uint32),
      tgt_name: optional(string),
      allow_any_host: optional(boolean),
      ana_reporting: optional(boolean),
      min_cntlid: optional(uint16),
      max_cntlid: optional(uint16),
      max_discard_size_kib: optional(uint64),
      max_write_zeroes_size_kib: optional(uint64),
    },
    newer: {
      passthrough: optional(boolean),
      enable_nssr: optional(boolean),
      dmrsl: optional(uint32),
      wzsl: optional(uint8),
    },
    undecodable: INVALID_PARAMETERS,
    run(spdk, params) {
      const { nqn, serial_number, model_number, min_cntlid = 1, max_cntlid = MOST_CNTLID, max_namespaces = 0 } = params;
      requireTarget(params.tgt_name);
      if (!isValidNqn(nqn) || spdk.nvmf.find(nqn) !== undefined || spdk.nvmf.all().length >= MOST_SUBSYSTEMS)
        throw new RpcFault(INTERNAL_ERROR, `Unable to create subsystem ${nqn}`);
      if (serial_number !== undefined && !isPrintable(serial_number, 20))
        throw refusal(spdk, `Invalid SN ${serial_number}`);
      if (model_number !== undefined && !isPrintable(model_number, 40))
        throw refusal(spdk, `Invalid MN ${model_number}`);
      if (min_cntlid < 1 || max_cntlid > MOST_CNTLID || min_cntlid > max_cntlid)
        throw new RpcFault(INVALID_PARAMS, `Invalid cntlid range [${min_cntlid}-${max_cntlid}]`);
      spdk.nvmf.add(
        new NvmfSubsystem(
          {
            nqn,
            subtype: "NVMe",
            serialNumber: serial_number ?? "00000000000000000000",
            modelNumber: model_number ?? "SPDK bdev Controller",
            // Zero asks for the default (recorded: nvmf/sub_max_ns_0 and nvmf/subs1).
            maxNamespaces: max_namespaces === 0 ? DEFAULT_MAX_NAMESPACES : max_namespaces,
            minCntlid: min_cntlid,
            maxCntlid: max_cntlid,
            anaReporting: params.ana_reporting ?? false,
            limits: {
              passthrough: params.passthrough ?? DEFAULT_LIMITS.passthrough,
              enable_nssr: params.enable_nssr ?? DEFAULT_LIMITS.enable_nssr,
              dmrsl: dataManagementLimit(params.max_discard_size_kib) ?? params.dmrsl ?? DEFAULT_LIMITS.dmrsl,
              wzsl: writeZeroesLimit(params.max_write_zeroes_size_kib) ?? params.wzsl ?? DEFAULT_LIMITS.wzsl,
            },
          },
          params.allow_any_host ?? false,
          spdk.traits,
        ),
      );
      return true;
    },
  }),

  verb("nvmf_delete_subsystem", {
    params: { nqn: string, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, tgt_name }) {
      requireTarget(tgt_name);
      spdk.nvmf.delete(requireSubsystem(spdk, nqn), (subsystem) => {
        for (const namespace of subsystem.namespaces.values()) removeNamespace(spdk, subsystem, namespace);
      });
      return true;
    },
  }),

  verb("nvmf_get_subsystems", {
    params: { nqn: optional(string), tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, tgt_name }) {
      requireTarget(tgt_name);
      if (nqn === undefined) return spdk.nvmf.all().map((subsystem) => subsystem.describe());
      const subsystem = spdk.nvmf.find(nqn);
      if (subsystem === undefined) throw errnoFault("ENODEV");
      return [subsystem.describe()];
    },
  }),

  verb("nvmf_subsystem_get_controllers", {
    params: { nqn: string, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, tgt_name }) {
      requireTarget(tgt_name);
      return requireSubsystem(spdk, nqn).describeControllers();
    },
  }),

  verb("nvmf_subsystem_get_qpairs", {
    params: { nqn: string, tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { nqn, tgt_name }) {
      requireTarget(tgt_name);
      const { controllers } = requireSubsystem(spdk, nqn);
      // Recorded: new.nvme_auth/far_qpairs_tls – with a host connected by TLS the target died.
      if (!spdk.traits.survivesSecureQueues && controllers.some((controller) => controller.listener.secure))
        throw wouldBreakSpdk(`the queue pairs of ${nqn}, to which a host is connected by TLS`);
      return controllers.map((controller) => describeAdminQueue(controller, spdk.traits));
    },
  }),
];

/** Most verbs hide a missing subsystem behind the general refusal (recorded: nvmf/ns_bad_nqn, nvmf/del_missing). */
export function requireSubsystem(spdk: SpdkState, nqn: string): NvmfSubsystem {
  const subsystem = spdk.nvmf.find(nqn);
  if (subsystem === undefined) throw new RpcFault(INVALID_PARAMETERS.code, INVALID_PARAMETERS.message);
  return subsystem;
}

function refusal(spdk: SpdkState, why: string): RpcFault {
  return new RpcFault(INVALID_PARAMS, spdk.traits.explainsSubsystemTexts ? why : INVALID_PARAMETERS.message);
}

/** The older parameters in KiB go before the newer ones, in the newer ones' units (recorded: new.nvmf/subs, n1j and n1k). */
function dataManagementLimit(kibibytes: number | undefined): number | undefined {
  return kibibytes === undefined ? undefined : kibibytes * 2;
}

function writeZeroesLimit(kibibytes: number | undefined): number | undefined {
  return kibibytes === undefined ? undefined : Math.floor(Math.log2(kibibytes / 4));
}

/** ASCII strings of the NVMe base specification, section 1.5: codes 20h to 7Eh. */
function isPrintable(text: string, longest: number): boolean {
  return text.length <= longest && /^[\x20-\x7e]*$/.test(text);
}
