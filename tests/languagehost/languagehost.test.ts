import { readdirSync } from "node:fs";
import { withProject, type ProjectSource } from "../engine/project";

const settings = {
  "Pulumi.yaml": "name: tiny\nruntime: nodejs\n",
  "package.json": JSON.stringify({ name: "tiny", version: "0.0.1", dependencies: { "@pulumi/pulumi": "^3.0.0" } }),
};

const greeting: ProjectSource = {
  ...settings,
  "index.ts": `
    import * as pulumi from "@pulumi/pulumi";
    const config = new pulumi.Config();
    const provider: pulumi.dynamic.ResourceProvider = {
      async create(inputs) {
        return { id: "greeting", outs: { text: "hello " + inputs.who } };
      },
    };
    class Greeting extends pulumi.dynamic.Resource {
      declare readonly text: pulumi.Output<string>;
      constructor(name: string, args: { who: pulumi.Input<string>; text?: string }) {
        super(provider, name, { text: undefined, ...args });
      }
    }
    console.log("said on stdout in", process.cwd().split("/").at(-1));
    console.error("said on stderr");
    export const text = new Greeting("greeting", { who: config.requireSecret("who") }).text;
  `,
};

test("a TypeScript program folder goes through preview, up, stack output and destroy by the CLI alone", async () => {
  await withProject(greeting, {}, async (project) => {
    expect(await project.pulumi("stack", "init", "dev")).toMatchObject({ code: 0 });
    expect(await project.pulumi("config", "set", "--secret", "who", "canary-77")).toMatchObject({ code: 0 });

    const preview = await project.pulumi("preview", "--stack", "dev");
    expect(preview.stderr).toBe("");
    expect(preview.stdout).toContain("+ 2 to create");

    const up = await project.pulumi("up", "--yes", "--stack", "dev");
    expect(up.code).toBe(0);
    expect(up.stdout).toContain("said on stdout in program");
    expect(up.stdout).toContain("said on stderr");
    expect(up.stdout).toContain("+ 2 created");
    expect(up.stdout).not.toContain("canary-77");

    const output = await project.pulumi("stack", "output", "--show-secrets", "text");
    expect(output.stdout.trim()).toBe("hello canary-77");

    const again = await project.pulumi("preview", "--expect-no-changes");
    expect(again.code).toBe(0);

    const destroy = await project.pulumi("destroy", "--yes");
    expect(destroy.stdout).toContain("- 2 deleted");
    expect(readdirSync(project.stateFolder)).toEqual([".pulumi"]);
  });
}, 120_000);

test("a program that throws, or does not compile, fails the run with its own message and nothing of the host's", async () => {
  const wrong: ProjectSource = { ...settings, "index.ts": `throw new Error("the program is wrong");` };
  await withProject(wrong, {}, async (project) => {
    await project.pulumi("stack", "init", "dev");
    const thrown = await project.pulumi("preview");
    expect(thrown.code).not.toBe(0);
    expect(thrown.stdout).toContain("the program is wrong");
    expect(thrown.stdout).not.toContain("exited with code");

    project.write({ "index.ts": `const port: number = "a string"; export { port };` });
    const uncompiled = await project.pulumi("preview");
    expect(uncompiled.code).not.toBe(0);
    expect(uncompiled.stdout).toContain("TS2322");

    project.write({ "index.ts": `process.exit(3);` });
    const exited = await project.pulumi("preview");
    expect(exited.code).not.toBe(0);
    expect(`${exited.stdout}${exited.stderr}`).toContain("exited");
  });
}, 120_000);

test("the CLI learns Node's version and the program's dependencies", async () => {
  await withProject(greeting, {}, async (project) => {
    const about = await project.pulumi("about");
    expect(about.stdout).toContain(process.version);
    expect(about.stdout).toContain("@pulumi/pulumi");
  });
});
