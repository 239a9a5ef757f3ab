import { status } from "@grpc/grpc-js";
import { typeByNoun } from "../../../provider/catalogue";
import { create, read, remove } from "../../../provider/lifecycle";
import { inputsFor } from "../../agents/stage";
import { nvidiaKinds } from "../model/vendors/nvidia";
import { failureOf, onBridge, planned, said } from "../surprises/scene";

/** NVIDIA's bridge, read from its source (AGENTS.md, "Vendor bridges"). */
const scene = onBridge("nvidia", { kinds: nvidiaKinds });
const dropped = (property: string) => `${property}: agents of dialect nvidia ignore it`;

test("of a PCIe address the physical function is used, and the preview warns of the rest", async () => {
  const pcieId = { portId: 1, physicalFunction: 3, virtualFunction: 2 };
  const { failures, warnings } = await said(scene.at("NvmeController"), { pcieId });
  expect(failures).toEqual([]);
  expect(warnings).toContain(dropped("NvmeController.pcieId.portId"));
  expect(warnings).toContain(dropped("NvmeController.pcieId.virtualFunction"));
  expect((await said(scene.at("VirtioBlk"), { pcieId })).warnings).toEqual(
    expect.arrayContaining([dropped("VirtioBlk.pcieId.portId"), dropped("VirtioBlk.pcieId.virtualFunction")]),
  );
});

test("hosts, keys and numbers of namespaces are dropped: the preview warns of each", async () => {
  const hostnqn = "nqn.2014-08.org.example:host";
  const { warnings } = await said(scene.at("NvmeSubsystem"), { hostnqn, maxNamespaces: 8 });
  expect(warnings).toEqual([dropped("NvmeSubsystem.maxNamespaces"), dropped("NvmeSubsystem.hostnqn")]);
});

test("controllers of fabrics are refused at preview", async () => {
  const fabricsId = { traddr: "127.0.0.1", trsvcid: "4420", adrfam: "ipv4" };
  const { failures } = await said(scene.at("NvmeController"), { trtype: "tcp", pcieId: undefined, fabricsId });
  expect(failures.join()).toMatch(/fabricsId: .*PCIe controllers only; leave out fabricsId and give pcieId/);
});

test("QoS volumes are refused at preview, with the way round", async () => {
  const { failures } = await said(scene.at("QosVolume"));
  expect(failures.join()).toContain("no QoS volumes: set limits on the device, or in the fabric");
});

test("no update of NVMe is implemented: every change is a replacement at preview", async () => {
  await scene.make("NvmeSubsystem");
  const controller = await scene.make("NvmeController", { maxNsq: 4 });
  await scene.make("NullVolume");
  const namespace = await scene.make("NvmeNamespace", { hostNsid: 2 });
  expect(await planned(scene.at("NvmeController"), controller, { maxNsq: 8 })).toMatchObject({ replaced: ["maxNsq"] });
  expect(await planned(scene.at("NvmeNamespace"), namespace, { hostNsid: 3 })).toMatchObject({
    replaced: ["hostNsid"],
  });
});

test("a namespace needs a controller: the preview says so, and the create tells what the bridge says", async () => {
  await scene.make("NvmeSubsystem");
  await scene.make("NullVolume");
  expect((await said(scene.at("NvmeNamespace"))).warnings.join()).toContain(
    "let the namespace depend on the controller",
  );
  const error = await failureOf(create(scene.at("NvmeNamespace"), inputsFor("NvmeNamespace")));
  expect(error.message).toContain("unable to find controller 0");
  await scene.make("NvmeController");
  await expect(scene.make("NvmeNamespace")).resolves.toMatchObject({ outputs: { hostNsid: 1 } });
});

test("identifiers are handed on, an EUI-64 in decimal, of which the preview warns", async () => {
  await scene.make("NvmeSubsystem");
  await scene.make("NvmeController");
  const given = { uuid: "11111111-0000-4000-8000-000000000001", eui64: "0123456789abcdef" };
  const { warnings } = await said(scene.at("NvmeNamespace"), given);
  expect(warnings.filter((each) => each.includes("uuid"))).toEqual([]);
  expect(warnings.join()).toContain("NvmeNamespace.eui64: NVIDIA's bridge hands it on in decimal digits");
  await scene.make("NvmeNamespace", given);
  const sent = scene.dpu.bridge.calls.find(({ method }) => method === "CreateNvmeNamespace");
  expect(sent?.request).toMatchObject({ nvmeNamespace: { spec: { eui64: 0x0123456789abcdefn } } });
});

test("reads tell controller ids and namespace numbers, and nothing of it is drift", async () => {
  const objects = [
    ["NvmeSubsystem", await scene.make("NvmeSubsystem", { serialNumber: "OPI1", maxNamespaces: 8 })],
    ["NvmeController", await scene.make("NvmeController")],
    ["NvmeNamespace", await scene.make("NvmeNamespace")],
    ["VirtioBlk", await scene.make("VirtioBlk")],
  ] as const;
  expect(objects[1][1].outputs).toMatchObject({ nvmeControllerId: 0 });
  for (const [noun, object] of objects) {
    const found = await read(scene.at(noun), object);
    expect([noun, found?.outputs, found?.inputs]).toEqual([noun, object.outputs, object.inputs]);
  }
});

test("a subsystem that is missing is NOT_FOUND: what hung on it is gone with it", async () => {
  const subsystem = await scene.make("NvmeSubsystem");
  await scene.make("NvmeController");
  const namespace = await scene.make("NvmeNamespace");
  await remove(scene.at("NvmeSubsystem"), subsystem);
  await expect(read(scene.at("NvmeNamespace"), namespace)).resolves.toBeUndefined();
  await expect(remove(scene.at("NvmeNamespace"), namespace)).resolves.toBeUndefined();
});

test("a delete of a controller that is not there succeeds, though it is answered UNKNOWN", async () => {
  await scene.make("NvmeSubsystem");
  const controller = await scene.make("NvmeController");
  await remove(scene.at("NvmeController"), controller);
  await expect(remove(scene.at("NvmeController"), controller)).resolves.toBeUndefined();
});

test("a list that is cut at 250 is no list of all: it is an error, and below that it is whole", async () => {
  const client = scene.dpu.client({ dialect: "nvidia" });
  const list = () => client.list(typeByNoun("NvmeSubsystem"));
  const type = typeByNoun("NvmeSubsystem");
  for (let n = 0; n < 249; n++) {
    const body = { spec: { nqn: `nqn.2014-08.org.example:${n}` } };
    await client.create(type, { id: `subsystem-${n}`, body });
  }
  expect(await list()).toHaveLength(249);
  for (const n of [249, 250]) {
    await client.create(type, { id: `subsystem-${n}`, body: { spec: { nqn: `nqn.2014-08.org.example:${n}` } } });
  }
  await expect(list()).rejects.toMatchObject({ code: status.OUT_OF_RANGE });
});

test("counters of virtio-blk work, those of NVMe do not", async () => {
  const device = await scene.make("VirtioBlk");
  const client = scene.dpu.client({ dialect: "nvidia" });
  await expect(client.stats(typeByNoun("VirtioBlk"), device.id)).resolves.toMatchObject({ stats: { readOpsCount: 7 } });
  const { unavailable } = await client.dialect();
  expect([unavailable.VirtioBlk?.stats, unavailable.NvmeController?.stats]).toEqual([
    undefined,
    expect.stringContaining("counts nothing"),
  ]);
});

test("a vendor's bridge is taken for the reference bridge, unless its dialect is named", async () => {
  const client = scene.dpu.client();
  await expect(client.dialect()).resolves.toMatchObject({ name: "spdk-bridge" });
});
