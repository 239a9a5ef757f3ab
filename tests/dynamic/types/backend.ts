import { closeSync, openSync, ftruncateSync } from "node:fs";
import type { RemoteTarget } from "../../../agent/simulator";
import { psk } from "../keys";
import type { TypeCase } from "./case";

const uuid = (first: number, instance: number): string =>
  `${String(first).padStart(8, "0")}-0000-4000-8000-${String(instance).padStart(12, "0")}`;

const otherUuid = {
  from: (_: unknown, n: number) => ({ uuid: uuid(1, n) }),
  to: (_: unknown, n: number) => ({ uuid: uuid(2, n) }),
  order: "create first",
} as const;

const nullVolume: TypeCase = {
  noun: "NullVolume",
  base: () => ({ blockSize: 512, blocksCount: 1024 }),
  updates: {
    blocksCount: {
      to: { blocksCount: 2048 },
      // SPDK lets a null bdev grow, never shrink: only a new one of that name can be smaller.
      drift: async (agent, name) => {
        await agent.remove("NullVolume", name);
        await agent.create("NullVolume", name.slice(name.indexOf("/") + 1), { blockSize: 512, blocksCount: 1024 });
      },
    },
  },
  replacements: {
    blockSize: { to: { blockSize: 4096 }, order: "create first" },
    uuid: otherUuid,
    resourceId: { from: { resourceId: "null-one" }, to: { resourceId: "null-two" }, order: "create first" },
  },
};

const mallocVolume: TypeCase = {
  noun: "MallocVolume",
  base: () => ({ blockSize: 512, blocksCount: 2048 }),
  updates: {},
  replacements: {
    blockSize: { to: { blockSize: 4096 }, order: "create first" },
    blocksCount: { to: { blocksCount: 4096 }, order: "create first" },
    metadataSize: { to: { metadataSize: 16 }, order: "create first" },
    uuid: otherUuid,
    resourceId: { from: { resourceId: "malloc-one" }, to: { resourceId: "malloc-two" }, order: "create first" },
  },
};

function resize(path: string, blocks: number): void {
  const file = openSync(path, "r+");
  ftruncateSync(file, blocks * 512);
  closeSync(file);
}

const aioVolume: TypeCase = {
  noun: "AioVolume",
  base: (around, n) => ({ filename: around.file(`aio-${n}`, 8) }),
  updates: {
    blocksCount: {
      from: { blockSize: 512, blocksCount: 8 },
      to: { blocksCount: 16 },
      arrange: (side, around, n) => resize(around.file(`aio-${n}`, 8), side === "from" ? 8 : 16),
    },
  },
  replacements: {
    blockSize: { from: { blockSize: 512 }, to: { blockSize: 1024 }, order: "create first" },
    filename: { to: (around, n) => ({ filename: around.file(`other-${n}`, 8) }), order: "create first" },
    resourceId: { from: { resourceId: "aio-one" }, to: { resourceId: "aio-two" }, order: "create first" },
  },
  refused: { uuid: uuid(1, 1) },
  refusals: { uuid: "24.05" },
};

const nvmeRemoteController: TypeCase = {
  noun: "NvmeRemoteController",
  base: () => ({ multipath: "NVME_MULTIPATH_DISABLE" }),
  updates: {
    multipath: { to: { multipath: "NVME_MULTIPATH_FAILOVER" } },
    ioQueuesCount: { to: { ioQueuesCount: 4 } },
    queueSize: { from: { queueSize: 64 }, to: { queueSize: 128 } },
    "tcp.hdgst": { from: { tcp: { hdgst: false } }, to: { "tcp.hdgst": true } },
    "tcp.ddgst": { to: { tcp: { ddgst: true } } },
    "tcp.psk": { from: { tcp: { psk: psk("remote before") } }, to: { "tcp.psk": psk("remote after") } },
  },
  replacements: {
    resourceId: { from: { resourceId: "remote-one" }, to: { resourceId: "remote-two" }, order: "create first" },
  },
};

const nqn = (name: string): string => `nqn.2014-08.org.example:${name}`;
const namespaces = [{ nsid: 1, blockSize: 512, blocksCount: 2048 }];

/** SPDK attaches a subsystem of one address only once, so each instance has targets of its own. */
export const remotes: readonly RemoteTarget[] = [
  { trtype: "PCIe", traddr: "0000:03:00.0", namespaces },
  ...Array.from({ length: 20 }, (_, n) => n).flatMap((n): RemoteTarget[] => {
    const target = { trtype: "TCP", trsvcid: "4420", traddr: "192.0.2.1", subnqn: nqn(`remote-${n}`), namespaces };
    return [
      target,
      { ...target, trsvcid: "4421" },
      { ...target, subnqn: nqn(`other-${n}`) },
      { ...target, traddr: "192.0.2.2" },
      { ...target, traddr: "2001:db8::1" },
    ];
  }),
];

/** SPDK holds the paths of one controller to one subsystem, so a path with another one waits for the old to go. */
const nvmePath: TypeCase = {
  noun: "NvmePath",
  base: (around, n) => ({
    nvmeRemoteController: around.remoteController(`remote-${n}`),
    trtype: "NVME_TRANSPORT_TYPE_TCP",
    traddr: "192.0.2.1",
    fabrics: { trsvcid: 4420, subnqn: nqn(`remote-${n}`), adrfam: "NVME_ADDRESS_FAMILY_IPV4" },
  }),
  updates: {},
  replacements: {
    nvmeRemoteController: {
      to: (around, n) => ({ nvmeRemoteController: around.remoteController(`other-${n}`) }),
      order: "delete first",
    },
    trtype: {
      to: { trtype: "NVME_TRANSPORT_TYPE_PCIE", traddr: "0000:03:00.0", fabrics: undefined },
      order: "delete first",
    },
    traddr: { to: { traddr: "192.0.2.2" }, order: "delete first" },
    "fabrics.trsvcid": { to: { "fabrics.trsvcid": 4421 }, order: "delete first" },
    "fabrics.subnqn": { to: (_, n) => ({ "fabrics.subnqn": nqn(`other-${n}`) }), order: "delete first" },
    "fabrics.adrfam": {
      to: { traddr: "2001:db8::1", "fabrics.adrfam": "NVME_ADDRESS_FAMILY_IPV6" },
      order: "delete first",
    },
    "fabrics.sourceTraddr": { to: { "fabrics.sourceTraddr": "192.0.2.100" }, order: "delete first" },
    "fabrics.sourceTrsvcid": {
      from: { "fabrics.sourceTraddr": "192.0.2.100" },
      to: { "fabrics.sourceTrsvcid": 50000 },
      order: "delete first",
    },
    "fabrics.hostnqn": { to: { "fabrics.hostnqn": nqn("host") }, order: "delete first" },
    resourceId: { from: { resourceId: "path-one" }, to: { resourceId: "path-two" }, order: "delete first" },
  },
};

export const backendCases = [nullVolume, mallocVolume, aioVolume, nvmeRemoteController, nvmePath];
