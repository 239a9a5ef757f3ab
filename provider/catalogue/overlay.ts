import type { Field, Rule } from "./types";

/** What descriptors cannot say of one field. */
export type FieldOverlay = Partial<
  Pick<
    Field,
    | "immutable"
    | "secret"
    | "assigned"
    | "unique"
    | "grows"
    | "references"
    | "format"
    | "minimum"
    | "maximum"
    | "maxLength"
    | "values"
  >
>;

export interface TypeOverlay {
  /** Keys are property paths; what holds for a message holds for all fields in it. */
  readonly fields: Readonly<Record<string, FieldOverlay>>;
  readonly rules?: readonly Rule[];
  readonly exclusive?: true;
}

const volumes = [
  "NullVolume",
  "MallocVolume",
  "AioVolume",
  "EncryptedVolume",
  "QosVolume",
  "NvmeRemoteNamespace",
] as const;

/** References never change in place: the object below cannot go while this one holds it (DESIGN.md, diff). */
const volumeReference: FieldOverlay = { references: volumes, immutable: true };
const bdevUuid: FieldOverlay = { format: "uuid", assigned: true, immutable: true, unique: true };
const blocksCount: FieldOverlay = { minimum: 1 };

/** PCIe functions: 8 bits of function number with ARI (PCIe Base Specification, 6.13); ports by one byte. */
const pcieFunction: Readonly<Record<string, FieldOverlay>> = {
  pcieId: { immutable: true, unique: true },
  "pcieId.portId": { minimum: 0, maximum: 255 },
  "pcieId.physicalFunction": { minimum: 0, maximum: 255 },
  "pcieId.virtualFunction": { minimum: 0, maximum: 65535 },
};

const rates = (path: string): Readonly<Record<string, FieldOverlay>> =>
  Object.fromEntries(
    ["rdIopsKiops", "wrIopsKiops", "rwIopsKiops", "rdBandwidthMbs", "wrBandwidthMbs", "rwBandwidthMbs"].map((rate) => [
      `${path}.${rate}`,
      { minimum: 0 },
    ]),
  );

const deviceRates = { ...rates("minLimit"), ...rates("maxLimit") };
const deviceRateRule: Rule = { kind: "limits", min: "minLimit", max: "maxLimit" };

/** One row per resource message; only what descriptors cannot say. */
export const overlay: Readonly<Record<string, TypeOverlay>> = {
  "opi_api.storage.v1.NvmeSubsystem": {
    fields: {
      nqn: { format: "nqn", immutable: true, unique: true },
      serialNumber: { format: "printable", maxLength: 20, assigned: true, immutable: true },
      modelNumber: { format: "printable", maxLength: 40, assigned: true, immutable: true },
      maxNamespaces: { minimum: 0, maximum: 4294967294, assigned: true, immutable: true },
      hostnqn: { format: "nqn" },
      psk: { format: "psk", secret: true },
      fruGuid: { format: "hex" },
    },
    rules: [{ kind: "needs", path: "psk", needs: "hostnqn" }],
  },
  "opi_api.storage.v1.NvmeController": {
    fields: {
      nvmeControllerId: { minimum: 0, maximum: 65519, assigned: true, immutable: true },
      trtype: { immutable: true },
      ...pcieFunction,
      fabricsId: { immutable: true, unique: true },
      "fabricsId.traddr": { format: "transportAddress" },
      "fabricsId.trsvcid": { format: "port" },
      maxNsq: { minimum: 0, maximum: 65535 },
      maxNcq: { minimum: 0, maximum: 65535 },
      sqes: { minimum: 0, maximum: 15, immutable: true },
      cqes: { minimum: 0, maximum: 15, immutable: true },
      maxNamespaces: { minimum: 0 },
      ...deviceRates,
    },
    rules: [
      { kind: "transport", transport: "trtype", pcie: "pcieId", fabrics: "fabricsId" },
      { kind: "addressFamily", address: "fabricsId.traddr", family: "fabricsId.adrfam" },
      deviceRateRule,
    ],
  },
  "opi_api.storage.v1.NvmeNamespace": {
    fields: {
      hostNsid: { minimum: 0, assigned: true, immutable: true, unique: true },
      nguid: { format: "nguid", assigned: true, immutable: true, unique: true },
      eui64: { format: "eui64", assigned: true, immutable: true, unique: true },
      uuid: { format: "uuid", assigned: true, immutable: true, unique: true },
      volumeNameRef: { ...volumeReference, unique: true },
    },
  },
  "opi_api.storage.v1.VirtioBlk": {
    fields: {
      ...pcieFunction,
      volumeNameRef: volumeReference,
      maxIoQps: { minimum: 0 },
      ...deviceRates,
    },
    rules: [deviceRateRule],
  },
  "opi_api.storage.v1.VirtioScsiTarget": {
    fields: { maxLuns: { minimum: 0, maximum: 16384, assigned: true } },
  },
  "opi_api.storage.v1.VirtioScsiController": {
    fields: { ...pcieFunction, ...deviceRates },
    rules: [deviceRateRule],
  },
  "opi_api.storage.v1.VirtioScsiLun": {
    fields: {
      targetNameRef: { references: ["VirtioScsiTarget"], immutable: true },
      volumeNameRef: volumeReference,
    },
  },
  "opi_api.storage.v1.NvmeRemoteController": {
    fields: {
      ioQueuesCount: { minimum: 0, maximum: 65535 },
      queueSize: { minimum: 0, maximum: 65536 },
      "tcp.psk": { format: "psk", secret: true },
    },
  },
  "opi_api.storage.v1.NvmePath": {
    fields: {
      trtype: { immutable: true, unique: true },
      traddr: { format: "transportAddress", immutable: true, unique: true },
      fabrics: { immutable: true, unique: true },
      "fabrics.trsvcid": { format: "port" },
      "fabrics.subnqn": { format: "nqn" },
      "fabrics.sourceTraddr": { format: "transportAddress" },
      "fabrics.sourceTrsvcid": { minimum: 0, maximum: 65535 },
      "fabrics.hostnqn": { format: "nqn" },
    },
    rules: [
      { kind: "transport", transport: "trtype", fabrics: "fabrics", address: "traddr" },
      { kind: "addressFamily", address: "traddr", family: "fabrics.adrfam" },
      { kind: "addressFamily", address: "fabrics.sourceTraddr", family: "fabrics.adrfam" },
    ],
    // SPDK keeps all paths of a controller to one subsystem, and without multipath gives it one path
    // (recordings/spdk-24.05.jsonl: nvme/attach_again, attach_again_multipath): whatever changes, the old path may stand in the way.
    exclusive: true,
  },
  "opi_api.storage.v1.NvmeRemoteNamespace": {
    fields: { eui64: { format: "eui64" } },
  },
  "opi_api.storage.v1.NullVolume": {
    fields: {
      blockSize: { format: "sectorMultiple", immutable: true },
      // recordings/spdk-24.05.jsonl: bdev/null_resize_smaller
      blocksCount: { ...blocksCount, grows: true },
      uuid: bdevUuid,
    },
  },
  "opi_api.storage.v1.MallocVolume": {
    fields: {
      blockSize: { format: "blockSize", immutable: true },
      /** SPDK has no verb that resizes a malloc bdev (recordings/spdk-24.05.jsonl: rpc_get_methods). */
      blocksCount: { ...blocksCount, immutable: true },
      metadataSize: { values: [0, 8, 16, 32, 64, 128], immutable: true },
      uuid: bdevUuid,
    },
  },
  "opi_api.storage.v1.AioVolume": {
    fields: {
      blockSize: { format: "blockSize", assigned: true, immutable: true },
      blocksCount: { ...blocksCount, assigned: true },
      uuid: bdevUuid,
      filename: { format: "path", immutable: true },
    },
  },
  "opi_api.storage.v1.EncryptedVolume": {
    fields: {
      volumeNameRef: { ...volumeReference, unique: true },
      key: { format: "hex", secret: true, immutable: true },
      cipher: { immutable: true },
    },
    rules: [{ kind: "keyFitsCipher", key: "key", cipher: "cipher" }],
  },
  "opi_api.storage.v1.QosVolume": {
    fields: {
      volumeNameRef: { ...volumeReference, unique: true },
      ...rates("limits.min"),
      ...rates("limits.max"),
    },
    rules: [
      { kind: "atLeastOne", path: "limits.max" },
      { kind: "limits", min: "limits.min", max: "limits.max" },
    ],
  },
};

/** Messages that are read like resources though the contract gives them no resource pattern. */
export const readOnlyMessages: Readonly<
  Record<string, { readonly singular: string; readonly plural: string; readonly pattern: string }>
> = {
  "opi_api.inventory.v1.Inventory": {
    singular: "inventory",
    plural: "inventories",
    pattern: "inventory/{device}/inventory/{inventory}",
  },
};
