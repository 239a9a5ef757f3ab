import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

const main = resolve(__dirname, "../../dist/cli/main.js");
const help = async (...command: readonly string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [main, ...command, "--help"])).stdout;

test("pulumi-opi --help names every command, with an example of each", async () => {
  const text = await help();
  for (const command of ["agent", "discover", "doctor"]) {
    expect(text).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(text).toContain(`pulumi-opi ${command} --`);
  }
});

test.each(["agent", "discover", "doctor"])("pulumi-opi %s --help explains itself, with examples", async (command) => {
  const text = await help(command);
  expect(text).toMatch(/^Examples:\n {2}pulumi-opi /m);
});

test.each(["discover", "doctor"])("%s says where the secrets of a connection come from", async (command) => {
  const text = await help(command);
  expect(text).toContain("--token-file");
  expect(text).toContain("OPI_TOKEN");
});
