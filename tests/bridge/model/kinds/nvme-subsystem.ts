import { status } from "@grpc/grpc-js";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import type { Bridge, Kind } from "../kind";
import { nameOf } from "../kind";
import { BridgeStatus, invalid, unknown } from "../status";
import { noCounters } from "./bdev";

/** What SPDK tells of a subsystem, as far as the bridge looks. */
export interface SpdkSubsystem {
  readonly nqn: string;
  readonly serial_number?: string;
  readonly model_number?: string;
  readonly namespaces?: readonly { readonly nsid: number; readonly bdev_name: string }[];
}

export const specOf = ({ spec }: WireMessage): WireMessage => (spec ?? {}) as WireMessage;
export const spdkSubsystems = (bridge: Bridge): Promise<readonly SpdkSubsystem[]> =>
  bridge.spdk.call("nvmf_get_subsystems");

/** The subsystem above an object. @throws BridgeStatus with the code that the bridge has for it */
export function subsystemOf(
  bridge: Bridge,
  name: string,
  missing: (text: string) => BridgeStatus = unknown,
): WireMessage {
  const stored = bridge.memory.of("NvmeSubsystem").get(name);
  if (!stored) throw missing(`unable to find subsystem ${name}`);
  return stored;
}

/** Stricter than the specification: no hyphen in the domain, no underscore (recorded: NvmeSubsystem.bad/create_nqn_…). */
const NQN = /^nqn\.\d{4}-\d{2}\.[a-z0-9]+(\.[a-z0-9]+)*:[a-zA-Z0-9:.-]+$/;

export function validate(body: WireMessage): void {
  const { nqn, serialNumber, modelNumber } = specOf(body) as Readonly<Record<string, string>>;
  const tooLong = (what: string, value: string, most: number): void => {
    if (value.length > most) throw invalid(`${what} value (${value}) is too long, have to be between 1 and ${most}`);
  };
  tooLong("Nqn", nqn, 223);
  if (!NQN.test(nqn)) throw invalid(`NQN value (${nqn}) does not match pattern`);
  tooLong("SerialNumber", serialNumber, 20);
  tooLong("ModelNumber", modelNumber, 40);
}

/** Two ids cannot share an NQN: the one thing that is looked for before a create. */
export function assertNewNqn(bridge: Bridge, nqn: unknown): void {
  for (const other of bridge.memory.of("NvmeSubsystem").values()) {
    if (specOf(other).nqn !== nqn) continue;
    throw new BridgeStatus(
      status.ALREADY_EXISTS,
      `Could not create NQN: ${String(nqn)} since object ${nameOf(other)} with same NQN already exists`,
    );
  }
}

/** The key goes to SPDK in a file that is gone when SPDK has read it (recorded: special.tls_frontend/tmp_key_files_left). */
async function addHost(bridge: Bridge, { nqn, hostnqn, psk }: WireMessage): Promise<void> {
  const key = psk as Uint8Array;
  if (key.length === 0) {
    await bridge.spdk.call("nvmf_subsystem_add_host", { nqn, host: hostnqn });
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "opikey"));
  try {
    const file = join(folder, "psk");
    writeFileSync(file, key, { mode: 0o600 });
    await bridge.spdk.call("nvmf_subsystem_add_host", { nqn, host: hostnqn, psk: file });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const nvmeSubsystem: Kind = {
  noun: "NvmeSubsystem",
  end: "frontend",
  collection: "nvmeSubsystems",
  validate,
  create: async (bridge, { name, body }) => {
    const spec = specOf(body);
    assertNewNqn(bridge, spec.nqn);
    await bridge.spdk.call("nvmf_create_subsystem", {
      nqn: spec.nqn,
      serial_number: spec.serialNumber,
      model_number: spec.modelNumber,
      allow_any_host: spec.hostnqn === "",
      max_namespaces: Number(spec.maxNamespaces),
    });
    // What fails from here on leaves the subsystem in SPDK (recorded: special.tls_frontend/subsys_bad_psk).
    if (spec.hostnqn !== "") await addHost(bridge, spec);
    const { version } = await bridge.spdk.call<{ readonly version: string }>("spdk_get_version");
    return { ...body, name, status: { firmwareRevision: version } };
  },
  read: async (bridge, stored) => {
    const { nqn } = specOf(stored);
    const found = (await spdkSubsystems(bridge)).find((each) => each.nqn === nqn);
    if (!found) throw invalid(`Could not find NQN: ${String(nqn)}`);
    return { spec: told(found), status: { firmwareRevision: "TBD" } };
  },
  update: { kind: "unimplemented" },
  remove: (bridge, stored) => bridge.spdk.call("nvmf_delete_subsystem", { nqn: specOf(stored).nqn }),
  // The discovery subsystem is among them, and none has a name (recorded: NvmeSubsystem/list_empty).
  list: async (bridge) => (await spdkSubsystems(bridge)).map((each) => ({ spec: told(each) })),
  order: (entry) => String(specOf(entry).nqn),
  stats: {
    kind: "counters",
    read: async (bridge) => {
      await bridge.spdk.call("nvmf_get_stats");
      return noCounters.kind === "counters" ? noCounters.read(bridge, {}) : {};
    },
  },
};

const told = ({ nqn, serial_number, model_number }: SpdkSubsystem): WireMessage => ({
  nqn,
  serialNumber: serial_number ?? "",
  modelNumber: model_number ?? "",
});
