import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startServer } from "./testing/server";

const run = promisify(execFile);
const register = require.resolve("ts-node/register/transpile-only");
const reader = (address: string) =>
  // Without the limit a process that never ends would hang the tests instead of failing them.
  run(process.execPath, ["-r", register, join(__dirname, "testing", "reader.ts"), address], {
    timeout: 110_000,
    env: { ...process.env, DISABLE_V8_COMPILE_CACHE: "1" },
  });

test("a process that has used an agent ends by itself, without closing anything", async () => {
  const server = await startServer({ GetNullVolume: ({ name }) => ({ name }) });
  try {
    expect((await reader(server.address)).stdout).toBe("read nullVolumes/vol0");
  } finally {
    await server.stop();
  }
}, 120_000);

test("a process that has found no agent ends by itself", async () => {
  expect((await reader("127.0.0.1:1")).stdout).toContain("connection refused");
}, 120_000);
