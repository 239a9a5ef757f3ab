/**
 * The catalogue: what the provider knows of every resource type, derived from the protocol's own descriptors and one
 * overlay table. Life cycle, client, functions, schema and dynamic classes read it; none of them knows a type by name.
 */

/** The kinds of value a field can hold on the wire. */
export type FieldKind = "string" | "bool" | "int32" | "uint32" | "int64" | "bytes" | "enum" | "message";

/** What a string, number or byte value must look like beyond its kind; each has one validator in the life cycle. */
export type Format =
  /** NVMe Qualified Name (NVMe Base Specification, "NVMe Qualified Names"). */
  | "nqn"
  /** UUID in its canonical text form (RFC 9562). */
  | "uuid"
  /** 32 hexadecimal digits. */
  | "nguid"
  /** 16 hexadecimal digits: a 64-bit identifier, which a double cannot hold. */
  | "eui64"
  /** PSK interchange format with its CRC (NVMe TCP Transport Specification, 3.6.1.5). */
  | "psk"
  /** Raw bytes as hexadecimal digits. */
  | "hex"
  /** A TCP or UDP port, 1 to 65535, as a number or as decimal text. */
  | "port"
  /** An IP address or a PCIe address, as the transport and address family beside it say. */
  | "transportAddress"
  /** An absolute path on the DPU. */
  | "path"
  /** Printable ASCII. */
  | "printable"
  /** A power of two, at least 512. */
  | "blockSize"
  /** A positive multiple of 512. */
  | "sectorMultiple";

export interface Field {
  /** Property name in Pulumi, such as `serialNumber`. */
  readonly name: string;
  /** Path from the resource's properties, such as `pcieId.portId`. */
  readonly property: string;
  /** Path from the resource message in proto names, such as `spec.serial_number`: what an update_mask takes. */
  readonly path: string;
  readonly kind: FieldKind;
  /** Full name of the enum or message, such as `opi_api.storage.v1.NvmeMultipath`. */
  readonly type?: string;
  /** Fields of a message. */
  readonly fields?: readonly Field[];
  readonly repeated?: true;
  /** Whether the wire tells "not set" from zero: proto3 optional, wrapper types and messages. */
  readonly presence?: true;
  /** The oneof the field belongs to: at most one of its members may be set. */
  readonly oneof?: string;
  readonly behavior: "required" | "optional" | "output";
  /** Changing it replaces the object. */
  readonly immutable?: true;
  /** Never shown; compared between old and new inputs only. */
  readonly secret?: true;
  /** The agent decides when it is left out; leaving it out later keeps its value. */
  readonly assigned?: true;
  /** Two objects of the type cannot hold the same value at one time (on the agent, or below one parent). */
  readonly unique?: true;
  /** It can become larger in place; becoming smaller takes a new object. */
  readonly grows?: true;
  /** Nouns of the resource types whose names it takes. */
  readonly references?: readonly string[];
  readonly format?: Format;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  /** The only values allowed, for numbers. */
  readonly values?: readonly number[];
  readonly doc: string;
}

/** A condition that spans several fields of one type. Paths are property paths. */
export type Rule =
  /** `path` can only be set together with `needs`. */
  | { readonly kind: "needs"; readonly path: string; readonly needs: string }
  /** At least one of the fields below `path` must be set and not zero. */
  | { readonly kind: "atLeastOne"; readonly path: string }
  /** The number of bytes of `key` must fit `cipher`; an XTS key's halves must differ (IEEE 1619). */
  | { readonly kind: "keyFitsCipher"; readonly key: string; readonly cipher: string }
  /** `address` must be of the family that `family` names. */
  | { readonly kind: "addressFamily"; readonly address: string; readonly family: string }
  /** The value of `transport` decides which of two properties holds the address. */
  | {
      readonly kind: "transport";
      readonly transport: string;
      readonly pcie?: string;
      readonly fabrics: string;
      readonly address?: string;
    }
  /** No lower rate above the upper one; no reads or writes limit above the limit of both. */
  | { readonly kind: "limits"; readonly min?: string; readonly max: string };

/** One RPC of a type's service. */
export interface Method {
  /** gRPC path, `/opi_api.storage.v1.NullVolumeService/CreateNullVolume`. */
  readonly rpc: string;
  readonly request: string;
  readonly response: string;
  /** Request field (ts-proto key) that carries the resource: create and update. */
  readonly body?: string;
  /** Request field that carries the id: create. */
  readonly id?: string;
  /** Whether the request names a parent. */
  readonly parent?: true;
  /** What the parent is when the HTTP binding fixes it, such as `virtioScsiTargets`. */
  readonly fixedParent?: string;
  /** Response field that holds the entries: list. */
  readonly items?: string;
}

export type Verb = "create" | "get" | "update" | "delete" | "list" | "stats" | "reset";

export type Area = "frontend" | "middleend" | "backend" | "inventory";

export interface ResourceType {
  /** Pulumi token, `opi:frontend:NvmeSubsystem`. */
  readonly token: string;
  readonly area: Area;
  /** `NvmeSubsystem` */
  readonly noun: string;
  /** `nvmeSubsystem`: also the property by which children name it. */
  readonly singular: string;
  readonly plural: string;
  /** Full name of the message. */
  readonly message: string;
  /** Full name of the service. */
  readonly service: string;
  /** Resource name pattern, `nvmeSubsystems/{subsystem}/nvmeControllers/{controller}` (AIP-122). */
  readonly pattern: string;
  /** The type one level up in the pattern. */
  readonly parent?: { readonly noun: string; readonly property: string };
  readonly fields: readonly Field[];
  readonly methods: Readonly<Partial<Record<Verb, Method>>>;
  /** Counters of the stats call. */
  readonly statistics: readonly Field[];
  readonly rules: readonly Rule[];
  /** What an object occupies is needed by its successor, whatever differs: the old object goes before the new comes. */
  readonly exclusive?: true;
  /** A type without a create call can only be read. */
  readonly readOnly: boolean;
  readonly doc: string;
}

export interface EnumType {
  /** Full name. */
  readonly name: string;
  /** What its values' names begin with, `NVME_TRANSPORT_TYPE_`. */
  readonly prefix: string;
  readonly values: readonly { readonly name: string; readonly number: number; readonly doc: string }[];
  readonly doc: string;
}

export interface Catalogue {
  readonly types: readonly ResourceType[];
  readonly enums: Readonly<Record<string, EnumType>>;
}
