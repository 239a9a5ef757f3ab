import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { removeStaleRunFolders } from "./stale-run-folders";

test("what killed agents left is cleared away; living ones, young ones, a real SPDK's and other folders stay", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "stale-"));
  const folder = (name: string): string => {
    mkdirSync(join(temporary, name, "keys"), { recursive: true });
    return join(temporary, name);
  };
  const listen = (path: string): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer().listen(path, () => resolve(server));
    });
  /** A socket that nobody answers at: closed under another name than it has. */
  const leave = async (path: string): Promise<void> => {
    const server = await listen(`${path}.x`);
    renameSync(`${path}.x`, path);
    await new Promise((resolve) => server.close(resolve));
  };
  await leave(join(folder("pulumi-opi-agent-killed"), "spdk.sock"));
  const living = await listen(join(folder("pulumi-opi-agent-living"), "spdk.sock"));
  folder("pulumi-opi-agent-real-spdk");
  await leave(join(folder("somebody-else"), "spdk.sock"));
  writeFileSync(join(folder("pulumi-opi-agent-file"), "spdk.sock"), "");

  await removeStaleRunFolders(temporary);
  expect(readdirSync(temporary)).toContain("pulumi-opi-agent-killed");
  await removeStaleRunFolders(temporary, Date.now() + 60_000);
  expect(readdirSync(temporary).sort()).toEqual([
    "pulumi-opi-agent-file",
    "pulumi-opi-agent-living",
    "pulumi-opi-agent-real-spdk",
    "somebody-else",
  ]);
  await new Promise((resolve) => living.close(resolve));
  rmSync(temporary, { recursive: true });
  await removeStaleRunFolders(temporary);
});
