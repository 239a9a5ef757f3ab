import { existsSync } from "node:fs";
import { join } from "node:path";

import { NvmeNamespaceStatus_OperState as OperState } from "../../provider/wire/opi_api/storage/v1/frontend_nvme";
import {
  NvmeAddressFamily as Family,
  NvmeTransportType as Transport,
} from "../../provider/wire/opi_api/storage/v1/opicommon";
import type { SpdkCaller } from "../spdk";
import {
  agentUnderTest,
  OTHER_PSK,
  playedSpdk,
  PSK,
  type AgentUnderTest,
  type Message,
} from "../testing/agent-under-test";
import { HOST_NQN, OTHER_HOST_NQN, UUID } from "../testing/samples";

const NQN = "nqn.2024-01.com.example:subsys";
const NAME = "nvmeSubsystems/subsys";

let agent: AgentUnderTest;
let calls: (readonly [string, unknown])[];
beforeEach(async () => {
  calls = [];
  agent = await agentUnderTest({ between: (spdk) => recording(spdk) });
});
afterEach(() => agent.stop());

function recording(spdk: SpdkCaller): SpdkCaller {
  return {
    call: (verb, params, options) => {
      calls.push([verb, params]);
      return spdk.call(verb, params, options);
    },
    close: () => spdk.close(),
  };
}

const subsystem = (spec: object = {}, id = "subsys"): Promise<Message> =>
  agent.call("CreateNvmeSubsystem", { nvmeSubsystemId: id, nvmeSubsystem: { spec: { nqn: NQN, ...spec } } });
const update = (spec: object, updateMask: readonly string[]): Promise<Message> =>
  agent.call("UpdateNvmeSubsystem", { nvmeSubsystem: { name: NAME, spec }, updateMask });
const controller = (id: string, spec: object): Promise<Message> =>
  agent.call("CreateNvmeController", { parent: NAME, nvmeControllerId: id, nvmeController: { spec } });
const tcp = (trsvcid: string, traddr = "127.0.0.1", adrfam = Family.NVME_ADDRESS_FAMILY_IPV4): object => ({
  trtype: Transport.NVME_TRANSPORT_TYPE_TCP,
  fabricsId: { traddr, trsvcid, adrfam },
});
const pcie = (virtualFunction: number): object => ({
  trtype: Transport.NVME_TRANSPORT_TYPE_PCIE,
  pcieId: { portId: 0, physicalFunction: 0, virtualFunction },
});
const inSpdk = async (): Promise<Message | undefined> =>
  (await agent.spdk.call<Message[]>("nvmf_get_subsystems")).find((each) => each.nqn === NQN);

describe("an NVMe subsystem", () => {
  test("shows what SPDK chose for what was left out", async () => {
    expect(await subsystem()).toEqual({
      name: NAME,
      spec: {
        nqn: NQN,
        serialNumber: "00000000000000000000",
        modelNumber: "SPDK bdev Controller",
        maxNamespaces: 32n,
        hostnqn: "",
        psk: Buffer.alloc(0),
      },
      status: { firmwareRevision: playedSpdk(), fruGuid: Buffer.alloc(0) },
    });
    expect(await inSpdk()).toMatchObject({ allow_any_host: true, hosts: [] });
  });

  test.each([
    [{ nqn: "bad" }, 'spec.nqn: "bad" is no NQN'],
    [{ nqn: "nqn.2014-08.org.nvmexpress.discovery" }, "spec.nqn"],
    [{ nqn: "nqn.2014-08.org.nvmexpress:uuid:zzz" }, "spec.nqn"],
    [{ nqn: `nqn.2024-01.com.example:${"a".repeat(200)}` }, "spec.nqn: 224 bytes are more than the 223"],
    [{ serialNumber: "s".repeat(21) }, "spec.serial_number"],
    [{ modelNumber: "é" }, "spec.model_number"],
    [{ maxNamespaces: -1n }, "spec.max_namespaces: -1"],
    [{ hostnqn: "bad host" }, "spec.hostnqn"],
    [{ psk: Buffer.from(PSK) }, "spec.psk: needs hostnqn"],
    [{ hostnqn: HOST_NQN, psk: Buffer.from("garbage") }, "spec.psk: not in the PSK interchange format"],
    [{ hostnqn: HOST_NQN, psk: Buffer.from(PSK.replace("F3F7HK", "F3F7HL")) }, "its CRC-32 is wrong"],
    [{ hostnqn: HOST_NQN, psk: Buffer.from(PSK.replace(":01:", ":02:")) }, "the key has 32 bytes, not 48"],
  ])("with %j is refused", async (spec, text) => {
    const refusal = expect(subsystem(spec)).rejects;
    await refusal.toThrow(/^INVALID_ARGUMENT: nvme_subsystem\.spec\./);
    await expect(subsystem(spec)).rejects.toThrow(text);
    expect(await inSpdk()).toBeUndefined();
  });

  test("has an NQN that no other has, on the agent or in SPDK", async () => {
    await subsystem();
    await expect(subsystem({}, "second")).rejects.toThrow(
      `ALREADY_EXISTS: nvme_subsystem.spec.nqn: ${NQN} belongs to ${NAME}`,
    );
    await agent.spdk.call("nvmf_create_subsystem", { nqn: "nqn.2024-01.com.example:foreign" });
    await expect(subsystem({ nqn: "nqn.2024-01.com.example:foreign" }, "second")).rejects.toThrow(
      "that this agent did not make",
    );
  });

  test("lets one host in when it is named, and every host when it is not", async () => {
    await subsystem({ hostnqn: HOST_NQN });
    expect(await inSpdk()).toMatchObject({ allow_any_host: false, hosts: [{ nqn: HOST_NQN }] });
    await update({ hostnqn: OTHER_HOST_NQN }, ["spec.hostnqn"]);
    expect(await inSpdk()).toMatchObject({ allow_any_host: false, hosts: [{ nqn: OTHER_HOST_NQN }] });
    await update({}, ["spec.hostnqn"]);
    expect(await inSpdk()).toMatchObject({ allow_any_host: true, hosts: [] });
    await update({ hostnqn: HOST_NQN }, []);
    expect(await inSpdk()).toMatchObject({ allow_any_host: false, hosts: [{ nqn: HOST_NQN }] });
  });

  test("leaves neither key file nor usable key in SPDK's keyring once the host was added", async () => {
    await subsystem({ hostnqn: HOST_NQN, psk: Buffer.from(PSK) });
    await update({ psk: Buffer.from(OTHER_PSK) }, ["spec.psk"]);
    // SPDK shows removed keys as long as a host holds them (new.nvmf_auth/keys_after_rm).
    expect(await agent.snapshot()).toMatchObject({ keyring: [{ removed: true }], files: ["keys", "vfio-user"] });
    expect(calls.filter(([verb]) => verb === "keyring_file_remove_key")).toHaveLength(2);
  });

  test("with a key makes its TCP listeners demand TLS, also those that were there before", async () => {
    const secure = (): unknown[] =>
      calls
        .filter(([verb]) => verb === "nvmf_subsystem_add_listener")
        .map(([, params]) => (params as { secure_channel?: boolean }).secure_channel ?? false);
    await subsystem({ hostnqn: HOST_NQN });
    await controller("plain", tcp("4420"));
    expect(secure()).toEqual([false]);
    await update({ psk: Buffer.from(PSK) }, ["spec.psk"]);
    expect(secure()).toEqual([false, true]);
    await controller("later", tcp("4421"));
    expect(secure()).toEqual([false, true, true]);
    expect(await agent.call("GetNvmeController", { name: `${NAME}/nvmeControllers/plain` })).toMatchObject({
      status: { active: true },
    });
  });

  test("shows a host that was changed in SPDK behind the agent", async () => {
    await subsystem({ hostnqn: HOST_NQN });
    await agent.spdk.call("nvmf_subsystem_allow_any_host", { nqn: NQN, allow_any_host: true });
    expect(await agent.call("GetNvmeSubsystem", { name: NAME })).toMatchObject({ spec: { hostnqn: "" } });
  });

  test("with controllers or namespaces cannot be deleted, and they are named", async () => {
    await subsystem();
    await controller("ctrl-a", tcp("4420"));
    await controller("ctrl-b", pcie(1));
    await expect(agent.call("DeleteNvmeSubsystem", { name: NAME })).rejects.toThrow(
      `FAILED_PRECONDITION: ${NAME} is in use by ${NAME}/nvmeControllers/ctrl-a, ${NAME}/nvmeControllers/ctrl-b; delete these first`,
    );
  });
});

describe("an NVMe controller", () => {
  beforeEach(() => subsystem());

  test.each([
    [{ trtype: Transport.NVME_TRANSPORT_TYPE_TCP }, "fabrics_id: required with NVME_TRANSPORT_TYPE_TCP"],
    [{ ...tcp("4420"), trtype: Transport.NVME_TRANSPORT_TYPE_PCIE }, "pcie_id: required with NVME_TRANSPORT_TYPE_PCIE"],
    [{ ...tcp("4420"), ...pcie(1) }, "fabrics_id: cannot be set together with nvme_controller.spec.pcie_id"],
    [
      { ...tcp("4420"), trtype: Transport.NVME_TRANSPORT_TYPE_FC },
      "trtype: SPDK controllers are reached by PCIe, TCP or RDMA",
    ],
    [tcp("0"), 'fabrics_id.trsvcid: "0" is no port'],
    [tcp("70000"), "fabrics_id.trsvcid"],
    [tcp("4420", "300.0.0.1"), 'fabrics_id.traddr: "300.0.0.1" is no IPv4 address'],
    [tcp("4420", "127.0.0.1", Family.NVME_ADDRESS_FAMILY_IPV6), "is no IPv6 address"],
    [tcp("4420", "127.0.0.1", Family.NVME_ADDRESS_FAMILY_IB), "fabrics_id.adrfam: TCP and RDMA use IPv4 or IPv6"],
    [pcie(-1), "pcie_id.virtual_function: -1 is not between 0 and 65535"],
    [{ ...tcp("4420"), nvmeControllerId: 65_520 }, "nvme_controller_id: 65520 is not between 0 and 65519"],
    [{ ...tcp("4420"), maxNsq: -1 }, "max_nsq: -1"],
    [{ ...tcp("4420"), sqes: 7 }, "sqes: 7"],
    [{ ...tcp("4420"), cqes: 6 }, "cqes: 6"],
    [
      { ...tcp("4420"), minLimit: { rwIopsKiops: 1n } },
      "min_limit: SPDK limits volumes, not controllers: use a QosVolume",
    ],
    [
      { ...tcp("4420"), maxLimit: { rwIopsKiops: 1n } },
      "max_limit: SPDK limits volumes, not controllers: use a QosVolume",
    ],
  ])("with %j is refused", async (spec, text) => {
    await expect(controller("ctrl", spec)).rejects.toThrow(/^INVALID_ARGUMENT: nvme_controller\.spec\./);
    await expect(controller("ctrl", spec)).rejects.toThrow(text);
  });

  test("listens on IPv4, IPv6 and at PCIe functions, several for one subsystem", async () => {
    await controller("ipv4", tcp("4420"));
    await controller("ipv6", tcp("4420", "::1", Family.NVME_ADDRESS_FAMILY_IPV6));
    await controller("pcie", pcie(1));
    const folder = join(agent.folder, "run", "vfio-user", "0", "0", "1");
    expect(await inSpdk()).toMatchObject({
      listen_addresses: expect.arrayContaining([
        expect.objectContaining({ trtype: "TCP", traddr: "127.0.0.1", trsvcid: "4420", adrfam: "IPv4" }),
        expect.objectContaining({ trtype: "TCP", traddr: "::1", trsvcid: "4420", adrfam: "IPv6" }),
        expect.objectContaining({ trtype: "VFIOUSER", traddr: folder }),
      ]),
    });
    expect(existsSync(folder)).toBe(true);
    await agent.call("DeleteNvmeController", { name: `${NAME}/nvmeControllers/pcie` });
    expect(existsSync(join(agent.folder, "run", "vfio-user", "0"))).toBe(false);
  });

  test("cannot listen where a sibling does, or share a controller id with it", async () => {
    await controller("ctrl-a", { ...tcp("4420"), nvmeControllerId: 3 });
    await expect(controller("ctrl-b", tcp("4420"))).rejects.toThrow(
      `ALREADY_EXISTS: nvme_controller.spec.fabrics_id: ${NAME}/nvmeControllers/ctrl-a listens there`,
    );
    await expect(controller("ctrl-b", { ...tcp("4421"), nvmeControllerId: 3 })).rejects.toThrow(
      "ALREADY_EXISTS: nvme_controller.spec.nvme_controller_id",
    );
  });

  test("at an address that is not the DPU's own is refused in words", async () => {
    await expect(controller("ctrl", tcp("4420", "192.0.2.1"))).rejects.toThrow(
      "FAILED_PRECONDITION: SPDK cannot listen at TCP 192.0.2.1 port 4420",
    );
  });

  test("on RDMA is refused where SPDK has no RDMA", async () => {
    await expect(controller("ctrl", { ...tcp("4420"), trtype: Transport.NVME_TRANSPORT_TYPE_RDMA })).rejects.toThrow(
      "UNIMPLEMENTED: this SPDK has no RDMA transport",
    );
  });

  test("stands at a PCIe function that no other device has, of whatever kind", async () => {
    await agent.call("CreateMallocVolume", {
      mallocVolumeId: "base",
      mallocVolume: { blockSize: 512n, blocksCount: 64n },
    });
    await controller("ctrl", pcie(1));
    const pcieId = (pcie(1) as { pcieId: object }).pcieId;
    const taken = `pcie_id: the function (port/physical/virtual) 0/0/1 belongs to ${NAME}/nvmeControllers/ctrl`;
    await expect(agent.call("CreateVirtioBlk", { virtioBlk: { pcieId, volumeNameRef: "base" } })).rejects.toThrow(
      taken,
    );
    await expect(agent.call("CreateVirtioScsiController", { virtioScsiController: { pcieId } })).rejects.toThrow(taken);
    await expect(controller("other", pcie(1))).rejects.toThrow(`ALREADY_EXISTS: nvme_controller.spec.${taken}`);
  });

  test("says that it is not active when SPDK stopped listening", async () => {
    expect(await controller("ctrl", tcp("4420"))).toMatchObject({ status: { active: true } });
    await agent.spdk.call("nvmf_subsystem_remove_listener", {
      nqn: NQN,
      listen_address: { trtype: "tcp", traddr: "127.0.0.1", adrfam: "ipv4", trsvcid: "4420" },
    });
    expect(await agent.call("GetNvmeController", { name: `${NAME}/nvmeControllers/ctrl` })).toMatchObject({
      status: { active: false },
    });
  });
});

describe("an NVMe namespace", () => {
  const namespace = (id: string, spec: object): Promise<Message> =>
    agent.call("CreateNvmeNamespace", {
      parent: NAME,
      nvmeNamespaceId: id,
      nvmeNamespace: { spec: { volumeNameRef: "base", ...spec } },
    });
  beforeEach(async () => {
    await subsystem({ maxNamespaces: 8n });
    for (const id of ["base", "more"])
      await agent.call("CreateMallocVolume", {
        mallocVolumeId: id,
        mallocVolume: { blockSize: 512n, blocksCount: 2048n, ...(id === "base" ? { uuid: UUID } : {}) },
      });
  });

  test("shows the number and identifiers that SPDK assigned", async () => {
    expect(await namespace("ns-a", {})).toMatchObject({
      spec: {
        hostNsid: 1,
        uuid: UUID,
        nguid: UUID.replaceAll("-", "").toUpperCase(),
        eui64: 0n,
        volumeNameRef: "base",
      },
      status: { operState: OperState.OPER_STATE_ONLINE },
    });
  });

  test("gives SPDK all 64 bits of an EUI-64", async () => {
    expect(await namespace("ns-a", { eui64: -2n })).toMatchObject({ spec: { eui64: -2n } });
    expect(await inSpdk()).toMatchObject({ namespaces: [{ eui64: "FFFFFFFFFFFFFFFE" }] });
  });

  test.each([
    [{ hostNsid: -1 }, "host_nsid: -1 is negative"],
    [{ hostNsid: 9 }, "host_nsid: 9 is more than the subsystem's max_namespaces, 8"],
    [{ nguid: "zz" }, 'nguid: "zz" is not 32 hexadecimal digits'],
    [{ uuid: "zz" }, 'uuid: "zz" is no UUID'],
  ])("with %j is refused", async (spec, text) => {
    await expect(namespace("ns-a", spec)).rejects.toThrow(`INVALID_ARGUMENT: nvme_namespace.spec.${text}`);
  });

  test("has a number and a volume of its own", async () => {
    await namespace("ns-a", { hostNsid: 5 });
    await expect(namespace("ns-b", { hostNsid: 5, volumeNameRef: "more" })).rejects.toThrow(
      `ALREADY_EXISTS: nvme_namespace.spec.host_nsid: 5 belongs to ${NAME}/nvmeNamespaces/ns-a`,
    );
    await expect(namespace("ns-b", { volumeNameRef: "mallocVolumes/base" })).rejects.toThrow(
      `FAILED_PRECONDITION: nvme_namespace.spec.volume_name_ref: "mallocVolumes/base" is in use by ${NAME}/nvmeNamespaces/ns-a`,
    );
    await expect(namespace("ns-b", { volumeNameRef: "virtioBlks/x" })).rejects.toThrow(
      "NOT_FOUND: nvme_namespace.spec.volume_name_ref",
    );
    await expect(agent.call("DeleteMallocVolume", { name: "mallocVolumes/base" })).rejects.toThrow(
      `${NAME}/nvmeNamespaces/ns-a`,
    );
  });

  test("adds its I/O to that of its subsystem and its controllers", async () => {
    await namespace("ns-a", {});
    await namespace("ns-b", { volumeNameRef: "more" });
    await controller("ctrl", tcp("4420"));
    await agent.simulator.bdev("base").write(0, Buffer.alloc(512));
    await agent.simulator.bdev("more").write(0, Buffer.alloc(1024));
    const written = async (method: string, name: string): Promise<unknown> =>
      (await agent.call(method, { name })).stats;
    expect(await written("StatsNvmeNamespace", `${NAME}/nvmeNamespaces/ns-a`)).toMatchObject({ writeBytesCount: 512 });
    expect(await written("StatsNvmeSubsystem", NAME)).toMatchObject({ writeBytesCount: 1536 });
    expect(await written("StatsNvmeController", `${NAME}/nvmeControllers/ctrl`)).toMatchObject({
      writeBytesCount: 1536,
    });
  });

  test("is offline when SPDK dropped it with its block device", async () => {
    await namespace("ns-a", {});
    await agent.spdk.call("bdev_malloc_delete", { name: "base" });
    expect(await agent.call("GetNvmeNamespace", { name: `${NAME}/nvmeNamespaces/ns-a` })).toMatchObject({
      status: { operState: OperState.OPER_STATE_OFFLINE },
    });
    await agent.call("DeleteNvmeNamespace", { name: `${NAME}/nvmeNamespaces/ns-a` });
  });
});
