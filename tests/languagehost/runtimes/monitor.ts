import type { Program } from "../program";

/** What Pulumi's Go SDK reads from the environment (`sdk/v3/go/pulumi/run.go`); our Python runner reads the same. */
export function monitorEnvironment(program: Program): NodeJS.ProcessEnv {
  return {
    PULUMI_ORGANIZATION: program.organization,
    PULUMI_PROJECT: program.project,
    PULUMI_ROOT_DIRECTORY: program.rootDirectory,
    PULUMI_STACK: program.stack,
    PULUMI_DRY_RUN: String(program.dryRun),
    PULUMI_PARALLEL: String(program.parallel),
    PULUMI_MONITOR: program.monitorAddress,
    PULUMI_ENGINE: program.engineAddress,
  };
}
