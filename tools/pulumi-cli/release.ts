import { spawnSync } from "node:child_process";

/** The release that is downloaded or built when the machine has none. Keep equal to go.mod beside this file. */
export const pinnedVersion = "3.250.0";

/** The oldest CLI that is used when found on PATH: the one the life-cycle tests were measured with. */
export const minimumVersion = "3.250.0";

/** The version a `pulumi` executable reports, or undefined when it does not run. */
export function versionOf(executable: string): string | undefined {
  const run = spawnSync(executable, ["version"], {
    encoding: "utf8",
    timeout: 20_000,
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  return run.status === 0 ? /v?(\d+\.\d+\.\d+\S*)/.exec(run.stdout)?.[1] : undefined;
}

/** Compares the three numbers of two versions; a pre-release suffix does not count. */
export function isAtLeast(version: string, minimum: string): boolean {
  const numbers = (text: string): readonly number[] => text.split(/[-+]/)[0].split(".").map(Number);
  const have = numbers(version);
  const want = numbers(minimum);
  for (let i = 0; i < want.length; i++) {
    if ((have[i] ?? 0) !== want[i]) return (have[i] ?? 0) > want[i];
  }
  return true;
}
