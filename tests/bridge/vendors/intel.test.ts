import { status } from "@grpc/grpc-js";
import { messageOf } from "../../../provider/catalogue/values/wire";
import { create, read, update } from "../../../provider/lifecycle";
import { inputsFor } from "../../agents/stage";
import { intelKinds } from "../model/vendors/intel";
import { failureOf, onBridge, planned, said } from "../surprises/scene";

/** Intel's bridge, read from its source (AGENTS.md, "Vendor bridges"). */
const scene = onBridge("intel", { kinds: intelKinds });
const pcie = (portId: number, physicalFunction: number, virtualFunction: number) => ({
  pcieId: { portId, physicalFunction, virtualFunction },
});
const limited = (rdIopsKiops: number) => ({ maxLimit: { rdIopsKiops, wrIopsKiops: 5 } });

test("controllers are on port 0 and function 0, any virtual function; the preview says so", async () => {
  expect((await said(scene.at("NvmeController"), pcie(1, 2, 3))).failures).toEqual([
    "pcieId.portId: this agent takes 0, not 1",
    "pcieId.physicalFunction: this agent takes 0, not 2",
  ]);
  expect(await said(scene.at("NvmeController"), pcie(0, 0, 9))).toEqual({ failures: [], warnings: [] });
  await scene.make("NvmeSubsystem");
  await expect(scene.make("NvmeController", pcie(0, 0, 9))).resolves.toBeDefined();
});

test("virtio-blk devices are on any function", async () => {
  await scene.make("NullVolume");
  expect((await said(scene.at("VirtioBlk"), pcie(0, 4, 5))).failures).toEqual([]);
  await expect(scene.make("VirtioBlk", pcie(0, 4, 5))).resolves.toBeDefined();
});

test("limits of a controller change in place, and everything else replaces it", async () => {
  await scene.make("NvmeSubsystem");
  const controller = await scene.make("NvmeController", limited(10));
  const place = scene.at("NvmeController");
  expect(await planned(place, controller, limited(20))).toEqual({ replaced: [], changed: ["maxLimit.rdIopsKiops"] });
  scene.writes();
  const news = { ...controller.inputs, ...limited(20) };
  await expect(update(place, { id: controller.id, olds: controller.outputs, news })).resolves.toMatchObject(
    limited(20),
  );
  expect(scene.writes()).toEqual(["UpdateNvmeController"]);
  expect(await planned(place, controller, pcie(0, 0, 7))).toMatchObject({ replaced: ["pcieId.virtualFunction"] });
});

test("limits of reads and writes together are refused at preview: they are limited apart", async () => {
  const { failures } = await said(scene.at("NvmeController"), { maxLimit: { rwIopsKiops: 10 } });
  expect(failures.join()).toMatch(/maxLimit.rwIopsKiops: .*give the rd… and wr… limits/);
});

test("the same id with other limits is ALREADY_EXISTS, and told as somebody else's object", async () => {
  await scene.make("NvmeSubsystem");
  await scene.make("NvmeController", limited(10));
  const place = scene.at("NvmeController");
  const other = inputsFor("NvmeController", limited(20));
  const client = scene.dpu.client({ dialect: "intel" });
  const again = client.create(place.type, {
    id: "controller-1",
    parent: "nvmeSubsystems/subsystem-1",
    body: messageOf(place.type, other),
  });
  await expect(again).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
  const error = await failureOf(create(place, other));
  expect(error.code).toBe(status.ALREADY_EXISTS);
  expect(error.message).toContain("an object of that name is there already");
});

test("a controller is never sent without a spec, which would end the bridge; reads of it are no drift", async () => {
  await scene.make("NvmeSubsystem");
  const controller = await scene.make("NvmeController", limited(10));
  const sent = scene.dpu.bridge.calls.find(({ method }) => method === "CreateNvmeController");
  expect(sent?.request).toMatchObject({ nvmeController: { spec: {} } });
  const found = await read(scene.at("NvmeController"), controller);
  expect([found?.outputs, found?.inputs]).toEqual([controller.outputs, controller.inputs]);
});

test("a namespace may come before its controller, or after it", async () => {
  await scene.make("NvmeSubsystem");
  await scene.make("NullVolume");
  expect((await said(scene.at("NvmeNamespace"))).warnings).toEqual([]);
  await expect(scene.make("NvmeNamespace")).resolves.toBeDefined();
  await expect(scene.make("NvmeController")).resolves.toBeDefined();
});
