import { Command, Option } from "commander";

import { defaultRemotes } from "../../agent";
import { describeRemote, parseRemote } from "./remote-target";
import { runAgent, type AgentFlags } from "./run";

const REMOTES = defaultRemotes.map((remote) => `  ${describeRemote(remote)}`).join("\n");

const NOTES = `
The agent answers the OPI Storage API and acts through SPDK's JSON-RPC. Without --spdk it runs an SPDK simulator in its
own process: everything works, nothing is kept, and these remote NVMe controllers can be attached unless --remote names
others (no network is touched):

${REMOTES}

When it is ready it prints the address it listens at as one line on stdout; its log goes to stderr as JSON lines. SIGTERM
and SIGINT stop it once running calls have ended.

A token belongs into a file (--token-file) or the environment variable OPI_AGENT_TOKEN, never on the command line.

Examples:
  pulumi-opi agent --listen 127.0.0.1:50051
  pulumi-opi agent --listen unix:/run/opi.sock --spdk unix:/var/tmp/spdk.sock
  pulumi-opi agent --listen 0.0.0.0:50051 --tls-cert agent.pem --tls-key agent.key --tls-client-ca ca.pem
`;

export function agentCommand(): Command {
  return new Command("agent")
    .description("run an OPI agent on SPDK, or on an SPDK simulator")
    .showHelpAfterError("(pulumi-opi agent --help tells more)")
    .option("--listen <address>", "host:port (0: any free one), [IPv6]:port, or unix:/path", "127.0.0.1:50051")
    .option("--spdk <address>", "SPDK's JSON-RPC socket, unix:/path; without it a simulator runs")
    .addOption(
      new Option("--remote <target>", "what the simulator can attach: tcp:host:port/nqn or pcie:address; repeatable")
        .conflicts("spdk")
        .argParser((text: string, before: ReturnType<typeof parseRemote>[] | undefined) => [
          ...(before ?? []),
          parseRemote(text),
        ]),
    )
    .option("--tls-cert <file>", "certificate of the agent (PEM); TLS 1.3 only")
    .option("--tls-key <file>", "its private key (PEM)")
    .option("--tls-client-ca <file>", "authorities of clients (PEM); clients must then show a certificate")
    .option("--token-file <file>", "calls must carry `authorization: Bearer <token>` with the token in this file")
    .option("--insecure", "allow plain text on an address that other machines can reach")
    .option("--run-dir <folder>", "folder for vfio-user sockets and key files (default: a temporary one)")
    .option("--identity <text>", "stable identity of the device (default: from the machine's id)")
    .addOption(
      new Option("--log-level <level>", "what to log")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("info"),
    )
    .addHelpText("after", NOTES)
    .action((flags: AgentFlags) => runAgent(flags));
}
