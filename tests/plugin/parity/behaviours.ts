import type { OpType } from "@pulumi/pulumi/automation";
import { psk } from "../../dynamic/keys";

type Inputs = Readonly<Record<string, unknown>>;

/** What becomes of an object when its inputs change from one set to another. */
export interface Behaviour {
  readonly name: string;
  readonly noun: string;
  readonly before: Inputs;
  readonly after: Inputs;
  /** Nothing: there is nothing to do. */
  readonly steps: readonly OpType[];
  readonly replaceKeys?: readonly string[];
}

const createFirst: readonly OpType[] = ["create-replacement", "replace", "delete-replaced"];
const deleteFirst = createFirst.toReversed();
const nqn = (name: string): string => `nqn.2014-08.org.example:${name}`;
const uuid = "11111111-0000-4000-8000-00000000abcd";
const small = { blockSize: 512, blocksCount: 2048 };

export const behaviours: readonly Behaviour[] = [
  {
    name: "grows-in-place",
    noun: "NullVolume",
    before: small,
    after: { ...small, blocksCount: 4096 },
    steps: ["update"],
  },
  {
    name: "automatic-id-makes-room",
    noun: "MallocVolume",
    before: small,
    after: { ...small, blockSize: 4096 },
    steps: createFirst,
    replaceKeys: ["blockSize"],
  },
  {
    name: "own-id-stays",
    noun: "MallocVolume",
    before: { ...small, resourceId: "own-id" },
    after: { ...small, resourceId: "own-id", blockSize: 4096 },
    steps: deleteFirst,
    replaceKeys: ["blockSize"],
  },
  {
    name: "other-id",
    noun: "NullVolume",
    before: { ...small, resourceId: "first-id" },
    after: { ...small, resourceId: "second-id" },
    steps: createFirst,
    replaceKeys: ["resourceId"],
  },
  {
    name: "nqn-is-taken-once",
    noun: "NvmeSubsystem",
    before: { nqn: nqn("once"), serialNumber: "OPI1" },
    after: { nqn: nqn("once"), serialNumber: "OPI2" },
    steps: deleteFirst,
    replaceKeys: ["serialNumber"],
  },
  {
    name: "key-changes-in-place",
    noun: "NvmeSubsystem",
    before: { nqn: nqn("key"), hostnqn: nqn("host"), psk: psk("parity one") },
    after: { nqn: nqn("key"), hostnqn: nqn("host"), psk: psk("parity two") },
    steps: ["update"],
  },
  {
    name: "enum-by-its-short-name",
    noun: "NvmeRemoteController",
    before: { multipath: "failover" },
    after: { multipath: "NVME_MULTIPATH_FAILOVER" },
    steps: [],
  },
  {
    name: "uuid-in-capitals",
    noun: "NullVolume",
    before: { ...small, uuid },
    after: { ...small, uuid: uuid.toUpperCase() },
    steps: [],
  },
  {
    name: "left-to-the-agent",
    noun: "NvmeSubsystem",
    before: { nqn: nqn("left"), serialNumber: "OPI1" },
    after: { nqn: nqn("left") },
    steps: [],
  },
  {
    name: "taken-away",
    noun: "NvmeSubsystem",
    before: { nqn: nqn("away"), hostnqn: nqn("host") },
    after: { nqn: nqn("away") },
    steps: ["update"],
  },
  {
    name: "adopt-changes-nothing",
    noun: "NullVolume",
    before: small,
    after: { ...small, adopt: true },
    steps: [],
  },
];

/** Inputs that cannot be, with the paths of all that is wrong with them: it is told at once. */
export const refusals: readonly {
  readonly name: string;
  readonly noun: string;
  readonly inputs: Inputs;
  readonly properties: readonly string[];
}[] = [
  {
    name: "formats-outputs-and-typos",
    noun: "NvmeSubsystem",
    inputs: { nqn: "nqn", resourceId: "No", psk: psk("alone"), firmwareRevision: "1", serialNumbr: "OPI1" },
    properties: ["nqn", "resourceId", "psk", "firmwareRevision", "serialNumbr"],
  },
  {
    name: "enums-and-nested-values",
    noun: "NvmeRemoteController",
    inputs: { multipath: "both", tcp: { psk: "no" } },
    properties: ["multipath", "tcp.psk"],
  },
  {
    name: "missing-values-and-parents",
    noun: "NvmeNamespace",
    inputs: {},
    properties: ["nvmeSubsystem", "volumeNameRef"],
  },
];
