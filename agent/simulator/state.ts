import type { Bdev } from "./bdev/bdev";
import { BdevTable } from "./bdev/table";
import { Clock } from "./clock";

/** Versions of SPDK whose behaviour is recorded. */
export type SpdkVersionName = "24.05";

/** What sets one simulated SPDK apart from another. */
export interface SpdkSetup {
  readonly version: SpdkVersionName;
  /** Sum of all malloc bdevs it grants; a real one is limited by its huge pages. */
  readonly memoryBytes: number;
  readonly initialized: boolean;
}

/** Everything a running SPDK knows. Verbs are functions on it. */
export class SpdkState {
  readonly clock = new Clock();
  readonly bdevs = new BdevTable();
  readonly version: SpdkVersionName;
  readonly memoryBytes: number;
  /** False between a start with --wait-for-rpc and framework_start_init. */
  initialized: boolean;
  nextMallocNumber = 0;

  constructor(setup: SpdkSetup) {
    this.version = setup.version;
    this.memoryBytes = setup.memoryBytes;
    this.initialized = setup.initialized;
  }

  read(bdev: Bdev, offsetBlocks: number, blocks: number): Buffer {
    const start = this.clock.ticks;
    const data = bdev.store.read(offsetBlocks * bdev.blockSize, blocks * bdev.blockSize);
    bdev.stat.countRead(data.length, this.clock.ticks - start);
    return data;
  }

  write(bdev: Bdev, offsetBlocks: number, data: Buffer): void {
    const start = this.clock.ticks;
    bdev.store.write(offsetBlocks * bdev.blockSize, data);
    bdev.stat.countWrite(data.length, this.clock.ticks - start);
  }

  /** Lets go of files. */
  close(): void {
    for (const bdev of this.bdevs.all()) bdev.store.close();
  }
}
