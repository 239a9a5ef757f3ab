import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authority, type Authority } from "../../provider/client/testing/certificates";
import * as opi from "../../provider/dynamic";
import { withStack, type StackOptions } from "../engine/stack";
import { startTestAgent, type TestAgent, type TestAgentOptions } from "./agent";

const limit = 60_000;
const running: TestAgent[] = [];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agents-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((agent) => agent.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(options?: TestAgentOptions): Promise<TestAgent> {
  const agent = await startTestAgent(options);
  running.push(agent);
  return agent;
}

const volume = (name: string, agent?: opi.AgentArgs): opi.OpiResource =>
  new opi.backend.NullVolume(name, { blockSize: 512, blocksCount: 64, resourceId: name, agent });

/** One volume is made, read and deleted again by way of these settings. */
async function lives(dpu: TestAgent, agent: opi.AgentArgs | undefined, options: StackOptions = {}): Promise<void> {
  const program = async (): Promise<void> => void volume("only", agent);
  await withStack(program, options, async (stack) => {
    await stack.up();
    expect(await dpu.objects()).toEqual(["nullVolumes/only"]);
    expect((await stack.refresh()).changes).toEqual({});
    await stack.destroy();
    expect(await dpu.objects()).toEqual([]);
  });
}

test(
  "one program manages two agents, each resource on the one it names",
  async () => {
    const [east, west] = [await start(), await start()];
    const program = async (): Promise<void> => {
      // The same id twice: what is taken on one device is free on another.
      volume("east", { address: east.address });
      new opi.backend.NullVolume("west", {
        blockSize: 512,
        blocksCount: 64,
        resourceId: "east",
        agent: { address: west.address },
      });
      new opi.backend.NullVolume("more", {
        blockSize: 512,
        blocksCount: 64,
        resourceId: "west",
        agent: { address: west.address },
      });
    };
    await withStack(program, {}, async (stack) => {
      await stack.up();
      expect(await east.objects()).toEqual(["nullVolumes/east"]);
      expect(await west.objects()).toEqual(["nullVolumes/east", "nullVolumes/west"]);
      await west.remove("NullVolume", "nullVolumes/east");
      expect((await stack.refresh()).changes).toEqual({ west: ["delete"] });
      await stack.destroy();
      expect([...(await east.objects()), ...(await west.objects())]).toEqual([]);
    });
  },
  limit,
);

test(
  "a resource that moves to another agent is replaced, and nothing stays on the one it leaves",
  async () => {
    const [east, west] = [await start(), await start()];
    const on = (dpu: TestAgent, identity?: string) => async (): Promise<void> =>
      void volume("moves", { address: dpu.address, identity });
    await withStack(on(east), {}, async (stack) => {
      await stack.up();
      stack.program = on(west);
      const plan = await stack.preview();
      const up = await stack.up();
      expect(plan.changes).toEqual(up.changes);
      expect(up.steps[0].replaceKeys).toEqual(["agent"]);
      expect(await east.objects()).toEqual([]);
      expect(await west.objects()).toEqual(["nullVolumes/moves"]);
      await stack.destroy();
    });
  },
  limit,
);

test(
  "a device that gets another address, but keeps its identity, keeps its objects",
  async () => {
    const socket = join(folder, "agent.sock");
    const before = await start({ listen: `unix:${socket}` });
    const named = (address: string) => async (): Promise<void> =>
      void volume("stays", { address, identity: "dpu in rack 7" });
    await withStack(named(`unix:${socket}`), {}, async (stack) => {
      await stack.up();
      // The same path by another name is another address to anybody who only reads it.
      stack.program = named(`unix:${folder}/../${folder.split("/").pop() ?? ""}/agent.sock`);
      expect((await stack.up()).changes).toEqual({ stays: ["update"] });
      expect(before.writes()).toEqual(["CreateNullVolume"]);
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
      expect(await before.objects()).toEqual([]);
    });
  },
  limit,
);

test(
  "the agent comes from the configuration, and the environment where that says nothing; the program's word wins",
  async () => {
    const [configured, surrounding, given] = [await start(), await start(), await start()];
    const environment = { OPI_ADDRESS: surrounding.address };
    await lives(surrounding, undefined, { environment });
    await lives(configured, undefined, { environment, config: { "opi:address": configured.address } });
    await lives(given, { address: given.address }, { environment, config: { "opi:address": configured.address } });
  },
  limit,
);

test(
  "what the program leaves open about its agent is filled in from configuration and environment",
  async () => {
    const dpu = await start({ token: "sesame-open", access: { metadata: { authorization: "Bearer sesame-open" } } });
    const settings = {
      config: { "opi:address": dpu.address },
      secretConfig: { "opi:token": "sesame-open" },
    };
    await lives(dpu, { address: undefined, deadlines: { read: 10 } }, settings);
  },
  limit,
);

test(
  "an agent is reached over a unix socket",
  async () => {
    const address = `unix:${join(folder, "opi.sock")}`;
    await lives(await start({ listen: address }), { address });
  },
  limit,
);

describe("over TLS", () => {
  let ca: Authority;
  let server: { readonly cert: string; readonly key: string };
  beforeAll(async () => {
    ca = await authority();
    server = await ca.issue(["localhost", "127.0.0.1"]);
  });

  test(
    "an agent is trusted by its CA, given as text or as a file, and lets in who shows the token",
    async () => {
      const authorization = "Bearer tls-token";
      const dpu = await start({
        tls: server,
        token: "tls-token",
        access: { tls: { ca: ca.cert }, metadata: { authorization } },
      });
      const file = join(folder, "ca.pem");
      writeFileSync(file, ca.cert);
      await lives(dpu, { address: dpu.address, tls: { ca: ca.cert }, metadata: { authorization } });
      await lives(dpu, undefined, {
        environment: { OPI_ADDRESS: dpu.address, OPI_TLS_CA: file, OPI_TOKEN: "tls-token" },
      });
    },
    limit,
  );

  test(
    "a client shows its own certificate where the agent asks for one",
    async () => {
      const client = await ca.issue(["pulumi"]);
      const tls = { ca: ca.cert, cert: client.cert, key: client.key };
      const dpu = await start({ tls: { ...server, clientCa: ca.cert }, access: { tls } });
      await lives(dpu, { address: dpu.address, tls });
    },
    limit,
  );

  test(
    "renewed credentials go into the state without touching the objects",
    async () => {
      const [first, second] = [await ca.issue(["pulumi"]), await ca.issue(["pulumi"])];
      const tlsOf = ({ cert, key }: typeof first) => ({ ca: ca.cert, cert, key });
      const dpu = await start({ tls: { ...server, clientCa: ca.cert }, access: { tls: tlsOf(first) } });
      const by = (client: typeof first) => async (): Promise<void> =>
        void volume("kept", { address: dpu.address, tls: tlsOf(client) });
      await withStack(by(first), {}, async (stack) => {
        await stack.up();
        stack.program = by(second);
        expect((await stack.up()).changes).toEqual({ kept: ["update"] });
        expect((await stack.preview()).changes).toEqual({});
        await stack.destroy();
        expect(dpu.writes()).toEqual(["CreateNullVolume", "DeleteNullVolume"]);
      });
    },
    limit,
  );

  test(
    "who is not trusted, or not trusting, learns why",
    async () => {
      const [stranger, client] = [await authority("another CA"), await ca.issue(["pulumi"])];
      const dpu = await start({
        tls: { ...server, clientCa: ca.cert },
        access: { tls: { ca: ca.cert, cert: client.cert, key: client.key } },
      });
      const refusal = async (agent: opi.AgentArgs): Promise<string> => {
        const up = await withStack(
          async () => void volume("none", { address: dpu.address, ...agent }),
          {},
          (stack) => stack.up({ fails: true }),
        );
        return up.diagnostics.map(({ message }) => message).join("\n");
      };
      expect(await refusal({})).toContain("the agent expects TLS, and was spoken to in plain text");
      expect(await refusal({ tls: { ca: stranger.cert } })).toContain(
        "the agent's certificate comes from a CA that is not trusted here",
      );
      expect(await refusal({ tls: { ca: ca.cert } })).toContain("the agent asks for a client certificate");
      expect(await dpu.objects()).toEqual([]);
    },
    limit,
  );
});
