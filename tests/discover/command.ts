import { execFile } from "node:child_process";
import { resolve } from "node:path";

const main = resolve(__dirname, "../../dist/cli/main.js");

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `pulumi-opi discover` as it is installed, in a process of its own. */
export function discover(flags: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("OPI_")));
  return new Promise((resolveSaid) => {
    execFile(
      process.execPath,
      [main, "discover", ...flags],
      { env: { ...clean, ...env }, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
        resolveSaid({ code, stdout, stderr });
      },
    );
  });
}
