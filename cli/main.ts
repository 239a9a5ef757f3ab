#!/usr/bin/env node
import { Command } from "commander";

import { version } from "../package.json";
import { agentCommand } from "./agent/command";
import { discoverCommand } from "./discover/command";

async function main(): Promise<void> {
  await new Command("pulumi-opi")
    .description("The storage of DPUs and IPUs as code, by the OPI Storage API")
    .version(version)
    .showHelpAfterError("(--help tells more)")
    .addCommand(agentCommand())
    .addCommand(discoverCommand())
    .parseAsync();
}

main().catch((error: unknown) => {
  console.error(`pulumi-opi: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
