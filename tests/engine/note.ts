import * as pulumi from "@pulumi/pulumi";
import type * as fs from "node:fs";

export interface NoteArguments {
  /** Another path is another note. */
  readonly path: pulumi.Input<string>;
  readonly text: pulumi.Input<string>;
}

interface NoteInputs {
  readonly path: string;
  readonly text: string;
}

/** Serialized with the provider and run in another process, where only what is required by name is there. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const files = (): typeof fs => require("node:fs") as typeof fs;

/** A real object outside the engine, a file, with every verb of a life cycle. */
const provider: pulumi.dynamic.ResourceProvider<NoteInputs, NoteInputs> = {
  async check(_olds, news) {
    const failures = news.text === "" ? [{ property: "text", reason: "a note says something" }] : [];
    return { inputs: news, failures };
  },
  async diff(_id, olds, news) {
    const replaces = olds.path === news.path ? [] : ["path"];
    return { changes: replaces.length > 0 || olds.text !== news.text, replaces };
  },
  async create(inputs) {
    files().writeFileSync(inputs.path, inputs.text, { flag: "wx" });
    return { id: inputs.path, outs: inputs };
  },
  async read(id, props) {
    if (!files().existsSync(id)) return { id: "", props: undefined };
    const found = { path: id, text: files().readFileSync(id, "utf8") };
    return { id, props: { ...props, ...found }, inputs: found };
  },
  async update(_id, _olds, news) {
    files().writeFileSync(news.path, news.text);
    return { outs: news };
  },
  async delete(id) {
    files().rmSync(id, { force: true });
  },
};

export class Note extends pulumi.dynamic.Resource {
  declare readonly path: pulumi.Output<string>;
  declare readonly text: pulumi.Output<string>;

  constructor(name: string, args: NoteArguments, options?: pulumi.CustomResourceOptions) {
    super(provider, name, { ...args }, options);
  }
}
