import * as pulumi from "@pulumi/pulumi";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startTestAgent, type TestAgent } from "../dynamic/agent";
import { psk, xtsKey } from "../dynamic/keys";
import { stepOf } from "../engine/outcome";
import { withStack } from "../engine/stack";
import { OpiResource, pluginFolder, withPlugin } from "./plugin";
import { startRelay } from "./relay";

const limit = 60_000;
let agent: TestAgent;
let folder: string;
beforeEach(async () => {
  agent = await startTestAgent();
  folder = mkdtempSync(join(tmpdir(), "trouble-"));
});
afterEach(async () => {
  await agent.stop();
  rmSync(folder, { recursive: true, force: true });
});

const nqn = (name: string): string => `nqn.2014-08.org.example:${name}`;
const said = ({ diagnostics }: { readonly diagnostics: readonly { readonly message: string }[] }): string =>
  diagnostics.map(({ message }) => message).join("\n");

/** A plugin folder whose executable notes its process before it becomes the plugin. */
function notingPlugin(): { readonly path: string; readonly pid: () => number } {
  const executable = join(folder, "pulumi-resource-opi");
  const note = join(folder, "pids");
  writeFileSync(executable, `#!/bin/sh\necho $$ >> '${note}'\nexec '${pluginFolder}/pulumi-resource-opi' "$@"\n`);
  chmodSync(executable, 0o755);
  return { path: folder, pid: () => Number(readFileSync(note, "utf8").trim().split("\n").at(-1)) };
}

test(
  "a plugin that is killed in the middle of a create leaves an object that the next up names, and takes over when told",
  async () => {
    const relay = await startRelay(agent.address);
    const plugin = notingPlugin();
    const program = (adopt: boolean) => async (): Promise<void> => {
      new OpiResource("NullVolume", "vol", { resourceId: "vol-one", blockSize: 512, blocksCount: 2048, adopt });
    };
    const options = { plugins: [{ name: "opi", path: plugin.path }], config: { "opi:address": relay.address } };
    try {
      await withStack(program(false), { ...options }, async (stack) => {
        relay.deafenAfter("vol-one");
        const failing = stack.up({ fails: true });
        while ((await agent.objects()).length === 0) await setTimeout(20);
        process.kill(plugin.pid(), "SIGKILL");
        await failing;
        relay.hear();
        expect(said(await stack.up({ fails: true }))).toContain("adopt: true");
        stack.program = program(true);
        await stack.up();
        expect(stack.resource("vol").id).toBe("nullVolumes/vol-one");
        expect((await stack.preview()).changes).toEqual({});
        await stack.destroy();
        expect(await agent.objects()).toEqual([]);
      });
    } finally {
      await relay.close();
    }
  },
  limit,
);

test(
  "a create whose answer is lost stays in the state as incomplete, and the next up finds it whole",
  async () => {
    const relay = await startRelay(agent.address);
    const program = async (): Promise<void> => {
      const options = { customTimeouts: { create: "1s" } };
      new OpiResource("NullVolume", "vol", { blockSize: 512, blocksCount: 2048 }, options);
    };
    try {
      await withStack(program, withPlugin(relay.address), async (stack) => {
        relay.deafenAfter("vol-");
        expect(said(await stack.up({ fails: true }))).toContain("incomplete");
        const { id, initErrors } = stack.resource("vol");
        expect(await agent.objects()).toEqual([id]);
        expect(initErrors).toEqual([expect.stringContaining("DEADLINE_EXCEEDED")]);
        relay.hear();
        expect((await stack.up()).changes).toEqual({ vol: ["update"] });
        expect(stack.resource("vol").initErrors ?? []).toEqual([]);
        expect(agent.writes()).toEqual(["CreateNullVolume"]);
        await stack.destroy();
        expect(await agent.objects()).toEqual([]);
      });
    } finally {
      await relay.close();
    }
  },
  limit,
);

test(
  "values that are known only during the update pass the preview, and what depends on a replaced object follows it",
  async () => {
    const program = (blockSize: number) => async (): Promise<void> => {
      const volume = new OpiResource("MallocVolume", "vol", { blockSize, blocksCount: 64 });
      const uuid = (volume as unknown as { uuid: pulumi.Output<string> }).uuid;
      new OpiResource("NvmeSubsystem", "ss", { nqn: pulumi.interpolate`nqn.2014-08.org.example:${uuid}` });
      const limits = uuid.apply((known) => ({ max: { rwBandwidthMbs: known.length } }));
      new OpiResource("QosVolume", "qos", { volumeNameRef: volume, limits });
    };
    await withStack(program(512), withPlugin(agent.address), async (stack) => {
      const plan = await stack.preview();
      expect(plan.changes).toEqual({ vol: ["create"], ss: ["create"], qos: ["create"] });
      await stack.up();
      // A resource stands for its name.
      expect(stack.resource("qos").inputs?.volumeNameRef).toBe(stack.resource("vol").id);
      expect((await stack.preview()).changes).toEqual({});
      stack.program = program(4096);
      const changed = await stack.preview();
      expect(Object.keys(changed.changes).sort()).toEqual(["qos", "ss", "vol"]);
      const replaced = changed.steps.find(({ name, op }) => name === "ss" && op === "replace");
      expect(replaced?.replaceKeys).toEqual(["nqn"]);
      await stack.up();
      expect((await stack.preview()).changes).toEqual({});
      await stack.destroy();
    });
  },
  limit,
);

test(
  "keys that a program gave in plain show nowhere: not in the state, the output, errors, or the agent's words",
  async () => {
    const keys = { psk: psk("canary"), other: psk("canary two"), remote: psk("canary three"), key: xtsKey("canary") };
    const program =
      (args: { readonly psk: string; readonly nqn: string }) => async (): Promise<Record<string, unknown>> => {
        const volume = new OpiResource("MallocVolume", "vol", { blockSize: 512, blocksCount: 64 });
        const cipher = "aes-xts-256";
        new OpiResource("EncryptedVolume", "crypt", { volumeNameRef: volume.name, cipher, key: keys.key });
        new OpiResource("NvmeRemoteController", "remote", { multipath: "disable", tcp: { psk: keys.remote } });
        const subsystem = new OpiResource("NvmeSubsystem", "ss", {
          nqn: args.nqn,
          hostnqn: nqn("host"),
          psk: args.psk,
        });
        return { psk: (subsystem as unknown as { psk: pulumi.Output<string> }).psk };
      };
    await agent.create("NvmeSubsystem", "taken", { nqn: nqn("taken") });
    await withStack(program({ psk: keys.psk, nqn: nqn("taken") }), withPlugin(agent.address), async (stack) => {
      const outcomes = [await stack.preview(), await stack.up({ fails: true })];
      stack.program = program({ psk: keys.psk, nqn: nqn("free") });
      outcomes.push(await stack.up());
      expect(await stack.outputs()).toEqual({ psk: keys.psk });
      expect(agent.keysHandedOver()).toContain(keys.psk);
      outcomes.push(await stack.refresh());
      stack.program = program({ psk: keys.other, nqn: nqn("free") });
      outcomes.push(await stack.preview({ diff: true }), await stack.up());
      expect(stepOf(outcomes[5], "ss").op).toBe("update");
      const shown = outcomes.map(({ stdout, stderr, events }) => {
        // Programs' SDKs note what they register, in clear, for those who ask to see it; that is not the provider's.
        const told = events.filter((event) => event.diagnosticEvent?.prefix !== "debug: ");
        return `${stdout}${stderr}${JSON.stringify(told)}`;
      });
      for (const key of Object.values(keys)) {
        for (const text of [key, Buffer.from(key).toString("base64")]) {
          expect(`${shown.join("")}${stack.stateText()}${agent.log()}`.includes(text)).toBe(false);
        }
      }
      await stack.destroy();
    });
  },
  limit,
);
