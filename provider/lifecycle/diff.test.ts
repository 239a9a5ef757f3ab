import { examples, PSK } from "../../tests/arbitrary/examples";
import { typeByNoun } from "../catalogue";
import { UNKNOWN } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import { messageOf } from "../catalogue/values/wire";
import { spdkBridge, standard } from "../client/dialect";
import type { Dialect } from "../client/dialect";
import { check } from "./check/check";
import { diff } from "./diff";
import { outputsOf } from "./outputs";

interface Scenario {
  readonly noun: string;
  /** Inputs of before, on top of the example. */
  readonly before?: Properties;
  /** What changes in them; undefined removes. */
  readonly change: Properties;
  /** What the agent told beyond the inputs. */
  readonly told?: Properties;
  readonly dialect?: Dialect;
  readonly unknown?: readonly string[];
}

function changesOf({ noun, before, change, told, dialect = standard, unknown }: Scenario) {
  const type = typeByNoun(noun);
  const old = check(type, { name: "disk", news: { ...examples[noun], ...before } }).inputs;
  const news = { ...check(type, { name: "disk", news: { ...examples[noun], ...before, ...change } }).inputs };
  const known = { ...old, ...told };
  const olds = outputsOf(type, standard, { wished: known, message: messageOf(type, known), name: "n", unknown });
  const { changes, deleteBeforeReplace } = diff(type, { olds, news, dialect });
  const words = changes.map(
    ({ path, kind, replace, stateOnly }) =>
      `${path}: ${kind}, ${stateOnly ? "state" : replace ? "replace" : "in place"}`,
  );
  return { words, deleteBeforeReplace };
}

const UUID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
const HOST = "nqn.2014-08.org.example:host-1";

test.each<[what: string, scenario: Scenario, words: readonly string[]]>([
  ["nothing for nothing", { noun: "NullVolume", change: {} }, []],
  ["a size", { noun: "NullVolume", change: { blocksCount: 128 } }, ["blocksCount: update, in place"]],
  ["a size that shrinks", { noun: "NullVolume", change: { blocksCount: 32 } }, ["blocksCount: update, replace"]],
  ["an immutable field", { noun: "NullVolume", change: { blockSize: 4096 } }, ["blockSize: update, replace"]],
  ["the id", { noun: "NullVolume", change: { resourceId: "disk-2" } }, ["resourceId: update, replace"]],
  ["an id not known yet", { noun: "NullVolume", change: { resourceId: UNKNOWN } }, ["resourceId: update, replace"]],
  [
    "a field that the agent cannot update",
    { noun: "NullVolume", change: { blocksCount: 128 }, dialect: spdkBridge },
    ["blocksCount: update, replace"],
  ],

  // what is left to the agent
  ["a UUID that the agent assigned", { noun: "NullVolume", change: {}, told: { uuid: UUID } }, []],
  ["a UUID left to the agent again", { noun: "NullVolume", before: { uuid: UUID }, change: { uuid: undefined } }, []],
  ["an NSID given as 0, for any", { noun: "NvmeNamespace", change: { hostNsid: 0 }, told: { hostNsid: 7 } }, []],
  [
    "a controller id given as 0, which is one",
    { noun: "NvmeController", change: { nvmeControllerId: 0 }, told: { nvmeControllerId: 7 } },
    ["nvmeControllerId: update, replace"],
  ],
  [
    "a UUID that another one was assigned for",
    { noun: "NullVolume", change: { uuid: UUID }, told: { uuid: UUID.replace("1b", "2b") } },
    ["uuid: update, replace"],
  ],

  // zeros and absence
  ["a zero for nothing", { noun: "NvmeController", change: { maxNsq: 0 } }, []],
  ["a switch that is off for nothing", { noun: "NvmeRemoteController", change: { tcp: { ddgst: false } } }, []],
  ["an empty object for nothing", { noun: "NvmeController", change: { maxLimit: {} } }, []],
  [
    "a virtual function 0, which is one",
    {
      noun: "NvmeController",
      before: { pcieId: { portId: 0, physicalFunction: 0, virtualFunction: 1 } },
      change: { pcieId: { portId: 0, physicalFunction: 0, virtualFunction: 0 } },
    },
    ["pcieId.virtualFunction: update, replace"],
  ],
  [
    "an object that goes as a whole",
    { noun: "NvmeRemoteController", before: { tcp: { hdgst: true, psk: PSK } }, change: { tcp: undefined } },
    ["tcp.hdgst: delete, in place", "tcp.psk: delete, in place"],
  ],
  [
    "a nested object that goes as a whole",
    {
      noun: "QosVolume",
      before: { limits: { min: { rwBandwidthMbs: 1 }, max: { rwBandwidthMbs: 10 } } },
      change: { limits: { max: { rwBandwidthMbs: 10 } } },
    },
    ["limits.min.rwBandwidthMbs: delete, in place"],
  ],
  [
    "a field of an object that was not there",
    { noun: "NvmeController", change: { minLimit: { rdIopsKiops: 5 } } },
    ["minLimit.rdIopsKiops: add, in place"],
  ],
  [
    "a switch that goes off",
    { noun: "NvmeRemoteController", before: { tcp: { hdgst: true } }, change: { tcp: { hdgst: false } } },
    ["tcp.hdgst: delete, in place"],
  ],

  // references
  ["a full name for a bare id", { noun: "NvmeNamespace", change: { volumeNameRef: "disk-1" } }, []],
  [
    "a parent's bare id for its name",
    { noun: "NvmeNamespace", change: { nvmeSubsystem: "nvmeSubsystems/subsystem-1" } },
    [],
  ],
  [
    "a volume of another kind",
    { noun: "NvmeNamespace", change: { volumeNameRef: "mallocVolumes/disk-1" } },
    ["volumeNameRef: update, replace"],
  ],
  [
    "a volume of another kind, where all kinds share one name space",
    { noun: "NvmeNamespace", change: { volumeNameRef: "volumes/disk-1" }, dialect: spdkBridge },
    [],
  ],
  [
    "another parent",
    { noun: "NvmeNamespace", change: { nvmeSubsystem: "subsystem-2" } },
    ["nvmeSubsystem: update, replace"],
  ],
  [
    "a reference that is not known yet",
    { noun: "NvmeNamespace", change: { volumeNameRef: UNKNOWN } },
    ["volumeNameRef: update, replace"],
  ],
  [
    "a parent that is not known yet",
    { noun: "NvmeNamespace", change: { nvmeSubsystem: UNKNOWN } },
    ["nvmeSubsystem: update, replace"],
  ],
  [
    "a changeable field that is not known yet",
    { noun: "NvmeSubsystem", change: { hostnqn: UNKNOWN } },
    ["hostnqn: add, in place"],
  ],
  [
    "limits that are not known yet as a whole",
    { noun: "VirtioBlk", before: { maxLimit: { rdIopsKiops: 5 } }, change: { maxLimit: UNKNOWN } },
    [
      "maxLimit.rdIopsKiops: update, in place",
      ...["wrIopsKiops", "rwIopsKiops", "rdBandwidthMbs", "wrBandwidthMbs", "rwBandwidthMbs"].map(
        (rate) => `maxLimit.${rate}: add, in place`,
      ),
    ],
  ],

  // secrets, and what nobody knows
  [
    "a secret",
    { noun: "NvmeSubsystem", before: { hostnqn: HOST, psk: PSK }, change: { psk: undefined } },
    ["psk: delete, in place"],
  ],
  [
    "a secret that an import could not know",
    { noun: "NvmeSubsystem", before: { hostnqn: HOST }, change: { psk: PSK }, unknown: ["psk"] },
    ["psk: add, state"],
  ],
  [
    "a secret that an import could not know, and that is not known yet",
    { noun: "NvmeSubsystem", before: { hostnqn: HOST }, change: { psk: UNKNOWN }, unknown: ["psk"] },
    ["psk: add, state"],
  ],
  [
    "what the agent drops without a word, so that a new object would lose its data for nothing",
    { noun: "NullVolume", change: { uuid: UUID }, dialect: spdkBridge },
    ["uuid: add, state"],
  ],
])("a change of %s", (_, scenario, words) => expect(changesOf(scenario).words).toEqual(words));

test.each<[what: string, scenario: Scenario, deleteFirst: boolean]>([
  ["keeps an id that the program gives", { noun: "NullVolume", change: { blockSize: 4096 } }, true],
  ["gets another id", { noun: "NullVolume", change: { resourceId: "disk-2" } }, false],
  ["gets an id that may be the same", { noun: "NullVolume", change: { resourceId: UNKNOWN } }, true],
  ["keeps its NQN under another id", { noun: "NvmeSubsystem", change: { resourceId: "subsystem-2" } }, true],
  [
    "gets another NQN under another id",
    { noun: "NvmeSubsystem", change: { resourceId: "subsystem-2", nqn: "nqn.2014-08.org.example:disk-2" } },
    false,
  ],
  [
    "gets an NQN that may be the same",
    { noun: "NvmeSubsystem", change: { resourceId: "subsystem-2", nqn: UNKNOWN } },
    true,
  ],
  ["keeps its PCIe function", { noun: "VirtioBlk", change: { resourceId: "blk-2" } }, true],
  [
    "keeps its volume, however it is referred to",
    { noun: "QosVolume", change: { resourceId: "qos-2", volumeNameRef: "nullVolumes/disk-1" } },
    true,
  ],
  [
    "leaves its UUID to the agent again",
    { noun: "NullVolume", before: { uuid: UUID }, change: { resourceId: "disk-2", uuid: undefined } },
    false,
  ],
  [
    "needs what the old one occupies, whatever changes",
    {
      noun: "NvmePath",
      change: {
        resourceId: "path-2",
        trtype: "rdma",
        traddr: "2001:db8::2",
        fabrics: { trsvcid: 4421, subnqn: "nqn.2014-08.org.example:disk-2", adrfam: "ipv6" },
      },
    },
    true,
  ],
  ["keeps its id, should the user want a new one", { noun: "NullVolume", change: { blocksCount: 128 } }, true],
  [
    "moves to a QoS volume, which may limit the volume that it has,",
    { noun: "NvmeNamespace", change: { resourceId: "namespace-2", volumeNameRef: "qosVolumes/limited" } },
    true,
  ],
  ["does not change", { noun: "NullVolume", change: {} }, false],
])("an object that %s goes before the new one comes: %j", (_, scenario, deleteFirst) => {
  expect(changesOf(scenario).deleteBeforeReplace).toBe(deleteFirst);
});

describe("an object with an automatic id", () => {
  const type = typeByNoun("NullVolume");
  const news = { blockSize: 512, blocksCount: 64 };
  const old = check(type, { name: "disk", news }).inputs;
  const olds = outputsOf(type, standard, { wished: old, name: "n" });

  it("is replaced without a gap: the engine checks again without the old inputs, for a new id", () => {
    const next = check(type, { name: "disk", news: { ...news, blockSize: 4096 } }).inputs;
    expect(next.resourceId).not.toBe(old.resourceId);
    expect(diff(type, { olds, news: next, dialect: standard }).deleteBeforeReplace).toBe(false);
    const first = check(type, { name: "disk", news: { ...news, blockSize: 4096 }, olds: old }).inputs;
    expect(diff(type, { olds, news: first, dialect: standard }).deleteBeforeReplace).toBe(false);
  });

  it("must go first once the program gives the same id", () => {
    const pinned: Properties = { ...news, blockSize: 4096, resourceId: old.resourceId };
    expect(diff(type, { olds, news: pinned, dialect: standard }).deleteBeforeReplace).toBe(true);
  });
});

it("leaves out what the program says to ignore, with all below it", () => {
  const type = typeByNoun("QosVolume");
  const inputs = check(type, { name: "q", news: examples.QosVolume ?? {} }).inputs;
  const olds = outputsOf(type, standard, { wished: inputs, name: "n" });
  const news = { ...inputs, limits: { max: { rwBandwidthMbs: 20, rdBandwidthMbs: 5 } } };
  const paths = (ignoreChanges: readonly string[]) =>
    diff(type, { olds, news, dialect: standard, ignoreChanges }).changes.map(({ path }) => path);
  expect(paths([])).toEqual(["limits.max.rdBandwidthMbs", "limits.max.rwBandwidthMbs"]);
  expect(paths(["limits.max.rwBandwidthMbs"])).toEqual(["limits.max.rdBandwidthMbs"]);
  expect(paths(["limits"])).toEqual([]);
});
