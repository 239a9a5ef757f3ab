import { createConnection, createServer, type Socket } from "node:net";
import { unlink } from "node:fs/promises";

/** SPDK looks at its JSON-RPC socket every 4 ms. */
const POLL_MS = 4;
/** The most that it takes from one connection at a time. */
const LARGEST_TAKE = 32 * 1024;

interface Relayed {
  readonly client: Socket;
  readonly target: Socket;
  /** From the client, not taken yet. */
  asked: Buffer;
  /** From the target, not given back yet. */
  answered: Buffer[];
}

/**
 * A unix socket in front of the simulator that moves bytes only when SPDK would: every 4 ms, answers of the last time
 * first, then one piece of what was asked. So a call on a new connection takes two turns, which is where the 121 calls a
 * second that were measured on SPDK come from.
 */
export async function startPolledRelay(
  socketPath: string,
  targetPath: string,
): Promise<{ readonly socketPath: string; close(): Promise<void> }> {
  const connections = new Set<Relayed>();
  const server = createServer((client) => {
    const relayed: Relayed = { client, target: createConnection(targetPath), asked: Buffer.alloc(0), answered: [] };
    connections.add(relayed);
    client.on("data", (chunk: Buffer) => (relayed.asked = Buffer.concat([relayed.asked, chunk])));
    relayed.target.on("data", (chunk: Buffer) => relayed.answered.push(chunk));
    for (const [one, other] of [
      [client, relayed.target],
      [relayed.target, client],
    ]) {
      one.on("error", () => one.destroy());
      one.on("close", () => {
        connections.delete(relayed);
        other.destroy();
      });
    }
  });
  const poller = setInterval(() => connections.forEach(poll), POLL_MS);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return {
    socketPath,
    close: async () => {
      clearInterval(poller);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { client } of connections) client.destroy();
      await closed;
      await unlink(socketPath).catch(() => undefined);
    },
  };
}

function poll(relayed: Relayed): void {
  if (relayed.answered.length > 0) relayed.client.write(Buffer.concat(relayed.answered));
  relayed.answered = [];
  if (relayed.asked.length === 0) return;
  relayed.target.write(relayed.asked.subarray(0, LARGEST_TAKE));
  relayed.asked = relayed.asked.subarray(LARGEST_TAKE);
}
