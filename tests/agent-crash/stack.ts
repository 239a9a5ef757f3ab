import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { PSK, type Message } from "../../agent/testing/agent-under-test";
import { HOST_NQN, OTHER_HOST_NQN, path, XTS_256_KEY } from "../../agent/testing/samples";
import { NvmeMultipath } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { EncryptionType, NvmeAddressFamily, NvmeTransportType } from "../../provider/wire/opi_api/storage/v1/opicommon";

/** One object that the load creates, changes and deletes. */
export interface Item {
  readonly noun: string;
  readonly field: string;
  readonly id: string;
  readonly parent: string;
  readonly name: string;
  /** The object with a value in it that updates change, where it has such. */
  readonly object: (value: number) => object;
  readonly update?: {
    readonly mask: readonly string[];
    /** The value as a read shows it. */
    readonly shown: (object: Message) => unknown;
    readonly values: readonly number[];
  };
  /** What SPDK then holds, in the words of {@link heldBySpdk}. */
  readonly holds: readonly string[];
}

const plural = (noun: string): string => `${noun.charAt(0).toLowerCase()}${noun.slice(1)}s`;
const spec = (object: Message): Message => object.spec as Message;

/** Objects of every type on top of each other, each after those that it needs. */
export function stack(at: number, folder: string): readonly Item[] {
  const id = (what: string): string => `${what}-${at}`;
  const file = join(folder, `${id("aio")}.img`);
  writeFileSync(file, Buffer.alloc(65_536));
  const item = (
    noun: string,
    what: string,
    object: Item["object"],
    holds: readonly string[],
    more: Partial<Pick<Item, "update" | "parent">> = {},
  ): Item => {
    const { parent = "" } = more;
    const name = `${parent === "" ? "" : `${parent}/`}${plural(noun)}/${id(what)}`;
    return { noun, field: plural(noun).slice(0, -1), id: id(what), parent, name, object, holds, ...more };
  };
  const nqn = `nqn.2024-01.com.example:${id("subsys")}`;
  const subsystem = `nvmeSubsystems/${id("subsys")}`;
  const remote = `nvmeRemoteControllers/${id("remote")}`;
  const limits = (object: unknown): unknown =>
    Number((object as { readonly rwIopsKiops: bigint } | undefined)?.rwIopsKiops ?? 0n);
  const host = (value: number): string => (value === 1 ? HOST_NQN : OTHER_HOST_NQN);
  const cipher = EncryptionType.ENCRYPTION_TYPE_AES_XTS_256;
  const endpoint = { portId: 0, physicalFunction: at, virtualFunction: 0 };
  const local: readonly Item[] = [
    item(
      "NullVolume",
      "null",
      (value) => ({ blockSize: 512n, blocksCount: BigInt(value) * 2048n }),
      [`bdev ${id("null")}`],
      {
        update: {
          mask: ["blocks_count"],
          shown: ({ blocksCount }) => Number(blocksCount) / 2048,
          values: [1, 2, 3, 4],
        },
      },
    ),
    item("MallocVolume", "malloc", () => ({ blockSize: 512n, blocksCount: 2048n }), [`bdev ${id("malloc")}`]),
    item("AioVolume", "aio", () => ({ filename: file, blockSize: 512n }), [`bdev ${id("aio")}`]),
    item("EncryptedVolume", "vault", () => ({ volumeNameRef: id("malloc"), cipher, key: XTS_256_KEY }), [
      `bdev ${id("vault")}`,
      `key opi-${id("vault")}`,
    ]),
    item(
      "QosVolume",
      "qos",
      (value) => ({ volumeNameRef: id("null"), limits: { max: { rwIopsKiops: BigInt(value) } } }),
      [`limit ${id("null")}`],
      {
        update: {
          mask: ["limits.max.rw_iops_kiops"],
          shown: (object) => limits((object.limits as Message).max),
          values: [1, 2, 3],
        },
      },
    ),
    item(
      "NvmeSubsystem",
      "subsys",
      (value) => ({ spec: { nqn, hostnqn: host(value), psk: Buffer.from(PSK) } }),
      [`subsystem ${nqn}`],
      {
        update: {
          mask: ["spec.hostnqn"],
          shown: (object) => (spec(object).hostnqn === HOST_NQN ? 1 : 2),
          values: [1, 2],
        },
      },
    ),
    item(
      "NvmeController",
      "tcp",
      (value) => ({
        spec: {
          trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_TCP,
          fabricsId: {
            traddr: "127.0.0.1",
            trsvcid: String(4420 + at),
            adrfam: NvmeAddressFamily.NVME_ADDRESS_FAMILY_IPV4,
          },
          maxNsq: value,
        },
      }),
      [`listener TCP of ${nqn}`],
      {
        parent: subsystem,
        update: { mask: ["spec.max_nsq"], shown: (object) => spec(object).maxNsq, values: [1, 2, 3] },
      },
    ),
    item(
      "NvmeController",
      "pcie",
      () => ({ spec: { trtype: NvmeTransportType.NVME_TRANSPORT_TYPE_PCIE, pcieId: endpoint } }),
      [`listener VFIOUSER of ${nqn}`],
      { parent: subsystem },
    ),
    item(
      "NvmeNamespace",
      "space",
      () => ({ spec: { volumeNameRef: id("vault") } }),
      [`namespace ${id("vault")} of ${nqn}`],
      {
        parent: subsystem,
      },
    ),
    item(
      "VirtioBlk",
      "disk",
      (value) => ({
        pcieId: { ...endpoint, virtualFunction: 1 },
        volumeNameRef: id("aio"),
        maxLimit: { rwIopsKiops: BigInt(value) },
      }),
      [`vhost blk-${id("disk")}`, `limit ${id("aio")}`],
      { update: { mask: ["max_limit.rw_iops_kiops"], shown: (object) => limits(object.maxLimit), values: [1, 2, 3] } },
    ),
    item("VirtioScsiTarget", "scsi", (value) => ({ maxLuns: value }), [`vhost scsi-${id("scsi")}`], {
      update: { mask: ["max_luns"], shown: ({ maxLuns }) => maxLuns, values: [1, 2, 3] },
    }),
    item("VirtioScsiController", "scsi", () => ({ pcieId: { ...endpoint, virtualFunction: 2 } }), [
      `vhost scsi-${id("scsi")}`,
    ]),
    item("VirtioScsiLun", "unit", () => ({ targetNameRef: id("scsi"), volumeNameRef: id("null") }), [
      `unit ${id("null")} of scsi-${id("scsi")}`,
    ]),
  ];
  if (at > 0) return local;
  // One only: SPDK does not attach the same namespaces under two names.
  return [
    ...local,
    item(
      "NvmeRemoteController",
      "remote",
      (value) => ({
        multipath: NvmeMultipath.NVME_MULTIPATH_DISABLE,
        ioQueuesCount: BigInt(value),
        tcp: { psk: Buffer.from(PSK) },
      }),
      [],
      { update: { mask: ["io_queues_count"], shown: ({ ioQueuesCount }) => Number(ioQueuesCount), values: [1, 2, 3] } },
    ),
    item(
      "NvmePath",
      "path",
      () => path("192.0.2.20"),
      [`bdev ${id("remote")}n1`, `keyring opi-remote-${id("remote")}`],
      { parent: remote },
    ),
    item(
      "EncryptedVolume",
      "distant",
      () => ({ volumeNameRef: `${remote}/nvmeRemoteNamespaces/1`, cipher, key: XTS_256_KEY }),
      [`bdev ${id("distant")}`, `key opi-${id("distant")}`],
    ),
  ];
}
