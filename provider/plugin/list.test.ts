import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ListRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { ListResponse } from "@pulumi/pulumi/proto/provider_pb";
import { stage } from "../../tests/agents/stage";
import { spdkBridge } from "../client/dialect";
import { list } from "./list";
import { EngineLog } from "./process/engine-log";
import { Session } from "./session";

const { agent } = stage();

/** An engine's log that keeps what it is told. */
class Heard extends EngineLog {
  readonly warnings: string[] = [];

  constructor() {
    super("");
  }

  override warn(message: string): void {
    this.warnings.push(message);
  }
}

test("objects without a name are no results, since nothing could be imported by them, and the user is told", async () => {
  const odd = await agent(spdkBridge, {
    ListNvmeSubsystems: () => ({
      nvmeSubsystems: [{ name: "nvmeSubsystems/named" }, { spec: { nqn: "nqn.2014-08.org.nvmexpress.discovery" } }],
    }),
  });
  const log = new Heard();
  const session = new Session(log);
  session.configure({ address: odd.address, dialect: "spdk-bridge", attempts: 1 });
  const sent: ListResponse[] = [];
  const request = new ListRequest().setToken("opi:frontend:NvmeSubsystem").setQuery(new Struct());
  await list(session, request, new AbortController().signal, (response) => void sent.push(response));
  expect(sent.map((each) => each.getResult()?.getId())).toEqual(["nvmeSubsystems/named"]);
  expect(log.warnings).toEqual([
    "the agent lists 1 of 2 NvmeSubsystem objects without a name: they can only be imported by names that you know",
  ]);
});
