import { startSimulator, type Simulator, type SimulatorOptions } from "./simulator";

/** Runs the simulator as a process of its own: until SIGTERM or SIGINT, with its socket removed at the end. */
export async function runSimulator(
  options: SimulatorOptions & { readonly onReady?: (simulator: Simulator) => void },
): Promise<void> {
  const simulator = await startSimulator(options);
  const stopped = new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
      simulator.stop().then(resolve, reject);
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
  });
  options.onReady?.(simulator);
  await stopped;
}
