import { Command } from "commander";
import { CONNECTION_NOTES, withConnectionFlags } from "../connection-flags";
import { doctor, UNUSABLE } from "./run";
import type { DoctorFlags } from "./run";

const NOTES = `
Connects to an agent and says what it finds: the connection and its certificate, the kind of agent and why it is taken for
that, versions, which calls answer and how fast, traps in its lists, and what will and will not work by resource type,
with the reason and the way round. Without --write it only reads.

--write also makes one small null volume (it holds no data) under an id of its own, doctor-…, reads it, changes it where
the agent can, lists it, reads its counters and deletes it. It is deleted whatever happens in between, SIGINT and SIGTERM
included; if it cannot be, the report says what is left.

Exit codes:
  0  the agent can be used, without complaint
  1  it can be used, within limits: there are warnings
  2  it cannot be used (not reached, no OPI agent, the round trip failed), or the flags make no sense

The report goes to stdout. --json prints it in a stable form, described in docs/doctor.md. No secret is ever printed.
${CONNECTION_NOTES}
Examples:
  pulumi-opi doctor --agent 127.0.0.1:50051
  pulumi-opi doctor --agent dpu1:50051 --tls-ca ca.pem --tls-cert me.pem --tls-key me.key --write
  pulumi-opi doctor --agent dpu1:50051 --tls --token-file token --json | jq .findings
  pulumi-opi doctor --agent unix:/run/opi.sock --dialect nvidia
`;

export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("examine an agent: what it is, and what will and will not work")
    .showHelpAfterError("(pulumi-opi doctor --help tells more)")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : UNUSABLE));
  return withConnectionFlags(command)
    .option("--write", "also make a small volume, use it, and delete it")
    .option("--json", "print the report as JSON")
    .addHelpText("after", NOTES)
    .action((flags: DoctorFlags) => doctor(flags));
}
