import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import type { Health } from "./health";
import type { Metrics } from "./metrics";
import type { Listener } from "../server/listener";

/** Requests have no bodies and a handful of headers; who needs longer is no probe. */
const REQUEST_MS = 10_000;

/**
 * Probes and metrics over HTTP, on an address of their own:
 * `/livez` the process answers, `/readyz` it can do its work (503 and why, if not), `/metrics` for Prometheus.
 */
export class OperationsServer {
  private readonly server: Server;

  constructor(
    private readonly listener: Listener,
    private readonly health: Health,
    private readonly metrics: Metrics,
  ) {
    this.server = createServer(
      { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, keepAliveTimeout: REQUEST_MS, maxHeaderSize: 8192 },
      (request, response) => {
        this.answer(request, response).catch(() => response.destroy());
      },
    );
    listener.serve((socket) => this.server.emit("connection", socket));
  }

  get address(): string {
    return this.listener.address;
  }

  async stop(): Promise<void> {
    this.server.close();
    await this.listener.destroy();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, text: string, type = "text/plain; charset=utf-8"): void => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : text);
    };
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      send(405, "only GET and HEAD\n");
      return;
    }
    const [path] = (request.url ?? "").split("?");
    if (path === "/livez") send(200, "ok\n");
    else if (path === "/readyz") {
      const { reasons } = this.health;
      send(reasons.length === 0 ? 200 : 503, reasons.length === 0 ? "ok\n" : `${reasons.join("\n")}\n`);
    } else if (path === "/metrics") send(200, await this.metrics.text(), this.metrics.contentType);
    else send(404, "there are /livez, /readyz and /metrics\n");
  }
}
