import type { Server } from "@grpc/grpc-js";
import { ReflectionService } from "@grpc/reflection";

import { serializedFiles } from "../contract/descriptors";
import { serviceDefinitions } from "./services";

/** Serves the contract's own descriptors (gRPC Server Reflection, v1 and v1alpha). */
export function addReflection(server: Server): void {
  // The library reads nothing of a package definition but these bytes; the rest of the type is for its other users.
  const definition = { contract: { fileDescriptorProtos: serializedFiles(), format: "", type: {} } };
  new ReflectionService(definition as never, { services: Object.keys(serviceDefinitions) }).addToServer(server);
}
