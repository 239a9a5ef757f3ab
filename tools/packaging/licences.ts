import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A package that is part of a bundle, with the terms under which it may be. */
interface Bundled {
  /** `retry 0.12.0 (MIT)`. */
  readonly title: string;
  readonly terms: string;
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * The licences of all packages that files of a bundle come from, as one text: licences ask that they go along with
 * copies, and a bundle is one.
 *
 * @param files absolute paths of the files that were bundled; those outside of node_modules are ours
 * @throws Error for a package that comes without any terms
 */
export function licencesOf(files: readonly string[]): string {
  const byFolder = new Map<string, string[]>();
  for (const file of files) {
    const folder = packageFolder(file);
    if (folder !== undefined) byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  const bundled = [...byFolder].map(([folder, own]) => bundledPackage(folder, own.toSorted()));
  // Packages of one author often have the same text, word for word.
  const titlesByTerms = new Map<string, string[]>();
  for (const { title, terms } of bundled.toSorted((a, b) => (a.title < b.title ? -1 : 1))) {
    titlesByTerms.set(terms, [...(titlesByTerms.get(terms) ?? []), title]);
  }
  const parts = [...titlesByTerms].map(([terms, titles]) => `${RULE}\n${titles.join("\n")}\n${RULE}\n\n${terms}\n`);
  return `provider.js contains the packages below, in part or as a whole, each under its own licence.\n\n${parts.join("\n")}`;
}

const RULE = "-".repeat(80);

/** The nearest folder above a file that is a package's; some packages hold nameless package.json files further down. */
function packageFolder(file: string): string | undefined {
  for (let folder = dirname(file); folder.includes("node_modules"); folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) && manifestOf(folder).name !== undefined) return folder;
  }
  return undefined;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

// Of what its author wrote these fields are only read, as texts.
const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;

function bundledPackage(folder: string, files: readonly string[]): Bundled {
  const { name = "", version = "", license = "terms as below" } = manifestOf(folder);
  const licences = readdirSync(folder).filter((entry) => LICENCE_FILE.test(entry));
  const texts =
    licences.length > 0
      ? licences.toSorted().map((entry) => readFileSync(join(folder, entry), "utf8"))
      : // Some packages only state their terms at the head of each file.
        files.map((file) => headOf(readFileSync(file, "utf8"))).filter((head) => /licen[cs]e|copyright/i.test(head));
  const terms = [...new Set(texts.map(tidied))].join("\n\n");
  if (terms === "") throw new Error(`${name} ${version} would be bundled, but says nowhere under which terms`);
  return { title: `${name} ${version} (${license.replace(/^\(|\)$/g, "")})`, terms };
}

/** The comment that a file begins with, without its comment marks. */
function headOf(source: string): string {
  const code = source.replace(/^\uFEFF|^#!.*\n|^"use strict";\s*/g, "").trimStart();
  const block = /^\/\*!?([\s\S]*?)\*\//.exec(code)?.[1]?.replace(/^[ \t]*\*+ ?/gm, "");
  return block ?? (/^(\/\/.*\n)+/.exec(code)?.[0] ?? "").replace(/^\/\/ ?/gm, "");
}

const tidied = (text: string): string =>
  text
    .replace(/\r/g, "")
    .replace(/[ \t]+$/gm, "")
    .trim();
