import fc from "fast-check";
import { canonicalAddress, dialTarget, isLocal, parseAddress } from "./address";

const parsed = (text: string) => {
  const address = parseAddress(text);
  if (address.kind === "invalid") throw new Error(address.reason);
  return address;
};
const reason = (text: string) => {
  const address = parseAddress(text);
  return address.kind === "invalid" ? address.reason : "valid";
};

test.each([
  ["dpu1:50051", "dpu1:50051"],
  ["DPU1.Example.:50051", "dpu1.example:50051"],
  ["192.0.2.1:1", "192.0.2.1:1"],
  ["[2001:DB8:0::1]:50051", "[2001:db8::1]:50051"],
  ["localhost:50051", "localhost:50051"],
  ["127.0.0.1:50051", "localhost:50051"],
  ["[::1]:50051", "localhost:50051"],
  ["unix:/run/opi.sock", "unix:/run/opi.sock"],
  ["unix:///run//opi.sock", "unix:/run/opi.sock"],
])("%s has the canonical form %s", (text, canonical) => {
  expect(canonicalAddress(parsed(text))).toBe(canonical);
  expect(canonicalAddress(parsed(canonical))).toBe(canonical);
});

test.each([
  ["", "is empty"],
  ["dpu1", "dpu1:50051"],
  ["dpu1:", "has no port"],
  ["dpu1:0", "is no port"],
  ["dpu1:65536", "is no port"],
  ["dpu1:http", "is no port"],
  ["http://dpu1:50051", 'leave out "http://"'],
  ["2001:db8::1", "[2001:db8::1]:50051"],
  ["[2001:db8::1]", "has no port"],
  ["[dpu1]:50051", "no host name and no IP address"],
  ["300.1.1.1:50051", "no host name and no IP address"],
  ["-dpu:50051", "no host name and no IP address"],
  ["a b:50051", "no host name and no IP address"],
  ["unix:agent.sock", "absolute"],
  ["unix:/", "missing"],
  [`unix:/${"x".repeat(200)}`, "bytes"],
])("%p is refused with a word on what would be right", (text, words) => {
  expect(reason(text)).toContain(words);
});

test("only addresses of this machine count as local", () => {
  expect(["localhost:1", "127.9.9.9:1", "[::1]:1", "unix:/x"].map((text) => isLocal(parsed(text)))).not.toContain(
    false,
  );
  expect(["dpu1:1", "10.0.0.1:1", "[2001:db8::1]:1", "localhost.example:1"].some((t) => isLocal(parsed(t)))).toBe(
    false,
  );
});

test("what is dialled keeps the loopback addresses apart, since a server may listen on one of them", () => {
  expect(["127.0.0.1:5", "[::1]:5", "localhost:5"].map((text) => dialTarget(parsed(text)))).toEqual([
    "127.0.0.1:5",
    "[::1]:5",
    "dns:localhost:5",
  ]);
});

test("no text makes it throw, and a canonical address is its own canonical address", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webAuthority(),
        fc.ipV6().map((ip) => `[${ip}]:7`),
      ),
      (text) => {
        const address = parseAddress(text);
        if (address.kind === "invalid") return;
        const canonical = canonicalAddress(address);
        expect(canonicalAddress(parsed(canonical))).toBe(canonical);
      },
    ),
  );
});
