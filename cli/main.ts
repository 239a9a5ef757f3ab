#!/usr/bin/env node
import { Command } from "commander";

import { version } from "../package.json";
import { agentCommand } from "./agent/command";
import { discoverCommand } from "./discover/command";
import { doctorCommand } from "./doctor/command";

const NOTES = `
Examples:
  pulumi-opi agent --listen 127.0.0.1:50051        an agent with an SPDK simulator, to try things with
  pulumi-opi doctor --agent 127.0.0.1:50051        what an agent is, and what will and will not work
  pulumi-opi discover --agent 127.0.0.1:50051      an import file for what is on it

The provider itself is the plugin pulumi-resource-opi (or the npm package's dynamic resources); this command stands beside
it. pulumi-opi COMMAND --help tells more of each.
`;

async function main(): Promise<void> {
  await new Command("pulumi-opi")
    .description("The storage of DPUs and IPUs as code, by the OPI Storage API")
    .version(version)
    .showHelpAfterError("(--help tells more)")
    .addCommand(agentCommand())
    .addCommand(discoverCommand())
    .addCommand(doctorCommand())
    .addHelpText("after", NOTES)
    .parseAsync();
}

main().catch((error: unknown) => {
  console.error(`pulumi-opi: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
