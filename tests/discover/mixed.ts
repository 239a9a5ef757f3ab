import { randomBytes } from "node:crypto";
import { defaultRemotes, REMOTE_NQN } from "../../agent/default-remotes";
import type { Properties } from "../../provider/catalogue/values/property";
import { startTestAgent, type TestAgent } from "../dynamic/agent";

/** Tenants on the agent; each has 13 objects. */
const TENANTS = 7;

/** Keys by the encrypted volume they were given to: no agent tells them. */
export type Keys = ReadonlyMap<string, string>;

/** An agent with about a hundred objects of every type, as a DPU that has been in use for a while has them. */
export async function startUsedAgent(): Promise<{ readonly agent: TestAgent; readonly keys: Keys }> {
  const agent = await startTestAgent({ remotes: defaultRemotes });
  const keys = new Map<string, string>();
  const create = async (noun: string, id: string, properties: Properties, parent?: string): Promise<void> =>
    agent.create(noun, id, properties, parent);

  await create("NvmeRemoteController", "array", { multipath: "NVME_MULTIPATH_MULTIPATH", tcp: { hdgst: true } });
  for (const [at, traddr] of ["192.0.2.10", "192.0.2.11"].entries()) {
    const fabrics = { trsvcid: 4420, subnqn: REMOTE_NQN, adrfam: "NVME_ADDRESS_FAMILY_IPV4" };
    const path = { trtype: "NVME_TRANSPORT_TYPE_TCP", traddr, fabrics };
    await create("NvmePath", `path-${at}`, path, "nvmeRemoteControllers/array");
  }
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    const id = `tenant-${tenant}`;
    const function0 = { portId: 0, physicalFunction: tenant, virtualFunction: 0 };
    await create("MallocVolume", `${id}-disk`, { blockSize: 512, blocksCount: 2048 });
    await create("NullVolume", `${id}-sink`, { blockSize: 512, blocksCount: 2048 });
    await create("MallocVolume", `${id}-boot`, { blockSize: 512, blocksCount: 2048 });
    await create("MallocVolume", `${id}-scratch`, { blockSize: 4096, blocksCount: 256 });
    const key = randomBytes(64).toString("hex");
    keys.set(`encryptedVolumes/${id}-secret`, key);
    const base = `mallocVolumes/${id}-disk`;
    await create("EncryptedVolume", `${id}-secret`, {
      volumeNameRef: base,
      cipher: "ENCRYPTION_TYPE_AES_XTS_256",
      key,
    });
    const volumeNameRef = `encryptedVolumes/${id}-secret`;
    await create("QosVolume", `${id}-limited`, { volumeNameRef, limits: { max: { rwBandwidthMbs: 100 + tenant } } });
    // Subsystems, their controllers and namespaces carry the same ids below each parent, as people name them.
    await create("NvmeSubsystem", id, { nqn: `nqn.2014-08.org.example:${id}` });
    const parent = `nvmeSubsystems/${id}`;
    const controller = { trtype: "NVME_TRANSPORT_TYPE_PCIE", pcieId: { ...function0, virtualFunction: 1 } };
    await create("NvmeController", "ctrl", controller, parent);
    await create("NvmeNamespace", "data", { volumeNameRef: `qosVolumes/${id}-limited`, hostNsid: 1 }, parent);
    await create("NvmeNamespace", "sink", { volumeNameRef: `nullVolumes/${id}-sink`, hostNsid: 2 }, parent);
    await create("VirtioBlk", `${id}-vda`, { pcieId: function0, volumeNameRef: `mallocVolumes/${id}-boot` });
    await create("VirtioScsiTarget", `${id}-scsi`, { maxLuns: 4 });
    await create("VirtioScsiController", `${id}-scsi`, { pcieId: { ...function0, virtualFunction: 2 } });
    const lun = { targetNameRef: `virtioScsiTargets/${id}-scsi`, volumeNameRef: `mallocVolumes/${id}-scratch` };
    await create("VirtioScsiLun", `${id}-lun`, lun);
  }
  return { agent, keys };
}
