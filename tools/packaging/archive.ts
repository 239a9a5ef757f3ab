import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { create } from "tar";
import { version } from "../../package.json";
import { launchers, shared } from "./bundle";

export const platforms = [
  "linux-amd64",
  "linux-arm64",
  "darwin-amd64",
  "darwin-arm64",
  "windows-amd64",
  "windows-arm64",
] as const;
export type Platform = (typeof platforms)[number];

/** The name that `pulumi plugin install` asks a server for. */
export function archiveName(platform: Platform): string {
  return `pulumi-resource-opi-v${version}-${platform}.tar.gz`;
}

/** Packs a bundle for a platform; equal bundles make equal archives. @returns the archive's path */
export async function archive(bundle: string, platform: Platform, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, archiveName(platform));
  const launcher = platform.startsWith("windows") ? launchers.windows : launchers.unix;
  // Portable: no owners and no times of the machine it is packed on.
  await create({ gzip: true, portable: true, mtime: new Date(0), cwd: bundle, file }, [launcher, ...shared]);
  return file;
}
