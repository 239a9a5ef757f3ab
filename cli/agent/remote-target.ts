import { InvalidArgumentError } from "commander";

import type { RemoteTarget } from "../../agent";

const FORM =
  "expected tcp:host:port/nqn or pcie:0000:03:00.0, optionally with ,namespaces=<count> and ,mib=<size of each>";
const BLOCK_SIZE = 512;
const DEFAULT_MIB = 1024;

/** A remote NVMe controller as --remote names it. */
export function parseRemote(text: string): RemoteTarget {
  const [place = "", ...choices] = text.split(",");
  let count = 1;
  let mib = DEFAULT_MIB;
  for (const choice of choices) {
    const match = /^(namespaces|mib)=([1-9][0-9]{0,6})$/.exec(choice);
    if (match === null) throw new InvalidArgumentError(`${JSON.stringify(choice)}: ${FORM}`);
    if (match[1] === "namespaces") count = Number(match[2]);
    else mib = Number(match[2]);
  }
  const namespaces = Array.from({ length: count }, (_, at) => ({
    nsid: at + 1,
    blockSize: BLOCK_SIZE,
    blocksCount: (mib * 1024 * 1024) / BLOCK_SIZE,
  }));
  const tcp = /^tcp:(?:\[([^\]]+)\]|([^:/]+)):(\d{1,5})\/(nqn\..+)$/.exec(place);
  if (tcp !== null)
    return { trtype: "TCP", traddr: tcp[1] ?? tcp[2] ?? "", trsvcid: tcp[3], subnqn: tcp[4], namespaces };
  const pcie = /^pcie:([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/i.exec(place);
  if (pcie?.[1] !== undefined) return { trtype: "PCIe", traddr: pcie[1], namespaces };
  throw new InvalidArgumentError(`${JSON.stringify(place)}: ${FORM}`);
}

/** The form that {@link parseRemote} takes. */
export function describeRemote(remote: RemoteTarget): string {
  if (remote.subnqn === undefined) return `pcie:${remote.traddr}`;
  const host = remote.traddr.includes(":") ? `[${remote.traddr}]` : remote.traddr;
  return `tcp:${host}:${remote.trsvcid ?? ""}/${remote.subnqn}`;
}
