import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { runMark } from "./begin";
import { filesIn, processesMarked } from "./look";

const patienceMilliseconds = 5_000;

/** Jest's global tear-down: a run that leaves a process, a socket or a file behind fails, and is cleaned up after. */
export default async function end(): Promise<void> {
  const folder = process.env[runMark];
  if (folder === undefined) return;
  const mark = `${runMark}=${folder}`;
  // Jest's own workers, and what was told to stop a moment ago, are still on their way out.
  for (let waited = 0; waited < patienceMilliseconds && processesMarked(mark).length > 0; waited += 100) {
    await pause(100);
  }
  const processes = processesMarked(mark);
  for (const { pid } of processes) process.kill(pid, "SIGKILL");
  const files = filesIn(folder);
  rmSync(folder, { recursive: true, force: true });
  if (processes.length + files.length === 0) return;
  const lines = [...processes.map(({ pid, command }) => `process ${pid}: ${command}`), ...files];
  throw new Error(`The tests left behind:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
