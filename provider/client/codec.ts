import type { WireMessage } from "../catalogue/values/wire";
import * as capabilities from "../wire/opi_ext/agent/v1/capabilities";
import * as empty from "../wire/google/protobuf/empty";
import * as inventory from "../wire/opi_api/inventory/v1/inventory";
import * as aio from "../wire/opi_api/storage/v1/backend_aio";
import * as malloc from "../wire/opi_api/storage/v1/backend_malloc";
import * as nullVolume from "../wire/opi_api/storage/v1/backend_null";
import * as remote from "../wire/opi_api/storage/v1/backend_nvme";
import * as nvme from "../wire/opi_api/storage/v1/frontend_nvme";
import * as virtioBlk from "../wire/opi_api/storage/v1/frontend_virtio_blk";
import * as virtioScsi from "../wire/opi_api/storage/v1/frontend_virtio_scsi";
import * as encryption from "../wire/opi_api/storage/v1/middleend_encryption";
import * as qos from "../wire/opi_api/storage/v1/middleend_qos_volume";

/**
 * Turns messages into bytes and back, by full message name. An interface, so that a vendor's messages can come from
 * descriptors at run time while OPI's come from generated code.
 */
export interface Codec {
  /** Absent fields take their defaults; fields that the codec did not know when it read the message are kept. */
  encode(messageName: string, message: WireMessage): Uint8Array;
  decode(messageName: string, bytes: Uint8Array): WireMessage;
}

/** What ts-proto generates for each message, as far as the codec uses it. */
interface MessageFunctions {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): WireMessage;
  fromPartial(message: unknown): Record<string, unknown>;
}

/** ts-proto's name for fields that a newer peer sent: raw values by tag. */
const UNKNOWN_FIELDS = "_unknownFields";

const modules: readonly (readonly [packageName: string, exports: object])[] = [
  ...[aio, malloc, nullVolume, remote, nvme, virtioBlk, virtioScsi, encryption, qos].map(
    (module) => ["opi_api.storage.v1", module] as const,
  ),
  ["opi_api.inventory.v1", inventory],
  ["opi_ext.agent.v1", capabilities],
  ["google.protobuf", empty],
];

const functions: ReadonlyMap<string, MessageFunctions> = new Map(
  modules.flatMap(([packageName, exports]) =>
    Object.entries(exports).flatMap(([name, value]: [string, unknown]) =>
      // ts-proto joins the names of nested messages with an underscore.
      isMessage(value) ? [[`${packageName}.${name.replace(/_/g, ".")}`, value] as const] : [],
    ),
  ),
);

/** The codec of OPI's own messages: ts-proto's generated code. */
export const opiCodec: Codec = {
  encode(messageName, message) {
    const { fromPartial, encode } = functionsOf(messageName);
    return encode(graftUnknownFields(fromPartial(message), message)).finish();
  },
  decode: (messageName, bytes) => functionsOf(messageName).decode(bytes),
};

/**
 * `wish` with the fields that the codec did not know in `known`, an earlier read of the same object, at every level
 * that both have: an update that starts from a read must not drop what a newer agent reports.
 */
export function withUnknownFields(wish: WireMessage, known: WireMessage): WireMessage {
  return graftUnknownFields({ ...wish }, known);
}

/** ts-proto's fromPartial forgets unknown fields. */
function graftUnknownFields(target: Record<string, unknown>, source: WireMessage): Record<string, unknown> {
  for (const [key, value] of Object.entries(target)) {
    const from = source[key];
    if (isPlain(value) && isPlain(from)) target[key] = graftUnknownFields({ ...value }, from);
    else if (Array.isArray(value) && Array.isArray(from) && value.length === from.length) {
      target[key] = value.map((entry: unknown, at) => {
        const other: unknown = from[at];
        return isPlain(entry) && isPlain(other) ? graftUnknownFields({ ...entry }, other) : entry;
      });
    }
  }
  if (source[UNKNOWN_FIELDS] !== undefined) target[UNKNOWN_FIELDS] = source[UNKNOWN_FIELDS];
  return target;
}

function functionsOf(messageName: string): MessageFunctions {
  const found = functions.get(messageName);
  if (!found) throw new Error(`the OPI contract has no message ${messageName}`);
  return found;
}

function isMessage(value: unknown): value is MessageFunctions {
  return typeof value === "object" && value !== null && "fromPartial" in value && "decode" in value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
