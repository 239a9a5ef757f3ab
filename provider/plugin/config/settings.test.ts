import { configOf, settingsOf, withEnvironment } from "./settings";

test("texts of a stack's configuration, JSON of SDKs and objects of programs all come to the same settings", () => {
  const expected = {
    address: "dpu0:50051",
    insecure: true,
    attempts: 2,
    deleteUnreachable: false,
    metadata: { authorization: "Bearer t" },
    tls: { ca: "/ca.pem" },
    deadlines: { read: 5 },
  };
  const scalars = { address: "dpu0:50051" };
  const texts = {
    insecure: "true",
    attempts: "2",
    deleteUnreachable: "false",
    token: "t",
    tlsCa: "/ca.pem",
    readDeadline: "5",
  };
  const json = {
    ...{ insecure: true, attempts: 2, deleteUnreachable: false, metadata: '{"authorization":"Bearer t"}' },
    ...{ tls: '{"ca":"/ca.pem"}', deadlines: '{"read":"5"}' },
  };
  const objects = { ...json, metadata: { authorization: "Bearer t" }, tls: { ca: "/ca.pem" }, deadlines: { read: 5 } };
  for (const form of [texts, json, objects]) {
    expect(settingsOf({ ...scalars, ...form })).toEqual({ given: expected, failures: [] });
  }
});

test("what is no setting is told, with what was meant; what the engine keeps there is not", () => {
  const { failures } = settingsOf({ adress: "x", version: "1.0.0", __internal: {}, tls: "yes", address: ["a"] });
  expect(failures.map(({ property }) => property)).toEqual(["adress", "tls", "address"]);
  expect(failures[0]?.reason).toContain("did you mean address?");
});

test("TLS with nothing of its own is TLS all the same", () => {
  expect(settingsOf({ tls: "{}" }).given).toEqual({ tls: {} });
});

test("the environment fills in where no address is given, and is kept out where one is", () => {
  const env = { OPI_ADDRESS: "dpu1:50051", OPI_TOKEN: "t" };
  expect(withEnvironment({ attempts: 1 }, env)).toMatchObject({ address: "dpu1:50051", attempts: 1 });
  expect(withEnvironment({ address: "dpu0:50051" }, env)).toEqual({ address: "dpu0:50051" });
});

test("credentials of the environment go to the agent that it names, never to another one", () => {
  const inputs = { address: "localhost:50051", __fromEnvironment: "true" };
  const token = { authorization: "Bearer t" };
  expect(configOf(inputs, { OPI_ADDRESS: "127.0.0.1:50051", OPI_TOKEN: "t" }).metadata).toEqual(token);
  expect(configOf(inputs, { OPI_TOKEN: "t" }).metadata).toEqual(token);
  expect(configOf(inputs, { OPI_ADDRESS: "dpu9:50051", OPI_TOKEN: "t" }).metadata).toBeUndefined();
  expect(configOf({ address: "dpu0:50051" }, { OPI_TOKEN: "t" }).metadata).toBeUndefined();
});
