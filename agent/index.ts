export { startAgent } from "./agent";
export type { AgentOptions, RunningAgent, TlsOptions } from "./options";
export { Code, StatusError } from "./aip/status";
export { defaultRemotes } from "./default-remotes";
export type { RemoteTarget } from "./simulator";
