import type { AnyKind } from "./kind";
import { mallocVolume } from "./malloc-volume";
import { nullVolume } from "./null-volume";

/** Every type of the contract that clients can create. */
export const kinds: readonly AnyKind[] = [nullVolume, mallocVolume];
