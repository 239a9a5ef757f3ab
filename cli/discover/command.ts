import { Command, Option } from "commander";
import { CONNECTION_NOTES, withConnectionFlags } from "../connection-flags";
import { discover, type DiscoverFlags } from "./run";

const NOTES = `
Walks an agent and writes what is needed to take its objects over into a Pulumi stack. It only reads.

The import file lists every object, parents first, under its own id where that is unique. --program prints a program that
declares the same objects, with references where one names another, and secrets as configuration: no agent tells them.

Objects that the agent lists but that cannot be addressed are named on stderr, each with the reason; long walks say there
how far they have come. The reference bridge lists subsystems and namespaces without names: --also names those you know. The exit code is 0 when everything that could be read has been written, and 1 when something
failed: then nothing is written, because half an inventory looks like a whole one.
${CONNECTION_NOTES}
Examples:
  pulumi-opi discover --agent 127.0.0.1:50051
  pulumi-opi discover --agent dpu1:50051 --tls-ca ca.pem --out import.json --program ts > index.ts
  pulumi import --file import.json --generate-code=false
  pulumi-opi discover --agent dpu1:50051 --tls --also nvmeSubsystems/tenant-a nvmeSubsystems/tenant-b
  pulumi-opi discover --agent dpu1:50051 --tls --token-file token --program yaml >> Pulumi.yaml
`;

export function discoverCommand(): Command {
  const command = new Command("discover")
    .description("write an import file, or a program, for what is on an agent")
    .showHelpAfterError("(pulumi-opi discover --help tells more)");
  return withConnectionFlags(command)
    .option("--out <file>", "where the import file goes; - for stdout (default: stdout, unless --program is given)")
    .addOption(new Option("--program <language>", "print a program to stdout").choices(["ts", "yaml"]))
    .option("--provider <urn>", "URN of an explicit provider in the stack, for the import file")
    .option("--also <names...>", "resource names of objects that the agent's lists do not name")
    .addHelpText("after", NOTES)
    .action((flags: DiscoverFlags) => discover(flags));
}
