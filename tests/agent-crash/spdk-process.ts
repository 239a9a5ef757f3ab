import { defaultRemotes } from "../../agent";
import { runSimulator } from "../../agent/simulator";
import { SECURE_REMOTE } from "../../agent/testing/agent-under-test";

/** An SPDK simulator as a process of its own, with remote controllers to attach: says when it listens. */
const [socketPath = ""] = process.argv.slice(2);
void runSimulator({
  socketPath,
  remotes: [...defaultRemotes, SECURE_REMOTE],
  onReady: (simulator) => process.stdout.write(`${simulator.socketPath}\n`),
});
