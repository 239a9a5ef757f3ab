import { agentLog } from "./log";

const PSK = "NVMeTLSkey-1:01:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWF3F7HK:";
const HEX = "00112233445566778899aabbccddeeff".repeat(2);

describe("the agent's log", () => {
  const logged = (write: (log: ReturnType<typeof agentLog>) => void): string => {
    let text = "";
    write(agentLog("debug", { write: (line) => void (text += line) }));
    return text;
  };

  test("is one JSON object a line, with a readable level and time", () => {
    expect(JSON.parse(logged((log) => log.info({ method: "GetNullVolume" }, "call")))).toMatchObject({
      level: "info",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      msg: "call",
      method: "GetNullVolume",
    });
  });

  test.each([
    ["a field that holds a key", { request: { encryptedVolume: { key: "canary" } } }],
    ["SPDK's parameters", { params: { name: "a", key: "canary", key2: "canary" } }],
    ["bytes", { encryptedVolume: { key: Buffer.from("canary"), cipher: 1 } }],
    ["bytes as an array", { psk: new Uint8Array(Buffer.from("canary")) }],
    ["a text with quotes in it", { token: 'a"canary', name: "kept" }],
    ["metadata", { metadata: { authorization: "canary" } }],
    ["a PSK in a text", { reason: `bad key ${PSK.replace("YWFh", "canary")}` }],
    ["a DH-HMAC-CHAP key in a text", { reason: "DHHC-1:00:canary:" }],
    ["a bearer token in a text", { reason: "authorization: Bearer canary" }],
    ["a private key in a text", { reason: "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n" }],
    ["a private key that is cut off", { reason: "-----BEGIN EC PRIVATE KEY-----\ncanary" }],
  ])("would not show %s, should code log it one day", (_what, line) => {
    const text = logged((log) => log.info(line, "oops"));
    expect(text).toContain("[secret]");
    expect(text).not.toContain("canary");
    expect(text).not.toMatch(/\b99\b.{1,8}\b97\b/);
    expect(JSON.parse(text)).toHaveProperty("msg", "oops");
  });

  test("would not show an XTS key in hexadecimal, and shows identities", () => {
    const text = logged((log) => log.info({ reason: HEX, identity: HEX.slice(0, 32) }, "oops"));
    expect(text).not.toContain(HEX);
    expect(text).toContain(HEX.slice(0, 32));
  });
});
