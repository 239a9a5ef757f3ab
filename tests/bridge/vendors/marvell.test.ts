import { status } from "@grpc/grpc-js";
import { typeByNoun } from "../../../provider/catalogue";
import { read, remove, update } from "../../../provider/lifecycle";
import { marvellKinds } from "../model/vendors/marvell";
import { failureOf, onBridge, planned, said } from "../surprises/scene";

/** Marvell's bridge, read from its source (AGENTS.md, "Vendor bridges"). */
const scene = onBridge("marvell", { kinds: marvellKinds });

test("a namespace without hostNsid cannot be deleted any more: the preview says to give it", async () => {
  await scene.make("NvmeSubsystem");
  expect((await said(scene.at("NvmeNamespace"))).warnings.join()).toContain("give hostNsid");
  const trapped = await scene.make("NvmeNamespace");
  const error = await failureOf(remove(scene.at("NvmeNamespace"), trapped));
  expect(error.message).toContain("namespace 0 cannot be detached");
  const given = await scene.make("NvmeNamespace", { resourceId: "namespace-2", hostNsid: 2 });
  expect((await said(scene.at("NvmeNamespace"), { hostNsid: 2 })).warnings.join()).not.toContain("give hostNsid");
  await expect(remove(scene.at("NvmeNamespace"), given)).resolves.toBeUndefined();
});

test("a namespace is attached to the controllers that are there: the preview says to wait for them", async () => {
  expect((await said(scene.at("NvmeNamespace"))).warnings.join()).toContain("let it depend on the controllers");
});

test("hosts and their keys are dropped: the preview warns of both", async () => {
  const { warnings } = await said(scene.at("NvmeSubsystem"), {
    hostnqn: "nqn.2014-08.org.example:host",
    psk: "NVMeTLSkey-1:01:MDAxMTIyMzM0NDU1NjY3Nzg4OTlhYWJiY2NkZGVlZmZwJEiQ:",
  });
  expect(warnings).toEqual([
    "NvmeSubsystem.hostnqn: agents of dialect marvell ignore it",
    "NvmeSubsystem.psk: agents of dialect marvell ignore it",
  ]);
});

test("Get, Stats and Delete of a controller that is not there say UNKNOWN, and mean that it is gone", async () => {
  await scene.make("NvmeSubsystem");
  const controller = await scene.make("NvmeController");
  await scene.dpu.client({ dialect: "marvell" }).delete(scene.at("NvmeController").type, controller.id);
  const client = scene.dpu.client({ dialect: "marvell" });
  const { type } = scene.at("NvmeController");
  for (const asked of [client.get(type, controller.id), client.stats(type, controller.id)]) {
    expect((await failureOf(asked)).code).toBe(status.UNKNOWN);
  }
  expect((await failureOf(client.delete(type, controller.id))).code).toBe(status.UNKNOWN);
  await expect(read(scene.at("NvmeController"), controller)).resolves.toBeUndefined();
  await expect(remove(scene.at("NvmeController"), controller)).resolves.toBeUndefined();
});

test("controllers change in place, namespaces are replaced", async () => {
  await scene.make("NvmeSubsystem");
  const controller = await scene.make("NvmeController", { maxNsq: 4 });
  const place = scene.at("NvmeController");
  expect(await planned(place, controller, { maxNsq: 8 })).toEqual({ replaced: [], changed: ["maxNsq"] });
  scene.writes();
  await update(place, { id: controller.id, olds: controller.outputs, news: { ...controller.inputs, maxNsq: 8 } });
  expect(scene.writes()).toEqual(["UpdateNvmeController"]);
  const namespace = await scene.make("NvmeNamespace", { hostNsid: 2 });
  expect(await planned(scene.at("NvmeNamespace"), namespace, { hostNsid: 3 })).toMatchObject({
    replaced: ["hostNsid"],
  });
});

test("identifiers are handed on, and reads tell what they tell: nothing of it is drift", async () => {
  const objects = [
    ["NvmeSubsystem", await scene.make("NvmeSubsystem", { serialNumber: "OPI1" })],
    ["NvmeController", await scene.make("NvmeController", { maxNsq: 4 })],
    [
      "NvmeNamespace",
      await scene.make("NvmeNamespace", {
        hostNsid: 2,
        nguid: "0123456789abcdef0123456789abcdef",
        eui64: "0123456789abcdef",
      }),
    ],
  ] as const;
  expect(objects[1][1].outputs).toMatchObject({ nvmeControllerId: 1 });
  for (const [noun, object] of objects) {
    const found = await read(scene.at(noun), object);
    expect([noun, found?.outputs, found?.inputs]).toEqual([noun, object.outputs, object.inputs]);
  }
});

test("lists give bare ids, by which a trace is found; at 250 entries they are cut, which is an error", async () => {
  const client = scene.dpu.client({ dialect: "marvell" });
  const type = typeByNoun("NvmeSubsystem");
  for (let n = 0; n < 250; n++) {
    await client.create(type, { id: `subsystem-${n}`, body: { spec: { nqn: `nqn.2014-08.org.example:${n}` } } });
    if (n === 1) expect((await client.list(type)).map(({ name }) => name)).toEqual(["subsystem-0", "subsystem-1"]);
  }
  await expect(client.list(type)).rejects.toMatchObject({ code: status.OUT_OF_RANGE });
});

test("counters of controllers and namespaces work", async () => {
  await scene.make("NvmeSubsystem");
  const client = scene.dpu.client({ dialect: "marvell" });
  for (const noun of ["NvmeController", "NvmeNamespace"]) {
    const { id } = await scene.make(noun);
    await expect(client.stats(typeByNoun(noun), id)).resolves.toMatchObject({ stats: { readOpsCount: 7 } });
    expect((await client.dialect()).unavailable[noun]?.stats).toBeUndefined();
  }
});

test("QoS volumes are refused at preview", async () => {
  expect((await said(scene.at("QosVolume"))).failures.join()).toContain("no QoS volumes");
});
