import { status } from "@grpc/grpc-js";
import { PSK } from "../../tests/arbitrary/examples";
import { refusal, silence } from "../../tests/agents/odd-agent";
import type { Conduct } from "../../tests/agents/odd-agent";
import { failureOf, inputsFor, stage } from "../../tests/agents/stage";
import type { Properties } from "../catalogue/values/property";
import type { WireMessage } from "../catalogue/values/wire";
import { careful, spdkBridge, standard } from "../client/dialect";
import type { Dialect } from "../client/dialect";
import { create } from "./create";
import { read } from "./read";
import { update } from "./update";

const { agent: start, place } = stage();
const HOST = "nqn.2014-08.org.example:host-1";

interface Scenario {
  readonly noun: string;
  readonly before?: Properties;
  readonly change: Properties;
  readonly dialect?: Dialect;
  /** How the agent behaves once the object is there. */
  readonly conduct?: Conduct;
  readonly timeout?: number;
}

/** An object that was created as before the change, and the update that makes the change. */
async function scene({ noun, before = {}, change, dialect = standard, conduct = {}, timeout }: Scenario) {
  const agent = await start(dialect);
  const here = place(noun, agent.address, dialect.name, { options: { timeout } });
  const { id, outputs: olds } = await create(here, inputsFor(noun, before));
  agent.conduct = conduct;
  agent.calls.length = 0;
  const news = inputsFor(noun, { ...before, ...change });
  const sent = (): WireMessage | undefined => agent.calls.find(({ method }) => method === `Update${noun}`)?.request;
  return { agent, here, id, olds, news, sent, change: () => update(here, { id, olds, news }) };
}

test("the changed paths go out as mask, the whole wish as body, and the outputs tell what is there then", async () => {
  const { agent, change, sent, id } = await scene({
    noun: "NvmeController",
    before: { maxNsq: 8, maxLimit: { rwIopsKiops: 5, rdIopsKiops: 2 } },
    change: { maxNsq: 16, maxLimit: { rwIopsKiops: 5 } },
  });
  const outputs = await change();
  expect(sent()).toMatchObject({
    updateMask: ["spec.max_nsq", "spec.max_limit.rd_iops_kiops"],
    nvmeController: { name: id, spec: { maxNsq: 16, trtype: 2, maxLimit: { rwIopsKiops: 5n } } },
    allowMissing: false,
  });
  expect(outputs).toMatchObject({ maxNsq: 16, maxLimit: { rwIopsKiops: 5 } });
  expect(agent.calls.map(({ method }) => method)).toEqual(["UpdateNvmeController"]);
});

test("a message that goes as a whole is cleared leaf by leaf, and stays cleared", async () => {
  const { here, change, sent, id, news } = await scene({
    noun: "QosVolume",
    before: { limits: { min: { rwBandwidthMbs: 1 }, max: { rwBandwidthMbs: 10 } } },
    change: { limits: { max: { rwBandwidthMbs: 10 } } },
  });
  const outputs = await change();
  expect(sent()?.updateMask).toEqual(["limits.min.rw_bandwidth_mbs"]);
  expect(outputs.limits).toEqual({ max: { rwBandwidthMbs: 10 } });
  const found = await read(here, { id, outputs, inputs: news });
  expect(found?.outputs.limits).toEqual({ max: { rwBandwidthMbs: 10 } });
});

test("a field of a message that was not there brings the message", async () => {
  const { change } = await scene({
    noun: "NvmeRemoteController",
    change: { tcp: { hdgst: true, psk: PSK } },
  });
  expect((await change()).tcp).toEqual({ hdgst: true, psk: PSK });
});

test("what the agent assigned is sent as it is", async () => {
  const agent = await start(standard, {
    CreateNvmeSubsystem: ({ obey, request, objects }) => {
      obey();
      const name = `nvmeSubsystems/${String(request.nvmeSubsystemId)}`;
      const object = { name, spec: { ...(objects.get(name)?.spec as object), serialNumber: "SN-1" } };
      objects.set(name, object);
      return object;
    },
  });
  const here = place("NvmeSubsystem", agent.address, "standard");
  const { id, outputs: olds } = await create(here, inputsFor("NvmeSubsystem"));
  const outputs = await update(here, { id, olds, news: inputsFor("NvmeSubsystem", { hostnqn: HOST }) });
  expect(agent.calls.at(-1)?.request).toMatchObject({ nvmeSubsystem: { spec: { serialNumber: "SN-1" } } });
  expect(outputs).toMatchObject({ serialNumber: "SN-1", hostnqn: HOST });
});

describe("an update that has nothing to send", () => {
  it("makes no call when nothing changed", async () => {
    const { agent, olds, change } = await scene({ noun: "NvmeNamespace", change: { volumeNameRef: "disk-1" } });
    expect(await change()).toEqual({ ...olds, volumeNameRef: "disk-1" });
    expect(agent.calls).toEqual([]);
  });

  it("makes no call to fill in a secret that an import could not know", async () => {
    const { agent, here, id, news } = await scene({
      noun: "NvmeSubsystem",
      before: { hostnqn: HOST },
      change: { psk: PSK },
    });
    const imported = await read(here, { id });
    agent.calls.length = 0;
    const outputs = await update(here, { id, olds: imported?.outputs ?? {}, news });
    expect(outputs).toMatchObject({ psk: PSK, hostnqn: HOST });
    expect(outputs.__opi).toEqual({ dialect: "standard" });
    expect(agent.calls).toEqual([]);
  });

  it("makes no call for what the agent drops anyway", async () => {
    const uuid = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
    const { agent, change } = await scene({ noun: "NullVolume", change: { uuid }, dialect: spdkBridge });
    expect(await change()).toMatchObject({ uuid });
    expect(agent.calls).toEqual([]);
  });
});

test("what takes a new object is refused before anything is sent", async () => {
  const { agent, change } = await scene({
    noun: "NullVolume",
    change: { blocksCount: 128 },
    dialect: spdkBridge,
  });
  const error = await failureOf(change());
  expect(error.detail).toBe("blocksCount cannot change in place with agents of dialect spdk-bridge");
  expect(error.remedy).toBe("Replace the resource: pulumi up --replace with its URN.");
  expect(agent.calls).toEqual([]);
});

// recordings/bridge-grpc.jsonl: special.qos/update_masked_ignored
test("an agent that ignores masks loses nothing: it gets the whole wish, and what it has beyond the contract", async () => {
  const { agent, change, id, news } = await scene({
    noun: "QosVolume",
    before: { limits: { max: { rwBandwidthMbs: 10, rwIopsKiops: 3 } } },
    change: { limits: { max: { rwBandwidthMbs: 20, rwIopsKiops: 3 } } },
    dialect: spdkBridge,
    conduct: {
      UpdateQosVolume: ({ request, objects }) => {
        const object = request.qosVolume as WireMessage;
        objects.set(String(object.name), object);
        return object;
      },
    },
  });
  // Field 99, varint 7: what a newer agent may tell.
  const beyond = { 792: [Buffer.from([7])] };
  agent.objects.set(id, { ...agent.objects.get(id), _unknownFields: beyond });
  expect(await change()).toMatchObject({ limits: news.limits });
  expect(agent.objects.get(id)).toMatchObject({
    volumeNameRef: "disk-1",
    limits: { max: { rwBandwidthMbs: 20n, rwIopsKiops: 3n } },
  });
  expect(agent.objects.get(id)?._unknownFields).toBeDefined();
});

describe("an OK that changed nothing", () => {
  // recordings/bridge-grpc.jsonl: NvmeRemoteController/update_mask_one and the like
  it("is an error, not a lie", async () => {
    for (const dialect of [standard, careful]) {
      const { change, id, here } = await scene({
        noun: "NvmeRemoteController",
        change: { queueSize: 256 },
        dialect,
        conduct: {
          UpdateNvmeRemoteController: ({ objects }) => objects.get("nvmeRemoteControllers/remote-1") ?? {},
        },
      });
      const error = await failureOf(change());
      expect(error.message).toBe(
        `cannot update NvmeRemoteController ${id} on agent ${here.agent.address}: the agent answered OK, but queueSize ` +
          "did not change (DATA_LOSS)\nRun pulumi refresh to see what is there; replace the resource (pulumi up --replace) " +
          "when the agent cannot change it.",
      );
    }
  });

  it("is found by reading back, where answers are echoes", async () => {
    const { change } = await scene({
      noun: "NvmeRemoteController",
      change: { queueSize: 256 },
      dialect: careful,
      conduct: { UpdateNvmeRemoteController: ({ request }) => request.nvmeRemoteController as WireMessage },
    });
    expect((await failureOf(change())).code).toBe(status.DATA_LOSS);
  });
});

describe("an update whose answer is lost", () => {
  const lost: Conduct = { UpdateNullVolume: ({ obey }) => (obey(), silence()) };
  const grown = { noun: "NullVolume", change: { blocksCount: 128 }, timeout: 1 };

  it("succeeded when the agent has the change", async () => {
    const { change } = await scene({ ...grown, conduct: lost });
    expect(await change()).toMatchObject({ blocksCount: 128 });
  });

  it("failed when it has not", async () => {
    const { change } = await scene({ ...grown, conduct: { UpdateNullVolume: silence } });
    expect((await failureOf(change())).code).toBe(status.DEADLINE_EXCEEDED);
  });

  it("failed when it cannot be known, as of a secret: to send it again does no harm", async () => {
    const { change } = await scene({
      noun: "NvmeSubsystem",
      change: { hostnqn: HOST, psk: PSK },
      timeout: 1,
      conduct: { UpdateNvmeSubsystem: ({ obey }) => (obey(), silence()) },
    });
    expect((await failureOf(change())).code).toBe(status.DEADLINE_EXCEEDED);
  });
});

describe("an update that is refused", () => {
  it("tells what to do about an object that is gone", async () => {
    const { agent, change } = await scene({ noun: "NullVolume", change: { blocksCount: 128 } });
    agent.objects.clear();
    const error = await failureOf(change());
    expect(error.code).toBe(status.NOT_FOUND);
    expect(error.remedy).toBe("It was deleted behind Pulumi's back: run pulumi refresh.");
  });

  it("tells so before anything is sent where answers are echoes", async () => {
    const { agent, change } = await scene({
      noun: "QosVolume",
      change: { limits: { max: { rwIopsKiops: 1 } } },
      dialect: spdkBridge,
    });
    agent.objects.clear();
    const error = await failureOf(change());
    expect(error.detail).toBe("the agent does not have it");
    expect(agent.calls.map(({ method }) => method)).toEqual(["GetQosVolume"]);
  });

  // recordings/bridge-grpc.jsonl: NvmeSubsystem/update_mask_one
  it("because the agent does not implement it, points to replacing", async () => {
    const { change } = await scene({
      noun: "NvmeSubsystem",
      change: { hostnqn: HOST },
      conduct: { UpdateNvmeSubsystem: () => refusal(status.UNIMPLEMENTED, "method is not implemented") },
    });
    expect((await failureOf(change())).remedy).toBe("Replace the resource: pulumi up --replace with its URN.");
  });

  it("keeps the agent's words, without the secrets in them", async () => {
    const { change } = await scene({
      noun: "NvmeSubsystem",
      before: { hostnqn: HOST },
      change: { psk: PSK },
      conduct: { UpdateNvmeSubsystem: () => refusal(status.INTERNAL, `cannot add host with ${PSK}`) },
    });
    const { message } = await failureOf(change());
    expect(message).toContain("cannot add host with [secret]");
    expect(message).not.toContain(PSK);
  });
});
