import { NvmeMultipath } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import { PSK } from "./agent-under-test";
import { HOST_NQN, OTHER_HOST_NQN, path, tcpController, type Preparation } from "./samples";

/** Changes that take several steps, beyond those of the samples. */
export const CHANGES: Readonly<
  Record<string, { readonly before: readonly Preparation[]; readonly name: string; readonly change: Preparation }>
> = {
  "a subsystem whose key comes while a controller listens": {
    name: "nvmeSubsystems/subsys",
    before: [
      [
        "CreateNvmeSubsystem",
        {
          nvmeSubsystemId: "subsys",
          nvmeSubsystem: { spec: { nqn: "nqn.2024-01.com.example:subsys", hostnqn: HOST_NQN } },
        },
      ],
      [
        "CreateNvmeController",
        { parent: "nvmeSubsystems/subsys", nvmeControllerId: "sample", nvmeController: tcpController },
      ],
    ],
    change: [
      "UpdateNvmeSubsystem",
      {
        nvmeSubsystem: { name: "nvmeSubsystems/subsys", spec: { hostnqn: OTHER_HOST_NQN, psk: Buffer.from(PSK) } },
        updateMask: ["spec.hostnqn", "spec.psk"],
      },
    ],
  },
  "a remote controller whose digests and key change while two paths are attached": {
    name: "nvmeRemoteControllers/remote",
    before: [
      [
        "CreateNvmeRemoteController",
        {
          nvmeRemoteControllerId: "remote",
          nvmeRemoteController: { multipath: NvmeMultipath.NVME_MULTIPATH_MULTIPATH },
        },
      ],
      [
        "CreateNvmePath",
        { parent: "nvmeRemoteControllers/remote", nvmePathId: "path-a", nvmePath: path("192.0.2.10") },
      ],
      [
        "CreateNvmePath",
        { parent: "nvmeRemoteControllers/remote", nvmePathId: "path-b", nvmePath: path("192.0.2.11") },
      ],
    ],
    change: [
      "UpdateNvmeRemoteController",
      {
        nvmeRemoteController: { name: "nvmeRemoteControllers/remote", tcp: { hdgst: true, ddgst: true } },
        updateMask: ["tcp.hdgst", "tcp.ddgst"],
      },
    ],
  },
  "a path that moves": {
    name: "nvmeRemoteControllers/remote/nvmePaths/path-a",
    before: [
      [
        "CreateNvmeRemoteController",
        {
          nvmeRemoteControllerId: "remote",
          nvmeRemoteController: { multipath: NvmeMultipath.NVME_MULTIPATH_MULTIPATH },
        },
      ],
      [
        "CreateNvmePath",
        { parent: "nvmeRemoteControllers/remote", nvmePathId: "path-a", nvmePath: path("192.0.2.10") },
      ],
    ],
    change: [
      "UpdateNvmePath",
      {
        nvmePath: { name: "nvmeRemoteControllers/remote/nvmePaths/path-a", traddr: "192.0.2.11" },
        updateMask: ["traddr"],
      },
    ],
  },
};
