/**
 * `main.js` of the plugin's archive: starts the bundle beside it from V8's compiled code, which is made at the first
 * start, since it fits one version of Node only. Written for any Node, so that an old one can say that it is too old.
 */
import { readFileSync, renameSync, writeFileSync } from "fs";
import { wrap } from "module";
import { join } from "path";
import { Script } from "vm";

const OLDEST = 20;
/** Late enough for the functions that a start needs to be compiled, and not to delay the first calls. */
const QUIET_MS = 300;

function start(): void {
  if (Number(process.versions.node.split(".")[0]) < OLDEST) {
    const found = `Node ${OLDEST} or newer is needed, this is ${process.version} (${process.execPath})`;
    process.stderr.write(`pulumi-resource-opi: ${found}: https://nodejs.org\n`);
    process.exit(1);
  }
  const file = join(__dirname, "provider.js");
  const cache = join(__dirname, `provider-${process.version}-${process.arch}.cache`);
  const cachedData = readIfThere(cache);
  const script = new Script(wrap(readFileSync(file, "utf8")), { filename: file, cachedData });
  // What Module.wrap makes is CommonJS's function of a module.
  const run = script.runInThisContext() as (...scope: readonly unknown[]) => void;
  run(module.exports as object, require, module, file, __dirname);
  if (cachedData === undefined || script.cachedDataRejected) {
    setTimeout(() => keep(cache, script), QUIET_MS).unref();
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Several plugins start at once, so the file arrives whole. A folder that cannot be written costs time, nothing else. */
function keep(path: string, script: Script): void {
  try {
    const arriving = `${path}.${process.pid}`;
    writeFileSync(arriving, script.createCachedData());
    renameSync(arriving, path);
  } catch {
    // Started without, as before.
  }
}

start();
