import { examples } from "../../../tests/arbitrary/examples";
import { typeByNoun } from "../../catalogue";
import { UNKNOWN } from "../../catalogue/values/property";
import type { Properties } from "../../catalogue/values/property";
import { marvell, nvidia, spdkBridge, standard } from "../../client/dialect";
import type { Dialect } from "../../client/dialect";
import { checkAgent } from "./agent";
import { check } from "./check";

function ask(dialect: Dialect, noun: string, given: Properties = {}) {
  const { inputs } = check(typeByNoun(noun), { name: "disk", news: { ...examples[noun], ...given } });
  return checkAgent(typeByNoun(noun), inputs, dialect);
}

test.each(Object.keys(examples))("an agent that does what the protocol says takes a %s", (noun) => {
  expect(ask(standard, noun)).toEqual({ failures: [], warnings: [] });
});

it("refuses types that the agent does not serve", () => {
  expect(ask(nvidia, "QosVolume").failures).toEqual([
    {
      property: "",
      reason:
        "agents of dialect nvidia have no QosVolume: This vendor's bridge has no QoS volumes: set limits on the device, or in the fabric.",
    },
  ]);
});

// recordings/bridge-grpc.jsonl: QosVolume.bad/create_min_only
it("refuses objects inside objects, and only when something is set in them", () => {
  const limits = (min: Properties) => ({ limits: { min, max: { rwBandwidthMbs: 10 } } });
  expect(ask(spdkBridge, "QosVolume", limits({ rwBandwidthMbs: 1 })).failures).toEqual([
    { property: "limits.min", reason: "this agent refuses it: SPDK has upper limits only; leave out limits.min." },
  ]);
  expect(ask(spdkBridge, "QosVolume", limits({})).failures).toEqual([]);
  expect(ask(spdkBridge, "QosVolume", limits({ rwBandwidthMbs: 0 })).failures).toEqual([]);
});

// recordings/bridge-grpc.jsonl: EncryptedVolume.bad/create_aes192
it("refuses ciphers that the agent has not", () => {
  expect(ask(spdkBridge, "EncryptedVolume", { cipher: "aes_cbc_256", key: "ab".repeat(32) }).failures).toEqual([
    {
      property: "cipher",
      reason:
        "this agent takes ENCRYPTION_TYPE_AES_XTS_128, ENCRYPTION_TYPE_AES_XTS_256, not ENCRYPTION_TYPE_AES_CBC_256",
    },
  ]);
});

// recordings/bridge-grpc.jsonl: NullVolume.bad/create_uuid_given
it("warns of what the agent drops, when it is given", () => {
  const uuid = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
  expect(ask(spdkBridge, "NullVolume", { uuid }).warnings).toEqual([
    "NullVolume.uuid: agents of dialect spdk-bridge ignore it",
  ]);
  expect(ask(spdkBridge, "NullVolume").warnings).toEqual([]);
});

it("says nothing of what is unknown yet, whole or in part", () => {
  const unknown: readonly Properties[] = [
    { limits: UNKNOWN },
    { limits: { min: UNKNOWN, max: UNKNOWN } },
    { limits: { min: { rwBandwidthMbs: UNKNOWN }, max: { rwBandwidthMbs: 10 } } },
  ];
  for (const given of unknown) {
    expect(ask(spdkBridge, "QosVolume", given).failures).toEqual([]);
  }
  expect(ask(spdkBridge, "NullVolume", { uuid: UNKNOWN }).warnings).toEqual([]);
});

// recordings/bridge-grpc.jsonl: VirtioBlk.bad/create_port_1, create_vf_1
it("refuses numbers that the agent has not, zero being one of them", () => {
  const pcie = (portId: number, virtualFunction: number) => ({
    pcieId: { portId, physicalFunction: 1, virtualFunction },
  });
  expect(ask(spdkBridge, "VirtioBlk", pcie(1, 2)).failures).toEqual([
    { property: "pcieId.portId", reason: "this agent takes 0, not 1" },
    { property: "pcieId.virtualFunction", reason: "this agent takes 0, not 2" },
  ]);
  expect(ask(spdkBridge, "VirtioBlk", pcie(0, 0)).failures).toEqual([]);
});

// recordings/bridge-grpc.jsonl: NvmeSubsystem.bad/create_nqn_domain_hyphen
it("refuses texts of a form that the agent does not take, and shows one that it does", () => {
  const [failure, ...others] = ask(spdkBridge, "NvmeSubsystem", { nqn: "nqn.2014-08.org.my-dom:a" }).failures;
  expect([failure.property, others]).toEqual(["nqn", []]);
  expect(failure.reason).toContain("such as nqn.2014-08.org.example:disk-1");
  expect(ask(nvidia, "NvmeSubsystem", { nqn: "nqn.2014-08.org.my-dom:a" }).failures).toEqual([]);
});

// recordings/bridge-grpc.jsonl: special.names/lun_no_controller
it("wants an id from the program where an automatic one means nothing to the agent", () => {
  const resourceId = undefined;
  expect(ask(spdkBridge, "VirtioScsiLun", { resourceId }).failures).toEqual([
    {
      property: "resourceId",
      reason:
        "missing: with agents of dialect spdk-bridge it is the id of the VirtioScsiController that the logical unit hangs on",
    },
  ]);
  expect(ask(standard, "VirtioScsiLun", { resourceId }).failures).toEqual([]);
});

it("warns of what may go wrong: always, or when something is given, left out, or of one value", () => {
  const said = (dialect: Dialect, noun: string, given?: Properties) => ask(dialect, noun, given).warnings.join("\n");
  expect(said(spdkBridge, "NvmeController")).toContain("NvmeController.trtype: PCIe controllers need a bridge");
  expect(said(nvidia, "NvmeNamespace")).toContain("NvmeNamespace: NVIDIA's bridge makes namespaces only where");
  expect(said(nvidia, "NvmeNamespace", { eui64: "0123456789abcdef" })).toContain("in decimal digits");
  expect(said(nvidia, "NvmeNamespace")).not.toContain("in decimal digits");
  expect(said(marvell, "NvmeNamespace")).toContain("give hostNsid");
  expect(said(marvell, "NvmeNamespace", { hostNsid: 1 })).not.toContain("give hostNsid");
});
