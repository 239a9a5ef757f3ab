import { examples, PSK } from "../../../tests/arbitrary/examples";
import { typeByNoun } from "../../catalogue";
import { UNKNOWN } from "../../catalogue/values/property";
import type { Properties } from "../../catalogue/values/property";
import { check } from "./check";

function inputsOf(noun: string, news: Properties, olds?: Properties): Properties {
  const { inputs, failures } = check(typeByNoun(noun), { name: "disk", news: { ...examples[noun], ...news }, olds });
  expect(failures).toEqual([]);
  return inputs;
}

test.each<[what: string, noun: string, property: string, written: Properties[string], normal: Properties[string]]>([
  ["an enum's short form", "NvmeRemoteController", "multipath", "failover", "NVME_MULTIPATH_FAILOVER"],
  [
    "an enum in another case",
    "NvmeRemoteController",
    "multipath",
    "Nvme-Multipath-Failover",
    "NVME_MULTIPATH_FAILOVER",
  ],
  ["a number as text", "NullVolume", "blocksCount", "64", 64],
  ["text as a number", "NvmeSubsystem", "serialNumber", 1234, "1234"],
  [
    "a UUID in upper case",
    "NullVolume",
    "uuid",
    "1B4E28BA-2FA1-41D2-883F-0016D3CCA427",
    "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
  ],
  [
    "an NGUID in groups",
    "NvmeNamespace",
    "nguid",
    "1B4E28BA-2FA1-41D2-883F-0016D3CCA427",
    "1b4e28ba2fa141d2883f0016d3cca427",
  ],
  ["an EUI-64 in upper case", "NvmeNamespace", "eui64", "00A0DEADBEEF0001", "00a0deadbeef0001"],
  ["the largest EUI-64", "NvmeNamespace", "eui64", "ffffffffffffffff", "ffffffffffffffff"],
  ["empty text for none", "NullVolume", "uuid", "", undefined],
  ["a zero that is given", "NvmeController", "maxNsq", 0, 0],
  ["a zero without its sign", "NvmeController", "maxNsq", -0, 0],
  ["the NSID that leaves the choice to the agent", "NvmeNamespace", "hostNsid", 0, 0],
  ["a switch in words", "NvmeRemoteController", "tcp", { ddgst: "false" }, { ddgst: false }],
  ["a PSK as it is", "NvmeRemoteController", "tcp", { psk: PSK }, { psk: PSK }],
  ["an object without content", "NvmeController", "maxLimit", {}, {}],
  ["adoption in words", "NullVolume", "adopt", "true", true],
])("%s is brought into its normal form (%s.%s)", (_, noun, property, written, normal) => {
  expect(inputsOf(noun, { [property]: written })[property]).toStrictEqual(normal);
});

test.each([
  ["2001:DB8:0:0::1", "2001:db8::1", "ipv6"],
  ["::ffff:192.0.2.1", "::ffff:c000:201", "ipv6"],
  ["fe80::1%eth0", "fe80::1%eth0", "ipv6"],
  ["nn-0x1000000044001123:pn-0x20000000550011AB", "nn-0x1000000044001123:pn-0x20000000550011ab", "fc"],
  ["/var/run/vfio-user", "/var/run/vfio-user", "intra-host"],
])("the transport address %s is written %s", (traddr, normal, adrfam) => {
  const fabrics = { ...(examples.NvmePath?.fabrics as Properties), adrfam };
  expect(inputsOf("NvmePath", { traddr, fabrics }).traddr).toBe(normal);
});

test("a PCIe address gets its domain", () => {
  expect(inputsOf("NvmePath", { trtype: "pcie", traddr: "3A:00.0", fabrics: undefined }).traddr).toBe("0000:3a:00.0");
});

test("an NQN may have 223 bytes", () => {
  const nqn = `nqn.2014-08.org.example:${"a".repeat(199)}`;
  expect(nqn).toHaveLength(223);
  expect(inputsOf("NvmeSubsystem", { nqn }).nqn).toBe(nqn);
});

describe("an automatic id", () => {
  const type = typeByNoun("NullVolume");
  const news = { blockSize: 512, blocksCount: 64 };
  const idFor = (name: string) => check(type, { name, news, seed: new Uint8Array([1]) }).inputs.resourceId;

  test.each([
    ["disk", "disk-4bf5122"],
    ["My Disk_2", "my-disk-2-4bf5122"],
    ["2nd", "r-2nd-4bf5122"],
    ["--", "r-4bf5122"],
    ["Gerät/Ω", "ger-t-4bf5122"],
    ["x".repeat(100), `${"x".repeat(55)}-4bf5122`],
    [`${"x".repeat(54)}-y`, `${"x".repeat(54)}-4bf5122`],
  ])("for %j is %s", (name, id) => expect(idFor(name)).toBe(id));

  it("is random without a seed", () => {
    const ids = Array.from({ length: 20 }, () => check(type, { name: "disk", news }).inputs.resourceId);
    expect(new Set(ids).size).toBe(20);
  });

  it("is kept, and stays automatic, as long as the program gives none", () => {
    const olds = check(type, { name: "disk", news }).inputs;
    expect(check(type, { name: "renamed", news, olds }).inputs).toEqual(olds);
    expect(olds.__autonamed).toBe(true);
  });

  it("is no longer automatic once the program gives it", () => {
    const olds = check(type, { name: "disk", news }).inputs;
    const { inputs } = check(type, { name: "disk", news: { ...news, resourceId: olds.resourceId }, olds });
    expect(inputs).toEqual({ ...news, resourceId: olds.resourceId });
  });

  it("does not take the place of an id that the program gave before and leaves out now", () => {
    const olds = { ...news, resourceId: "disk-1" };
    expect(check(type, { name: "disk", news, olds }).inputs).toEqual(olds);
  });
});

describe("a value that is not known yet", () => {
  it("passes as id, parent, reference and whole object", () => {
    const inputs = inputsOf("NvmeNamespace", { resourceId: UNKNOWN, nvmeSubsystem: UNKNOWN, volumeNameRef: UNKNOWN });
    expect(inputs).toMatchObject({ resourceId: UNKNOWN, nvmeSubsystem: UNKNOWN, volumeNameRef: UNKNOWN });
    expect(inputsOf("QosVolume", { limits: UNKNOWN }).limits).toBe(UNKNOWN);
  });

  it("may turn out to be absent, so no condition is broken by it", () => {
    inputsOf("NvmeSubsystem", { psk: UNKNOWN });
    inputsOf("NvmeController", { fabricsId: UNKNOWN });
    inputsOf("EncryptedVolume", { cipher: UNKNOWN });
    inputsOf("QosVolume", { limits: { max: { rwBandwidthMbs: UNKNOWN } } });
  });
});
