import { stage } from "../../tests/agents/stage";
import { connect, dialectByName } from "../client";
import type { Agent } from "../client";
import type { Dialect } from "../client/dialect";
import { functionByToken } from ".";
import type { Arguments } from "./function";

const { agent } = stage();

function bridge(): Dialect {
  const dialect = dialectByName("spdk-bridge");
  if (!dialect) throw new Error("the reference bridge has no dialect");
  return dialect;
}

const at = (address: string): Agent => connect({ address, dialect: "spdk-bridge", attempts: 1 });

const call = async (token: string, to: Agent, args: Arguments = {}) => {
  const found = functionByToken(token);
  if (!found) throw new Error(`there is no function ${token}`);
  return found.call(to, args, {});
};

test("what a kind of agent is known to answer wrongly is left out", async () => {
  const odd = await agent(bridge(), {
    GetVirtioBlk: ({ request }) => ({ name: request.name, volumeNameRef: "TBD", pcieId: { physicalFunction: 1 } }),
    GetNvmeSubsystem: () => ({ spec: { nqn: "nqn.2014-08.org.example:a" }, status: { firmwareRevision: "TBD" } }),
  });
  expect(await call("opi:frontend:getVirtioBlk", at(odd.address), { name: "volumes/blkdev-1" })).toEqual({
    name: "volumes/blkdev-1",
    resourceId: "blkdev-1",
  });
  expect(await call("opi:frontend:getNvmeSubsystem", at(odd.address), { name: "nvmeSubsystems/ss-one" })).toEqual({
    name: "nvmeSubsystems/ss-one",
    resourceId: "ss-one",
    nqn: "nqn.2014-08.org.example:a",
  });
});

test("bare ids of lists are completed to names that a get takes", async () => {
  const odd = await agent(bridge(), {
    ListNullVolumes: () => ({ nullVolumes: [{ name: "item1", blockSize: 512n }] }),
    ListNvmeControllers: () => ({ nvmeControllers: [{ name: "ctrl-1" }] }),
  });
  expect(await call("opi:backend:listNullVolumes", at(odd.address))).toMatchObject({
    nullVolumes: [{ name: "volumes/item1", resourceId: "item1", blockSize: 512 }],
  });
  const below = { nvmeSubsystem: "tenant-1" };
  expect(await call("opi:frontend:listNvmeControllers", at(odd.address), below)).toEqual({
    nvmeControllers: [
      {
        name: "nvmeSubsystems/tenant-1/nvmeControllers/ctrl-1",
        resourceId: "ctrl-1",
        nvmeSubsystem: "nvmeSubsystems/tenant-1",
      },
    ],
  });
});

test("where parents are listed without names, a list over all of them is an error that asks for the parent", async () => {
  const odd = await agent(bridge(), {
    ListNvmeSubsystems: () => ({ nvmeSubsystems: [{ spec: { nqn: "nqn.2014-08.org.example:a" } }] }),
  });
  await expect(call("opi:frontend:listNvmeControllers", at(odd.address))).rejects.toThrow(
    /1 of 1 NvmeSubsystem are listed without a name[^]*Name the parent: nvmeSubsystem, such as "nvmeSubsystems\/name"/,
  );
  expect(odd.calls.map(({ method }) => method)).not.toContain("ListNvmeControllers");
});

test.each([
  ["opi:frontend:getNvmeSubsystemStats", { name: "nvmeSubsystems/a" }, "answers -1, or nothing"],
  ["opi:frontend:getVirtioScsiTarget", { name: "volumes/a" }, "no virtio-scsi targets"],
  ["opi:frontend:listVirtioScsiTargets", {}, "no virtio-scsi targets"],
])("%s is refused with the reason where the agent would answer nothing true", async (token, args: Arguments, why) => {
  const odd = await agent(bridge(), { StatsNvmeSubsystem: () => ({ stats: { readOpsCount: -1 } }) });
  await expect(call(token, at(odd.address), args)).rejects.toThrow(why);
  expect(odd.calls).toEqual([]);
});
