import { availableParallelism, cpus, loadavg, release, totalmem, type as system } from "node:os";
import { versionOf } from "../../tools/pulumi-cli/release";
import { pulumiExecutable } from "../../tests/engine/environment";

/** What the numbers depend on. */
export function machineFacts(): string {
  const gibibytes = Math.round(totalmem() / 1024 ** 3);
  return [
    `${availableParallelism()} cores (${cpus()[0]?.model.trim() || "unknown model"}), ${gibibytes} GiB`,
    `${system()} ${release()}`,
    `Node ${process.version}`,
    `Pulumi ${versionOf(pulumiExecutable()) ?? "unknown"}`,
    `load average ${loadavg()[0].toFixed(1)} at the start`,
    new Date().toISOString().slice(0, 10),
  ].join(" · ");
}
