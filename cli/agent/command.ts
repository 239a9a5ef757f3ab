import { Command, Option } from "commander";

import { defaultRemotes, SIMULATED_VERSIONS } from "../../agent";
import { socketMode, wholeNumber } from "./option-values";
import { describeRemote, parseRemote } from "./remote-target";
import { runAgent, type AgentFlags } from "./run";

const REMOTES = defaultRemotes.map((remote) => `  ${describeRemote(remote)}`).join("\n");

const NOTES = `
The agent answers the OPI Storage API and acts through SPDK's JSON-RPC. Without --spdk it runs an SPDK simulator in its
own process: everything works, nothing is kept, and these remote NVMe controllers can be attached unless --remote names
others (no network is touched):

${REMOTES}

When it is ready it prints the address it listens at as one line on stdout, and tells systemd, if that started it; its
log goes to stderr as JSON lines, one for each call, and never holds keys. SIGTERM and SIGINT stop it once running calls
have ended, a second one at once. SIGHUP makes it read certificates and token again, which it also does by itself within
seconds after they change.

With --state-dir, which systemd gives by its StateDirectory=, the agent knows its objects again when it starts, however
it ended, and brings SPDK to them: what SPDK still has stays untouched, what it lost is made again. Calls wait meanwhile.
Without it, an agent that starts beside an SPDK that went on knows nothing of what is there.

A token belongs into a file (--token-file) or the environment variable OPI_AGENT_TOKEN, never on the command line.

Examples:
  pulumi-opi agent --listen 127.0.0.1:50051
  pulumi-opi agent --listen unix:/run/opi.sock --socket-group opi --socket-mode 660 --spdk unix:/var/tmp/spdk.sock
  pulumi-opi agent --listen 0.0.0.0:50051 --tls-cert agent.pem --tls-key agent.key --tls-client-ca ca.pem \\
    --metrics-listen 127.0.0.1:9464 --user opi --spdk unix:/var/tmp/spdk.sock --state-dir /var/lib/pulumi-opi
`;

export function agentCommand(): Command {
  return new Command("agent")
    .description("run an OPI agent on SPDK, or on an SPDK simulator")
    .showHelpAfterError("(pulumi-opi agent --help tells more)")
    .optionsGroup("Addresses:")
    .option("--listen <address>", "host:port (0: any free one), [IPv6]:port, or unix:/path", "127.0.0.1:50051")
    .addOption(
      new Option("--socket-mode <octal>", "who may open the unix socket; with 660 its group may, too")
        .argParser(socketMode)
        .default(0o600, "600"),
    )
    .option("--socket-group <group>", "group of the unix socket (default: the agent's own)")
    .option("--metrics-listen <address>", "where to answer /metrics, /livez and /readyz over HTTP (default: nowhere)")
    .optionsGroup("Storage:")
    .option("--spdk <address>", "SPDK's JSON-RPC socket, unix:/path; without it a simulator runs")
    .addOption(
      new Option("--simulator <version>", "which SPDK the simulator is")
        .choices(SIMULATED_VERSIONS)
        .default("24.05")
        .conflicts("spdk"),
    )
    .addOption(
      new Option("--remote <target>", "what the simulator can attach: tcp:host:port/nqn or pcie:address; repeatable")
        .conflicts("spdk")
        .argParser((text: string, before: ReturnType<typeof parseRemote>[] | undefined) => [
          ...(before ?? []),
          parseRemote(text),
        ]),
    )
    .addOption(
      new Option(
        "--state-dir <folder>",
        "folder where objects are kept, made if it is not there (default: nowhere, they are forgotten at the end)",
      ).env("STATE_DIRECTORY"),
    )
    .option(
      "--state-key-file <file>",
      "key that seals secrets there: 32 bytes, hexadecimal or base64 (default: a key in it)",
    )
    .option(
      "--run-dir <folder>",
      "folder for vfio-user sockets and key files (default: run in --state-dir, or a temporary one)",
    )
    .option("--identity <text>", "stable identity of the device (default: from the machine's id)")
    .optionsGroup("Security:")
    .option("--tls-cert <file>", "certificate of the agent (PEM); TLS 1.3 only")
    .option("--tls-key <file>", "its private key (PEM)")
    .option("--tls-client-ca <file>", "authorities of clients (PEM); clients must then show a certificate")
    .option("--token-file <file>", "calls must carry `authorization: Bearer <token>` with the token in this file")
    .option("--insecure", "allow plain text on an address that other machines can reach")
    .option("--user <user>", "started by root: become this user once the addresses are open")
    .option("--group <group>", "and this group (default: the user's own)")
    .optionsGroup("Limits:")
    .addOption(
      new Option("--max-connections <number>", "connections at one time").argParser(wholeNumber(1)).default(256),
    )
    .addOption(
      new Option("--max-client-connections <number>", "of these, from one client address")
        .argParser(wholeNumber(1))
        .default(128),
    )
    .addOption(
      new Option("--max-streams <number>", "calls at one time on one connection; further ones wait at the client")
        .argParser(wholeNumber(1))
        .default(256),
    )
    .addOption(
      new Option("--max-request-bytes <number>", "size of one request").argParser(wholeNumber(1024)).default(1_048_576),
    )
    .addOption(rate("--client-read-rate", "Get, List and Stats a second from one client address", 10_000))
    .addOption(rate("--client-write-rate", "other calls a second from one client address", 2_000))
    .addOption(rate("--read-rate", "Get, List and Stats a second from all clients together", 20_000))
    .addOption(rate("--write-rate", "other calls a second from all clients together", 5_000))
    .addOption(
      new Option("--stop-timeout <seconds>", "how long running calls may go on when the agent is told to stop")
        .argParser(wholeNumber(0))
        .default(5),
    )
    .optionsGroup("Other:")
    .addOption(
      new Option("--log-level <level>", "what to log; debug adds the calls to SPDK and health checks")
        .choices(["debug", "info", "warn", "error", "silent"])
        .default("info"),
    )
    .helpOption("-h, --help", "show this help")
    .addHelpText("after", NOTES)
    .action((flags: AgentFlags) => runAgent(flags));
}

function rate(flag: string, what: string, value: number): Option {
  return new Option(`${flag} <number>`, `${what}; 0: no limit`).argParser(wholeNumber(0)).default(value);
}
