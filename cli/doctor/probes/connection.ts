import { connect as dial } from "node:net";
import type { Probe } from "../../../provider/client/probe";
import { lookAtTls } from "./tls";
import type { TlsFacts } from "./tls";

/** How the agent was reached, or why not. */
export interface Connection {
  readonly reached: boolean;
  readonly transport: "tcp" | "unix";
  /** Whether nothing that is sent leaves this machine. */
  readonly local: boolean;
  readonly encrypted: boolean;
  /** Milliseconds until the operating system had a connection. */
  readonly dialMilliseconds?: number;
  /** Milliseconds from the dial to the first gRPC answer, TLS included. */
  readonly firstAnswerMilliseconds?: number;
  readonly tls?: TlsFacts;
  /** Why there is no connection, and what to do. */
  readonly problem?: { readonly text: string; readonly remedy?: string };
}

const PATIENCE_MS = 5_000;

/** What sockets tell, before any gRPC. */
export async function lookAtConnection(probe: Probe, local: boolean): Promise<Connection> {
  const { address, tls } = probe;
  const facts = { transport: address.kind, local, encrypted: tls !== undefined } as const;
  const dialMilliseconds = await timeToDial(
    address.kind === "tcp" ? { host: address.host, port: address.port } : { path: address.path },
  );
  if (dialMilliseconds === undefined) {
    const problem = await probe.diagnose();
    return {
      ...facts,
      reached: false,
      problem: problem ? { text: problem.detail, remedy: problem.remedy } : { text: `no connection within 5 s` },
    };
  }
  const seen = tls && (await lookAtTls(address, tls));
  const problem = await probe.diagnose();
  return {
    ...facts,
    reached: problem === undefined,
    dialMilliseconds,
    ...(seen ? { tls: seen } : {}),
    ...(problem ? { problem: { text: problem.detail, remedy: problem.remedy } } : {}),
  };
}

function timeToDial(where: { readonly host: string; readonly port: number } | { readonly path: string }) {
  return new Promise<number | undefined>((resolve) => {
    const started = performance.now();
    const socket = dial(where);
    const finish = (milliseconds: number | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(milliseconds);
    };
    const timer = setTimeout(() => finish(undefined), PATIENCE_MS);
    socket.once("connect", () => finish(performance.now() - started));
    socket.on("error", () => finish(undefined));
  });
}
