import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { answers, listenAtPath } from "./unix-socket";

describe("a unix socket", () => {
  let folder: string;
  const servers: Server[] = [];
  const server = (): Server => {
    const made = createServer();
    servers.push(made);
    return made;
  };
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "opi-socket-test-"));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((each) => new Promise((resolve) => each.close(resolve))));
    rmSync(folder, { recursive: true });
  });

  test("is open to its own user only, whatever the umask, and leaves the umask as it was", () => {
    const before = process.umask(0o000);
    try {
      listenAtPath(server(), join(folder, "a"), {});
      expect(mode(join(folder, "a"))).toBe("600");
      expect(process.umask(0o000)).toBe(0o000);
    } finally {
      process.umask(before);
    }
  });

  test("is made closed and only then opened, as the mode that it has when it appears shows", () => {
    // The wish comes after the bind: a bind that fails to restrict would show a wider mode here.
    const path = join(folder, "b");
    const made = server();
    const before = process.umask(0o000);
    let seen: string | undefined;
    const listen = made.listen.bind(made);
    made.listen = ((...given: Parameters<typeof listen>) => {
      const result = listen(...given);
      seen = mode(path);
      return result;
    }) as typeof made.listen;
    try {
      listenAtPath(made, path, { mode: 0o660 });
    } finally {
      process.umask(before);
    }
    expect([seen, mode(path)]).toEqual(["600", "660"]);
  });

  test("belongs to the group that was asked for", () => {
    const path = join(folder, "c");
    const [group = 0] = process.getgroups?.() ?? [];
    listenAtPath(server(), path, { mode: 0o660, group });
    expect(statSync(path).gid).toBe(group);
  });

  test("that is taken changes nothing at its place", async () => {
    const path = join(folder, "d");
    listenAtPath(server(), path, { mode: 0o660 });
    const second = createServer();
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => second.once("error", resolve));
    listenAtPath(second, path, { mode: 0o600 });
    expect((await failed).code).toBe("EADDRINUSE");
    expect(mode(path)).toBe("660");
    expect(await answers(path)).toBe(true);
  });

  test("that nobody listens at is told from one that lives", async () => {
    expect(await answers(join(folder, "none"))).toBe(false);
    expect(existsSync(join(folder, "none"))).toBe(false);
  });
});
