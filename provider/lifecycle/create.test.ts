import { status } from "@grpc/grpc-js";
import { PSK, XTS_KEY } from "../../tests/arbitrary/examples";
import { notFound, refusal } from "../../tests/agents/odd-agent";
import type { Call } from "../../tests/agents/odd-agent";
import { failureOf, inputsFor, stage } from "../../tests/agents/stage";
import { idOf, marvell, spdkBridge, standard } from "../client/dialect";
import type { Answer } from "../client/testing/server";
import { create } from "./create";
import { Incomplete } from "./incomplete";
import { markerOf } from "./marker";

const { agent: start, place } = stage();

/** Get as the reference bridge answers it: a bare name (recordings/bridge-grpc.jsonl: EncryptedVolume/get). */
function bareName({ obey, request }: Call): Answer {
  const answer = obey();
  return "details" in answer ? answer : { name: idOf(String(request.name)) };
}

test("the object's name is the Pulumi id, and the outputs tell what was wished and what the agent assigned", async () => {
  const agent = await start(standard, {
    CreateNullVolume: ({ obey }) => ({ ...obey(), uuid: "1b4e28ba-2fa1-41d2-883f-0016d3cca427" }),
  });
  const { id, outputs } = await create(place("NullVolume", agent.address, "standard"), inputsFor("NullVolume"));
  expect(id).toBe("nullVolumes/disk-1");
  expect(outputs).toEqual({
    ...inputsFor("NullVolume"),
    name: id,
    uuid: "1b4e28ba-2fa1-41d2-883f-0016d3cca427",
    __opi: { dialect: "standard" },
  });
  expect(agent.calls.map(({ method }) => method)).toEqual(["CreateNullVolume"]);
});

test("a parent's bare id and a reference's name go to the agent in its own form", async () => {
  const [standardAgent, bridge] = [await start(standard), await start(spdkBridge)];
  const inputs = inputsFor("NvmeNamespace", { nvmeSubsystem: "subsystem-1", volumeNameRef: "nullVolumes/disk-1" });
  await create(place("NvmeNamespace", standardAgent.address, "standard"), inputs);
  await create(place("NvmeNamespace", bridge.address, "spdk-bridge"), inputs);
  const requests = [standardAgent, bridge].map(
    ({ calls }) => calls.find(({ method }) => method === "CreateNvmeNamespace")?.request,
  );
  expect(requests).toMatchObject([
    { parent: "nvmeSubsystems/subsystem-1", nvmeNamespace: { spec: { volumeNameRef: "nullVolumes/disk-1" } } },
    { parent: "nvmeSubsystems/subsystem-1", nvmeNamespace: { spec: { volumeNameRef: "disk-1" } } },
  ]);
});

// recordings/bridge-grpc.jsonl: NullVolume/create_same_id_different_values
test("an agent that answers OK with the old object is asked first, and the old object refused", async () => {
  const agent = await start(spdkBridge, {
    CreateNullVolume: ({ objects }) => objects.get("volumes/disk-1") ?? notFound("volumes/disk-1"),
  });
  agent.objects.set("volumes/disk-1", { name: "volumes/disk-1", blockSize: 4096n, blocksCount: 64n });
  const here = place("NullVolume", agent.address, "spdk-bridge");
  const error = await failureOf(create(here, inputsFor("NullVolume")));
  expect(error.code).toBe(status.ALREADY_EXISTS);
  expect(error.message).toBe(
    `cannot create NullVolume volumes/disk-1 on agent ${here.agent.address}: an object of that name is there already and ` +
      "differs in blockSize (wished 512, found 4096) (ALREADY_EXISTS)\n" +
      "To take it over, make the program equal it and import it or set adopt: true, then change it; or choose another resourceId. When it is your own, and to be replaced, set deleteBeforeReplace: true.",
  );
  expect(agent.calls.map(({ method }) => method)).toEqual(["GetNullVolume"]);
});

describe("an object that is there already", () => {
  const there = async (blocksCount: bigint) => {
    const agent = await start(standard);
    agent.objects.set("nullVolumes/disk-1", { name: "nullVolumes/disk-1", blockSize: 512n, blocksCount });
    return agent;
  };

  it("is refused even when it is equal, with ways to go on", async () => {
    const agent = await there(64n);
    const error = await failureOf(create(place("NullVolume", agent.address, "standard"), inputsFor("NullVolume")));
    expect(error.detail).toBe("an object of that name is there already and equals what you wish");
    expect(error.remedy).toBe(
      'To take it over, import it, or set adopt: true on the resource or onExisting: "adopt" on the provider; or choose another resourceId. When it is your own, and to be replaced, set deleteBeforeReplace: true.',
    );
  });

  it("is adopted when the resource asks for it", async () => {
    const agent = await there(64n);
    const inputs = inputsFor("NullVolume", { adopt: true });
    const { id, outputs } = await create(place("NullVolume", agent.address, "standard"), inputs);
    expect(id).toBe("nullVolumes/disk-1");
    expect(outputs).toMatchObject({ blocksCount: 64, adopt: true });
  });

  it("is adopted when the provider asks for it", async () => {
    const agent = await there(64n);
    const here = place("NullVolume", agent.address, "standard", { onExisting: "adopt" });
    expect((await create(here, inputsFor("NullVolume"))).id).toBe("nullVolumes/disk-1");
  });

  it("is not adopted when it differs", async () => {
    const agent = await there(128n);
    const inputs = inputsFor("NullVolume", { adopt: true });
    const error = await failureOf(create(place("NullVolume", agent.address, "standard"), inputs));
    expect(error.code).toBe(status.FAILED_PRECONDITION);
    expect(error.detail).toBe(
      "it cannot be adopted: the object that is there differs in blocksCount (wished 64, found 128)",
    );
  });

  it("is adopted with a warning where the agent tells nothing of it", async () => {
    const agent = await start(spdkBridge, { GetEncryptedVolume: bareName });
    const here = place("EncryptedVolume", agent.address, "spdk-bridge");
    await create(here, inputsFor("EncryptedVolume"));
    const untold = "volumeNameRef, key, cipher";
    const refused = await failureOf(create(here, inputsFor("EncryptedVolume")));
    expect(refused.detail).toBe(
      `an object of that name is there already and equals what you wish, as far as the agent tells (not ${untold})`,
    );
    await create(here, inputsFor("EncryptedVolume", { adopt: true }));
    expect(here.warnings).toEqual([
      `volumes/crypt-1 on agent ${here.agent.address} is adopted; the agent does not tell ${untold}: ` +
        "make sure that the program says what is there",
    ]);
  });
});

// recordings/bridge-grpc.jsonl: EncryptedVolume/create, EncryptedVolume/get
test("what a sparse read does not tell keeps its wished value, and secrets never come from an echo", async () => {
  const agent = await start(spdkBridge, { GetEncryptedVolume: bareName });
  const inputs = inputsFor("EncryptedVolume");
  const { outputs } = await create(place("EncryptedVolume", agent.address, "spdk-bridge"), inputs);
  expect(outputs).toEqual({ ...inputs, name: "volumes/crypt-1", __opi: { dialect: "spdk-bridge" } });
  expect(outputs.key).toBe(XTS_KEY);
});

// recordings/bridge-grpc.jsonl: NvmeSubsystem/get, NvmeRemoteController/get (echo of the PSK)
test("a secret that the agent changed in its echo stays what was wished", async () => {
  const agent = await start(standard, {
    CreateNvmeRemoteController: ({ obey }) => ({ ...obey(), tcp: { psk: Buffer.from("another"), hdgst: true } }),
  });
  const inputs = inputsFor("NvmeRemoteController", { tcp: { psk: PSK } });
  const here = place("NvmeRemoteController", agent.address, "standard");
  const { outputs } = await create(here, inputs);
  expect(outputs.tcp).toEqual({ psk: PSK, hdgst: true });
  expect(here.warnings.join()).toContain("tcp.hdgst (wished nothing, found true)");
  expect(here.warnings.join()).not.toContain("another");
});

// recordings/bridge-grpc.jsonl: NullVolume.bad/create_uuid_given
test("what the agent is known to drop keeps its wished value, so that no later diff finds it", async () => {
  const uuid = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
  const agent = await start(spdkBridge, {
    GetNullVolume: ({ obey }) => ("details" in obey() ? obey() : { ...obey(), uuid: uuid.replace("1b", "2b") }),
  });
  const here = place("NullVolume", agent.address, "spdk-bridge");
  const { outputs } = await create(here, inputsFor("NullVolume", { uuid }));
  expect(outputs.uuid).toBe(uuid);
  expect(here.warnings).toEqual(["NullVolume.uuid: agents of dialect spdk-bridge ignore it"]);
});

// marvell: lists and answers give bare ids (AGENTS.md, Vendor bridges)
test("a name that is none is completed, for the object must be read by it later", async () => {
  const agent = await start(marvell, { CreateNvmeSubsystem: ({ obey }) => ({ ...obey(), name: "subsystem-1" }) });
  const { id } = await create(place("NvmeSubsystem", agent.address, "marvell"), inputsFor("NvmeSubsystem"));
  expect(id).toBe("nvmeSubsystems/subsystem-1");
});

test("what the agent is known to refuse is not sent", async () => {
  const agent = await start(spdkBridge);
  const limits = { min: { rwBandwidthMbs: 1 }, max: { rwBandwidthMbs: 10 } };
  const error = await failureOf(
    create(place("QosVolume", agent.address, "spdk-bridge"), inputsFor("QosVolume", { limits })),
  );
  expect(error.detail).toBe("limits.min: this agent refuses it: SPDK has upper limits only; leave out limits.min.");
  expect(agent.calls).toEqual([]);
});

test("what an agent makes otherwise than asked is the truth, and told", async () => {
  const agent = await start(standard, { CreateNullVolume: ({ obey }) => ({ ...obey(), blocksCount: 2048n }) });
  const here = place("NullVolume", agent.address, "standard");
  expect((await create(here, inputsFor("NullVolume"))).outputs.blocksCount).toBe(2048);
  expect(here.warnings).toEqual([
    `agent ${here.agent.address} made nullVolumes/disk-1 otherwise than asked: blocksCount (wished 64, found 2048)`,
  ]);
});

// recordings/bridge-grpc.jsonl: special.spdk_restart/create_idempotent_null
test("an OK for an object that the agent then does not have leaves the resource incomplete", async () => {
  const agent = await start(spdkBridge, { GetNullVolume: ({ request }) => notFound(request.name) });
  const error = await failureOf(
    create(place("NullVolume", agent.address, "spdk-bridge"), inputsFor("NullVolume")),
    Incomplete,
  );
  expect(error.cause.code).toBe(status.DATA_LOSS);
  expect(error.resource.id).toBe("volumes/disk-1");
  expect(markerOf(error.resource.outputs)).toEqual({ dialect: "spdk-bridge", unknown: [], incomplete: true });
});

test("an OK whose object cannot be read back leaves the resource incomplete, for it may be there", async () => {
  let created = false;
  const agent = await start(spdkBridge, {
    CreateNullVolume: ({ obey }) => ((created = true), obey()),
    GetNullVolume: ({ request }) => (created ? refusal(status.INTERNAL, "out of memory") : notFound(request.name)),
  });
  const error = await failureOf(
    create(place("NullVolume", agent.address, "spdk-bridge"), inputsFor("NullVolume")),
    Incomplete,
  );
  expect(error.message).toContain("out of memory");
  expect(error.resource.outputs).toMatchObject({ blockSize: 512, blocksCount: 64 });
});
