import type { Argument, Entry, Program, ProgramResource } from "./program";

/** One example of a type's page. */
export interface Example {
  readonly title: string;
  readonly program: Program;
}

interface Values {
  readonly [property: string]: Argument | Values;
}

const of = (to: string): Argument => ({ kind: "reference", to, property: "name" });
const secret = (key: string): Argument => ({ kind: "config", key });

function resource(variable: string, token: string, values: Values, dependsOn?: readonly string[]): ProgramResource {
  return { variable, name: variable, token: `opi:${token}`, entries: entries(values), dependsOn };
}

function entries(values: Values): readonly Entry[] {
  return Object.entries(values).map(([property, value]) => ({ property, value: argument(value) }));
}

function argument(value: Argument | Values): Argument {
  if (typeof value !== "object") return value;
  return "kind" in value && typeof value.kind === "string"
    ? // Arguments are the only objects here with a text as their `kind`.
      (value as Argument)
    : { kind: "fields", entries: entries(value) };
}

const program = (...resources: readonly ProgramResource[]): Program => ({ config: [], resources });
const withKey = (key: string, comment: string, ...resources: readonly ProgramResource[]): Program => ({
  config: [{ key, comment }],
  resources,
});

const volume = resource("volume", "backend:MallocVolume", { blockSize: 512, blocksCount: 131072 });
const subsystem = resource("tenant", "frontend:NvmeSubsystem", {
  nqn: "nqn.2014-08.org.example:tenant",
  serialNumber: "OPI0000000000001",
});
const array = resource("array", "backend:NvmeRemoteController", { multipath: "multipath", tcp: { hdgst: true } });
const keyComment =
  "32, 48 or 64 bytes as hexadecimal digits: openssl rand -hex 64 | pulumi config set --secret volumeKey";
const pskComment = "A key in the PSK interchange format NVMeTLSkey-1:…:";

/** The examples of each type, by noun. */
export const examples: Readonly<Record<string, readonly Example[]>> = {
  NullVolume: [
    {
      title: "A volume that drops what is written",
      program: program(resource("nothing", "backend:NullVolume", { blockSize: 4096, blocksCount: 262144 })),
    },
  ],
  MallocVolume: [{ title: "64 MiB in the memory of the DPU", program: program(volume) }],
  AioVolume: [
    {
      title: "A partition of the DPU's own drive",
      program: program(resource("local", "backend:AioVolume", { filename: "/dev/nvme0n1p2", blockSize: 512 })),
    },
  ],
  NvmeRemoteController: [
    {
      title: "An NVMe/TCP array with TLS",
      program: withKey(
        "arrayPsk",
        pskComment,
        resource("array", "backend:NvmeRemoteController", {
          multipath: "multipath",
          tcp: { hdgst: true, ddgst: true, psk: secret("arrayPsk") },
        }),
      ),
    },
  ],
  NvmePath: [
    {
      title: "Two paths to one array",
      program: program(
        array,
        ...["192.0.2.10", "192.0.2.11"].map((traddr, at) =>
          resource(`path${"AB".charAt(at)}`, "backend:NvmePath", {
            nvmeRemoteController: of("array"),
            trtype: "tcp",
            traddr,
            fabrics: { trsvcid: 4420, adrfam: "ipv4", subnqn: "nqn.2019-06.io.example:remote" },
          }),
        ),
      ),
    },
    {
      title: "A local NVMe drive",
      program: program(
        resource("drive", "backend:NvmeRemoteController", { multipath: "disable" }),
        resource("slot", "backend:NvmePath", {
          nvmeRemoteController: of("drive"),
          trtype: "pcie",
          traddr: "0000:03:00.0",
        }),
      ),
    },
  ],
  EncryptedVolume: [
    {
      title: "A volume encrypted with AES-XTS",
      program: withKey(
        "volumeKey",
        keyComment,
        volume,
        resource("encrypted", "middleend:EncryptedVolume", {
          volumeNameRef: of("volume"),
          cipher: "aes_xts_256",
          key: secret("volumeKey"),
        }),
      ),
    },
  ],
  QosVolume: [
    {
      title: "200 MiB a second, and 10,000 operations",
      program: program(
        volume,
        resource("limited", "middleend:QosVolume", {
          volumeNameRef: of("volume"),
          limits: { max: { rwBandwidthMbs: 200, rwIopsKiops: 10 } },
        }),
      ),
    },
  ],
  NvmeSubsystem: [
    {
      title: "A host that sees one volume on a virtual function",
      program: program(
        volume,
        subsystem,
        resource("virtualFunction", "frontend:NvmeController", {
          nvmeSubsystem: of("tenant"),
          trtype: "pcie",
          pcieId: { portId: 0, physicalFunction: 0, virtualFunction: 1 },
        }),
        resource(
          "data",
          "frontend:NvmeNamespace",
          { nvmeSubsystem: of("tenant"), volumeNameRef: of("volume"), hostNsid: 1 },
          ["virtualFunction"],
        ),
      ),
    },
    {
      title: "One host only, over TLS",
      program: withKey(
        "hostPsk",
        pskComment,
        resource("tenant", "frontend:NvmeSubsystem", {
          nqn: "nqn.2014-08.org.example:tenant",
          hostnqn: "nqn.2014-08.org.nvmexpress:uuid:feb98abe-d51f-40c8-b348-2753f3571d3c",
          psk: secret("hostPsk"),
        }),
      ),
    },
  ],
  NvmeController: [
    {
      title: "A PCIe function of the host",
      program: program(
        subsystem,
        resource("virtualFunction", "frontend:NvmeController", {
          nvmeSubsystem: of("tenant"),
          trtype: "pcie",
          pcieId: { portId: 0, physicalFunction: 0, virtualFunction: 1 },
        }),
      ),
    },
    {
      title: "An NVMe/TCP port",
      program: program(
        subsystem,
        resource("port", "frontend:NvmeController", {
          nvmeSubsystem: of("tenant"),
          trtype: "tcp",
          fabricsId: { traddr: "192.0.2.1", trsvcid: "4420", adrfam: "ipv4" },
        }),
      ),
    },
  ],
  NvmeNamespace: [
    {
      title: "A volume shown to hosts",
      program: program(
        volume,
        subsystem,
        resource("data", "frontend:NvmeNamespace", {
          nvmeSubsystem: of("tenant"),
          volumeNameRef: of("volume"),
          hostNsid: 1,
        }),
      ),
    },
  ],
  VirtioBlk: [
    {
      title: "A virtio-blk disk",
      program: program(
        volume,
        resource("disk", "frontend:VirtioBlk", {
          volumeNameRef: of("volume"),
          pcieId: { portId: 0, physicalFunction: 1, virtualFunction: 0 },
        }),
      ),
    },
  ],
  ...Object.fromEntries(
    ["VirtioScsiTarget", "VirtioScsiController", "VirtioScsiLun"].map((noun) => [noun, [virtioScsi()]] as const),
  ),
};

/** Target and controller belong together by their id: the contract has no other link between them. */
function virtioScsi(): Example {
  return {
    title: "A virtio-scsi controller with one disk",
    program: program(
      volume,
      resource("target", "frontend:VirtioScsiTarget", { resourceId: "tenant-scsi", maxLuns: 8 }),
      resource("controller", "frontend:VirtioScsiController", {
        resourceId: "tenant-scsi",
        pcieId: { portId: 0, physicalFunction: 2, virtualFunction: 0 },
      }),
      resource("disk", "frontend:VirtioScsiLun", { targetNameRef: of("target"), volumeNameRef: of("volume") }, [
        "controller",
      ]),
    ),
  };
}
