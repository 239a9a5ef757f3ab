import type { DescMessage } from "@bufbuild/protobuf";
import { unknown } from "../status";

/**
 * Update masks are looked at and never applied (recorded: NullVolume/update_mask_unknown, update_mask_one).
 *
 * @throws BridgeStatus
 */
export function checkMask(desc: DescMessage, paths: readonly string[]): void {
  for (const path of paths) {
    if (path === "*" && paths.length === 1) continue;
    if (!leads(desc, path.split("."))) throw unknown(`invalid field path: ${path}`);
  }
}

function leads(desc: DescMessage, [name, ...rest]: readonly string[]): boolean {
  const field = desc.fields.find((each) => each.name === name);
  if (!field) return false;
  return rest.length === 0 || (field.fieldKind === "message" && leads(field.message, rest));
}
