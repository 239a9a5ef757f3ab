import { spawn } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";

/** A copy of the quickstart with a stack of its own, on the local backend. */
export class Project {
  readonly folder: string;
  private readonly environment: NodeJS.ProcessEnv;

  constructor(
    source: string,
    private readonly scratch: string,
    private readonly tools: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.folder = join(scratch, "quickstart");
    rmSync(scratch, { recursive: true, force: true });
    for (const folder of ["state", "home"]) mkdirSync(join(scratch, folder), { recursive: true });
    cpSync(source, this.folder, { recursive: true, filter: (path) => !/node_modules|Pulumi\.\w+\.yaml$/.test(path) });
    this.environment = {
      ...process.env,
      PATH: `${tools}${delimiter}${process.env.PATH ?? ""}`,
      PULUMI_HOME: join(scratch, "home"),
      PULUMI_BACKEND_URL: `file://${join(scratch, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "demo",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      ...environment,
    };
  }

  /** Runs the CLI as a user does; its output is the demo's. @param input text for its standard input */
  async pulumi(
    args: readonly string[],
    { quiet = false, input }: { quiet?: boolean; input?: string } = {},
  ): Promise<void> {
    if (!quiet) console.log(`   $ pulumi ${args.join(" ")}\n`);
    const output = quiet ? "pipe" : "inherit";
    const child = spawn(join(this.tools, "pulumi"), [...args, "--non-interactive"], {
      cwd: this.folder,
      env: this.environment,
      stdio: ["pipe", output, output],
    });
    const kept: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => kept.push(chunk.toString()));
    child.stdin?.end(input ?? "");
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code !== 0) throw new Error(`pulumi ${args[0]} ended with code ${code ?? "none"}\n${kept.join("")}`);
  }

  remove(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }
}
