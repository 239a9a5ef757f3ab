import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { catalogue, connect } from "pulumi-opi/client";

/** The embedded agent in a process of its own, as `pulumi-opi agent` runs it. */
export interface EmbeddedAgent {
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts the agent on a free port of this machine; it brings an SPDK simulator with it. */
export async function startAgent(cli: string): Promise<EmbeddedAgent> {
  const child = spawn(process.execPath, [cli, "agent", "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString()));
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      const found = /(127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`the agent ended with code ${code ?? "none"}: ${log.join("")}`)));
    child.once("error", reject);
  });
  return { address, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

/** Names of everything on the agent, children after their parents. */
export async function objectsOn(address: string): Promise<readonly string[]> {
  const agent = connect({ address });
  const names: string[] = [];
  for (const type of catalogue.types.filter(({ readOnly, parent }) => !readOnly && !parent)) {
    const found = (await agent.list(type)).map((message) => String(message.name));
    names.push(...found);
    for (const child of catalogue.types.filter(({ readOnly, parent }) => !readOnly && parent?.noun === type.noun)) {
      for (const parent of found) {
        names.push(...(await agent.list(child, parent)).map((message) => String(message.name)));
      }
    }
  }
  return names;
}
