import { createHash } from "node:crypto";

/**
 * How many records there are and a digest over all of them, written with every change: a damaged file that LevelDB
 * passes over shows at the next start instead of being an object that is silently gone.
 */
export class Census {
  private count = 0;
  private readonly digest = Buffer.alloc(32);

  add(key: string, value: string): void {
    this.count++;
    this.mix(key, value);
  }

  remove(key: string, value: string): void {
    this.count--;
    this.mix(key, value);
  }

  toString(): string {
    return `${this.count} ${this.digest.toString("hex")}`;
  }

  /** XOR of the records' hashes: adding and removing are the same, and the order does not matter. */
  private mix(key: string, value: string): void {
    const hash = createHash("sha256").update(key).update("\0").update(value).digest();
    for (let at = 0; at < hash.length; at++) this.digest[at] = (this.digest[at] ?? 0) ^ (hash[at] ?? 0);
  }
}
