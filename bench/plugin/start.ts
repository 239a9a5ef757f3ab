import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { bundleInto } from "../../tools/packaging/bundle";
import type { Bench } from "../bench";
import { each, sideBySide } from "../load/repeat";
import { digits, times, withSpread } from "../report/numbers";
import { median } from "../report/statistics";

const ROUNDS = 11;
const compiled = resolve(__dirname, "../../dist/provider/plugin/main.js");
/** Clock ticks a second in Linux's /proc (getconf CLK_TCK), the same on all its machines that Node runs on. */
const TICKS = 100;

interface Start {
  readonly milliseconds: number;
  /** Of the processor, in steps of 10 ms; NaN where there is no /proc. */
  readonly processorMilliseconds: number;
  readonly megabytes: number;
}

/** The engine starts a plugin for each provider of a program, and waits for the port on its standard output. */
export const pluginStart: Bench = {
  name: "plugin",
  question: "How long does the plugin take to its port, and how much memory?",
  async run(progress) {
    const folder = mkdtempSync(join(tmpdir(), "opi-bench-plugin-"));
    try {
      progress("bundling");
      await bundleInto(folder);
      const variants = [
        { label: "Node and one line, nothing else", command: [process.execPath, "-e", ALONE] },
        { label: "compiled sources, one file each", command: [process.execPath, compiled] },
        { label: "one minified bundle", command: [process.execPath, join(folder, "provider.js")] },
        {
          label: "the archive: its launcher, the bundle, V8's compiled code",
          command: [join(folder, "pulumi-resource-opi")],
        },
      ];
      // The first start of an installation makes the compiled code; it is measured with it.
      await start(variants[3].command, () => readdirSync(folder).some((name) => name.endsWith(".cache")));
      progress("starting");
      const results = await sideBySide(ROUNDS, variants, ({ command }) => start(command));
      const medians = [...results.values()].map((runs) => median(each(runs, (run) => run.milliseconds)));
      const rows = [...results].map(([{ label }, runs], at) => [
        label,
        withSpread(each(runs, (run) => run.processorMilliseconds)),
        withSpread(each(runs, (run) => run.milliseconds)),
        digits(median(each(runs, (run) => run.megabytes))),
        times(medians[at], medians[0]),
      ]);
      return [{ columns: ["start", "CPU time, ms", "time passed, ms", "memory, MB", "ratio of time"], rows }];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const ALONE = 'console.log("12345"); setInterval(() => undefined, 1000)';

/** From the start of the process to its first line. @param settled what to wait for before it is ended */
async function start([file = "", ...args]: readonly string[], settled = (): boolean => true): Promise<Start> {
  const started = performance.now();
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  const line: unknown = await Promise.race([once(createInterface(child.stdout), "line"), ended.then(() => undefined)]);
  if (line === undefined) throw new Error(`${file} ended before it told its port; has \`npm run build\` been run?`);
  const milliseconds = performance.now() - started;
  const used = resources(child.pid ?? 0);
  for (let tries = 0; tries < 100 && !settled(); tries++) await new Promise((resume) => setTimeout(resume, 20));
  child.kill("SIGTERM");
  await ended;
  return { milliseconds, ...used };
}

/** Time and memory that a process has used, from Linux's /proc. */
function resources(pid: number): Omit<Start, "milliseconds"> {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return { processorMilliseconds: NaN, megabytes: NaN };
  // proc(5): after the name in parentheses, utime and stime are the 12th and 13th fields.
  const fields = readFileSync(stat, "utf8").split(") ").pop()?.split(" ") ?? [];
  const ticks = Number(fields[11]) + Number(fields[12]);
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { processorMilliseconds: (ticks * 1000) / TICKS, megabytes: Number(resident) / 1000 };
}
