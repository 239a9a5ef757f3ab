import { alreadyExists, invalidArgument } from "../aip/status";
import type { NvmeSubsystem, NvmeSubsystemSpec } from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import type { Step } from "../saga/steps";
import type { StoredObject } from "../store/store";
import { lost } from "./bdev";
import type { Environment, Kind } from "./kind";
import { moveListeners } from "./nvme-listener";
import { allowAnyHost, allowHost, forbidHost, hostKeyName, withdrawHostKey, type AllowedHost } from "./nvme-host";
import { WHOLE } from "./presence";
import { checkNqn } from "./nqn";
import { checkPsk } from "./psk";
import { controllersOf, specOf } from "./nvme-spec";

/** SPDK keeps the count in 32 bits. */
const MOST_NAMESPACES = 2n ** 32n - 2n;

export const nvmeSubsystem: Kind<NvmeSubsystem, object> = {
  type: "opi_api.storage.v1.NvmeSubsystem",
  service: "opi_api.storage.v1.FrontendNvmeService",
  updatable: ["spec.hostnqn", "spec.psk"],
  secrets: ["spec.psk"],
  refusals: [],
  isVolume: false,

  check(subsystem, field) {
    const spec = specOf(subsystem);
    const at = `${field}.spec`;
    checkNqn(spec.nqn, `${at}.nqn`);
    checkText(spec.serialNumber, 20, `${at}.serial_number`);
    checkText(spec.modelNumber, 40, `${at}.model_number`);
    if (spec.maxNamespaces < 0n || spec.maxNamespaces > MOST_NAMESPACES)
      throw invalidArgument(`${at}.max_namespaces: ${spec.maxNamespaces} is not between 0 and ${MOST_NAMESPACES}`);
    if (spec.hostnqn !== "") checkNqn(spec.hostnqn, `${at}.hostnqn`);
    if (spec.psk.length === 0) return;
    if (spec.hostnqn === "") throw invalidArgument(`${at}.psk: needs hostnqn, since SPDK keeps a PSK for each host`);
    checkPsk(spec.psk, `${at}.psk`);
  },

  async create({ id, object }, environment, field) {
    const { spdk, store } = environment;
    const spec = specOf(object);
    const twin = store.list(nvmeSubsystem.type).find((other) => specOf(other.object as NvmeSubsystem).nqn === spec.nqn);
    if (twin !== undefined) throw alreadyExists(`${field}.spec.nqn: ${spec.nqn} belongs to ${twin.name}`);
    if ((await spdk.subsystem(spec.nqn)) !== undefined)
      throw alreadyExists(`${field}.spec.nqn: SPDK has a subsystem ${spec.nqn} that this agent did not make`);
    return { steps: createSteps(id, spec, environment), state: () => ({}) };
  },

  async update(stored, desired, _changed, environment) {
    const before = specOf(stored.object);
    const after = specOf(desired);
    return {
      steps: [
        ...changeHost(stored.id, before.nqn, hostOf(before), hostOf(after), environment),
        ...changeChannels(stored, before, after, environment),
      ],
    };
  },

  async remove({ object }, environment) {
    return [{ label: "nvmf_delete_subsystem", apply: () => deleteSubsystem(environment, specOf(object).nqn) }];
  },

  async rollBack({ id, object }, environment) {
    return [
      { label: "nvmf_delete_subsystem", apply: () => deleteSubsystem(environment, specOf(object).nqn) },
      ...withdrawHostKey(environment, id),
    ];
  },

  async settle(before, after, environment) {
    const [was, wish] = [specOf(before.object), specOf(after.object)];
    const subsystem = await environment.spdk.subsystem(was.nqn);
    const leftKey = withdrawHostKey(environment, before.id);
    if (subsystem === undefined) return { keep: before, steps: leftKey };
    const host = hostOf(was);
    const has = (nqn: string): boolean => subsystem.hosts.some((each) => each.nqn === nqn);
    // Which key SPDK has for a host does not show: where it may be the new one, the host is let in anew.
    const anew = host !== undefined && (!has(host.nqn) || (was.hostnqn === wish.hostnqn && !was.psk.equals(wish.psk)));
    const gone = [...(anew ? [was.hostnqn] : []), ...(was.hostnqn === wish.hostnqn ? [] : [wish.hostnqn])].filter(has);
    return {
      keep: before,
      steps: [
        ...leftKey,
        ...gone.map((nqn) => forbidHost(environment, was.nqn, { nqn, psk: Buffer.alloc(0) }, hostKeyName(before.id))),
        ...(anew ? allowHost(environment, was.nqn, host, hostKeyName(before.id)) : []),
        ...(subsystem.allow_any_host === (host === undefined)
          ? []
          : [allowAnyHost(environment, was.nqn, host === undefined)]),
        ...changeChannels(before, wish, was, environment),
      ],
    };
  },

  async inspect({ id, object }, environment) {
    const spec = specOf(object);
    const { nqn, serialNumber, modelNumber } = spec;
    const subsystem = await environment.spdk.subsystem(nqn);
    if (subsystem === undefined) return { found: "nothing", steps: async () => createSteps(id, spec, environment) };
    const { serial_number: serial = serialNumber, model_number: model = modelNumber } = subsystem;
    if ((serialNumber !== "" && serial !== serialNumber) || (modelNumber !== "" && model !== modelNumber))
      return { found: "other", what: `a subsystem ${nqn} with serial number ${serial} and model ${model}` };
    const host = hostOf(spec);
    // Hosts that somebody changed are shown by reads; a subsystem that lets nobody in was cut off before its host came.
    const isCut = host !== undefined && subsystem.hosts.length === 0 && !subsystem.allow_any_host;
    if (!isCut) return WHOLE;
    const steps = [...withdrawHostKey(environment, id), ...allowHost(environment, nqn, host, hostKeyName(id))];
    return { found: "part", steps: async () => steps };
  },

  async observe({ name, object }, { spdk }) {
    const spec = specOf(object);
    const [subsystem, version] = await Promise.all([spdk.subsystem(spec.nqn), spdk.version()]);
    if (subsystem === undefined) throw lost(name, `subsystem ${spec.nqn}`);
    const hosts = subsystem.hosts.map((host) => host.nqn);
    const { major, minor } = version.fields;
    return {
      ...object,
      spec: {
        ...spec,
        serialNumber: subsystem.serial_number ?? spec.serialNumber,
        modelNumber: subsystem.model_number ?? spec.modelNumber,
        maxNamespaces: BigInt(subsystem.max_namespaces ?? spec.maxNamespaces),
        hostnqn: subsystem.allow_any_host ? "" : hosts.includes(spec.hostnqn) ? spec.hostnqn : (hosts[0] ?? ""),
      },
      status: {
        // The form of SPDK's own firmware revision (nvme/bdevs: "24.05").
        firmwareRevision: `${major}.${String(minor).padStart(2, "0")}`,
        fruGuid: object.status?.fruGuid ?? Buffer.alloc(0),
      },
    };
  },

  async bdevs({ object }, { spdk }) {
    const subsystem = await spdk.subsystem(specOf(object).nqn);
    return subsystem?.namespaces?.map((namespace) => namespace.bdev_name) ?? [];
  },
};

/** SPDK refuses what is longer or not printable (nvmf/sub_serial_long, sub_model_long, sub_serial_nonascii). */
function checkText(text: string, longest: number, field: string): void {
  if (text.length > longest || !/^[\x20-\x7e]*$/.test(text))
    throw invalidArgument(`${field}: ${JSON.stringify(text)} is not up to ${longest} printable ASCII characters`);
}

function hostOf(spec: NvmeSubsystemSpec): AllowedHost | undefined {
  return spec.hostnqn === "" ? undefined : { nqn: spec.hostnqn, psk: spec.psk };
}

function createSteps(id: string, spec: NvmeSubsystemSpec, environment: Environment): readonly Step[] {
  const host = hostOf(spec);
  return [
    {
      label: "nvmf_create_subsystem",
      apply: () =>
        environment.spdk.call("nvmf_create_subsystem", {
          nqn: spec.nqn,
          allow_any_host: host === undefined,
          ...(spec.serialNumber === "" ? {} : { serial_number: spec.serialNumber }),
          ...(spec.modelNumber === "" ? {} : { model_number: spec.modelNumber }),
          ...(spec.maxNamespaces === 0n ? {} : { max_namespaces: Number(spec.maxNamespaces) }),
        }),
      undo: () => deleteSubsystem(environment, spec.nqn),
    },
    ...(host === undefined ? [] : allowHost(environment, spec.nqn, host, hostKeyName(id))),
  ];
}

/** The new permission comes before the old one goes, except where both are for the same host. */
function changeHost(
  id: string,
  nqn: string,
  before: AllowedHost | undefined,
  after: AllowedHost | undefined,
  environment: Environment,
): readonly Step[] {
  const allow = after === undefined ? [] : allowHost(environment, nqn, after, hostKeyName(id));
  const forbid = before === undefined ? [] : [forbidHost(environment, nqn, before, hostKeyName(id))];
  if (before?.nqn === after?.nqn) return [...forbid, ...allow];
  if (before === undefined) return [...allow, allowAnyHost(environment, nqn, false)];
  if (after === undefined) return [allowAnyHost(environment, nqn, true), ...forbid];
  return [...allow, ...forbid];
}

/** A listener demands TLS or does not from its start on, so a key that comes or goes means new listeners. */
function changeChannels(
  { name }: StoredObject,
  before: NvmeSubsystemSpec,
  after: NvmeSubsystemSpec,
  environment: Environment,
): readonly Step[] {
  const secure = after.psk.length > 0;
  if (before.psk.length > 0 === secure) return [];
  return moveListeners(environment, before.nqn, controllersOf(environment.store, name), secure);
}

/** Deleting a missing subsystem is "Invalid parameters" (nvmf/del_missing), so it is looked for first. */
async function deleteSubsystem({ spdk }: Environment, nqn: string): Promise<void> {
  if ((await spdk.subsystem(nqn)) !== undefined) await spdk.call("nvmf_delete_subsystem", { nqn });
}
