import { status } from "@grpc/grpc-js";
import { notFound, refusal, silence } from "../../tests/agents/odd-agent";
import type { Conduct } from "../../tests/agents/odd-agent";
import { failureOf, inputsFor, stage } from "../../tests/agents/stage";
import type { AgentConfig } from "../client";
import { spdkBridge, standard } from "../client/dialect";
import type { Dialect } from "../client/dialect";
import { create } from "./create";
import { remove } from "./delete";

const { agent: start, place } = stage();

/** An object that was created, and its agent, which behaves as the conduct says from then on. */
async function scene(noun: string, dialect: Dialect, conduct: Conduct = {}, settings: Partial<AgentConfig> = {}) {
  const agent = await start(dialect);
  const here = place(noun, agent.address, dialect.name, { options: { timeout: 1 }, ...settings });
  const resource = await create(here, inputsFor(noun));
  agent.conduct = conduct;
  agent.calls.length = 0;
  return { agent, here, resource, remove: () => remove(here, resource) };
}

test("a delete needs one call, and leaves nothing", async () => {
  const { agent, remove } = await scene("NullVolume", standard);
  await remove();
  expect(agent.objects.size).toBe(0);
  expect(agent.calls.map(({ method }) => method)).toEqual(["DeleteNullVolume"]);
});

describe("an object that is missing already", () => {
  it("is deleted, where the agent remembers what it made", async () => {
    const { agent, remove } = await scene("NullVolume", standard);
    agent.objects.clear();
    await remove();
    expect(agent.calls.map(({ method }) => method)).toEqual(["DeleteNullVolume"]);
  });

  it("is deleted, where a forgetful agent's lists show no trace of it", async () => {
    const { agent, remove } = await scene("NullVolume", spdkBridge);
    agent.objects.clear();
    await remove();
    expect(agent.calls.map(({ method }) => method)).toEqual(["DeleteNullVolume", "ListNullVolumes"]);
  });

  // recordings/bridge-grpc.jsonl: special.restart_bridge/after_DeleteNullVolume, after_ListNullVolumes
  it("is not deleted while a list still shows it", async () => {
    const { remove } = await scene("NullVolume", spdkBridge, {
      DeleteNullVolume: ({ request }) => notFound(request.name),
      ListNullVolumes: () => ({ nullVolumes: [{ name: "disk-1" }] }),
    });
    const error = await failureOf(remove());
    expect(error.code).toBe(status.FAILED_PRECONDITION);
    expect(error.detail).toContain('the agent does not know it, yet still lists "disk-1"');
  });

  // recordings/bridge-grpc.jsonl: special.encrypted/delete_after_base_gone
  it("is deleted when it is SPDK that has no such thing", async () => {
    const { remove } = await scene("EncryptedVolume", spdkBridge, {
      DeleteEncryptedVolume: () => refusal(status.UNKNOWN, "bdev_crypto_delete: json response error: No such device"),
    });
    await remove();
  });

  // recordings/bridge-grpc.jsonl: special.spdk_restart/after_DeleteNvmeSubsystem, after_GetNvmeSubsystem
  it("is deleted when the error is vague, but a read says that SPDK has it not", async () => {
    const { remove } = await scene("NvmeSubsystem", spdkBridge, {
      DeleteNvmeSubsystem: () =>
        refusal(status.UNKNOWN, "nvmf_delete_subsystem: json response error: Invalid parameters"),
      GetNvmeSubsystem: () => refusal(status.INVALID_ARGUMENT, "Could not find NQN: nqn.2014-08.org.example:disk-1"),
      ListNvmeSubsystems: () => ({ nvmeSubsystems: [{ spec: { nqn: "nqn.2014-08.org.nvmexpress.discovery" } }] }),
    });
    await remove();
  });
});

describe("a delete that is refused", () => {
  // recordings/bridge-grpc.jsonl: special.remote/disable_delete_rc_with_paths
  it("because of dependents, is told in the agent's words", async () => {
    const { remove, here } = await scene("NvmeRemoteController", spdkBridge, {
      DeleteNvmeRemoteController: () => refusal(status.FAILED_PRECONDITION, "NvmePaths exist for controller"),
    });
    expect((await failureOf(remove())).message).toBe(
      `cannot delete NvmeRemoteController nvmeRemoteControllers/remote-1 on agent ${here.agent.address}: NvmePaths exist ` +
        "for controller (FAILED_PRECONDITION)",
    );
  });

  // recordings/bridge-grpc.jsonl: special.deps/del_lun
  it("with a vague error, is an error while the object is there", async () => {
    const { remove } = await scene("VirtioBlk", spdkBridge, {
      DeleteVirtioBlk: () => refusal(status.UNKNOWN, "vhost_delete_controller: json response error: Device busy"),
    });
    expect((await failureOf(remove())).detail).toContain("Device busy");
  });
});

describe("a delete whose answer is lost", () => {
  it("succeeded when the object is gone", async () => {
    const { remove } = await scene("NullVolume", standard, { DeleteNullVolume: ({ obey }) => (obey(), silence()) });
    await remove();
  });

  it("failed when it is there", async () => {
    const { remove } = await scene("NullVolume", standard, { DeleteNullVolume: silence });
    expect((await failureOf(remove())).code).toBe(status.DEADLINE_EXCEEDED);
  });

  it("failed when that cannot be known", async () => {
    const { remove } = await scene("NullVolume", standard, {
      DeleteNullVolume: () => refusal(status.UNAVAILABLE, "reset"),
      GetNullVolume: () => refusal(status.PERMISSION_DENIED, "no"),
    });
    expect((await failureOf(remove())).detail).toBe("reset");
  });

  // recordings/bridge-grpc.jsonl: special.restart_bridge, the bridge that comes back knows nothing
  it("failed when the agent came back without its memory, and its lists still show the object", async () => {
    const { remove } = await scene("NullVolume", spdkBridge, {
      DeleteNullVolume: () => refusal(status.UNAVAILABLE, "reset"),
      GetNullVolume: ({ request }) => notFound(request.name),
      ListNullVolumes: () => ({ nullVolumes: [{ name: "disk-1" }] }),
    });
    expect((await failureOf(remove())).detail).toContain('still lists "disk-1"');
  });

  it("is looked after though it was cancelled", async () => {
    const cancel = new AbortController();
    const { here, resource } = await scene("NullVolume", standard, {
      DeleteNullVolume: ({ obey }) => (obey(), cancel.abort(), silence()),
    });
    await remove({ ...here, options: { signal: cancel.signal } }, resource);
  });
});

describe("an agent that cannot be reached", () => {
  it("keeps its objects in the state", async () => {
    const { agent, remove } = await scene("NullVolume", standard);
    await agent.stop();
    expect((await failureOf(remove())).code).toBe(status.UNAVAILABLE);
  });

  it("has them forgotten, with a warning each, when deleteUnreachable says so", async () => {
    const { agent, here, remove } = await scene("NullVolume", standard, {}, { deleteUnreachable: true });
    await agent.stop();
    await remove();
    expect(here.warnings).toHaveLength(1);
    expect(here.warnings[0]).toContain(
      `NullVolume nullVolumes/disk-1 is forgotten without being deleted, as deleteUnreachable asks: agent ${here.agent.address} cannot be reached (`,
    );
    expect(here.warnings[0]).toContain("It may still be there.");
  });

  it("has them forgotten when it accepts calls and answers none", async () => {
    const { here, remove } = await scene(
      "NullVolume",
      standard,
      { DeleteNullVolume: silence, GetNullVolume: () => refusal(status.DEADLINE_EXCEEDED, "no answer") },
      { deleteUnreachable: true },
    );
    await remove();
    expect(here.warnings).toHaveLength(1);
  });

  it("does not have them forgotten for any other failure", async () => {
    for (const code of [
      status.PERMISSION_DENIED,
      status.UNAUTHENTICATED,
      status.INTERNAL,
      status.FAILED_PRECONDITION,
    ]) {
      const conduct: Conduct = { DeleteNullVolume: () => refusal(code, "no") };
      const { here, remove } = await scene("NullVolume", standard, conduct, { deleteUnreachable: true });
      expect((await failureOf(remove())).code).toBe(code);
      expect(here.warnings).toEqual([]);
    }
  });
});
