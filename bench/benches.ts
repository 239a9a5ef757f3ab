import { agentOverGrpc } from "./agent/grpc";
import { agentAtPace } from "./agent/pace";
import type { Bench } from "./bench";
import { catalogueStart } from "./catalogue/start";
import { clientOfAgents } from "./client/connect";
import { checkpoints } from "./dynamic/checkpoints";
import { providerCode } from "./dynamic/provider-code";
import { checkAndDiff } from "./lifecycle/check-and-diff";
import { pluginStart } from "./plugin/start";
import { spdkJsonRpc } from "./spdk/json-rpc";

/** All there are, quick ones first. */
export const benches: readonly Bench[] = [
  catalogueStart,
  checkAndDiff,
  spdkJsonRpc,
  agentOverGrpc,
  agentAtPace,
  clientOfAgents,
  pluginStart,
  providerCode,
  checkpoints,
];
