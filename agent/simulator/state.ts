import type { Bdev } from "./bdev/bdev";
import { NULL_STORE, type BlockStore } from "./bdev/block-store";
import { countExamination } from "./bdev/examine";
import { BdevTable } from "./bdev/table";
import { Clock } from "./clock";
import { AccelKeys } from "./crypto/accel-keys";
import { CryptoBdevs } from "./crypto/crypto-bdevs";
import type { Fabric } from "./fabric/fabric";
import { Keyring } from "./keyring/keyring";
import { NvmeInitiator } from "./nvme/initiator";
import type { NvmeOptions } from "./nvme/options";
import { NvmfTarget } from "./nvmf/target";
import { traitsOf, type SpdkTraits } from "./versions/traits";
import { Vhost } from "./vhost/vhost";

/** Versions of SPDK whose behaviour is recorded. */
export type SpdkVersionName = "24.05" | "26.05";

/** What sets one simulated SPDK apart from another. */
export interface SpdkSetup {
  readonly version: SpdkVersionName;
  /** Sum of all malloc bdevs it grants; a real one is limited by its huge pages. */
  readonly memoryBytes: number;
  readonly initialized: boolean;
  /** What its initiator reaches and its target is reached by. */
  readonly fabric: Fabric;
  /** Where vhost-user sockets go. */
  readonly vhostFolder: string;
  /** Verbs that this build was made without. */
  readonly lacks: ReadonlySet<string>;
}

/** Everything a running SPDK knows. Verbs are functions on it. */
export class SpdkState {
  readonly clock = new Clock();
  readonly bdevs = new BdevTable();
  readonly accelKeys: AccelKeys;
  readonly crypto: CryptoBdevs;
  readonly keyring: Keyring;
  readonly nvmf: NvmfTarget;
  readonly nvme: NvmeInitiator;
  nvmeOptions: NvmeOptions;
  readonly vhost: Vhost;
  readonly fabric: Fabric;
  readonly version: SpdkVersionName;
  readonly traits: SpdkTraits;
  readonly memoryBytes: number;
  readonly lacks: ReadonlySet<string>;
  private started: boolean;
  private readonly startWaiters: (() => void)[] = [];
  nextMallocNumber = 0;

  constructor(setup: SpdkSetup) {
    this.version = setup.version;
    this.traits = traitsOf(setup.version);
    this.accelKeys = new AccelKeys(this.traits);
    this.crypto = new CryptoBdevs(this);
    this.keyring = new Keyring(this.traits);
    this.nvmf = new NvmfTarget(this.traits);
    this.nvme = new NvmeInitiator(this.traits);
    this.nvmeOptions = this.traits.nvmeOptions;
    this.memoryBytes = setup.memoryBytes;
    this.lacks = setup.lacks;
    this.started = setup.initialized;
    this.vhost = new Vhost(setup.vhostFolder);
    this.fabric = setup.fabric;
    this.fabric.add(this.nvmf);
    // Last, since who builds on a bdev claims it first and so spares it the examination.
    this.bdevs.addExaminer((bdev) => {
      countExamination(this, bdev);
    });
  }

  /** False between a start with --wait-for-rpc and framework_start_init. */
  get initialized(): boolean {
    return this.started;
  }

  initialize(): void {
    this.started = true;
    for (const started of this.startWaiters.splice(0)) started();
  }

  async waitInitialized(): Promise<void> {
    if (!this.started) await new Promise<void>((resolve) => this.startWaiters.push(resolve));
  }

  read(bdev: Bdev, offsetBlocks: number, blocks: number): Buffer {
    const start = this.clock.ticks;
    const data = bdev.store.read(offsetBlocks * bdev.blockSize, blocks * bdev.blockSize);
    bdev.stat.countRead(data.length, this.clock.ticks - start);
    return data;
  }

  /** A read whose data nobody looks at. */
  examine(bdev: Bdev, offsetBlocks: number, blocks: number): void {
    // A null bdev's blocks may be larger than memory (recordings/bridge-grpc.jsonl: NullVolume.bad/create_block_size_2^31).
    if (bdev.store === NULL_STORE) bdev.stat.countRead(blocks * bdev.blockSize, 1);
    else this.read(bdev, offsetBlocks, blocks);
  }

  write(bdev: Bdev, offsetBlocks: number, data: Buffer): void {
    const start = this.clock.ticks;
    bdev.store.write(offsetBlocks * bdev.blockSize, data);
    bdev.stat.countWrite(data.length, this.clock.ticks - start);
  }

  /** Whether a host's I/O can reach a bdev: it is a namespace, or stands below an encrypted bdev that is one. */
  carriesTraffic(bdev: Bdev): boolean {
    if (bdev.claimedBy === "nvmf") return true;
    const above = this.crypto.above(bdev);
    return above !== undefined && this.carriesTraffic(above);
  }

  /** The bytes of a bdev for someone on the other side of a fabric, whose I/O counts as anybody's. */
  storeOf(bdev: Bdev): BlockStore {
    return {
      read: (offset, length) => this.read(bdev, offset / bdev.blockSize, length / bdev.blockSize),
      write: (offset, data) => {
        this.write(bdev, offset / bdev.blockSize, data);
      },
      close: () => undefined,
    };
  }

  /** The first attached controller settles how many requests a queue holds (recorded: new.nvme_auth/config_bdev). */
  queueRequestsAreSized(): void {
    if (this.nvmeOptions.io_queue_requests === 0) this.nvmeOptions = { ...this.nvmeOptions, io_queue_requests: 512 };
  }

  /** The end of the process: connections drop, sockets go, files are let go of. */
  close(): void {
    this.fabric.remove(this.nvmf);
    this.nvmf.close();
    this.nvme.close();
    this.vhost.close();
    for (const bdev of this.bdevs.all()) bdev.store.close();
  }
}
