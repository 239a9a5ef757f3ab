import { dialectByName } from "../../provider/client/dialect";
import type { Dialect } from "../../provider/client/dialect";
import { notFound } from "../agents/odd-agent";
import { stage } from "../agents/stage";
import { discover } from "./command";

/** An agent that lists as the reference bridge was recorded to (recordings/bridge-grpc.jsonl: …/list). */
const { agent } = stage();

function bridge(): Dialect {
  const dialect = dialectByName("spdk-bridge");
  if (!dialect) throw new Error("the reference bridge has no dialect");
  return dialect;
}

interface Import {
  readonly resources: readonly { readonly type: string; readonly name: string; readonly id: string }[];
}

test("volumes that every kind of list shows, by bare names, are taken once, as what they are", async () => {
  const everyBdev = { nullVolumes: [{ name: "item1" }], mallocVolumes: [{ name: "item1" }] };
  const odd = await agent(bridge(), {
    ListNullVolumes: () => ({ nullVolumes: everyBdev.nullVolumes }),
    ListMallocVolumes: () => ({ mallocVolumes: everyBdev.mallocVolumes }),
    GetNullVolume: ({ request }) => notFound(request.name),
    GetMallocVolume: () => ({ name: "item1" }),
  });
  const said = await discover(["--agent", odd.address, "--dialect", "spdk-bridge"]);
  expect(said.code).toBe(0);
  expect((JSON.parse(said.stdout) as Import).resources).toEqual([
    { type: "opi:backend:MallocVolume", name: "item1", id: "volumes/item1" },
  ]);
  expect(said.stderr).not.toContain("item1");
});

test("objects without a name, foreign bdevs and calls that the agent does not serve are reported one by one", async () => {
  const odd = await agent(bridge(), {
    ListNvmeSubsystems: () => ({ nvmeSubsystems: [{ spec: { nqn: "nqn.2014-08.org.nvmexpress.discovery" } }] }),
    ListNullVolumes: () => ({ nullVolumes: [{ name: "foreign" }] }),
    GetNullVolume: ({ request }) => notFound(request.name),
  });
  const said = await discover(["--agent", odd.address, "--dialect", "spdk-bridge"]);
  expect(said.code).toBe(0);
  expect(said.stderr).toContain(
    'NvmeSubsystem number 1 of the list (nqn "nqn.2014-08.org.nvmexpress.discovery"): the agent lists it without a name, so that nothing below it can be found either; give its name by --also',
  );
  expect(said.stderr).toMatch(/NullVolume volumes\/foreign: it is listed, but .*foreign/);
  expect(said.stderr).toMatch(/VirtioScsiTarget \(all\): /);
});

test("a program says what the agent does not tell, and what of it must be added", async () => {
  const odd = await agent(bridge(), {
    ListMallocVolumes: () => ({ mallocVolumes: [{ name: "item1" }] }),
    GetMallocVolume: () => ({ name: "item1" }),
  });
  const said = await discover(["--agent", odd.address, "--dialect", "spdk-bridge", "--program", "yaml"]);
  expect(said.stdout).toContain("# Add blockSize: the agent does not tell it.");
  expect(said.stdout).toContain("# Add metadataSize if it is set: the agent does not tell it.");
});

test("a list that breaks off is an error: what is there is not known then", async () => {
  const odd = await agent(bridge(), {
    ListQosVolumes: () => ({ code: 13, details: "json response error: gone" }),
  });
  const said = await discover(["--agent", odd.address, "--dialect", "spdk-bridge"]);
  expect(said).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("list QosVolume") });
});

test("a long walk says how far it has come", async () => {
  const odd = await agent(bridge(), {
    ListQosVolumes: () => ({ qosVolumes: [{ name: "volumes/slow" }] }),
    GetQosVolume: async ({ request }) => {
      // Longer than the pause between two lines.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return { name: request.name, volumeNameRef: "base" };
    },
  });
  const said = await discover(["--agent", odd.address, "--dialect", "spdk-bridge"]);
  expect(said.code).toBe(0);
  expect(said.stderr).toContain("  … 0 objects read, now QosVolume\n");
});
