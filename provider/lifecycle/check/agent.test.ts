import { examples } from "../../../tests/arbitrary/examples";
import { typeByNoun } from "../../catalogue";
import { UNKNOWN } from "../../catalogue/values/property";
import type { Properties } from "../../catalogue/values/property";
import { nvidia, spdkBridge, standard } from "../../client/dialect";
import type { Dialect } from "../../client/dialect";
import { checkAgent } from "./agent";
import { check } from "./check";

function ask(dialect: Dialect, noun: string, given: Properties = {}) {
  const { inputs } = check(typeByNoun(noun), { name: "disk", news: { ...examples[noun], ...given } });
  return checkAgent(typeByNoun(noun), inputs, dialect);
}

test.each(Object.keys(examples))("an agent that does what the protocol says takes a %s", (noun) => {
  expect(ask(standard, noun)).toEqual({ failures: [], warnings: [] });
});

it("refuses types that the agent does not serve", () => {
  expect(ask(nvidia, "QosVolume").failures).toEqual([
    {
      property: "",
      reason:
        "agents of dialect nvidia have no QosVolume: This vendor's bridge has no QoS volumes: set limits on the device, or in the fabric.",
    },
  ]);
});

// recordings/bridge-grpc.jsonl: QosVolume.bad/create_min_only
it("refuses objects inside objects, and only when something is set in them", () => {
  const limits = (min: Properties) => ({ limits: { min, max: { rwBandwidthMbs: 10 } } });
  expect(ask(spdkBridge, "QosVolume", limits({ rwBandwidthMbs: 1 })).failures).toEqual([
    { property: "limits.min", reason: "this agent refuses it: SPDK has upper limits only; leave out limits.min." },
  ]);
  expect(ask(spdkBridge, "QosVolume", limits({})).failures).toEqual([]);
  expect(ask(spdkBridge, "QosVolume", limits({ rwBandwidthMbs: 0 })).failures).toEqual([]);
});

// recordings/bridge-grpc.jsonl: EncryptedVolume.bad/create_aes192
it("refuses ciphers that the agent has not", () => {
  expect(ask(spdkBridge, "EncryptedVolume", { cipher: "aes_cbc_256", key: "ab".repeat(32) }).failures).toEqual([
    {
      property: "cipher",
      reason:
        "this agent takes ENCRYPTION_TYPE_AES_XTS_128, ENCRYPTION_TYPE_AES_XTS_256, not ENCRYPTION_TYPE_AES_CBC_256",
    },
  ]);
});

// recordings/bridge-grpc.jsonl: NullVolume.bad/create_uuid_given
it("warns of what the agent drops, when it is given", () => {
  const uuid = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
  expect(ask(spdkBridge, "NullVolume", { uuid }).warnings).toEqual([
    "NullVolume.uuid: agents of dialect spdk-bridge ignore it",
  ]);
  expect(ask(spdkBridge, "NullVolume").warnings).toEqual([]);
});

it("says nothing of what is unknown yet, whole or in part", () => {
  const unknown: readonly Properties[] = [
    { limits: UNKNOWN },
    { limits: { min: UNKNOWN, max: UNKNOWN } },
    { limits: { min: { rwBandwidthMbs: UNKNOWN }, max: { rwBandwidthMbs: 10 } } },
  ];
  for (const given of unknown) {
    expect(ask(spdkBridge, "QosVolume", given).failures).toEqual([]);
  }
  expect(ask(spdkBridge, "NullVolume", { uuid: UNKNOWN }).warnings).toEqual([]);
});
