import { runSimulator } from "../../agent/simulator";

/** A simulator as a process of its own: says where it listens once it does. */
const [socketPath] = process.argv.slice(2);
void runSimulator({
  socketPath,
  onReady: (simulator) => process.stdout.write(`${simulator.socketPath}\n`),
});
