import { errnoFault, RpcFault } from "../rpc/fault";
import type { FabricAddress } from "./fabric";

/** An NVMe transport address and the subsystem there, in SPDK's spelling. */
export interface TransportId extends FabricAddress {
  readonly adrfam: string;
  readonly subnqn: string;
}

const TRANSPORTS: Readonly<Record<string, string>> = {
  TCP: "TCP",
  RDMA: "RDMA",
  FC: "FC",
  PCIE: "PCIe",
  VFIOUSER: "VFIOUSER",
};

const ADDRESS_FAMILIES: Readonly<Record<string, string>> = {
  IPV4: "IPv4",
  IPV6: "IPv6",
  IB: "IB",
  FC: "FC",
  INTRA_HOST: "Intra_Host",
};

export interface TransportIdParams {
  readonly trtype?: string;
  readonly adrfam?: string;
  readonly traddr: string;
  readonly trsvcid?: string;
  readonly subnqn?: string;
}

/** SPDK takes names in any case, and any name for a transport it may not have (recorded: new.discovery/start_bad_trtype). */
export function transportName(trtype: string): string {
  return TRANSPORTS[trtype.toUpperCase()] ?? "CUSTOM";
}

export function parseTransportId(params: TransportIdParams): TransportId {
  const trtype = transportName(params.trtype ?? "PCIe");
  let adrfam = "IPv4";
  if (params.adrfam !== undefined) {
    const known = ADDRESS_FAMILIES[params.adrfam.toUpperCase()] as string | undefined;
    if (known === undefined) throw new RpcFault(errnoFault("EINVAL").code, `Failed to parse adrfam: ${params.adrfam}`);
    adrfam = known;
  }
  return {
    trtype,
    adrfam,
    traddr: params.traddr,
    trsvcid: params.trsvcid ?? "",
    subnqn: params.subnqn ?? "",
  };
}

export function sameAddress(a: FabricAddress, b: FabricAddress): boolean {
  return a.trtype === b.trtype && a.traddr.toLowerCase() === b.traddr.toLowerCase() && a.trsvcid === b.trsvcid;
}

/** As SPDK's initiator reports it: a local device has nothing but its address. */
export function describeTransportId(trid: TransportId): Record<string, string> {
  if (trid.trtype === "PCIe") return { trtype: trid.trtype, traddr: trid.traddr };
  const { trtype, adrfam, traddr, trsvcid, subnqn } = trid;
  return { trtype, adrfam, traddr, trsvcid, subnqn };
}
