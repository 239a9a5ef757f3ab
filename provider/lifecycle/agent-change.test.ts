import { UNKNOWN } from "../catalogue/values/property";
import type { PropertyValue } from "../catalogue/values/property";
import { agentChange } from "./agent-change";
import type { AgentChange } from "./agent-change";

const agent = { address: "dpu-1:50051", insecure: true };

test.each<[what: string, before: PropertyValue, after: PropertyValue, change: AgentChange]>([
  ["the same settings", agent, { ...agent }, "none"],
  ["the same settings in another order", agent, { insecure: true, address: "dpu-1:50051" }, "none"],
  ["another address", agent, { ...agent, address: "dpu-2:50051" }, "replace"],
  ["another port", agent, { ...agent, address: "dpu-1:50052" }, "replace"],
  ["another spelling of the address", agent, { ...agent, address: "DPU-1:50051" }, "state"],
  ["another spelling of an IPv6 address", { address: "[::1]:1" }, { address: "[0:0::1]:1" }, "state"],
  ["a socket instead of a host", agent, { address: "unix:/run/opi.sock" }, "replace"],
  [
    "another address of the same device",
    { ...agent, identity: "serial-1" },
    { address: "10.0.0.1:1", identity: "serial-1" },
    "state",
  ],
  [
    "another address of another device",
    { ...agent, identity: "serial-1" },
    { ...agent, address: "dpu-2:50051", identity: "serial-2" },
    "replace",
  ],
  ["an identity that was not there before", agent, { ...agent, address: "dpu-2:50051", identity: "s" }, "replace"],
  ["an identity for the same address", agent, { ...agent, identity: "serial-1" }, "state"],
  ["new credentials", { ...agent, metadata: { a: "1" } }, { ...agent, metadata: { a: "2" } }, "state"],
  ["a new certificate", { ...agent, tls: { ca: "a" } }, { ...agent, tls: { ca: "b" } }, "state"],
  ["credentials that are not known yet", agent, { ...agent, metadata: UNKNOWN }, "state"],
  ["an address that is not known yet", agent, { ...agent, address: UNKNOWN }, "replace"],
  [
    "an address not known yet of a known device",
    { ...agent, identity: "s" },
    { address: UNKNOWN, identity: "s" },
    "state",
  ],
  ["settings that are not known yet", agent, UNKNOWN, "replace"],
])("%s: %j to %j is %s", (_, before, after, change) => {
  expect(agentChange(before, after)).toBe(change);
});
