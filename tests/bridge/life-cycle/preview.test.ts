import type * as pulumi from "@pulumi/pulumi";
import { closeAll } from "../../../provider/client";
import { messagesOf } from "../../dynamic/diagnostics";
import { withStack } from "../../engine/stack";
import { startDpu, type Dpu } from "../dpu";
import { faces } from "./program";

/** What a preview on a bridge says, before anything is sent: what cannot be, why, and the way round. */
const limitMilliseconds = 120_000;

const nqn = "nqn.2014-08.org.example:disk-1";
const pcie = (portId: number, physicalFunction: number, virtualFunction: number) => ({
  pcieId: { portId, physicalFunction, virtualFunction },
});
const subsystem = "nvmeSubsystems/subsystem-1";

interface Case {
  readonly what: string;
  readonly noun: string;
  readonly inputs: pulumi.Inputs;
  readonly says: readonly string[];
}

const refusals: readonly Case[] = [
  {
    what: "virtio-scsi targets",
    noun: "VirtioScsiTarget",
    inputs: {},
    says: ["no virtio-scsi targets", "its LUNs hang on the controller that has their id"],
  },
  {
    what: "logical units with an automatic id",
    noun: "VirtioScsiLun",
    inputs: { targetNameRef: "scsi-1", volumeNameRef: "volumes/disk-1" },
    says: ["resourceId", "the id of the VirtioScsiController that the logical unit hangs on"],
  },
  {
    what: "lower limits and limits of reads alone",
    noun: "QosVolume",
    inputs: {
      volumeNameRef: "volumes/disk-1",
      limits: { min: { rwIopsKiops: 1 }, max: { rwIopsKiops: 10, rdIopsKiops: 5 } },
    },
    says: ["limits.min", "leave out limits.min", "limits.max.rdIopsKiops", "give limits.max.rwIopsKiops"],
  },
  {
    what: "ciphers that SPDK has not",
    noun: "EncryptedVolume",
    inputs: { volumeNameRef: "volumes/disk-1", cipher: "aes_cbc_256", key: "ab".repeat(32) },
    says: ["cipher", "ENCRYPTION_TYPE_AES_XTS_128, ENCRYPTION_TYPE_AES_XTS_256"],
  },
  {
    what: "NQNs with a hyphen in the domain",
    noun: "NvmeSubsystem",
    inputs: { nqn: "nqn.2014-08.org.my-company:disk-1" },
    says: ["nqn", "neither hyphens in the domain nor underscores", nqn],
  },
  {
    what: "RDMA controllers",
    noun: "NvmeController",
    inputs: {
      nvmeSubsystem: subsystem,
      trtype: "rdma",
      fabricsId: { traddr: "127.0.0.1", trsvcid: "4420", adrfam: "ipv4" },
    },
    says: ["trtype", "this agent takes NVME_TRANSPORT_TYPE_TCP, NVME_TRANSPORT_TYPE_PCIE"],
  },
  {
    what: "virtual functions",
    noun: "VirtioBlk",
    inputs: { ...pcie(0, 1, 2), volumeNameRef: "volumes/disk-1" },
    says: ["pcieId.virtualFunction", "this agent takes 0, not 2"],
  },
];

const warned: readonly Case[] = [
  {
    what: "UUIDs",
    noun: "NullVolume",
    inputs: { blockSize: 512, blocksCount: 8, uuid: "11111111-0000-4000-8000-000000000001" },
    says: ["NullVolume.uuid: agents of dialect spdk-bridge ignore it"],
  },
  {
    what: "identifiers of namespaces",
    noun: "NvmeNamespace",
    inputs: { nvmeSubsystem: subsystem, volumeNameRef: "volumes/disk-1", eui64: "0123456789abcdef" },
    says: ["NvmeNamespace.eui64: agents of dialect spdk-bridge ignore it"],
  },
  {
    what: "limits of devices",
    noun: "VirtioBlk",
    inputs: { ...pcie(0, 1, 0), volumeNameRef: "volumes/disk-1", maxLimit: { rwBandwidthMbs: 10 } },
    says: ["VirtioBlk.maxLimit: agents of dialect spdk-bridge ignore it"],
  },
  {
    what: "queues of remote controllers",
    noun: "NvmeRemoteController",
    inputs: { multipath: "disable", queueSize: 64 },
    says: ["NvmeRemoteController.queueSize: agents of dialect spdk-bridge ignore it"],
  },
  {
    what: "PCIe controllers",
    noun: "NvmeController",
    inputs: { nvmeSubsystem: subsystem, trtype: "pcie", ...pcie(0, 1, 0) },
    says: ["NvmeController.trtype: PCIe controllers need a bridge that was started with -kvm"],
  },
];

describe.each(faces)("by $face with dialect $dialect", (face) => {
  let dpu: Dpu;
  beforeAll(async () => {
    dpu = await startDpu();
  });
  afterAll(async () => {
    closeAll();
    await dpu.stop();
  });

  // What is said is one for both faces; that it is said is shown by two of them.
  test.each(face.face === "plugin" ? refusals : refusals.slice(0, 2))(
    "$what are refused, with the reason and the way round",
    async ({ noun, inputs, says }) => {
      const program = async (): Promise<void> => void face.create(noun, "refused", { ...inputs }, dpu);
      const outcome = await withStack(program, face.options(dpu), (stack) => stack.preview({ fails: true }));
      const errors = messagesOf(outcome, "error").join("\n");
      for (const text of says) expect(errors).toContain(text);
    },
    limitMilliseconds,
  );

  test(
    "what the bridge drops, or may not be able to, is warned of, and nothing is written",
    async () => {
      const program = async (): Promise<void> => {
        for (const { noun, inputs, what } of warned) {
          face.create(noun, what.replaceAll(" ", "-").toLowerCase(), { ...inputs }, dpu);
        }
      };
      const outcome = await withStack(program, face.options(dpu), (stack) => stack.preview());
      const warnings = messagesOf(outcome, "warning");
      for (const text of warned.flatMap(({ says }) => says)) {
        expect(warnings.filter((each) => each.includes(text))).toHaveLength(1);
      }
      expect(dpu.bridge.calls.filter(({ method }) => /^(Create|Update|Delete)/.test(method))).toEqual([]);
    },
    limitMilliseconds,
  );
});
