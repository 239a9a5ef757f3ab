import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { examples } from "../../provider/schema/examples";
import { languages } from "../../provider/schema/program";
import { bindSchema, generateSdks, goEnvironment, sdkFolder, sdkgen, succeed } from "../../tools/sdkgen/sdkgen";
import { installSdk, pythonEnvironment } from "./python";

const repository = resolve(__dirname, "../..");
const tsc = join(repository, "node_modules/typescript/bin/tsc");

/** The first time compiles Pulumi's code generators and Go SDK, and fetches Python packages; later runs take seconds. */
const COLD_SECONDS = 20 * 60;
jest.setTimeout(COLD_SECONDS * 1000);

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "opi-sdk-"));
  await sdkgen();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("Pulumi's own binder has nothing to say against the schema, not even a warning", async () => {
  await expect(bindSchema()).resolves.toBeUndefined();
});

test("the committed SDKs are what the schema generates: run `make sdk` after a change", async () => {
  const fresh = join(folder, "sdk");
  await generateSdks(fresh);
  const text = (root: string, file: string): string => readFileSync(join(root, file), "utf8");
  const generated = filesIn(fresh);
  const kept = ["go/go.mod", "go/go.sum"];
  expect(filesIn(sdkFolder).filter((file) => !kept.includes(file))).toEqual(generated);
  expect(generated.filter((file) => text(fresh, file) !== text(sdkFolder, file))).toEqual([]);
});

describe("TypeScript", () => {
  test("the SDK and every example of the schema type-check", async () => {
    const programs = writeExamples("typescript", "ts");
    symlinkSync(join(repository, "node_modules"), join(programs, "node_modules"));
    const paths = { "@pulumi-opi/opi": [join(sdkFolder, "nodejs/index.ts")] };
    const compilerOptions = { strict: true, noEmit: true, target: "ES2022", module: "nodenext", skipLibCheck: true };
    const types = { types: ["node"], typeRoots: [join(repository, "node_modules/@types")] };
    const settings = { compilerOptions: { ...compilerOptions, ...types, paths }, include: ["*.ts"] };
    writeFileSync(join(programs, "tsconfig.json"), JSON.stringify(settings));
    await succeed(process.execPath, [tsc, "-p", programs], programs, 300);
    await succeed(process.execPath, [tsc, "--noEmit", "-p", join(sdkFolder, "nodejs")], programs, 300);
  });
});

describe("Python", () => {
  test("the SDK is installed and imported, and every example of the schema passes a strict type check", async () => {
    const { python, mypyCache } = await pythonEnvironment();
    const installed = await installSdk(folder);
    const env = { ...process.env, PYTHONPATH: installed, MYPYPATH: installed, PYTHONDONTWRITEBYTECODE: "1" };
    const modules = ["frontend", "middleend", "backend", "inventory", "config"].map((name) => `pulumi_opi.${name}`);
    await succeed(python, ["-c", `import ${modules.join(", ")}`], folder, 120, env);
    const programs = writeExamples("python", "py");
    const checks = ["-m", "mypy", "--cache-dir", mypyCache, "--strict", "--follow-imports", "silent"];
    const files = readdirSync(programs).filter((name) => name.endsWith(".py"));
    await succeed(python, [...checks, "--scripts-are-modules", ...files], programs, 300, env);
  });
});

describe("Go", () => {
  test("the SDK builds as a module of its own", async () => {
    await succeed("go", ["build", "./..."], join(sdkFolder, "go"), COLD_SECONDS);
  });

  test("every example of the schema compiles against it", async () => {
    const programs = writeExamples("go", "go", (name) => join(name, "main.go"));
    const module = "github.com/opiproject/pulumi-opi/sdk/go";
    const own = readFileSync(join(sdkFolder, "go/go.mod"), "utf8").replace(`module ${module}`, "module examples");
    const wired = `${own}\nrequire ${module} v0.0.0\nreplace ${module} => ${join(sdkFolder, "go")}\n`;
    writeFileSync(join(programs, "go.mod"), wired);
    cpSync(join(sdkFolder, "go/go.sum"), join(programs, "go.sum"));
    await succeed("go", ["vet", "./..."], programs, COLD_SECONDS, { ...goEnvironment, GOFLAGS: "-mod=mod" });
  });
});

/** One file for each example of the schema, in a folder of the language's own. */
function writeExamples(language: string, ending: string, place = (name: string) => `${name}.${ending}`): string {
  const write = languages.find(([name]) => name === language)?.[1];
  if (!write) throw new Error(`no programs in ${language}`);
  const root = join(folder, language);
  for (const [noun, own] of Object.entries(examples)) {
    own.forEach(({ program }, at) => {
      const file = join(root, place(`${noun.toLowerCase()}_${at}`));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, write(program));
    });
  }
  return root;
}

/** Files below a folder that are generated: what tools leave behind there is none of them. */
function filesIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/__pycache__|node_modules|\.mypy_cache/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}
