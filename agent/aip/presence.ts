import { isFieldUnset, read } from "../contract/message";
import { messageShape } from "../contract/shape";
import { invalidArgument } from "./status";

/** Refuses a message that lacks a REQUIRED field (AIP-203) or holds an unknown enum value, naming the field's path. */
export function checkPresence(typeName: string, message: object, path: string): void {
  const oneofs = new Map<string, string>();
  for (const field of messageShape(typeName).fields) {
    if (field.output) continue;
    const at = `${path}.${field.name}`;
    const value = read(message, field);
    if (field.required && isFieldUnset(field, value)) throw invalidArgument(`${at}: required`);
    if (value === undefined || value === null) continue;
    if (field.oneof !== undefined) {
      const other = oneofs.get(field.oneof);
      if (other !== undefined) throw invalidArgument(`${at}: cannot be set together with ${other}`);
      oneofs.set(field.oneof, at);
    }
    if (field.enumNumbers !== undefined && !field.enumNumbers.has(value as number))
      throw invalidArgument(`${at}: ${JSON.stringify(value)} is no value that this agent knows`);
    if (field.message !== undefined) checkPresence(field.message().typeName, value, at);
  }
}
