import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Report } from "../../cli/doctor/report";

const main = resolve(__dirname, "../../dist/cli/main.js");

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Said>;
  signal(signal: NodeJS.Signals): void;
}

/** `pulumi-opi doctor` as it is installed, in a process of its own, with nothing of this one's OPI_ variables. */
export function start(flags: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OPI_")));
  const child = spawn(process.execPath, [main, "doctor", ...flags], {
    env: { ...clean, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Said>((done) => child.once("close", (code) => done({ code, stdout, stderr })));
  return { ended, signal: (signal) => void child.kill(signal) };
}

export const doctor = (flags: readonly string[], env?: Readonly<Record<string, string>>): Promise<Said> =>
  start(flags, env).ended;

/** The report as JSON, and how the process ended. */
export async function report(
  flags: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<{ readonly report: Report; readonly said: Said }> {
  const said = await doctor([...flags, "--json"], env);
  if (!said.stdout.startsWith("{")) throw new Error(`no report, but: ${said.stderr || said.stdout}`);
  const parsed = JSON.parse(said.stdout) as Report;
  expect(said.code).toBe(parsed.exitCode);
  return { report: parsed, said };
}

/** The findings of a severity, as text. */
export const findings = ({ findings: all }: Report, severity: string): readonly string[] =>
  all.filter((each) => each.severity === severity).map(({ text, remedy = "" }) => `${text} ${remedy}`.trim());
