import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runMark } from "./begin";
import { filesIn, processesMarked } from "./look";

test("a child that outlives its test is found by what it inherited, until it ends", async () => {
  const mark = "LEFTOVERS_TEST=found";
  const child = spawn(process.execPath, ["-e", "process.stdin.resume(); console.log('up')"], {
    env: { ...process.env, LEFTOVERS_TEST: "found" },
  });
  try {
    await once(child.stdout, "data");
    const found = processesMarked(mark).map(({ pid }) => pid);
    expect(found).toEqual(process.platform === "linux" ? [child.pid] : []);
  } finally {
    child.kill("SIGKILL");
    await once(child, "close");
  }
  expect(processesMarked(mark)).toEqual([]);
});

test("files and sockets left in the run's folder are named", async () => {
  const folder = mkdtempSync(join(tmpdir(), "look-"));
  const server = createServer();
  try {
    writeFileSync(join(folder, "note"), "");
    server.listen(join(folder, "s"));
    await once(server, "listening");
    expect([...filesIn(folder)].sort()).toEqual([`file ${join(folder, "note")}`, `socket ${join(folder, "s")}`]);
  } finally {
    server.close();
    await once(server, "close");
    rmSync(folder, { recursive: true, force: true });
  }
});

test("tests of this run use its own temporary folder", () => {
  expect(tmpdir()).toBe(process.env[runMark]);
});
