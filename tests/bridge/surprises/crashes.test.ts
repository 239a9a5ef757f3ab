import { status } from "@grpc/grpc-js";
import { typeByNoun } from "../../../provider/catalogue";
import { check, create, read, remove } from "../../../provider/lifecycle";
import { inputsFor } from "../../agents/stage";
import { JsonClient } from "../conformance/json-client";
import { failureOf, onBridge, said } from "./scene";

const scene = onBridge();
const ids = Array.from({ length: 24 }, (_, n) => `disk-${n}`);

// recordings/bridge-grpc.jsonl: special.concurrent (fatal error: concurrent map read and map write)
test("creates at the same time end the bridge", async () => {
  const client = new JsonClient(scene.dpu.address);
  const request = (id: string) => ({ null_volume: { block_size: "512", blocks_count: "64" }, null_volume_id: id });
  const answers = await Promise.all(
    ids.map((id) => client.call("opi_api.storage.v1.NullVolumeService", "CreateNullVolume", request(id))),
  );
  client.close();
  expect(answers).toContainEqual(expect.objectContaining({ kind: "error", code: "UNAVAILABLE" }));
  expect(scene.dpu.bridge.died).toContain("concurrent map read and map write");
});

test("a read during a write ends it too: the provider's reads wait for its writes", async () => {
  await scene.make("NullVolume", { resourceId: "first" });
  const type = typeByNoun("NullVolume");
  const clients = [scene.dpu.client({ dialect: "spdk-bridge" }), scene.dpu.client({ dialect: "spdk-bridge" })];
  await Promise.all(
    ids.flatMap((id, n) => [
      clients[n % 2].create(type, { id, body: { blockSize: 512n, blocksCount: 8n } }),
      clients[(n + 1) % 2].get(type, "volumes/first").then(({ uuid }) => expect(uuid).toMatch(/-/)),
      clients[n % 2].list(type),
    ]),
  );
  expect(scene.dpu.bridge.died).toBeUndefined();
  expect(await scene.dpu.held()).toHaveLength(ids.length + 1);
});

test("the provider's creates at the same time go one by one, from several connections too, and it lives", async () => {
  const places = [1, 2, 3].map((attempts) => scene.at("NullVolume", { attempts }));
  const made = await Promise.all(
    ids.map((resourceId, n) => create(places[n % places.length], inputsFor("NullVolume", { resourceId }))),
  );
  expect(scene.dpu.bridge.died).toBeUndefined();
  expect(await scene.dpu.held()).toEqual([...ids].sort());
  await Promise.all(made.map((object, n) => remove(places[n % places.length], object)));
  expect([await scene.dpu.held(), scene.dpu.bridge.died]).toEqual([[], undefined]);
});

// recordings/bridge-grpc.jsonl: special.spdk_down_direct/get_while_down
test("an agent that ends because SPDK is gone is unreachable: nothing is dropped from the state", async () => {
  const volume = await scene.make("NullVolume");
  await scene.dpu.endSpdk();
  const lost = await failureOf(read(scene.at("NullVolume"), volume));
  expect(lost.code).toBe(status.UNAVAILABLE);
  expect(scene.dpu.bridge.died).toContain("SPDK is gone");
  for (const work of [read(scene.at("NullVolume"), volume), remove(scene.at("NullVolume"), volume)]) {
    expect((await failureOf(work)).code).toBe(status.UNAVAILABLE);
  }
});

test("an agent that ended is forgotten with its objects only where deleteUnreachable asks for it", async () => {
  const volume = await scene.make("NullVolume");
  await scene.dpu.endSpdk();
  const place = scene.at("NullVolume", { deleteUnreachable: true });
  await remove(place, volume);
  expect(place.warnings.join()).toContain("is forgotten without being deleted");
});

test("an agent that ended is found again when both are back, with nothing in it", async () => {
  const volume = await scene.make("NullVolume");
  await scene.dpu.endSpdk();
  await failureOf(read(scene.at("NullVolume"), volume));
  await scene.dpu.restartSpdk();
  await scene.dpu.bridge.restart();
  await expect(read(scene.at("NullVolume", { attempts: 4 }), volume)).resolves.toBeUndefined();
  await expect(scene.make("NullVolume")).resolves.toMatchObject({ id: volume.id });
});

// recordings/bridge-grpc.jsonl: QosVolume.bad/create_no_max, create_max_empty, create_min_empty_and_max
test("a QoS volume without limits, which ends the bridge, never leaves the program", async () => {
  await scene.make("NullVolume");
  const type = typeByNoun("QosVolume");
  for (const limits of [undefined, {}, { max: {} }, { min: {} }]) {
    const { failures } = check(type, { name: "limited", news: { volumeNameRef: "volumes/disk-1", limits } });
    expect(failures).toEqual([expect.objectContaining({ property: expect.stringMatching(/^limits/) })]);
  }
  const both = { limits: { min: {}, max: { rwBandwidthMbs: 10 } } };
  expect((await said(scene.at("QosVolume"), both)).failures).toEqual([]);
  await expect(scene.make("QosVolume", both)).resolves.toMatchObject({ id: "volumes/qos-1" });
  expect(scene.dpu.bridge.died).toBeUndefined();
});
