import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/**
 * What the user should know: it goes to the engine, which shows it beside the resource. Standard output belongs to the
 * port alone; without an engine standard error takes its place.
 */
export class EngineLog {
  private client?: EngineClient;

  constructor(address: string) {
    this.connect(address);
  }

  /** Takes another engine, as an attached plugin gets with each run. */
  connect(address: string): void {
    this.client?.close();
    this.client = address === "" ? undefined : new EngineClient(address, credentials.createInsecure());
  }

  warn(message: string, urn = ""): void {
    this.send(LogSeverity.WARNING, message, urn);
  }

  debug(message: string, urn = ""): void {
    this.send(LogSeverity.DEBUG, message, urn);
  }

  close(): void {
    this.client?.close();
    this.client = undefined;
  }

  private send(severity: LogSeverity, message: string, urn: string): void {
    if (!this.client) {
      process.stderr.write(`${message}\n`);
      return;
    }
    const request = new LogRequest().setSeverity(severity).setMessage(message).setUrn(urn);
    // A message that does not arrive changes nothing, and an engine that is gone reads no standard error either.
    this.client.log(request, () => undefined);
  }
}
