import { Command, Option } from "commander";
import { discover, type DiscoverFlags } from "./run";

const NOTES = `
Walks an agent and writes what is needed to take its objects over into a Pulumi stack. It only reads.

The import file lists every object, parents first, under its own id where that is unique:

  pulumi-opi discover --agent dpu1:50051 --tls-ca ca.pem --out import.json
  pulumi import --file import.json

--program prints a program that declares the same objects, with references where one names another, and secrets as
configuration: no agent tells them.

  pulumi-opi discover --agent dpu1:50051 --tls-ca ca.pem --out import.json --program ts > index.ts

What is not said by flags comes from the variables OPI_ADDRESS, OPI_TLS_CA and so on. A token belongs into OPI_TOKEN,
never on the command line. Objects that the agent lists but that cannot be addressed are named on stderr.
`;

export function discoverCommand(): Command {
  return new Command("discover")
    .description("write an import file, or a program, for what is on an agent")
    .option("--agent <address>", "host:port, [IPv6]:port, or unix:/path (default: OPI_ADDRESS)")
    .option("--out <file>", "where the import file goes; - for stdout (default: stdout, unless --program is given)")
    .addOption(new Option("--program <language>", "print a program to stdout").choices(["ts", "yaml"]))
    .option("--provider <urn>", "URN of an explicit provider in the stack, for the import file")
    .option("--tls-ca <file>", "authorities that the agent's certificate must lead to (PEM)")
    .option("--tls-cert <file>", "client certificate (PEM), for mutual TLS")
    .option("--tls-key <file>", "its private key (PEM)")
    .option("--server-name <name>", "name in the agent's certificate, when it is not the address's")
    .option("--insecure", "allow plain text to an address that is not this machine's")
    .option("--dialect <name>", "kind of agent: standard, spdk-bridge, intel, nvidia, marvell (default: ask it)")
    .addHelpText("after", NOTES)
    .action((flags: DiscoverFlags) => discover(flags));
}
