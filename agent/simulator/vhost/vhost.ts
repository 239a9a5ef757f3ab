import { closeSync, mkdirSync, openSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { errnoFault, INVALID_PARAMS } from "../rpc/fault";
import type { VhostController } from "./controller";

/** The one core the recorded SPDK ran on. */
const CORE_MASK = 0x1;
/** sockaddr_un holds no longer path; the rest is cut off (recorded: vhost/sockets). */
const SOCKET_PATH_BYTES = 107;

/** All vhost-user controllers, in the order of their creation. */
export class Vhost {
  private readonly controllers = new Map<string, VhostController>();

  constructor(private readonly folder: string) {}

  all(): VhostController[] {
    return [...this.controllers.values()];
  }

  find(name: string): VhostController | undefined {
    return this.controllers.get(name);
  }

  get(name: string): VhostController {
    const controller = this.controllers.get(name);
    if (controller === undefined) throw errnoFault("ENODEV", INVALID_PARAMS);
    return controller;
  }

  /** Checks what every controller needs, and makes its socket. */
  prepare(name: string, cpumask: string | undefined): { readonly socket: string; readonly cpumask: string } {
    const mask = Number(cpumask ?? CORE_MASK);
    if (!Number.isInteger(mask) || (mask & CORE_MASK) === 0 || mask > CORE_MASK)
      throw errnoFault("EINVAL", INVALID_PARAMS);
    if (this.controllers.has(name)) throw errnoFault("EEXIST", INVALID_PARAMS);
    const socket = join(this.folder, name);
    if (name === "" || name.includes("/")) throw errnoFault("EIO", INVALID_PARAMS);
    mkdirSync(this.folder, { recursive: true });
    // There is no virtual machine to serve: an empty file holds the socket's place.
    closeSync(openSync(boundPath(socket), "w"));
    return { socket, cpumask: `0x${mask.toString(16)}` };
  }

  add(controller: VhostController): void {
    this.controllers.set(controller.name, controller);
  }

  delete(name: string): void {
    const controller = this.get(name);
    this.controllers.delete(name);
    if (controller.kind === "blk") controller.disk.close();
    else for (const target of controller.targets.values()) target.close();
    rmSync(boundPath(controller.socket), { force: true });
  }

  close(): void {
    for (const name of this.controllers.keys()) this.delete(name);
    try {
      rmdirSync(this.folder);
    } catch {
      // It was never made, or holds what is not ours.
    }
  }
}

function boundPath(socket: string): string {
  return Buffer.from(socket).subarray(0, SOCKET_PATH_BYTES).toString();
}
