import { closeSync, ftruncateSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "./recording";

/** The recorder's folder for files and sockets. */
export const RECORDED_FOLDER = "/var/tmp/opi";

type SpdkCall = readonly [method: string, params: object];
type BridgeCall = readonly [service: string, method: string, request: Json];

/** What the recorder set up, unrecorded. */
export interface Stage {
  readonly spdk?: readonly SpdkCall[];
  readonly farSpdk?: readonly SpdkCall[];
  readonly bridge?: readonly BridgeCall[];
}

/** Empty and sparse files in place of the recorder's. */
export function layFiles(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of [
    ...[0, 1, 2, 3].map((n) => [`aio${n}.img`, 4 << 20] as const),
    ["empty.img", 0] as const,
  ]) {
    const file = openSync(join(folder, name), "w");
    ftruncateSync(file, bytes);
    closeSync(file);
  }
}

const malloc = (name: string, num_blocks = 128, block_size = 512): SpdkCall => [
  "bdev_malloc_create",
  { name, num_blocks, block_size },
];
const tcpTransport: SpdkCall = ["nvmf_create_transport", { trtype: "TCP" }];

function remote(nqn: string, serial: string, ports: readonly [string, string][], bdev?: string): SpdkCall[] {
  return [
    ["nvmf_create_subsystem", { nqn, serial_number: serial, allow_any_host: true, max_namespaces: 32 }],
    ...(bdev
      ? [["nvmf_subsystem_add_ns", { nqn, namespace: { bdev_name: bdev, ...namespaceIds[serial] } }] as const]
      : []),
    ...ports.map(
      ([traddr, trsvcid]) =>
        [
          "nvmf_subsystem_add_listener",
          { nqn, listen_address: { trtype: "tcp", traddr, trsvcid, adrfam: traddr.includes(":") ? "IPV6" : "IPV4" } },
        ] as const,
    ),
  ];
}

const namespaceIds: Readonly<Record<string, object>> = { REM1: { nsid: 3 } };
const local = "127.0.0.1";
const remotePorts: readonly [string, string][] = [
  [local, "4420"],
  [local, "4430"],
  ["::1", "4420"],
];

const bases: Stage = { spdk: [0, 1, 2, 3].map((n) => malloc(`Base${n}`)) };
const subsystem: Stage = {
  spdk: [tcpTransport, ...(bases.spdk ?? [])],
  bridge: [
    [
      "opi_api.storage.v1.FrontendNvmeService",
      "CreateNvmeSubsystem",
      {
        nvme_subsystem: {
          spec: { nqn: "nqn.2022-09.io.spdk:opi1", serial_number: "SER1", model_number: "MOD1", max_namespaces: "32" },
        },
        nvme_subsystem_id: "subsys1",
      },
    ],
  ],
};
const remoteTargets: Stage = {
  spdk: [
    tcpTransport,
    malloc("Rem0"),
    malloc("Rem1"),
    ...remote("nqn.2016-06.io.spdk:remote1", "REM1", remotePorts, "Rem0"),
    ...remote("nqn.2016-06.io.spdk:remote2", "REM2", remotePorts, "Rem1"),
    ...remote("nqn.2016-06.io.spdk:remote3", "REM3", remotePorts),
  ],
  bridge: [
    [
      "opi_api.storage.v1.NvmeRemoteControllerService",
      "CreateNvmeRemoteController",
      {
        nvme_remote_controller: { multipath: "NVME_MULTIPATH_MULTIPATH" },
        nvme_remote_controller_id: "remctl1",
      },
    ],
  ],
};

/** By group. */
export const GROUP_STAGES: Readonly<Record<string, Stage>> = {
  NvmePath: remoteTargets,
  "NvmePath.bad": remoteTargets,
  NvmeController: subsystem,
  "NvmeController.bad": subsystem,
  NvmeNamespace: subsystem,
  "NvmeNamespace.bad": subsystem,
  VirtioBlk: bases,
  "VirtioBlk.bad": bases,
  VirtioScsiController: bases,
  "VirtioScsiController.bad": bases,
  VirtioScsiLun: bases,
  "VirtioScsiLun.bad": bases,
  EncryptedVolume: bases,
  "EncryptedVolume.bad": bases,
  QosVolume: bases,
  "QosVolume.bad": bases,
  "special.encrypted": {
    spdk: [...[0, 1, 2].map((n) => malloc(`Base${n}`, 256)), ...[3, 4].map((n) => malloc(`Base${n}`, 256, 4096))],
  },
  "special.qos": { spdk: [0, 1, 2, 3].map((n) => malloc(`Base${n}`, 256)) },
  "special.refs": { spdk: [tcpTransport, ...[0, 1].map((n) => malloc(`Base${n}`))] },
  "special.tls_frontend": { spdk: [tcpTransport] },
  "special.restart_bridge": { spdk: [tcpTransport] },
  "special.spdk_restart": { spdk: [tcpTransport] },
};

/** A host that the far targets know. */
const HOST = "nqn.2014-08.org.nvmexpress:uuid:feb98abe-d51f-40c8-b348-2753f3571d3c";
/** The PSK of the recorded requests, which protects nothing. */
export const FAR_PSK = "NVMeTLSkey-1:01:MDAxMTIyMzM0NDU1NjY3Nzg4OTlhYWJiY2NkZGVlZmZwJEiQ:";

/** Groups with a second SPDK, which the first one attaches. @param psk the file that holds the PSK */
export function farTargets(group: string, psk: string): readonly SpdkCall[] {
  if (!["special.remote", "special.restart_bridge", "special.spdk_restart"].includes(group)) return [];
  const far = (nqn: string, serial: string, bdev: string): SpdkCall[] => [
    ["nvmf_create_subsystem", { nqn, serial_number: serial, allow_any_host: serial === "FAR1", max_namespaces: 32 }],
    ["nvmf_subsystem_add_ns", { nqn, namespace: { bdev_name: bdev } }],
  ];
  const listener = (nqn: string, traddr: string, trsvcid: string, more = {}): SpdkCall => [
    "nvmf_subsystem_add_listener",
    { nqn, listen_address: { trtype: "tcp", traddr, trsvcid, adrfam: traddr === "::1" ? "IPV6" : "IPV4" }, ...more },
  ];
  const [far1, far2, tls] = ["far1", "far2", "fartls"].map((name) => `nqn.2016-06.io.spdk:${name}`);
  return [
    tcpTransport,
    ...["Far1", "Far2", "FarTls"].map((name) => malloc(name, 2048)),
    ...far(far1, "FAR1", "Far1"),
    ...far(far2, "FAR2", "Far2"),
    ...far(tls, "FARTLS", "FarTls"),
    ["nvmf_subsystem_add_host", { nqn: tls, host: HOST, psk }],
    ...["4620", "4621"].map((port) => listener(far1, local, port)),
    listener(far1, "::1", "4620"),
    ...["4630", "4631"].map((port) => listener(far2, local, port)),
    listener(tls, local, "4640", { secure_channel: true }),
  ];
}

/** By case: what the recorder did before it, unrecorded. */
export const CASE_STAGES: Readonly<Record<string, Stage>> = {
  "special.names/create_over_foreign_bdev": { spdk: [malloc("outside1", 64)] },
  "special.encrypted/get_after_base_gone": { spdk: [["bdev_malloc_delete", { name: "Base0" }]] },
  "special.remote/hostnqn_allowed": {
    farSpdk: [["nvmf_subsystem_add_host", { nqn: "nqn.2016-06.io.spdk:far2", host: HOST }]],
  },
  "special.qos/get_after_base_gone": { spdk: [["bdev_malloc_delete", { name: "Base2" }]] },
};

/** Before these cases everything was started anew, unrecorded. */
export const FRESH = /\.bad\/prep_create$/;
/** What these cases made was deleted again, unrecorded. */
export const CLEARED = /\.bad\/create_id:/;
/** Ends and starts between cases, unrecorded or in notes. */
export const EVENTS: Readonly<Record<string, "SPDK ends" | "the far SPDK ends" | "the bridge starts">> = {
  "special.spdk_down_direct/create_idempotent_while_down": "SPDK ends",
  "special.spdk_down_direct/list_while_down": "the bridge starts",
  "special.remote/gone_get_path": "the far SPDK ends",
};
