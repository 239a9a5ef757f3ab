import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { ResourceType } from "../../catalogue";
import type { Properties } from "../../catalogue/values/property";
import type { Session } from "../session";
import { encode } from "../values/encode";
import { secretsOf, union } from "../values/secrets";

/**
 * Encodes properties of a resource for the engine. Secret are those that the protocol calls secret, even when a program
 * gave them in plain, and those that the program made secret, wherever they turn up again under their name.
 */
export function marked(
  session: Session,
  type: ResourceType,
  ...secrets: readonly ReadonlySet<string>[]
): (properties: Properties) => Struct {
  const marks = session.acceptSecrets ? union(secretsOf(type), ...secrets) : new Set<string>();
  return (properties) => encode(properties, marks);
}
