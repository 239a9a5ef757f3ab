import { typeByNoun } from "../../provider/catalogue";
import { messageOf } from "../../provider/catalogue/values/wire";
import { closeAll } from "../../provider/client";
import { startDpu } from "../bridge/dpu";
import { nvidiaKinds } from "../bridge/model/vendors/nvidia";
import type { Dpu } from "../bridge/dpu";
import { fill } from "../discover/bridge-objects";
import { findings, report } from "./command";
import type { Report } from "../../cli/doctor/report";

/** The model of the reference bridge, which is held to every recorded call (tests/bridge). */
let dpu: Dpu;
let before: readonly string[];
let found: Report;

beforeAll(async () => {
  dpu = await startDpu();
  await fill(dpu);
  before = await dpu.held();
  ({ report: found } = await report(["--agent", dpu.address, "--write"]));
}, 60_000);
afterAll(() => dpu.stop());

test("the bridge is recognised, and usable within limits", () => {
  expect(found).toMatchObject({ verdict: "limited", exitCode: 1, dialect: { name: "spdk-bridge", told: false } });
  expect(findings(found, "error")).toEqual([]);
});

test("what lists of one kind show of other kinds does not count as failure", () => {
  expect(found.calls.filter(({ outcome }) => outcome === "fails")).toEqual([]);
  const same = found.lists.filter(({ traps }) => traps.some(({ kind }) => kind === "sameAsOthers"));
  expect(same.map(({ noun }) => noun).sort()).toEqual(
    ["AioVolume", "EncryptedVolume", "MallocVolume", "NullVolume", "VirtioBlk", "VirtioScsiController"].sort(),
  );
});

test("calls that it does not implement are told as that, and everything else answers", () => {
  const unimplemented = found.calls.filter(({ outcome }) => outcome === "unimplemented").map(({ method }) => method);
  expect(unimplemented.sort()).toEqual(
    [
      "GetInventory",
      "GetNvmeRemoteNamespace",
      "GetVirtioScsiTarget",
      "ListNvmeRemoteNamespaces",
      "ListVirtioScsiTargets",
      "StatsVirtioBlk",
      "StatsVirtioScsiTarget",
    ].sort(),
  );
});

test("the round trip leaves SPDK as it was, and tries no update that would spoil the volume", async () => {
  expect(found.roundTrip?.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
    "create works",
    "read works",
    "update skipped",
    "list works",
    "stats works",
    "delete works",
  ]);
  expect(await dpu.held()).toEqual(before);
});

test("what will not work is told by type, with the reason", () => {
  const of = (noun: string) => found.resources.find((each) => each.noun === noun);
  expect(of("NvmeSubsystem")).toMatchObject({ create: { works: "yes" }, discover: { works: "no" } });
  expect(of("NvmeNamespace")).toMatchObject({ discover: { works: "no" }, stats: { works: "no" } });
  expect(of("VirtioScsiTarget")).toMatchObject({ create: { works: "no" }, update: { works: "no" } });
  expect(of("QosVolume")?.refused).toHaveProperty(["limits.min"]);
});

test("of NVIDIA's bridge, lists without names that end at the page size are told, whichever dialect it is taken for", async () => {
  const nvidia = await startDpu({ kinds: nvidiaKinds });
  try {
    const type = typeByNoun("NvmeSubsystem");
    const client = nvidia.client({ dialect: "nvidia" });
    for (const id of ["tenant-1", "tenant-2"]) {
      await client.create(type, { id, body: messageOf(type, { nqn: `nqn.2014-08.org.example:${id}` }) });
    }
    closeAll();
    for (const flags of [[], ["--dialect", "nvidia"]]) {
      const { report: told } = await report(["--agent", nvidia.address, ...flags]);
      const list = told.lists.find(({ noun }) => noun === "NvmeSubsystem");
      expect(list?.traps.map(({ kind }) => kind)).toEqual(["nameless", "cut"]);
      expect(told.verdict).toBe("limited");
    }
    const { report: told } = await report(["--agent", nvidia.address, "--dialect", "nvidia"]);
    expect(told.resources.find(({ noun }) => noun === "QosVolume")?.create).toMatchObject({ works: "no" });
  } finally {
    await nvidia.stop();
  }
});
