import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Dependency {
  readonly name: string;
  readonly version: string;
}

/** A Pulumi package that an npm package stands for, by the `pulumi` entry of its package.json. */
export interface PulumiPackage extends Dependency {
  readonly server: string;
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

/** What the program's package.json asks for, with the versions that are installed. */
export function dependenciesOf(folder: string): readonly Dependency[] {
  return direct(folder).map(({ name, manifest, wanted }) => ({ name, version: manifest?.version ?? wanted }));
}

/** The direct dependencies that bring a resource plugin, which the engine then provides before it runs the program. */
export function pulumiPackagesOf(folder: string): readonly PulumiPackage[] {
  return direct(folder).flatMap(({ name, manifest }) => {
    const entry = manifest?.pulumi;
    if (entry?.resource !== true) return [];
    const version = entry.version ?? manifest?.version ?? "";
    return [{ name: entry.name ?? name.replace(/^@.*\//, ""), version, server: entry.server ?? "" }];
  });
}

function direct(folder: string): readonly { name: string; wanted: string; manifest: Manifest | undefined }[] {
  const own = nearest(folder, "package.json");
  if (own === undefined) return [];
  return Object.entries({ ...own.devDependencies, ...own.dependencies }).map(([name, wanted]) => ({
    name,
    wanted,
    manifest: nearest(folder, join("node_modules", name, "package.json")),
  }));
}

/** Reads the file in the folder or in the nearest folder above it that has one. */
function nearest(folder: string, file: string): Manifest | undefined {
  for (let at = folder; ; at = dirname(at)) {
    try {
      // A package.json is whatever its author wrote: every field is optional above, and only read.
      return JSON.parse(readFileSync(join(at, file), "utf8")) as Manifest;
    } catch {
      if (dirname(at) === at) return undefined;
    }
  }
}
