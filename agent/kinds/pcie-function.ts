import { alreadyExists, invalidArgument } from "../aip/status";
import type { PciEndpoint } from "../../provider/wire/opi_api/storage/v1/opicommon";
import type { Store } from "../store/store";

/** A PCIe routing id has 16 bits: 8 of bus and, with ARI, 8 of function (PCI Express Base Specification, ARI). */
const RANGES = [
  ["portId", "port_id", 255],
  ["physicalFunction", "physical_function", 255],
  ["virtualFunction", "virtual_function", 65_535],
] as const;

/** What an object remembers when it stands at a PCIe function. */
export interface FunctionState {
  /** `port/physical/virtual`; absent for objects at fabrics addresses. */
  readonly pcieFunction?: string;
}

export function checkFunction(endpoint: PciEndpoint | undefined, field: string): void {
  if (endpoint === undefined) return;
  for (const [part, name, largest] of RANGES) {
    const value = endpoint[part];
    if (value === undefined) throw invalidArgument(`${field}.${name}: required`);
    if (value < 0 || value > largest)
      throw invalidArgument(`${field}.${name}: ${value} is not between 0 and ${largest}`);
  }
}

export function functionKey(endpoint: PciEndpoint): string {
  return `${endpoint.portId ?? 0}/${endpoint.physicalFunction ?? 0}/${endpoint.virtualFunction ?? 0}`;
}

/** A host sees one device at a function, whatever kind it is. */
export function refuseTakenFunction(store: Store, key: string, field: string): void {
  for (const type of [
    "opi_api.storage.v1.NvmeController",
    "opi_api.storage.v1.VirtioBlk",
    "opi_api.storage.v1.VirtioScsiController",
  ])
    for (const other of store.list(type))
      // All three types remember a FunctionState.
      if ((other.state as FunctionState).pcieFunction === key)
        throw alreadyExists(`${field}: the function (port/physical/virtual) ${key} belongs to ${other.name}`);
}
