import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { runBounded } from "../pulumi-cli/bounded";

const repository = resolve(__dirname, "../..");
export const schemaFile = join(repository, "schema.json");
export const sdkFolder = join(repository, "sdk");

/** Binaries are named by what they were built from, so that a stale one is never run. */
const cache = join(repository, ".tools", "sdkgen");

/** Go as the committed go.mod and go.sum say; a workspace or flags of the user's own change nothing. */
export const goEnvironment: NodeJS.ProcessEnv = { ...process.env, GOWORK: "off", GOFLAGS: "-mod=readonly" };

const BUILD_SECONDS = 15 * 60;
const RUN_SECONDS = 120;

/** The generator, built when it is not there yet: minutes at the first time, for Go compiles Pulumi's code generators. */
export async function sdkgen(): Promise<string> {
  const sources = ["main.go", "go.mod", "go.sum"].map((file) => readFileSync(join(__dirname, file)));
  const binary = join(
    cache,
    `sdkgen-${createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 16)}`,
  );
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const arriving = `${binary}.${process.pid}`;
  await succeed("go", ["build", "-ldflags", "-s -w", "-o", arriving, "."], __dirname, BUILD_SECONDS);
  for (const old of readdirSync(cache)) if (!arriving.endsWith(old)) rmSync(join(cache, old), { recursive: true });
  renameSync(arriving, binary);
  return binary;
}

/** Binds the schema with Pulumi's own binder. @throws Error on its first complaint, warnings included */
export async function bindSchema(): Promise<void> {
  await succeed(await sdkgen(), ["-schema", schemaFile, "-check"], repository, RUN_SECONDS);
}

/** Writes `nodejs/`, `python/` and `go/` into a folder. */
export async function generateSdks(folder: string): Promise<void> {
  await succeed(await sdkgen(), ["-schema", schemaFile, "-out", folder], repository, RUN_SECONDS);
}

/** Runs a command to a good end. @throws Error with what it said */
export async function succeed(
  command: string,
  args: readonly string[],
  cwd: string,
  limitSeconds: number,
  env: NodeJS.ProcessEnv = goEnvironment,
): Promise<void> {
  const { ok, output } = await runBounded({ command, args, cwd, env, limitSeconds });
  if (!ok) throw new Error(`${command} ${args[0] ?? ""} failed:\n${output.trim().slice(-4000)}`);
}
