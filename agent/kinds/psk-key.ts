import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Step } from "../saga/steps";
import type { Environment } from "./kind";

/**
 * A PSK on its way into SPDK: a key of SPDK's file keyring. The file has mode 0600, or SPDK refuses it
 * (keyring/add_0644).
 */
export class PskKey {
  private readonly path: string;

  constructor(
    readonly name: string,
    private readonly psk: Uint8Array,
    private readonly environment: Environment,
  ) {
    this.path = join(environment.folders.keys, name);
  }

  /** Makes the key known to SPDK under its name. */
  install(): readonly Step[] {
    return [
      { label: "write key file", apply: () => this.write(), undo: () => this.unlink() },
      { label: "keyring_file_add_key", apply: () => this.add(), undo: () => this.forget() },
    ];
  }

  /** Takes the key away again; who has read it by then keeps it. */
  withdraw(): readonly Step[] {
    return [
      { label: "keyring_file_remove_key", apply: () => this.forget(), undo: () => this.add() },
      { label: "remove key file", apply: () => this.unlink(), undo: () => this.write() },
    ];
  }

  private add(): Promise<unknown> {
    return this.environment.spdk.call("keyring_file_add_key", { name: this.name, path: this.path });
  }

  private async write(): Promise<void> {
    await this.unlink();
    await writeFile(this.path, this.psk, { mode: 0o600, flag: "wx" });
  }

  private unlink(): Promise<void> {
    return rm(this.path, { force: true });
  }

  /** Removing a missing key is an error from 26.05 on. */
  private forget(): Promise<void> {
    return this.environment.spdk.discard("keyring_file_remove_key", { name: this.name });
  }
}
