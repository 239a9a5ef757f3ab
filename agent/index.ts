export { startAgent } from "./agent";
export type { AgentOptions, Credentials, RunningAgent, TlsOptions } from "./options";
export type { Limits } from "./operations/limits";
export { agentLog } from "./operations/log";
export { Code, StatusError } from "./aip/status";
export { defaultRemotes } from "./default-remotes";
export { SIMULATED_VERSIONS } from "./simulator";
export type { RemoteTarget, SpdkVersionName } from "./simulator";
