import type { RemoteTarget } from "./simulator";

/** What the simulator can attach when nobody says otherwise: an array at two addresses, and a local NVMe drive. */
export const REMOTE_NQN = "nqn.2019-06.io.example:remote";
const NAMESPACES = [{ nsid: 1, blockSize: 512, blocksCount: 2_097_152 }];

/** Addresses of TEST-NET-1 (RFC 5737), which nobody owns: nothing is ever sent there. */
export const defaultRemotes: readonly RemoteTarget[] = [
  { trtype: "TCP", traddr: "192.0.2.10", trsvcid: "4420", subnqn: REMOTE_NQN, namespaces: NAMESPACES },
  { trtype: "TCP", traddr: "192.0.2.11", trsvcid: "4420", subnqn: REMOTE_NQN, namespaces: NAMESPACES },
  { trtype: "PCIe", traddr: "0000:03:00.0", namespaces: NAMESPACES },
];
