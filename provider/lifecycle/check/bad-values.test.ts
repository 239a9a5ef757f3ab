import { examples, PSK } from "../../../tests/arbitrary/examples";
import { typeByNoun } from "../../catalogue";
import type { Properties } from "../../catalogue/values/property";
import { check } from "./check";

const FABRICS = { trsvcid: 4420, subnqn: "nqn.2014-08.org.example:disk-1", adrfam: "ipv4" };
const ID = "expected lower-case letters, digits and hyphens, a letter first, no hyphen last, 4 to 63 characters";

type Case = readonly [wrong: string, noun: string, given: Properties, property: string, reason: string];

const cases: readonly Case[] = [
  // ids
  ["an id with upper case", "NullVolume", { resourceId: "Disk" }, "resourceId", `${ID}, got "Disk"`],
  ["an id that is too short", "NullVolume", { resourceId: "abc" }, "resourceId", `${ID}, got "abc"`],
  [
    "an id of 64 characters",
    "NullVolume",
    { resourceId: "a".repeat(64) },
    "resourceId",
    `${ID}, got "${"a".repeat(60)}"… (64 characters)`,
  ],
  ["an id that begins with a digit", "NullVolume", { resourceId: "1disk" }, "resourceId", `${ID}, got "1disk"`],
  ["an id that ends in a hyphen", "NullVolume", { resourceId: "disk-" }, "resourceId", `${ID}, got "disk-"`],
  ["an empty id", "NullVolume", { resourceId: "" }, "resourceId", `${ID}, got ""`],
  ["a line break in an id", "NullVolume", { resourceId: "disk\n" }, "resourceId", `${ID}, got "disk\\n"`],
  ["a number for an id", "NullVolume", { resourceId: 12345 }, "resourceId", `expected text: ${ID}, got 12345`],
  [
    "a UUID for an id",
    "NullVolume",
    { resourceId: "feb98abe-d51f-40c8-b348-2753f3571d3c" },
    "resourceId",
    `${ID}, and no UUID, got "feb98abe-d51f-40c8-b348-2753f3571d3c"`,
  ],
  ["adopt that is no boolean", "NullVolume", { adopt: "yes" }, "adopt", 'expected true or false, got "yes"'],

  // properties
  [
    "a misspelt property",
    "NullVolume",
    { blockCount: 64 },
    "blockCount",
    "NullVolume has no such property: did you mean blocksCount?",
  ],
  [
    "an unknown property",
    "NullVolume",
    { thickness: 1 },
    "thickness",
    "NullVolume has no such property: it has blockSize, blocksCount, uuid",
  ],
  [
    "a property name that is none",
    "NullVolume",
    { "a\u202eb": 1 },
    '["a\\u{202e}b"]',
    "NullVolume has no such property: it has blockSize, blocksCount, uuid",
  ],
  ["an output as input", "NvmeController", { active: true }, "active", "is told by the agent: leave it out"],
  [
    "an unknown nested property",
    "NvmeRemoteController",
    { tcp: { hdgest: true } },
    "tcp.hdgest",
    "tcp has no such property: did you mean hdgst?",
  ],
  [
    "a missing property",
    "NvmeSubsystem",
    { nqn: undefined },
    "nqn",
    "missing: NvmeSubsystem needs nqn. NVMe Qualified Name of the subsystem, at most 223 bytes (NVMe Base Specification, NVMe Qualified Names). Unique on the agent.",
  ],
  [
    "an empty text that is required",
    "NvmeSubsystem",
    { nqn: "" },
    "nqn",
    "must not be empty. NVMe Qualified Name of the subsystem, at most 223 bytes (NVMe Base Specification, NVMe Qualified Names). Unique on the agent.",
  ],
  [
    "a list where an object belongs",
    "NvmeController",
    { pcieId: [1] },
    "pcieId",
    "expected an object with portId, physicalFunction, virtualFunction, got a list",
  ],
  [
    "text where an object that may hold secrets belongs",
    "NvmeRemoteController",
    { tcp: PSK },
    "tcp",
    "expected an object with hdgst, ddgst, psk",
  ],

  // numbers
  ["text that is no number", "NullVolume", { blocksCount: "64k" }, "blocksCount", 'expected a whole number, got "64k"'],
  ["a fraction", "NullVolume", { blocksCount: 1.5 }, "blocksCount", "expected a whole number, got 1.5"],
  ["no number", "NullVolume", { blocksCount: NaN }, "blocksCount", "expected a whole number, got NaN"],
  [
    "a number beyond 2^53",
    "NullVolume",
    { blocksCount: 2 ** 53 },
    "blocksCount",
    "too large: numbers are exact up to 2^53, got 9007199254740992",
  ],
  ["no blocks at all", "NullVolume", { blocksCount: 0 }, "blocksCount", "expected 1 or more, got 0"],
  ["a negative function", "NvmeController", { maxNsq: -1 }, "maxNsq", "expected 0 to 65535, got -1"],
  [
    "a function number that PCIe has not",
    "VirtioBlk",
    { pcieId: { portId: 0, physicalFunction: 256, virtualFunction: 0 } },
    "pcieId.physicalFunction",
    "expected 0 to 255, got 256",
  ],
  [
    "a namespace id beyond int32",
    "NvmeNamespace",
    { hostNsid: 2 ** 31 },
    "hostNsid",
    "expected 0 to 2147483647, got 2147483648",
  ],
  [
    "a block size that is no power of two",
    "MallocVolume",
    { blockSize: 513 },
    "blockSize",
    "expected 512 or a larger power of two, got 513",
  ],
  [
    "a large block size that is next to a power of two",
    "MallocVolume",
    { blockSize: 2 ** 49 + 1 },
    "blockSize",
    "expected 512 or a larger power of two, got 562949953421313",
  ],
  [
    "a block size that is no multiple of 512",
    "NullVolume",
    { blockSize: 520 },
    "blockSize",
    "expected 512 or a multiple of it, got 520",
  ],
  [
    "a metadata size that SPDK has not",
    "MallocVolume",
    { metadataSize: 7 },
    "metadataSize",
    "expected one of 0, 8, 16, 32, 64, 128, got 7",
  ],
  [
    "a boolean in words",
    "NvmeRemoteController",
    { tcp: { hdgst: "yes" } },
    "tcp.hdgst",
    'expected true or false, got "yes"',
  ],

  // enums
  [
    "an enum value that does not exist",
    "NvmeRemoteController",
    { multipath: "both" },
    "multipath",
    'expected one of disable, failover, multipath (or the full name, such as NVME_MULTIPATH_DISABLE), got "both"',
  ],
  [
    "an enum's zero value",
    "NvmeRemoteController",
    { multipath: "NVME_MULTIPATH_UNSPECIFIED" },
    "multipath",
    'expected one of disable, failover, multipath (or the full name, such as NVME_MULTIPATH_DISABLE), got "NVME_MULTIPATH_UNSPECIFIED"',
  ],
  [
    "an enum's number",
    "NvmeRemoteController",
    { multipath: 2 },
    "multipath",
    "expected one of disable, failover, multipath (or the full name, such as NVME_MULTIPATH_DISABLE), got 2",
  ],

  // texts
  [
    "an NQN of 224 bytes",
    "NvmeSubsystem",
    { nqn: `nqn.2014-08.org.example:${"a".repeat(200)}` },
    "nqn",
    `an NQN has at most 223 bytes, this one has 224, got "nqn.2014-08.org.example:${"a".repeat(36)}"… (224 characters)`,
  ],
  [
    "an NQN without a date",
    "NvmeSubsystem",
    { nqn: "nqn.org.example:disk" },
    "nqn",
    'expected an NVMe Qualified Name, nqn.yyyy-mm.reverse-domain:name, such as nqn.2014-08.org.example:disk-1, got "nqn.org.example:disk"',
  ],
  [
    "an NQN of no UUID",
    "NvmeSubsystem",
    { nqn: "nqn.2014-08.org.nvmexpress:uuid:zzz" },
    "nqn",
    'after nqn.2014-08.org.nvmexpress:uuid: comes a UUID (RFC 9562), got "nqn.2014-08.org.nvmexpress:uuid:zzz"',
  ],
  [
    "a serial number of 21 characters",
    "NvmeSubsystem",
    { serialNumber: "123456789012345678901" },
    "serialNumber",
    'has 21 characters, at most 20 are allowed, got "123456789012345678901"',
  ],
  [
    "a serial number beyond ASCII",
    "NvmeSubsystem",
    { serialNumber: "Gerät" },
    "serialNumber",
    'expected printable ASCII characters, got "Gerät"',
  ],
  [
    "a relative path",
    "AioVolume",
    { filename: "disk.img" },
    "filename",
    'expected an absolute path on the DPU, got "disk.img"',
  ],
  [
    "a malformed UUID",
    "NullVolume",
    { uuid: "1b4e28ba" },
    "uuid",
    'expected a UUID such as 1b4e28ba-2fa1-41d2-883f-0016d3cca427, got "1b4e28ba"',
  ],
  ["a short NGUID", "NvmeNamespace", { nguid: "1b4e28ba" }, "nguid", 'expected 32 hexadecimal digits, got "1b4e28ba"'],
  [
    "an EUI-64 of zeros",
    "NvmeNamespace",
    { eui64: "0000000000000000" },
    "eui64",
    'expected 16 hexadecimal digits, not all zero, got "0000000000000000"',
  ],
  [
    "a number for an EUI-64",
    "NvmeNamespace",
    { eui64: 1234567890123456 },
    "eui64",
    "expected text, got 1234567890123456",
  ],
  [
    "a port that does not exist",
    "NvmePath",
    { fabrics: { ...FABRICS, trsvcid: 65536 } },
    "fabrics.trsvcid",
    "expected a port, 1 to 65535, got 65536",
  ],
  [
    "a host name as transport address",
    "NvmePath",
    { traddr: "dpu-1.example.org" },
    "traddr",
    'expected an IPv4 or IPv6 address, or a PCIe address such as 0000:03:00.0, got "dpu-1.example.org"',
  ],
];

test.each(Object.keys(examples))("the %s that the cases start from is valid", (noun) => {
  expect(check(typeByNoun(noun), { name: "disk", news: examples[noun] ?? {} }).failures).toEqual([]);
});

test.each(cases)("%s (%s) is refused once, by path, with what would be right", (_, noun, given, property, reason) => {
  const { failures } = check(typeByNoun(noun), { name: "disk", news: { ...examples[noun], ...given } });
  expect(failures).toEqual([{ property, reason }]);
});

it("tells everything that is wrong at once", () => {
  const news = { resourceId: "X", blockSize: 1, colour: "red", pcieId: {} };
  const paths = (noun: string) =>
    check(typeByNoun(noun), { name: "disk", news }).failures.map(({ property }) => property);
  expect(paths("NullVolume")).toEqual(["resourceId", "blockSize", "colour", "pcieId", "blocksCount"]);
  expect(paths("VirtioBlk")).toEqual([
    "resourceId",
    "blockSize",
    "colour",
    "pcieId.portId",
    "pcieId.physicalFunction",
    "pcieId.virtualFunction",
    "volumeNameRef",
  ]);
});

it("does not blame a condition for a value that is wrong by itself", () => {
  const { failures } = check(typeByNoun("QosVolume"), {
    name: "q",
    news: { volumeNameRef: "disk", limits: "10 MB/s" },
  });
  expect(failures).toEqual([{ property: "limits", reason: 'expected an object with min, max, got "10 MB/s"' }]);
});
