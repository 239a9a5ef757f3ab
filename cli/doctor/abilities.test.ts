import { catalogue } from "../../provider/catalogue";
import { dialectByName, dialectNames } from "../../provider/client/dialect";
import type { Dialect } from "../../provider/client/dialect";
import { abilitiesOf } from "./abilities";
import type { CallLook } from "./probes/calls";

function dialect(name: string): Dialect {
  const found = dialectByName(name);
  if (!found) throw new Error(`there is no dialect ${name}`);
  return found;
}

const of = (name: string, noun: string, calls: readonly CallLook[] = []) => {
  const found = abilitiesOf(dialect(name), calls).find((each) => each.noun === noun);
  if (!found) throw new Error(`nothing is told of ${noun}`);
  return found;
};

const look = (noun: string, verb: CallLook["verb"], outcome: CallLook["outcome"]): CallLook => ({
  noun,
  verb,
  service: "opi_api.storage.v1.NullVolumeService",
  method: `${verb}${noun}`,
  outcome,
  said: "UNIMPLEMENTED: unknown service",
  milliseconds: 1,
});

test.each(dialectNames.filter((name) => name !== "auto"))("%s: every type that can be managed is judged", (name) => {
  const nouns = abilitiesOf(dialect(name), []).map(({ noun }) => noun);
  expect(nouns).toEqual(catalogue.types.filter(({ readOnly }) => !readOnly).map(({ noun }) => noun));
});

test("whatever does not work wholly is given a reason", () => {
  for (const name of dialectNames.filter((each) => each !== "auto")) {
    for (const each of abilitiesOf(dialect(name), [])) {
      for (const ability of [
        each.create,
        each.read,
        each.update,
        each.delete,
        each.import,
        each.discover,
        each.stats,
      ]) {
        if (ability.works !== "yes" && ability.works !== "none") expect(ability.why).toBeTruthy();
      }
    }
  }
});

test("on the reference bridge only the limits of QoS volumes change in place", () => {
  const inPlace = abilitiesOf(dialect("spdk-bridge"), []).filter(({ update }) => update.works === "yes");
  expect(inPlace.map(({ noun }) => noun)).toEqual(["QosVolume"]);
});

test("what reads do not tell is named, since neither a refresh nor an import knows it", () => {
  const { read, refresh, import: imported } = of("spdk-bridge", "MallocVolume");
  expect(read).toEqual({ works: "partly", why: expect.stringContaining("blockSize, metadataSize") });
  expect(refresh).toEqual(read);
  expect(imported).toEqual(read);
  expect(of("spdk-bridge", "EncryptedVolume").import.why).toContain("fill it in as a secret");
});

test("Intel's bridge changes some properties of controllers in place, and says which", () => {
  expect(of("intel", "NvmeController").update).toEqual({
    works: "partly",
    why: "Only minLimit, maxLimit change in place; other changes replace the object.",
  });
});

test("lists that are cut without a word find objects in part only", () => {
  expect(of("marvell", "MallocVolume").discover).toMatchObject({ works: "partly" });
  expect(of("nvidia", "NvmeSubsystem").discover).toMatchObject({ works: "no" });
});

test("what is below nameless parents cannot be found either", () => {
  expect(of("spdk-bridge", "NvmeController").discover).toEqual({
    works: "no",
    why: expect.stringContaining("Lists of NvmeSubsystem"),
  });
});

test("a service that answers no read is not there, whatever its dialect says", () => {
  const absent = [look("NullVolume", "list", "unimplemented"), look("NullVolume", "get", "unimplemented")];
  const found = of("standard", "NullVolume", absent);
  expect(found).toMatchObject({
    create: { works: "no" },
    read: { works: "no" },
    update: { works: "no" },
    delete: { works: "no" },
    import: { works: "no" },
    discover: { works: "no" },
  });
});

test("a call that fails takes only itself away", () => {
  const found = of("standard", "NullVolume", [
    look("NullVolume", "stats", "fails"),
    look("NullVolume", "get", "answers"),
  ]);
  expect(found).toMatchObject({ create: { works: "yes" }, read: { works: "yes" }, stats: { works: "no" } });
});
