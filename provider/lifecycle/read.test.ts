import { status } from "@grpc/grpc-js";
import { PSK } from "../../tests/arbitrary/examples";
import { notFound, refusal } from "../../tests/agents/odd-agent";
import type { Conduct } from "../../tests/agents/odd-agent";
import { failureOf, inputsFor, stage } from "../../tests/agents/stage";
import { UNKNOWN } from "../catalogue/values/property";
import type { Properties } from "../catalogue/values/property";
import type { WireMessage } from "../catalogue/values/wire";
import { spdkBridge, standard } from "../client/dialect";
import type { Dialect } from "../client/dialect";
import { create } from "./create";
import { diff } from "./diff";
import { read } from "./read";

const { agent: start, place } = stage();

/** An object as created, and the agent and place it was created at. */
async function made(noun: string, dialect: Dialect, given: Properties = {}, conduct: Conduct = {}) {
  const agent = await start(dialect, conduct);
  const here = place(noun, agent.address, dialect.name);
  const inputs = inputsFor(noun, given);
  const { id, outputs } = await create(here, inputs);
  const known = { id, outputs, inputs };
  return { agent, here, known, object: agent.objects.get(id) ?? {} };
}

test("an object that is as it was is read without a change", async () => {
  const { here, known } = await made("NvmeController", standard);
  expect(await read(here, known)).toEqual(known);
});

test("what drifted is told in outputs and inputs, zero included; what the agent assigned is no input", async () => {
  const { agent, here, known, object } = await made("NvmeController", standard, {
    maxNsq: 8,
    maxLimit: { rwIopsKiops: 5 },
  });
  const spec = object.spec as object;
  agent.objects.set(known.id, {
    ...object,
    spec: { ...spec, maxNsq: 0, maxNcq: 4, nvmeControllerId: 7, maxLimit: { rwIopsKiops: 6n } },
    status: { active: true },
  });
  const found = await read(here, known);
  expect(found?.outputs).toMatchObject({ maxNcq: 4, nvmeControllerId: 7, active: true, maxLimit: { rwIopsKiops: 6 } });
  expect(found?.outputs).not.toHaveProperty("maxNsq");
  const { maxNsq: _, ...rest } = known.inputs;
  expect(found?.inputs).toEqual({ ...rest, maxNcq: 4, maxLimit: { rwIopsKiops: 6 } });
});

test("a message that is gone on the agent is gone in the outputs", async () => {
  const { agent, here, known, object } = await made("NvmeController", standard, { maxLimit: { rwIopsKiops: 5 } });
  agent.objects.set(known.id, { ...object, spec: { ...(object.spec as object), maxLimit: undefined } });
  expect((await read(here, known))?.outputs).not.toHaveProperty("maxLimit");
});

test("a secret that the agent does not tell, or tells otherwise, is no drift", async () => {
  const given = { tcp: { hdgst: true, psk: PSK } };
  const { agent, here, known, object } = await made("NvmeRemoteController", standard, given);
  agent.objects.set(known.id, { ...object, tcp: { hdgst: true, psk: new Uint8Array() } });
  expect((await read(here, known))?.outputs.tcp).toEqual(given.tcp);
  agent.objects.set(known.id, { ...object, tcp: { hdgst: true, psk: Buffer.from("other") } });
  expect((await read(here, known))?.outputs.tcp).toEqual(given.tcp);
});

// recordings/bridge-grpc.jsonl: VirtioBlk/get (always function 1, "TBD"), NvmeController/get (id -1)
test.each<[noun: string, told: WireMessage]>([
  ["VirtioBlk", { pcieId: { portId: 0, physicalFunction: 1, virtualFunction: 0 }, volumeNameRef: "TBD" }],
  ["NvmeController", { spec: { nvmeControllerId: -1 }, status: { active: true } }],
  ["EncryptedVolume", { name: "crypt-1" }],
  ["VirtioScsiLun", { volumeNameRef: "volumes/scsi-1" }],
])("what the reference bridge tells wrongly or not at all of a %s is no drift", async (noun, told) => {
  const { here, known } = await made(
    noun,
    spdkBridge,
    {},
    { [`Get${noun}`]: ({ obey }) => ("details" in obey() ? obey() : told) },
  );
  const found = await read(here, known);
  expect(diff(here.type, { olds: found?.outputs ?? {}, news: known.inputs, dialect: spdkBridge }).changes).toEqual([]);
  expect(found?.inputs).toEqual(known.inputs);
});

describe("an object that is not there", () => {
  it("is gone, where the agent remembers what it made", async () => {
    const { agent, here, known } = await made("NullVolume", standard);
    agent.objects.clear();
    expect(await read(here, known)).toBeUndefined();
  });

  it("is gone, where a forgetful agent's lists show no trace of it", async () => {
    const { agent, here, known } = await made("NullVolume", spdkBridge);
    agent.objects.clear();
    agent.objects.set("volumes/other", { name: "volumes/other" });
    expect(await read(here, known)).toBeUndefined();
  });

  // recordings/bridge-grpc.jsonl: special.restart_bridge/after_GetNullVolume, after_ListNullVolumes
  it("is not dropped while a list still shows it", async () => {
    const { agent, here, known } = await made("NullVolume", spdkBridge);
    agent.conduct = {
      GetNullVolume: ({ request }) => notFound(request.name),
      ListNullVolumes: () => ({ nullVolumes: [{ name: "aiov1" }, { name: "disk-1" }] }),
    };
    const error = await failureOf(read(here, known));
    expect(error.message).toBe(
      `cannot tell whether NullVolume is gone: volumes/disk-1 on agent ${here.agent.address}: the agent does not know ` +
        'it, yet still lists "disk-1": agents of dialect spdk-bridge forget their objects on restart, while the storage ' +
        "process keeps them (FAILED_PRECONDITION)\n" +
        "Remove what is left in the storage process (rpc.py bdev_null_delete disk-1), or restart that " +
        "process, then run pulumi refresh.",
    );
  });

  // recordings/bridge-grpc.jsonl: special.restart_bridge/after_ListNvmeSubsystems (no names, but NQNs)
  it("is not dropped while a list without names still shows its NQN", async () => {
    const { agent, here, known } = await made("NvmeSubsystem", spdkBridge);
    agent.conduct = {
      GetNvmeSubsystem: ({ request }) => notFound(request.name),
      ListNvmeSubsystems: () => ({ nvmeSubsystems: [{ spec: { nqn: known.inputs.nqn } }] }),
    };
    expect((await failureOf(read(here, known))).detail).toContain('lists nqn "nqn.2014-08.org.example:disk-1"');
  });

  // recordings/bridge-grpc.jsonl: special.restart_bridge/after_ListNvmePaths; special.remote/disable_path2
  it("is told from a sibling at the same address by its port", async () => {
    const { agent, here, known } = await made("NvmePath", spdkBridge);
    const listed = (trsvcid: bigint) => ({
      name: "remote-1",
      trtype: 4,
      traddr: "192.0.2.1",
      fabrics: { trsvcid, subnqn: "nqn.2014-08.org.example:disk-1", adrfam: 1, sourceTrsvcid: -1n, hostnqn: "nqn.x" },
    });
    agent.conduct = {
      GetNvmePath: ({ request }) => notFound(request.name),
      ListNvmePaths: () => ({ nvmePaths: [listed(4421n)] }),
    };
    expect(await read(here, known)).toBeUndefined();
    agent.conduct.ListNvmePaths = () => ({ nvmePaths: [listed(4421n), listed(4420n)] });
    expect((await failureOf(read(here, known))).detail).toContain('lists traddr "192.0.2.1"');
  });

  // recordings/bridge-grpc.jsonl: special.restart_bridge/after_ListNvmeNamespaces
  it("is gone with its parent, whose own trace tells if SPDK still has it", async () => {
    const { agent, here, known } = await made("NvmeNamespace", spdkBridge);
    const unknownParent = () => refusal(status.UNKNOWN, "unable to find subsystem nvmeSubsystems/subsystem-1");
    agent.conduct = {
      GetNvmeNamespace: ({ request }) => notFound(request.name),
      ListNvmeNamespaces: unknownParent,
    };
    expect(await read(here, known)).toBeUndefined();
    agent.conduct = { GetNvmeNamespace: unknownParent, ListNvmeNamespaces: unknownParent };
    expect(await read(here, known)).toBeUndefined();
  });

  // recordings/bridge-grpc.jsonl: special.spdk_restart/after_GetNullVolume
  it("is gone when SPDK says so, under whatever code", async () => {
    const { agent, here, known } = await made("NullVolume", spdkBridge);
    agent.objects.clear();
    agent.conduct = {
      GetNullVolume: () => refusal(status.UNKNOWN, "bdev_get_bdevs: json response error: No such device"),
    };
    expect(await read(here, known)).toBeUndefined();
  });
});

describe("an object of which nothing can be known", () => {
  it("is not dropped when the agent cannot be reached", async () => {
    const { agent, here, known } = await made("NullVolume", standard);
    await agent.stop();
    expect((await failureOf(read(here, known))).code).toBe(status.UNAVAILABLE);
  });

  it.each([
    status.UNAVAILABLE,
    status.DEADLINE_EXCEEDED,
    status.PERMISSION_DENIED,
    status.UNKNOWN,
    status.UNIMPLEMENTED,
  ])("is not dropped for an error of code %s", async (code) => {
    const { agent, here, known } = await made("NullVolume", standard);
    agent.conduct = { GetNullVolume: () => refusal(code, "no") };
    expect((await failureOf(read(here, known))).code).toBe(code);
  });

  it("is not dropped when it cannot be looked for in the lists", async () => {
    const { agent, here, known } = await made("NullVolume", spdkBridge);
    agent.objects.clear();
    agent.conduct = { ListNullVolumes: () => refusal(status.INTERNAL, "no") };
    expect((await failureOf(read(here, known))).detail).toBe("no");
  });
});

describe("an import, which has the name alone", () => {
  it("gives the inputs of a program that previews empty once the secrets are filled in", async () => {
    const given = { tcp: { hdgst: true, psk: PSK }, queueSize: 128 };
    const { here, known } = await made("NvmeRemoteController", standard, given);
    const found = await read(here, { id: known.id });
    expect(found?.inputs).toEqual({
      resourceId: "remote-1",
      multipath: "NVME_MULTIPATH_FAILOVER",
      queueSize: 128,
      tcp: { hdgst: true },
    });
    const olds = found?.outputs ?? {};
    expect(diff(here.type, { olds, news: found?.inputs ?? {}, dialect: standard }).changes).toEqual([]);
    expect(diff(here.type, { olds, news: known.inputs, dialect: standard }).changes).toEqual([
      { path: "tcp.psk", kind: "add", replace: false, stateOnly: true },
    ]);
  });

  it("takes the parent from the name", async () => {
    const { here, known } = await made("NvmeNamespace", standard);
    expect((await read(here, { id: known.id, outputs: {} }))?.inputs).toEqual({
      ...known.inputs,
      nvmeSubsystem: "nvmeSubsystems/subsystem-1",
    });
  });

  it("knows what it cannot know: nothing of it replaces, filled in or not known yet", async () => {
    const agent = await start(spdkBridge, { GetEncryptedVolume: () => ({ name: "crypt-1" }) });
    const here = place("EncryptedVolume", agent.address, "spdk-bridge");
    const found = await read(here, { id: "volumes/crypt-1" });
    expect(found?.outputs).toEqual({
      resourceId: "crypt-1",
      name: "volumes/crypt-1",
      __opi: { dialect: "spdk-bridge", unknown: ["volumeNameRef", "key", "cipher"] },
    });
    const news: Properties = { ...inputsFor("EncryptedVolume"), volumeNameRef: UNKNOWN };
    const { changes } = diff(here.type, { olds: found?.outputs ?? {}, news, dialect: spdkBridge });
    expect(changes.map(({ stateOnly, replace }) => ({ stateOnly, replace }))).toEqual(
      Array(3).fill({ stateOnly: true, replace: false }),
    );
  });

  it.each(["disk-1", "nullVolumes/", "a/b/c", "/x", ""])("refuses %j, which is no name", async (id) => {
    const agent = await start(standard);
    const error = await failureOf(read(place("NullVolume", agent.address, "standard"), { id }));
    expect(error.detail).toBe(`"${id}" is no name of a NullVolume`);
    expect(error.remedy).toBe("Names have the form nullVolumes/{volume}.");
    expect(agent.calls).toEqual([]);
  });
});

test("a type that the agent cannot read is told so", async () => {
  const agent = await start(spdkBridge);
  const here = place("VirtioScsiTarget", agent.address, "spdk-bridge");
  const error = await failureOf(read(here, { id: "virtioScsiTargets/target-1" }));
  expect(error.code).toBe(status.UNIMPLEMENTED);
  expect(error.detail).toContain("The reference bridge has no virtio-scsi targets");
});
