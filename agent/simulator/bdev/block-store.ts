import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

/** Where the bytes of a bdev are, addressed by bytes. */
export interface BlockStore {
  read(offset: number, length: number): Buffer;
  write(offset: number, data: Buffer): void;
  close(): void;
}

const PAGE_BYTES = 64 * 1024;

/** Memory that is only taken where something other than nothing was written. */
export class MemoryStore implements BlockStore {
  private readonly pages = new Map<number, Buffer>();

  read(offset: number, length: number): Buffer {
    const data = Buffer.alloc(length);
    this.eachPage(offset, length, (page, from, at, count) => {
      this.pages.get(page)?.copy(data, at, from, from + count);
    });
    return data;
  }

  write(offset: number, data: Buffer): void {
    this.eachPage(offset, data.length, (page, from, at, count) => {
      let bytes = this.pages.get(page);
      if (bytes === undefined) this.pages.set(page, (bytes = Buffer.alloc(PAGE_BYTES)));
      data.copy(bytes, from, at, at + count);
    });
  }

  close(): void {
    this.pages.clear();
  }

  private eachPage(
    offset: number,
    length: number,
    visit: (page: number, from: number, at: number, count: number) => void,
  ): void {
    for (let at = 0; at < length;) {
      const page = Math.floor((offset + at) / PAGE_BYTES);
      const from = (offset + at) % PAGE_BYTES;
      const count = Math.min(PAGE_BYTES - from, length - at);
      visit(page, from, at, count);
      at += count;
    }
  }
}

/** A null bdev takes everything, keeps nothing and reads as zeroes. */
export const NULL_STORE: BlockStore = {
  read: (_offset, length) => Buffer.alloc(length),
  write: () => undefined,
  close: () => undefined,
};

/** A file of the machine the simulator runs on. */
export class FileStore implements BlockStore {
  private constructor(private readonly descriptor: number) {}

  static open(path: string, readonly: boolean): FileStore {
    return new FileStore(openSync(path, readonly ? "r" : "r+"));
  }

  get size(): number {
    return fstatSync(this.descriptor).size;
  }

  read(offset: number, length: number): Buffer {
    const data = Buffer.alloc(length);
    for (let at = 0; at < length;) {
      const count = readSync(this.descriptor, data, at, length - at, offset + at);
      if (count === 0) break;
      at += count;
    }
    return data;
  }

  write(offset: number, data: Buffer): void {
    for (let at = 0; at < data.length;) at += writeSync(this.descriptor, data, at, data.length - at, offset + at);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
