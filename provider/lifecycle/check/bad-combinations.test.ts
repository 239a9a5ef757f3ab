import { examples, PSK } from "../../../tests/arbitrary/examples";
import { typeByNoun } from "../../catalogue";
import { UNKNOWN } from "../../catalogue/values/property";
import type { Properties } from "../../catalogue/values/property";
import { check } from "./check";

const LISTENER = { traddr: "192.0.2.1", trsvcid: "4420", adrfam: "ipv4" };
const HOST = "nqn.2014-08.org.example:host-1";

type Case = readonly [wrong: string, noun: string, given: Properties, property: string, reason: string];

const cases: readonly Case[] = [
  // secrets: never told
  [
    "a key of odd length",
    "EncryptedVolume",
    { key: "abc" },
    "key",
    "expected hexadecimal digits, two for each byte: their number is odd",
  ],
  [
    "a key that is not hexadecimal",
    "EncryptedVolume",
    { key: "zz" },
    "key",
    "expected hexadecimal digits, two for each byte",
  ],
  [
    "a key too short for its cipher",
    "EncryptedVolume",
    { key: "00".repeat(32) },
    "key",
    "ENCRYPTION_TYPE_AES_XTS_256 takes 64 bytes (128 hexadecimal digits, both halves, data key first), got 64 digits",
  ],
  [
    "an XTS key of equal halves",
    "EncryptedVolume",
    { key: "ab".repeat(64) },
    "key",
    "the two halves of an XTS key must differ",
  ],
  ["a number for a key", "EncryptedVolume", { key: 12 }, "key", "expected text"],
  [
    "a PSK in another format",
    "NvmeSubsystem",
    { hostnqn: HOST, psk: "secret" },
    "psk",
    "expected the PSK interchange format NVMeTLSkey-1:<00, 01 or 02>:<base64>:",
  ],
  [
    "a PSK whose base64 has lost its padding",
    "NvmeSubsystem",
    { hostnqn: HOST, psk: PSK.replace("EiQ:", "Ei:") },
    "psk",
    "expected the PSK interchange format NVMeTLSkey-1:<00, 01 or 02>:<base64>:",
  ],
  [
    "a PSK with a wrong CRC",
    "NvmeSubsystem",
    { hostnqn: HOST, psk: PSK.replace("MDAx", "MDAy") },
    "psk",
    "the CRC-32 at the end of the PSK does not fit its key: a character was lost or changed",
  ],
  [
    "a PSK whose length does not fit its hash",
    "NvmeSubsystem",
    { hostnqn: HOST, psk: PSK.replace(":01:", ":02:") },
    "psk",
    "a PSK holds 32 bytes (hash 01) or 48 bytes (hash 02) and a CRC of 4 bytes",
  ],

  // references
  [
    "a child without its parent",
    "NvmeNamespace",
    { nvmeSubsystem: undefined },
    "nvmeSubsystem",
    "missing: NvmeNamespace needs the name of its NvmeSubsystem, such as nvmeSubsystems/subsystem-1",
  ],
  [
    "a parent's name with a missing segment",
    "NvmeNamespace",
    { nvmeSubsystem: "nvmeSubsystems/" },
    "nvmeSubsystem",
    'expected the name of a NvmeSubsystem, such as nvmeSubsystems/subsystem-1, got "nvmeSubsystems/"',
  ],
  [
    "a reference with a space",
    "QosVolume",
    { volumeNameRef: "a disk" },
    "volumeNameRef",
    "expected the name of a NullVolume, MallocVolume, AioVolume, EncryptedVolume, QosVolume or NvmeRemoteNamespace, " +
      'such as nullVolumes/volume-1, got "a disk"',
  ],

  // conditions that span properties
  ["a PSK without a host", "NvmeSubsystem", { psk: PSK }, "psk", "needs hostnqn: set it too, or leave psk out"],
  [
    "a PCIe controller with a listener",
    "NvmeController",
    { pcieId: UNKNOWN, fabricsId: LISTENER },
    "fabricsId",
    "cannot be used with trtype NVME_TRANSPORT_TYPE_PCIE; use pcieId",
  ],
  [
    "a TCP controller without a listener",
    "NvmeController",
    { trtype: "tcp", pcieId: undefined },
    "fabricsId",
    "missing: trtype NVME_TRANSPORT_TYPE_TCP needs it",
  ],
  [
    "both endpoints",
    "NvmeController",
    { fabricsId: LISTENER },
    "fabricsId",
    "cannot be set together with pcieId: at most one of pcieId, fabricsId",
  ],
  [
    "an address of another family",
    "NvmePath",
    { traddr: "2001:db8::1" },
    "traddr",
    'expected an IPv4 address, as fabrics.adrfam says, got "2001:db8::1"',
  ],
  [
    "an IP address on PCIe",
    "NvmePath",
    { trtype: "pcie", fabrics: undefined },
    "traddr",
    'expected a PCIe address such as 0000:03:00.0 for trtype NVME_TRANSPORT_TYPE_PCIE, got "192.0.2.1"',
  ],
  [
    "fabrics of an unknown PCIe address",
    "NvmePath",
    { trtype: "pcie", traddr: UNKNOWN },
    "fabrics",
    "cannot be used with trtype NVME_TRANSPORT_TYPE_PCIE; leave it out",
  ],
  [
    "a limit of nothing",
    "QosVolume",
    { limits: { max: { rwBandwidthMbs: 0, rdBandwidthMbs: 0 } } },
    "limits.max",
    "set at least one rate above 0; without one nothing is limited",
  ],
  [
    "limits that hold nothing",
    "QosVolume",
    { limits: {} },
    "limits.max",
    "set at least one rate above 0; without one nothing is limited",
  ],
  [
    "reads above reads and writes together",
    "QosVolume",
    { limits: { max: { rdBandwidthMbs: 20, rwBandwidthMbs: 10 } } },
    "limits.max.rdBandwidthMbs",
    "20 is above limits.max.rwBandwidthMbs, 10",
  ],
  [
    "a promise above the cap",
    "QosVolume",
    { limits: { min: { rwBandwidthMbs: 20 }, max: { rwBandwidthMbs: 10 } } },
    "limits.min.rwBandwidthMbs",
    "20 is above limits.max.rwBandwidthMbs, 10",
  ],
];

test.each(cases)("%s (%s) is refused once, by path, with what would be right", (_, noun, given, property, reason) => {
  const { failures } = check(typeByNoun(noun), { name: "disk", news: { ...examples[noun], ...given } });
  expect(failures).toEqual([{ property, reason }]);
});
