import * as pulumi from "@pulumi/pulumi";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { SpdkError } from "../../agent/spdk";
import { authority } from "../../provider/client/testing/certificates";
import * as opi from "../../provider/dynamic";
import type { Outcome } from "../engine/outcome";
import { withStack } from "../engine/stack";
import { startTestAgent } from "./agent";
import { messagesOf } from "./diagnostics";
import { psk, xtsKey } from "./keys";

const limit = 90_000;

/** Watches the arguments of every process of this machine, as `ps` shows them to anybody. */
function watchArguments(): () => string {
  const seen = new Set<string>();
  const look = (): void => {
    if (!existsSync("/proc/self/cmdline")) return;
    for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " "));
      } catch {
        // It ended meanwhile.
      }
    }
  };
  const timer = setInterval(look, 20);
  return () => {
    clearInterval(timer);
    return [...seen].join("\n");
  };
}

/**
 * Everything that a run has shown, but for Pulumi's own debug messages: its runtime for Node puts each answer of the
 * engine into them as it is, secrets in clear, whatever the provider. Nobody sees them who does not ask for `--debug`.
 */
function shownBy({ stdout, stderr, events }: Outcome): readonly string[] {
  const told = events.filter(({ diagnosticEvent }) => (diagnosticEvent?.severity as string | undefined) !== "debug");
  return [stdout, stderr, JSON.stringify(told)];
}

/** The longest line of a PEM key's body: no other text holds it. */
const bodyOf = (pem: string): string => pem.split("\n").reduce((a, b) => (b.length > a.length ? b : a), "");

test(
  "no key, PSK or token shows in state, export, output, events, logs or arguments, whatever happens to it",
  async () => {
    const ca = await authority();
    const [server, client] = [await ca.issue(["localhost", "127.0.0.1"]), await ca.issue(["pulumi"])];
    const token = "canary-token-5150";
    const tls = { ca: ca.cert, cert: client.cert, key: client.key };
    const metadata = { authorization: `Bearer ${token}` };
    let quoting = false;
    const dpu = await startTestAgent({
      tls: { ...server, clientCa: ca.cert },
      token,
      access: { tls, metadata },
      // An SPDK that refuses keys and quotes what it was sent.
      beforeSpdk: (method, params) => {
        const takesKey = ["keyring_file_add_key", "accel_crypto_key_create"].includes(method);
        if (quoting && takesKey) throw new SpdkError(method, -22, JSON.stringify(params));
      },
    });

    const host = "nqn.2014-08.org.example:host";
    const program = (round: string) => async (): Promise<void> => {
      const agent: opi.AgentArgs = { address: dpu.address, tls, metadata };
      const base = new opi.backend.MallocVolume("base", { blockSize: 512, blocksCount: 64, agent });
      new opi.middleend.EncryptedVolume("encrypted", {
        volumeNameRef: base.name,
        cipher: "aes_xts_256",
        key: xtsKey(round),
        agent,
      });
      const nqn = "nqn.2014-08.org.example:secret";
      new opi.frontend.NvmeSubsystem("subsystem", { nqn, hostnqn: host, psk: psk(`host ${round}`), agent });
      const tcp = { hdgst: true, psk: psk(`remote ${round}`) };
      new opi.backend.NvmeRemoteController("nested", { multipath: "disable", tcp, agent });
      // All of it comes later: what is in it cannot be told apart any more.
      new opi.backend.NvmeRemoteController("output", {
        multipath: "disable",
        tcp: base.name.apply(() => ({ ddgst: true, psk: psk(`output ${round}`) })),
        agent: base.name.apply(() => agent),
      });
    };
    const rounds = ["one", "two", "three", "bad"];
    const canaries = [
      token,
      bodyOf(client.key),
      ...rounds.map((round) => xtsKey(round).slice(0, 64)),
      ...rounds.map((round) => xtsKey(round).slice(64)),
      ...["host", "remote", "output"].flatMap((kind) => rounds.map((round) => psk(`${kind} ${round}`).slice(16, -6))),
    ];

    const endWatch = watchArguments();
    const written: string[] = [];
    const note = (outcome: Outcome): Outcome => {
      written.push(...shownBy(outcome));
      return outcome;
    };
    await withStack(program("one"), {}, async (stack) => {
      const noteState = async (): Promise<void> => {
        const exported = await stack.pulumi("stack", "export");
        written.push(stack.stateText(), exported.stdout, exported.stderr);
      };
      note(await stack.preview());
      note(await stack.up());
      await noteState();
      const opened = await stack.pulumi("stack", "export", "--show-secrets");
      const kept = canaries.filter((canary) => opened.stdout.includes(canary));
      expect(kept).toHaveLength(2 + 2 + 3); // token and TLS key, both halves of the XTS key, three PSKs
      // What stands beside a secret stays readable.
      expect(stack.resource("nested").outputs).toMatchObject({ tcp: { hdgst: true } });
      expect(stack.resource("nested").outputs).toMatchObject({ agent: { address: dpu.address } });
      expect(dpu.keysHandedOver()).toEqual(expect.arrayContaining([xtsKey("one"), psk("host one")]));

      stack.program = program("two");
      note(await stack.preview());
      note(await stack.up());
      await noteState();
      note(await stack.refresh());
      await noteState();

      quoting = true;
      stack.program = program("three");
      const refused = note(await stack.up({ fails: true, continueOnError: true }));
      expect(messagesOf(refused, "error").join("\n")).toContain("[secret]");
      await noteState();

      stack.program = async () => {
        const agent = { address: dpu.address, tls, metadata };
        const wrong = `${psk("host bad").slice(0, -2)}A:`;
        new opi.frontend.NvmeSubsystem("subsystem", {
          nqn: "nqn.2014-08.org.example:secret",
          hostnqn: host,
          psk: wrong,
          agent,
        });
        const args = { cipher: "aes_xts_128", volumeNameRef: "mallocVolumes/base", key: xtsKey("bad"), agent } as const;
        new opi.middleend.EncryptedVolume("encrypted", { ...args, key: pulumi.output(args.key) });
      };
      note(await stack.preview({ fails: true }));
      note(await stack.destroy());
      await noteState();
    });
    written.push(endWatch(), dpu.log());
    await dpu.stop();
    const found = canaries.filter((canary) => written.some((text) => text.includes(canary)));
    expect(found).toEqual([]);
  },
  limit,
);

test(
  "credentials of configuration and environment stay secrets too",
  async () => {
    const token = "canary-token-6160";
    const dpu = await startTestAgent({ token, access: { metadata: { authorization: `Bearer ${token}` } } });
    const program = async (): Promise<void> => {
      new opi.backend.NullVolume("only", { blockSize: 512, blocksCount: 64 });
    };
    const environment = { OPI_ADDRESS: dpu.address, OPI_TOKEN: token };
    const written: string[] = [];
    await withStack(program, { environment }, async (stack) => {
      for (const outcome of [await stack.preview(), await stack.up(), await stack.refresh()]) {
        written.push(...shownBy(outcome), stack.stateText());
      }
      written.push((await stack.pulumi("stack", "export")).stdout);
      await stack.destroy();
    });
    written.push(dpu.log());
    await dpu.stop();
    expect(written.filter((text) => text.includes(token))).toEqual([]);
  },
  limit,
);
