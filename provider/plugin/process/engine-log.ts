import { credentials, Metadata } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** An engine that does not even take a message is gone, or will not take the answer either. */
const PATIENCE_MS = 2_000;

/**
 * What the user should know: it goes to the engine, which shows it beside the resource. Standard output belongs to the
 * port alone; without an engine standard error takes its place.
 */
export class EngineLog {
  private client?: EngineClient;
  private readonly underWay = new Set<Promise<void>>();

  constructor(address: string) {
    this.connect(address);
  }

  /** Takes another engine, as an attached plugin gets with each run. */
  connect(address: string): void {
    this.client?.close();
    this.client = address === "" ? undefined : new EngineClient(address, credentials.createInsecure());
  }

  warn(message: string, urn = ""): void {
    if (!this.client) {
      process.stderr.write(`${message}\n`);
      return;
    }
    const request = new LogRequest().setSeverity(LogSeverity.WARNING).setMessage(message).setUrn(urn);
    const { client } = this;
    const deadline = Date.now() + PATIENCE_MS;
    // A message that does not arrive changes nothing, and an engine that is gone reads no standard error either.
    const telling = new Promise<void>((resolve) => client.log(request, new Metadata(), { deadline }, () => resolve()));
    this.underWay.add(telling);
    void telling.then(() => this.underWay.delete(telling));
  }

  /** Waits until all warnings have arrived: what comes after the answer to the engine's last call, nobody is shown. */
  async told(): Promise<void> {
    await Promise.all(this.underWay);
  }

  close(): void {
    this.client?.close();
    this.client = undefined;
  }
}
