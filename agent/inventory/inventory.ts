import { readdir, readFile, readlink } from "node:fs/promises";
import { totalmem } from "node:os";
import { basename, join } from "node:path";

import type {
  GetInventoryRequest,
  Inventory,
  PCIeDeviceInfo,
} from "../../provider/wire/opi_api/inventory/v1/inventory";
import { invalidArgument } from "../aip/status";
import { chassisDescription } from "./chassis-type";

const DMI = "/sys/class/dmi/id";
const PCI = "/sys/bus/pci/devices";

/** What this machine is made of, as its kernel tells. What the kernel does not tell, or not to this user, is empty. */
export async function inventory(request: object): Promise<Inventory> {
  // The service definition decodes this type for the method.
  const { name } = request as GetInventoryRequest;
  if (!/^inventory\/[^/]+\/inventory\/[^/]+$/.test(name))
    throw invalidArgument(`name: ${JSON.stringify(name)} does not look like inventory/{device}/inventory/{inventory}`);
  const dmi = (file: string): Promise<string> => text(join(DMI, file));
  const chassisType = await dmi("chassis_type");
  return {
    bios: { vendor: await dmi("bios_vendor"), version: await dmi("bios_version"), date: await dmi("bios_date") },
    system: {
      family: await dmi("product_family"),
      name: await dmi("product_name"),
      vendor: await dmi("sys_vendor"),
      serialNumber: await dmi("product_serial"),
      uuid: await dmi("product_uuid"),
      sku: await dmi("product_sku"),
      version: await dmi("product_version"),
    },
    baseboard: {
      assetTag: await dmi("board_asset_tag"),
      serialNumber: await dmi("board_serial"),
      vendor: await dmi("board_vendor"),
      version: await dmi("board_version"),
      product: await dmi("board_name"),
    },
    chassis: {
      assetTag: await dmi("chassis_asset_tag"),
      serialNumber: await dmi("chassis_serial"),
      type: chassisType,
      typeDescription: chassisDescription(chassisType),
      vendor: await dmi("chassis_vendor"),
      version: await dmi("chassis_version"),
    },
    processor: processor(await text("/proc/cpuinfo")),
    memory: await memory(),
    pci: await pciDevices(),
  };
}

async function text(path: string): Promise<string> {
  return (await readFile(path, "utf8").catch(() => "")).trim();
}

/** Threads are the processors listed; cores are the distinct pairs of socket and core, or the threads where none are named. */
export function processor(cpuinfo: string): { totalCores: number; totalThreads: number } {
  const blocks = cpuinfo.split(/\n\s*\n/).filter((block) => /^processor\s*:/m.test(block));
  const value = (block: string, key: string): string | undefined =>
    new RegExp(`^${key}\\s*:\\s*(.*)$`, "m").exec(block)?.[1];
  const cores = new Set(
    blocks.flatMap((block) => {
      const core = value(block, "core id");
      return core === undefined ? [] : [`${value(block, "physical id") ?? "0"}/${core}`];
    }),
  );
  return { totalCores: cores.size === 0 ? blocks.length : cores.size, totalThreads: blocks.length };
}

/** Usable memory is what the kernel manages. Installed memory is what its memory blocks cover, where it lists them. */
async function memory(): Promise<{ totalPhysicalBytes: bigint; totalUsableBytes: bigint }> {
  const totalKib = /^MemTotal:\s*(\d+) kB$/m.exec(await text("/proc/meminfo"))?.[1];
  const usable = totalKib === undefined ? BigInt(totalmem()) : BigInt(totalKib) * 1024n;
  const blockSize = await text("/sys/devices/system/memory/block_size_bytes");
  if (!/^[0-9a-f]+$/i.test(blockSize)) return { totalPhysicalBytes: usable, totalUsableBytes: usable };
  const blocks = (await list("/sys/devices/system/memory")).filter((entry) => /^memory\d+$/.test(entry));
  const installed = BigInt(`0x${blockSize}`) * BigInt(blocks.length);
  return { totalPhysicalBytes: installed > usable ? installed : usable, totalUsableBytes: usable };
}

async function pciDevices(): Promise<PCIeDeviceInfo[]> {
  return Promise.all((await list(PCI)).map((address) => pciDevice(address)));
}

/** Vendor, product and classes by their ids in hexadecimal: names would need a copy of the PCI id database. */
async function pciDevice(address: string): Promise<PCIeDeviceInfo> {
  const file = (name: string): Promise<string> => text(join(PCI, address, name));
  const hex = async (name: string): Promise<string> => (await file(name)).replace(/^0x/, "");
  const deviceClass = await hex("class");
  const driver = await readlink(join(PCI, address, "driver")).catch(() => "");
  return {
    driver: basename(driver),
    address,
    vendor: await hex("vendor"),
    product: await hex("device"),
    revision: await hex("revision"),
    subsystem: [await hex("subsystem_vendor"), await hex("subsystem_device")].filter((id) => id !== "").join(":"),
    class: deviceClass.slice(0, 2),
    subclass: deviceClass.slice(2, 4),
  };
}

async function list(folder: string): Promise<string[]> {
  return (await readdir(folder).catch((): string[] => [])).sort();
}
