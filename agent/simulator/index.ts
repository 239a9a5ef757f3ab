export { runSimulator } from "./run";
export { startSimulator, type Simulator, type SimulatorOptions } from "./simulator";
export type { SimulatedBdev } from "./bdev/simulated-bdev";
export type { SpdkVersionName } from "./state";
export { isSimulatedVersion, SIMULATED_VERSIONS } from "./versions";
export { Fabric } from "./fabric/fabric";
export type { RemoteTarget } from "./fabric/remotes";
