import { status } from "@grpc/grpc-js";
import { refusal, silence } from "../../tests/agents/odd-agent";
import type { Conduct } from "../../tests/agents/odd-agent";
import { failureOf, inputsFor, stage } from "../../tests/agents/stage";
import type { Properties } from "../catalogue/values/property";
import { spdkBridge, standard } from "../client/dialect";
import type { Dialect } from "../client/dialect";
import { create } from "./create";
import { Incomplete } from "./incomplete";
import { markerOf } from "./marker";
import { read } from "./read";
import { update } from "./update";

const { agent: start, place } = stage();

/** Enough for a call on loopback, and soon over for one that gets no answer. */
const options = { timeout: 1 };
const automatic = (): Properties => inputsFor("NullVolume", { resourceId: undefined });

async function scene(dialect: Dialect, conduct: Conduct) {
  const agent = await start(dialect, conduct);
  return { agent, here: place("NullVolume", agent.address, dialect.name, { options }) };
}

describe("a create whose answer is lost after the work was done", () => {
  const lost: readonly [how: string, conduct: Conduct][] = [
    ["no answer in time", { CreateNullVolume: ({ obey }) => (obey(), silence()) }],
    [
      "a broken connection",
      { CreateNullVolume: ({ obey }) => (obey(), refusal(status.UNAVAILABLE, "connection reset")) },
    ],
  ];
  test.each(lost)("recognises its own object (%s)", async (_, conduct) => {
    for (const dialect of [standard, spdkBridge]) {
      const { here, agent } = await scene(dialect, conduct);
      const { id, outputs } = await create(here, inputsFor("NullVolume"));
      expect(agent.objects.has(id)).toBe(true);
      expect(markerOf(outputs).incomplete).toBeUndefined();
    }
  });
});

describe("a create without an answer whose object is not there", () => {
  const unanswered: Conduct = { CreateNullVolume: silence };

  it("is incomplete under the predicted name, for it may still be carried out", async () => {
    const { here } = await scene(standard, unanswered);
    const { resource, message } = await failureOf(create(here, inputsFor("NullVolume")), Incomplete);
    expect(resource.id).toBe("nullVolumes/disk-1");
    expect(resource.outputs).toMatchObject({ blocksCount: 64, __opi: { incomplete: true } });
    expect(message).toBe(
      `cannot create NullVolume disk-1 on agent ${here.agent.address}: no answer within 1 s (DEADLINE_EXCEEDED)\n` +
        "It may still have been done: refresh shows it. Raise agent.deadlines, or customTimeouts, when the agent is slow.\n" +
        "It is kept in the state as incomplete: the next update completes it, a refresh looks again.",
    );
  });

  it("is forgotten by a refresh that does not find it", async () => {
    const { here } = await scene(standard, unanswered);
    const { resource } = await failureOf(create(here, inputsFor("NullVolume")), Incomplete);
    expect(await read(here, resource)).toBeUndefined();
  });

  it("is whole after a refresh that finds it", async () => {
    const { here, agent } = await scene(standard, unanswered);
    const { resource } = await failureOf(create(here, inputsFor("NullVolume")), Incomplete);
    agent.objects.set(resource.id, { name: resource.id, blockSize: 512n, blocksCount: 64n });
    const found = await read(here, resource);
    expect(markerOf(found?.outputs ?? {}).incomplete).toBeUndefined();
  });

  it("is made by the next update", async () => {
    const { here, agent } = await scene(standard, unanswered);
    const { resource } = await failureOf(create(here, inputsFor("NullVolume")), Incomplete);
    agent.conduct = {};
    const outputs = await update(here, { id: resource.id, olds: resource.outputs, news: inputsFor("NullVolume") });
    expect(agent.objects.has(resource.id)).toBe(true);
    expect(markerOf(outputs).incomplete).toBeUndefined();
  });

  it("is not made by an update when the agent would name it otherwise", async () => {
    const { here, agent } = await scene(standard, unanswered);
    const { resource } = await failureOf(create(here, inputsFor("NullVolume")), Incomplete);
    agent.conduct = {
      CreateNullVolume: ({ objects }) => {
        const object = { name: "volumes/odd", blockSize: 512n, blocksCount: 64n };
        objects.set(object.name, object);
        return object;
      },
    };
    const error = await failureOf(
      update(here, { id: resource.id, olds: resource.outputs, news: inputsFor("NullVolume") }),
    );
    expect(error.detail).toBe("the agent names it volumes/odd; what it made is deleted again");
    expect(agent.objects.size).toBe(0);
  });

  it("was not made when the connection broke before the agent did anything", async () => {
    const { here } = await scene(standard, { CreateNullVolume: () => refusal(status.UNAVAILABLE, "reset") });
    expect((await failureOf(create(here, inputsFor("NullVolume")))).code).toBe(status.UNAVAILABLE);
  });

  it("is incomplete when it was cancelled while the agent was at it", async () => {
    const cancel = new AbortController();
    const { here } = await scene(standard, { CreateNullVolume: () => (cancel.abort(), silence()) });
    const cancelled = { ...here, options: { signal: cancel.signal } };
    const { cause } = await failureOf(create(cancelled, inputsFor("NullVolume")), Incomplete);
    expect(cause.code).toBe(status.CANCELLED);
  });

  it("was not made when it was cancelled before it was sent", async () => {
    const { here, agent } = await scene(standard, {});
    const cancelled = { ...here, options: { signal: AbortSignal.abort() } };
    expect((await failureOf(create(cancelled, inputsFor("NullVolume")))).notSent).toBe(true);
    expect(agent.calls).toEqual([]);
  });
});

describe("an object that is there, but not as wished, after a lost answer", () => {
  const half: Conduct = {
    CreateNullVolume: ({ request, objects }) => {
      const name = `nullVolumes/${String(request.nullVolumeId)}`;
      objects.set(name, { name, blockSize: 512n, blocksCount: 1n });
      return refusal(status.UNAVAILABLE, "connection reset");
    },
  };

  it("is ours, and incomplete, under an id that nobody else would choose", async () => {
    const { here } = await scene(standard, half);
    const { resource } = await failureOf(create(here, automatic()), Incomplete);
    expect(resource.outputs).toMatchObject({ blocksCount: 1, __opi: { incomplete: true } });
  });

  it("is made whole by the next update", async () => {
    const { here, agent } = await scene(standard, half);
    const news = automatic();
    const { resource } = await failureOf(create(here, news), Incomplete);
    const outputs = await update(here, { id: resource.id, olds: resource.outputs, news });
    expect(outputs).toMatchObject({ blocksCount: 64 });
    expect(agent.objects.get(resource.id)).toMatchObject({ blocksCount: 64n });
    expect(markerOf(outputs).incomplete).toBeUndefined();
  });

  it("may be somebody else's under an id that the program gives, and is refused", async () => {
    const { here } = await scene(standard, half);
    const error = await failureOf(create(here, inputsFor("NullVolume")));
    expect(error.code).toBe(status.ALREADY_EXISTS);
  });
});

describe("a create that is refused", () => {
  it("made nothing, where answers can be trusted", async () => {
    const { here, agent } = await scene(standard, {
      CreateNullVolume: () => refusal(status.INVALID_ARGUMENT, "null_volume.block_size: 520 is no multiple of 512"),
    });
    const error = await failureOf(create(here, inputsFor("NullVolume")));
    expect(error.detail).toBe("null_volume.block_size: 520 is no multiple of 512");
    expect(agent.calls.map(({ method }) => method)).toEqual(["CreateNullVolume"]);
  });

  it("left something behind, where they cannot: the object is incomplete", async () => {
    const { here } = await scene(spdkBridge, {
      CreateNullVolume: ({ objects }) => {
        objects.set("volumes/disk-1", { name: "volumes/disk-1", blockSize: 512n, blocksCount: 1n });
        return refusal(status.UNKNOWN, "bdev_null_create: json response error: Internal error");
      },
    });
    const { resource } = await failureOf(create(here, inputsFor("NullVolume")), Incomplete);
    expect(resource.outputs).toMatchObject({ blocksCount: 1, __opi: { incomplete: true } });
  });

  // recordings/bridge-grpc.jsonl: special.restart_bridge/recreate_null
  it("because SPDK still has what the agent forgot, tells so", async () => {
    const { here } = await scene(spdkBridge, {
      CreateNullVolume: () => refusal(status.UNKNOWN, "bdev_null_create: json response error: File exists"),
      ListNullVolumes: () => ({ nullVolumes: [{ name: "aiov1" }, { name: "disk-1", blockSize: 512n }] }),
    });
    const error = await failureOf(create(here, inputsFor("NullVolume")));
    expect(error.detail).toBe(
      'bdev_null_create: json response error: File exists; the agent does not know the object, yet lists "disk-1"',
    );
    expect(error.remedy).toBe(
      "Remove what is left in the storage process (rpc.py bdev_null_delete disk-1), or restart that " +
        "process, then run pulumi refresh.",
    );
  });

  // recordings/bridge-grpc.jsonl: special.tls_frontend/subsys_bad_psk
  it("half-way, leaving a subsystem in SPDK, tells so by its NQN", async () => {
    const { nqn } = inputsFor("NvmeSubsystem");
    const agent = await start(spdkBridge, {
      CreateNvmeSubsystem: () =>
        refusal(status.UNKNOWN, "nvmf_subsystem_add_host: json response error: Internal error"),
      ListNvmeSubsystems: () => ({
        nvmeSubsystems: [{ spec: { nqn: "nqn.2014-08.org.nvmexpress.discovery" } }, { spec: { nqn } }],
      }),
    });
    const error = await failureOf(
      create(place("NvmeSubsystem", agent.address, "spdk-bridge"), inputsFor("NvmeSubsystem")),
    );
    expect(error.detail).toContain(
      'the agent does not know the object, yet lists nqn "nqn.2014-08.org.example:disk-1"',
    );
  });

  // recordings/bridge-grpc.jsonl: NvmeSubsystem.bad/create_same_nqn_other_id
  it("for a name that another object has, is told in the agent's words", async () => {
    const { here } = await scene(standard, {
      CreateNullVolume: () => refusal(status.ALREADY_EXISTS, "the id disk-1 belongs to mallocVolumes/disk-1"),
    });
    const error = await failureOf(create(here, inputsFor("NullVolume", { adopt: true })));
    expect(error.detail).toBe("the id disk-1 belongs to mallocVolumes/disk-1");
  });
});

test("an agent that cannot be reached made nothing", async () => {
  const { here, agent } = await scene(standard, {});
  await agent.stop();
  const error = await failureOf(create(here, inputsFor("NullVolume")));
  expect(error).toMatchObject({ code: status.UNAVAILABLE, notSent: true });
});

// recordings/bridge-grpc.jsonl: special.spdk_down_direct, the next call ends the bridge
test("an agent that died over a create and forgot it leaves an object in SPDK that must stay in the state", async () => {
  const { here } = await scene(spdkBridge, {
    CreateNullVolume: () => refusal(status.UNAVAILABLE, "connection reset"),
    ListNullVolumes: () => ({ nullVolumes: [{ name: "disk-1" }] }),
  });
  const { resource, message } = await failureOf(create(here, inputsFor("NullVolume")), Incomplete);
  expect(resource.id).toBe("volumes/disk-1");
  expect(message).toContain('the agent does not know the object, yet lists "disk-1"');
});
