import { checkConfig } from "./check";
import { configFromEnvironment } from "./environment";
import type { AgentConfig } from "../agent";

test("every variable has its property", () => {
  const env = {
    OPI_ADDRESS: "dpu1:50051",
    OPI_TLS_CA: "/ca.pem",
    OPI_TLS_CERT: "/cert.pem",
    OPI_TLS_KEY: "/key.pem",
    OPI_TLS_SERVER_NAME: "dpu",
    OPI_TLS_MIN_VERSION: "TLSv1.2",
    OPI_INSECURE: "false",
    OPI_METADATA: "x-tenant=a=b, x-site=c",
    OPI_TOKEN: "t0ken",
    OPI_DIALECT: "standard",
    OPI_IDENTITY: "rack1/dpu1",
    OPI_ON_EXISTING: "adopt",
    OPI_DELETE_UNREACHABLE: "true",
    OPI_ATTEMPTS: "2",
    OPI_CONNECT_DEADLINE: "1.5",
    OPI_READ_DEADLINE: "3",
    OPI_WRITE_DEADLINE: "4",
  };
  expect(configFromEnvironment(env)).toEqual({
    address: "dpu1:50051",
    tls: { ca: "/ca.pem", cert: "/cert.pem", key: "/key.pem", serverName: "dpu", minVersion: "TLSv1.2" },
    insecure: false,
    metadata: { "x-tenant": "a=b", "x-site": "c", authorization: "Bearer t0ken" },
    dialect: "standard",
    identity: "rack1/dpu1",
    onExisting: "adopt",
    deleteUnreachable: true,
    attempts: 2,
    deadlines: { connect: 1.5, read: 3, write: 4 },
  });
});

test("variables that are absent or empty leave no trace", () => {
  expect(configFromEnvironment({})).toEqual({});
  expect(configFromEnvironment({ OPI_ADDRESS: "", OPI_TLS_CA: " ", OPI_METADATA: "", OPI_ATTEMPTS: "" })).toEqual({});
});

test("OPI_TLS asks for TLS with nothing but defaults", () => {
  expect(configFromEnvironment({ OPI_TLS: "true" })).toEqual({ tls: {} });
});

test("values that make no sense reach the check, which names them", () => {
  const config = configFromEnvironment({
    OPI_ADDRESS: "localhost:1",
    OPI_INSECURE: "maybe",
    OPI_ATTEMPTS: "many",
    OPI_READ_DEADLINE: "soon",
    OPI_METADATA: "x-tenant",
    OPI_ON_EXISTING: "steal",
    OPI_DIALECT: "klingon",
  }) as AgentConfig;
  expect(checkConfig(config).map(({ property }) => property)).toEqual([
    "agent.insecure",
    "agent.metadata.x-tenant",
    "agent.dialect",
    "agent.onExisting",
    "agent.attempts",
    "agent.deadlines.read",
  ]);
});
