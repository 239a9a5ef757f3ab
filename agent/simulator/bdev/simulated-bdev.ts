import type { SpdkState } from "../state";
import type { Bdev } from "./bdev";

/** A bdev as a test sees it: bytes to read and write, counted as SPDK counts a host's I/O. */
export class SimulatedBdev {
  constructor(
    private readonly spdk: SpdkState,
    private readonly nameOrUuid: string,
  ) {}

  async read(offsetBlocks: number, blocks: number): Promise<Buffer> {
    const bdev = this.find("read", offsetBlocks, blocks);
    return this.spdk.read(bdev, offsetBlocks, blocks);
  }

  /** Data is a whole number of blocks. */
  async write(offsetBlocks: number, data: Buffer): Promise<void> {
    const blockSize = this.find("write", 0, 0).blockSize;
    if (data.length % blockSize !== 0)
      throw new RangeError(`${data.length} bytes are not whole blocks of ${blockSize} of bdev ${this.nameOrUuid}`);
    this.spdk.write(this.find("write", offsetBlocks, data.length / blockSize), offsetBlocks, data);
  }

  private find(action: "read" | "write", offsetBlocks: number, blocks: number): Bdev {
    const bdev = this.spdk.bdevs.find(this.nameOrUuid);
    if (bdev === undefined) throw new Error(`the simulator has no bdev ${this.nameOrUuid} to ${action}`);
    if (!bdev.spec.ioTypes.includes(action)) throw new Error(`bdev ${bdev.name} does not support ${action}`);
    if (offsetBlocks < 0 || offsetBlocks + blocks > bdev.numBlocks)
      throw new RangeError(
        `cannot ${action} blocks ${offsetBlocks} to ${offsetBlocks + blocks} of bdev ${bdev.name}: it has ${bdev.numBlocks}`,
      );
    return bdev;
  }
}
