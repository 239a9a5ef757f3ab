import { createServer as createHttpServer } from "node:http";
import type { Server } from "node:net";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { status } from "@grpc/grpc-js";
import { spdkBridge, standard } from "../../provider/client/dialect";
import { startServer } from "../../provider/client/testing/server";
import { notFound, refusal } from "../agents/odd-agent";
import { stage } from "../agents/stage";
import { doctor, findings, report, start } from "./command";

const { agent } = stage();

const listening = (server: Server): Promise<string> =>
  new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );

describe("no OPI agent", () => {
  test("nothing that listens is told as that", async () => {
    const { report: found } = await report(["--agent", "127.0.0.1:1"]);
    expect(found).toMatchObject({ verdict: "unusable", exitCode: 2, agent: "localhost:1", calls: [], resources: [] });
    expect(findings(found, "error")).toEqual([
      "connection refused: nothing listens there Start the agent, or correct the host and port in --agent.",
    ]);
  });

  test("a server of another kind is no gRPC server", async () => {
    const server = createHttpServer((_, answer) => answer.end("hello"));
    try {
      const address = await listening(server);
      const { report: found } = await report(["--agent", address], { OPI_CONNECT_DEADLINE: "1" });
      expect(found).toMatchObject({ exitCode: 2, calls: [] });
      expect(findings(found, "error").join()).toMatch(/gRPC|OPI agent/);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("a server that accepts and says nothing is given up", async () => {
    const sockets = new Set<{ destroy(): unknown }>();
    const server = createServer((socket) => void sockets.add(socket.on("error", () => undefined)));
    try {
      const { report: found } = await report(["--agent", await listening(server)], { OPI_CONNECT_DEADLINE: "1" });
      expect(found).toMatchObject({ verdict: "unusable", connection: { reached: true } });
      expect(findings(found, "error").join()).toContain("no gRPC connection within 1 s");
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("a gRPC server without any OPI service is told as that, and nothing is promised of it", async () => {
    const server = await startServer({ Check: () => ({}) });
    try {
      const { report: found } = await report(["--agent", server.address, "--write"]);
      expect(found).toMatchObject({ verdict: "unusable", resources: [], latency: [] });
      expect(findings(found, "error").join()).toContain("it is no OPI agent");
      expect(found.roundTrip).toBeUndefined();
    } finally {
      await server.stop();
    }
  });
});

describe("an agent like the reference bridge", () => {
  test("is recognised, with what was asked and what it answered", async () => {
    const odd = await agent(spdkBridge);
    const { report: found, said } = await report(["--agent", odd.address]);
    expect(found.dialect).toMatchObject({ name: "spdk-bridge", told: false, concurrentWrites: false });
    expect(found.dialect?.evidence.map(({ answered }) => answered.split(":")[0])).toEqual([
      "UNIMPLEMENTED",
      "UNIMPLEMENTED",
      "NOT_FOUND",
    ]);
    expect(found).toMatchObject({ verdict: "limited", health: { served: false }, reflection: { served: false } });
    const of = (noun: string) => found.resources.find((each) => each.noun === noun);
    expect(of("VirtioScsiTarget")?.create).toMatchObject({ works: "no", why: expect.stringContaining("LUNs hang on") });
    expect(of("NvmeSubsystem")).toMatchObject({
      update: { works: "replaces" },
      discover: { works: "no" },
      delete: { works: "partly" },
      stats: { works: "no" },
    });
    expect(of("NullVolume")?.ignored).toEqual(["uuid"]);
    expect(of("QosVolume")?.update.works).toBe("yes");
    expect(odd.calls.filter(({ method }) => /^(Create|Update|Delete|Reset)/.test(method))).toEqual([]);
    expect(said.stderr).toBe("");
  });

  test("traps of its lists are told one by one", async () => {
    let token = 0;
    const controllers = [{ name: "c0", spec: { nvmeControllerId: 1 } }];
    const volumes = [{ name: "item1" }, { name: "item2" }];
    const odd = await agent(spdkBridge, {
      ListNvmeSubsystems: () => ({ nvmeSubsystems: [{ spec: { nqn: "nqn.2014-08.org.nvmexpress.discovery" } }] }),
      ListNullVolumes: () => ({ nullVolumes: volumes }),
      ListMallocVolumes: () => ({ mallocVolumes: volumes }),
      ListQosVolumes: () => ({ qosVolumes: controllers.map(() => ({ name: "" })), nextPageToken: `t${token++}` }),
      ListEncryptedVolumes: ({ request }) => {
        const entries = Array.from({ length: 3 }, (_, at) => ({ name: `volumes/e${at}` }));
        return { encryptedVolumes: entries.slice(0, Number(request.pageSize)) };
      },
      ListVirtioScsiTargets: () => refusal(status.UNIMPLEMENTED, "method ListVirtioScsiTargets not implemented"),
      GetVirtioScsiTarget: () => refusal(status.UNIMPLEMENTED, "method GetVirtioScsiTarget not implemented"),
    });
    const { report: found } = await report(["--agent", odd.address]);
    const traps = (noun: string) =>
      found.lists.filter((each) => each.noun === noun).flatMap((each) => each.traps.map(({ kind }) => kind));
    expect(traps("NvmeSubsystem")).toEqual(["nameless"]);
    expect(traps("NullVolume")).toEqual(["bareNames", "pageSizeIgnored", "sameAsOthers"]);
    expect(traps("QosVolume")).toEqual(["endless", "nameless"]);
    expect(traps("EncryptedVolume")).toEqual(["cut"]);
    const warnings = findings(found, "warning").join("\n");
    expect(warnings).toContain("the list of NvmeSubsystem: 1 of 1 entries have no name");
    expect(warnings).toContain("the list of EncryptedVolume: asked for one entry it gives 1 of 3 and no page token");
    const look = found.calls.find(({ method }) => method === "ListVirtioScsiTargets");
    expect(look).toMatchObject({ outcome: "unimplemented", said: expect.stringContaining("not implemented") });
  });

  test("pages that never end are left, and a list of exactly 250 may have been cut", async () => {
    const full = Array.from({ length: 250 }, (_, at) => ({ name: `volumes/v${at}` }));
    const odd = await agent(spdkBridge, {
      ListAioVolumes: ({ request }) => ({
        aioVolumes: full.slice(0, 3),
        nextPageToken: `${String(request.pageToken)}x`,
      }),
      ListNullVolumes: ({ request }) =>
        request.pageSize === 1
          ? { nullVolumes: full.slice(0, 1), nextPageToken: "more" }
          : { nullVolumes: full, nextPageToken: "" },
    });
    const { report: found } = await report(["--agent", odd.address]);
    const look = (noun: string) => found.lists.find((each) => each.noun === noun);
    expect(look("AioVolume")).toMatchObject({ entries: 3, traps: [{ kind: "endless" }, { kind: "sameAsOthers" }] });
    expect(look("NullVolume")?.traps.find(({ kind }) => kind === "cut")?.text).toContain("exactly 250 entries");
  });
});

test("an agent that ends during a read is told by the call that ended it", async () => {
  const odd = await agent(standard, {
    ListQosVolumes: () => {
      void odd.stop();
      return new Promise<never>(() => undefined);
    },
  });
  const { report: found } = await report(["--agent", odd.address]);
  expect(findings(found, "error").join()).toMatch(/stopped answering when it was asked for ListQosVolumes/);
  expect(found.calls.length).toBe(0);
});

test("an agent that nobody knows is handled with care, and reads that fail are named", async () => {
  const odd = await agent(standard, {
    GetNullVolume: () => refusal(status.NOT_FOUND, "there is none"),
    ListMallocVolumes: () => refusal(status.INTERNAL, "json response error: gone"),
  });
  const { report: found } = await report(["--agent", odd.address]);
  expect(found.dialect).toMatchObject({ name: "careful", found: "careful" });
  const warnings = findings(found, "warning").join("\n");
  expect(warnings).toContain("could not be found out");
  expect(warnings).toContain("ListMallocVolumes of MallocVolume fails: INTERNAL: json response error: gone");
  const { report: told } = await report(["--agent", odd.address, "--dialect", "standard"]);
  expect(told.dialect).toMatchObject({ name: "standard", told: true, found: "careful" });
});

test("an agent that limits rates is measured as far as it lets itself be", async () => {
  let reads = 0;
  const odd = await agent(standard, {
    GetNullVolume: ({ request }) =>
      ++reads > 20 ? refusal(status.RESOURCE_EXHAUSTED, "too many reads") : notFound(request.name),
  });
  const { report: found } = await report(["--agent", odd.address, "--dialect", "standard"]);
  const [reading] = found.latency;
  expect(reading).toMatchObject({ method: "GetNullVolume" });
  expect(reading?.calls).toBeLessThan(20);
});

describe("a round trip", () => {
  const trip = ["--dialect", "standard", "--write"];

  test("says exactly what is left when the agent will not delete", async () => {
    const odd = await agent(standard, { DeleteNullVolume: () => refusal(status.INTERNAL, "no") });
    const { report: found } = await report(["--agent", odd.address, ...trip]);
    const [name = ""] = [...odd.objects.keys()];
    expect(found).toMatchObject({ verdict: "unusable", roundTrip: { done: false, object: name } });
    expect(found.roundTrip?.left).toContain(`NullVolume ${name} on agent ${found.agent} (INTERNAL: no)`);
    expect(findings(found, "error").join()).toContain("left behind");
  });

  test("sees through an update and a delete that answer OK and do nothing", async () => {
    const odd = await agent(standard, {
      UpdateNullVolume: ({ request }) => request.nullVolume as object as Record<string, unknown>,
      DeleteNullVolume: () => ({}),
    });
    const { report: found } = await report(["--agent", odd.address, ...trip]);
    expect(found.roundTrip?.steps).toMatchObject([
      { step: "create", outcome: "works" },
      { step: "read", outcome: "works" },
      { step: "update", outcome: "differs", text: expect.stringContaining("512 × 2048") },
      { step: "list", outcome: "works" },
      { step: "stats", outcome: "fails" },
      { step: "delete", outcome: "fails", text: expect.stringContaining("can still be read") },
    ]);
    expect(found.roundTrip?.left).toBeDefined();
  });

  test("deletes what was made though every use of it fails", async () => {
    const broken = () => refusal(status.INTERNAL, "broken");
    const conduct = { ListNullVolumes: broken, UpdateNullVolume: broken };
    const odd = await agent(standard, conduct);
    const { report: found } = await report(["--agent", odd.address, ...trip]);
    expect(odd.objects.size).toBe(0);
    expect(found.roundTrip).toMatchObject({ done: false });
    expect(found.roundTrip?.left).toBeUndefined();
  });

  test("leaves nothing when it may not create", async () => {
    const odd = await agent(standard, { CreateNullVolume: () => refusal(status.PERMISSION_DENIED, "read only") });
    const { report: found } = await report(["--agent", odd.address, ...trip]);
    expect(found.roundTrip?.steps).toMatchObject([{ step: "create", outcome: "fails" }]);
    expect(found.roundTrip?.left).toBeUndefined();
    expect(odd.calls.some(({ method }) => method === "DeleteNullVolume")).toBe(false);
  });

  test("removes what a create left that answered with an error", async () => {
    const odd = await agent(standard, {
      CreateNullVolume: ({ obey }) => {
        obey();
        return refusal(status.UNAVAILABLE, "lost on the way");
      },
    });
    const { report: found } = await report(["--agent", odd.address, ...trip]);
    expect(odd.objects.size).toBe(0);
    expect(found.roundTrip?.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      "create fails",
      "delete works",
    ]);
  });

  test.each<NodeJS.Signals>(["SIGINT", "SIGTERM"])("cleans up when %s comes in the middle of it", async (signal) => {
    let arrived = (): void => undefined;
    const isThere = new Promise<void>((resolve) => (arrived = resolve));
    let release = (): void => undefined;
    const odd = await agent(standard, {
      CreateNullVolume: async ({ obey }) => {
        arrived();
        await new Promise<void>((resolve) => (release = resolve));
        return obey();
      },
    });
    const run = start(["--agent", odd.address, ...trip]);
    await isThere;
    run.signal(signal);
    await new Promise((resolve) => setTimeout(resolve, 200));
    release();
    const { code, stdout, stderr } = await run.ended;
    expect(stderr).toBe("doctor: cleaning up first\n");
    expect(code).toBe(2);
    expect(stdout).toContain("the round trip was interrupted");
    expect(stdout).not.toContain("left behind");
    expect(odd.objects.size).toBe(0);
    expect(odd.calls.filter(({ method }) => method === "UpdateNullVolume")).toEqual([]);
  });

  test("is not tried where the kind of agent is known to have no such volumes", async () => {
    const odd = await agent(spdkBridge, {
      GetNullVolume: ({ request, objects }) => objects.get(String(request.name)) ?? notFound(request.name),
    });
    const { report: found } = await report(["--agent", odd.address, "--write"]);
    expect(found.roundTrip?.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      "create works",
      "read works",
      "update skipped",
      "list works",
      "stats fails",
      "delete works",
    ]);
  });
});

describe("the command line", () => {
  test.each([
    [[], /which agent\? Give --agent/],
    [["--nope"], /unknown option '--nope'/],
    [["--agent", "127.0.0.1:1", "--token-file", "/none"], /--token-file \/none: cannot be read/],
    [["--agent", "127.0.0.1:1", "--tls-key", "-----BEGIN PRIVATE KEY-----"], /--tls-key takes a file/],
  ])("%j ends with code 2 and says why", async (flags, text) => {
    const said = await doctor(flags);
    expect(said).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(text) });
  });

  test("plain text to another machine is refused before anything is sent", async () => {
    const { report: found } = await report(["--agent", "192.0.2.1:50051"]);
    expect(found.exitCode).toBe(2);
    expect(findings(found, "error").join()).toContain("plain text only goes to this machine");
  });

  test("--help explains the exit codes and gives examples", async () => {
    const { code, stdout } = await doctor(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Exit codes:");
    expect(stdout).toContain("pulumi-opi doctor --agent 127.0.0.1:50051");
  });
});
