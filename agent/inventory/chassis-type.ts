/** SMBIOS reference specification, section 7.4.1: system enclosure or chassis types, by number from 1. */
const TYPES = [
  "Other",
  "Unknown",
  "Desktop",
  "Low profile desktop",
  "Pizza box",
  "Mini tower",
  "Tower",
  "Portable",
  "Laptop",
  "Notebook",
  "Hand held",
  "Docking station",
  "All in one",
  "Sub notebook",
  "Space-saving",
  "Lunch box",
  "Main server chassis",
  "Expansion chassis",
  "SubChassis",
  "Bus expansion chassis",
  "Peripheral chassis",
  "RAID chassis",
  "Rack mount chassis",
  "Sealed-case PC",
  "Multi-system chassis",
  "Compact PCI",
  "Advanced TCA",
  "Blade",
  "Blade enclosure",
  "Tablet",
  "Convertible",
  "Detachable",
  "IoT gateway",
  "Embedded PC",
  "Mini PC",
  "Stick PC",
];

/** Empty where the number is none of the specification's. */
export function chassisDescription(type: string): string {
  return TYPES[Number(type) - 1] ?? "";
}
