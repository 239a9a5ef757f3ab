import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { agentCommand } from "./command";
import { describeRemote, parseRemote } from "./remote-target";
import { runAgent } from "./run";

describe("--remote", () => {
  test.each([
    [
      "tcp:192.0.2.10:4420/nqn.2019-06.io.example:remote",
      { trtype: "TCP", traddr: "192.0.2.10", trsvcid: "4420", subnqn: "nqn.2019-06.io.example:remote" },
    ],
    ["tcp:[2001:db8::1]:4420/nqn.2019-06.io.example:remote", { trtype: "TCP", traddr: "2001:db8::1" }],
    ["pcie:0000:03:00.0", { trtype: "PCIe", traddr: "0000:03:00.0" }],
  ])("takes %s, and --help shows it in that form", (text, remote) => {
    const parsed = parseRemote(text);
    expect(parsed).toMatchObject({ ...remote, namespaces: [{ nsid: 1, blockSize: 512, blocksCount: 2_097_152 }] });
    expect(describeRemote(parsed)).toBe(text);
  });

  test("takes the number and the size of namespaces", () => {
    expect(parseRemote("pcie:0000:03:00.0,namespaces=2,mib=1").namespaces).toEqual([
      { nsid: 1, blockSize: 512, blocksCount: 2048 },
      { nsid: 2, blockSize: 512, blocksCount: 2048 },
    ]);
  });

  test.each(["x", "tcp:192.0.2.10/nqn.a", "pcie:3:0", "pcie:0000:03:00.0,mib=0", "pcie:0000:03:00.0,psk=x"])(
    "refuses %s and says what is expected",
    (text) => expect(() => parseRemote(text)).toThrow("expected tcp:host:port/nqn or pcie:0000:03:00.0"),
  );

  test.each([
    ["--remote", "pcie:0000:03:00.0"],
    ["--simulator", "26.05"],
  ])("%s makes no sense beside a real SPDK", async (flag, value) => {
    const command = agentCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    await expect(command.parseAsync(["--spdk", "unix:/x", flag, value], { from: "user" })).rejects.toThrow(
      "cannot be used with option '--spdk",
    );
  });
});

describe("flags that name what is not usable", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "opi-flags-test-"));
    writeFileSync(join(folder, "empty"), "\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each([
    [{ tlsCert: "x" }, "TLS needs both --tls-cert and --tls-key"],
    [{ tlsClientCa: "x" }, "TLS needs both --tls-cert and --tls-key"],
    [{ tlsCert: "empty", tlsKey: "none" }, "--tls-key none: cannot be read"],
    [{ tokenFile: "empty" }, "the file is empty"],
    [{ tokenFile: "none" }, "--token-file none: cannot be read"],
    [{ spdk: "/var/tmp/spdk.sock" }, "--spdk /var/tmp/spdk.sock: expected unix:/path"],
  ])("%j: %s", async (flags, text) => {
    const inFolder = Object.fromEntries(
      Object.entries(flags).map(([flag, value]) => [flag, value === "empty" ? join(folder, value) : value]),
    );
    await expect(runAgent({ listen: "127.0.0.1:0", logLevel: "silent", ...inFolder })).rejects.toThrow(text);
  });
});
