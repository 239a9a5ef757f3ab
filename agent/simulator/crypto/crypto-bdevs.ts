import type { Bdev, BdevUser } from "../bdev/bdev";
import type { BlockStore } from "../bdev/block-store";
import { ACCEL_MEMORY } from "../bdev/memory-domains";
import { uuidUnder } from "../bdev/uuid";
import { errnoFault } from "../rpc/fault";
import type { SpdkState } from "../state";
import type { AccelKey } from "./accel-keys";
import { AesXts } from "./aes-xts";

/** A wish for an encrypted bdev: it outlives its base, and comes true again when a base of that name appears. */
interface CryptoWish {
  readonly name: string;
  readonly baseName: string;
  readonly key: AccelKey;
}

/** SPDK's crypto module: encrypted bdevs on other bdevs. */
export class CryptoBdevs {
  private readonly wishes = new Map<string, CryptoWish>();
  private readonly keys = new WeakMap<Bdev, AccelKey>();

  constructor(private readonly spdk: SpdkState) {
    spdk.bdevs.addExaminer((bdev) => {
      for (const wish of this.wishes.values()) if (isNamed(bdev, wish.baseName)) this.grant(wish, bdev);
    });
  }

  /** A base that is not there yet is no error: the bdev comes when the base does (recorded: crypto/bdev_base_missing). */
  create(name: string, baseName: string, key: AccelKey): void {
    if (this.wishes.has(name)) throw errnoFault("EEXIST");
    const wish = { name, baseName, key };
    const base = this.spdk.bdevs.find(baseName);
    if (base !== undefined) this.grant(wish, base);
    this.wishes.set(name, wish);
  }

  delete(name: string): void {
    const bdev = this.spdk.bdevs.getOf("crypto", name);
    this.wishes.delete(bdev.name);
    this.spdk.bdevs.unregister(bdev);
  }

  /** Recorded: crash.crypto_key_destroyed_in_use – describing a bdev whose key is gone hangs SPDK. */
  hasLostItsKey(bdev: Bdev): boolean {
    return this.keys.get(bdev)?.destroyed === true;
  }

  /** The encrypted bdev on that one. */
  above(base: Bdev): Bdev | undefined {
    for (const wish of this.wishes.values()) if (isNamed(base, wish.baseName)) return this.spdk.bdevs.find(wish.name);
    return undefined;
  }

  private grant(wish: CryptoWish, base: Bdev): void {
    const { bdevs } = this.spdk;
    let bdev: Bdev | undefined;
    const user: BdevUser = {
      onBdevRemoved: () => {
        if (bdev !== undefined) bdevs.unregister(bdev);
      },
      onBdevResized: () => {
        if (bdev !== undefined) bdevs.resize(bdev, base.numBlocks);
      },
    };
    bdevs.claim(base, user, "crypto");
    try {
      bdev = bdevs.register({
        name: wish.name,
        uuid: uuidUnder(base.uuid, "crypto"),
        module: "crypto",
        productName: "crypto",
        blockSize: base.blockSize,
        numBlocks: base.numBlocks,
        ioTypes: base.spec.ioTypes.filter((type) => ENCRYPTABLE_IO.includes(type)),
        store: new CryptoStore(this.spdk, base, wish.key),
        numaId: base.spec.numaId,
        ...(this.spdk.traits.showsMallocMemoryDomains
          ? { memoryDomains: () => [...(base.spec.memoryDomains?.() ?? []), ACCEL_MEMORY] }
          : {}),
        driverSpecific: () => ({
          crypto: { base_bdev_name: base.name, name: wish.name, key_name: wish.key.spec.name },
        }),
        onUnregistered: () => bdevs.release(base, user),
      });
      this.keys.set(bdev, wish.key);
    } catch (error) {
      bdevs.release(base, user);
      throw error;
    }
  }
}

const ENCRYPTABLE_IO: readonly string[] = ["read", "write", "unmap", "write_zeroes", "flush", "reset"];

function isNamed(bdev: Bdev, name: string): boolean {
  return bdev.name === name || bdev.uuid === name;
}

/** Ciphertext on the base bdev, so that what a test reads there is what a disk would hold. */
class CryptoStore implements BlockStore {
  private readonly cipher: AesXts;

  constructor(
    private readonly spdk: SpdkState,
    private readonly base: Bdev,
    key: AccelKey,
  ) {
    this.cipher = new AesXts(key.bytes);
  }

  read(offset: number, length: number): Buffer {
    const { blockSize } = this.base;
    const first = offset / blockSize;
    return this.cipher.decrypt(first, blockSize, this.spdk.read(this.base, first, length / blockSize));
  }

  write(offset: number, data: Buffer): void {
    const { blockSize } = this.base;
    const first = offset / blockSize;
    this.spdk.write(this.base, first, this.cipher.encrypt(first, blockSize, data));
  }

  close(): void {
    // The bytes are the base's.
  }
}
