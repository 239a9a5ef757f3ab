import type { Step } from "../saga/steps";
import type { StoredObject } from "../store/store";
import type { SpdkBdev } from "../spdk";

/** What SPDK holds of an object that the agent knows. */
export type Presence =
  | { readonly found: "whole" }
  | {
      /** Nothing of it, or only a part, as after an SPDK that was restarted or a creation that was cut off. */
      readonly found: "nothing" | "part";
      /** Makes it whole. Asked for only when what it needs is there. */
      readonly steps: () => Promise<readonly Step[]>;
    }
  | {
      /** Something else stands in its place. It may hold somebody's data: it is reported and left alone. */
      readonly found: "other";
      /** What stands there, and by what it differs. */
      readonly what: string;
    };

/** How an update that was cut off ends: which of the two objects counts, and what makes SPDK agree. */
export interface Settlement {
  readonly keep: StoredObject;
  readonly steps: readonly Step[];
}

export const WHOLE: Presence = { found: "whole" };

/** What a block device must be to be an object's; what is left out does not matter. */
export interface ExpectedBdev {
  readonly product: string;
  readonly blockSize?: bigint;
  readonly blocksCount?: bigint;
  readonly metadataSize?: bigint;
  readonly uuid?: string;
}

/** Judges the block device that stands under an object's name. */
export function bdevPresence(
  bdev: SpdkBdev | undefined,
  expected: ExpectedBdev,
  steps: () => Promise<readonly Step[]>,
): Presence {
  if (bdev === undefined) return { found: "nothing", steps };
  const differences = [
    difference("a", bdev.product_name, expected.product),
    difference("block size", bdev.block_size, expected.blockSize),
    difference("number of blocks", bdev.num_blocks, expected.blocksCount),
    difference("metadata size", bdev.md_size ?? 0, expected.metadataSize),
    difference("UUID", bdev.uuid?.toLowerCase() ?? "", expected.uuid?.toLowerCase() || undefined),
  ].filter((each) => each !== undefined);
  if (differences.length === 0) return WHOLE;
  return { found: "other", what: `a block device ${bdev.name} of another make: ${differences.join(", ")}` };
}

function difference(what: string, shown: number | string, expected: bigint | string | undefined): string | undefined {
  if (expected === undefined || String(shown) === String(expected)) return undefined;
  return `${what} ${shown} for ${expected}`;
}
