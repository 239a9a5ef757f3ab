import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { FieldBehavior } from "../../../../provider/catalogue/descriptors";
import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import { descriptors } from "../contract";
import { unknown } from "../status";

/**
 * Every field that the contract marks REQUIRED must be set, in the order in which the contract names them, whatever the
 * update mask says (recorded: NullVolume/update_mask_only_that_field). Zero is not set.
 *
 * @throws BridgeStatus
 */
export function requireFields(desc: DescMessage, message: WireMessage, path = ""): void {
  for (const field of desc.fields) {
    const value = message[field.localName];
    const at = path ? `${path}.${field.name}` : field.name;
    if (!isSet(field, value)) {
      if (descriptors.behaviors(field).includes(FieldBehavior.REQUIRED)) throw unknown(`missing required field: ${at}`);
    } else if (field.fieldKind === "message" && !field.message.typeName.startsWith("google.protobuf.")) {
      requireFields(field.message, value as WireMessage, at);
    }
  }
}

function isSet(field: DescField, value: unknown): boolean {
  if (value === undefined) return false;
  if (field.fieldKind === "message") return true;
  if (value instanceof Uint8Array || Array.isArray(value)) return value.length > 0;
  return value !== "" && value !== 0 && value !== 0n && value !== false;
}
