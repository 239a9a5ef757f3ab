import type { WireMessage } from "../../../provider/catalogue/values/wire";
import type { End, Memory } from "./memory";
import type { Spdk } from "./spdk";

/** What the bridge's code works with. */
export interface Bridge {
  readonly memory: Memory;
  readonly spdk: Spdk;
  /** A system-generated id, or a page token. */
  newId(): string;
  /** Ends the process, as a panic does. */
  crash(why: string): never;
}

/** What is to be created, with the name that it gets whatever the body says. */
export interface Creation {
  readonly id: string;
  readonly name: string;
  readonly parent: string;
  readonly body: WireMessage;
}

/** How the bridge treats one type: what differs from type to type. The rest is in `methods.ts`. */
export interface Kind {
  readonly noun: string;
  readonly end: End;
  /** First part of names. */
  readonly collection: string;
  /** Checks that come before it is looked whether the object is there. @throws BridgeStatus */
  readonly validate?: (body: WireMessage) => void;
  /** Checks of an update where they differ: most updates look at nothing. @throws BridgeStatus */
  readonly validateUpdate?: (body: WireMessage) => void;
  /** What a create of a known id answers; the stored object when absent. */
  readonly again?: (bridge: Bridge, stored: WireMessage, creation: Creation) => WireMessage;
  /** Makes it in SPDK. @returns what is stored, and answered. @throws BridgeStatus */
  readonly create: (bridge: Bridge, creation: Creation) => Promise<WireMessage> | WireMessage;
  /** What Get tells of a stored object. @throws BridgeStatus */
  readonly read: (bridge: Bridge, stored: WireMessage) => Promise<WireMessage> | WireMessage;
  readonly update: Update;
  /** @throws BridgeStatus */
  readonly remove: (bridge: Bridge, stored: WireMessage) => unknown;
  readonly list: (bridge: Bridge, request: WireMessage) => Promise<readonly WireMessage[]> | readonly WireMessage[];
  /** What becomes of one item of a page, where that is more than one entry, or another. */
  readonly expand?: (item: WireMessage) => readonly WireMessage[];
  /** How the entries of one page are ordered: SPDK's pages are cut first, in SPDK's own order. */
  readonly order?: (entry: WireMessage) => string;
  /** Never a next page token: what is more than a page holds is left out without a word (vendors). */
  readonly cutsLists?: true;
  /** Calls that answer UNKNOWN instead of NOT_FOUND for names that are not there (vendors). */
  readonly vague?: readonly string[];
  /** Pages are ignored, and a token always comes (recorded: NvmeController/list_page1). */
  readonly endlessList?: true;
  readonly stats: Stats;
}

export type Update =
  /** Nothing is looked up but the object. */
  | { readonly kind: "unimplemented" }
  | {
      /** Without: an unknown path in the mask does no harm (recorded: QosVolume/update_mask_unknown). */
      readonly kind: "known objects" | "known objects without mask";
      /** @returns the answer; what is to be stored, the call stores itself */
      readonly apply: (bridge: Bridge, stored: WireMessage, body: WireMessage) => Promise<WireMessage> | WireMessage;
      /** What `allow_missing` does for an unknown name; without it, nothing. */
      readonly upsert?: (bridge: Bridge, body: WireMessage) => Promise<WireMessage>;
    }
  /** The store is not asked at all, and masks are not looked at (recorded: EncryptedVolume/update_missing). */
  | { readonly kind: "any object"; readonly apply: (bridge: Bridge, body: WireMessage) => Promise<WireMessage> };

export type Stats =
  | { readonly kind: "unimplemented"; readonly text: string }
  | {
      readonly kind: "counters";
      readonly read: (bridge: Bridge, stored: WireMessage) => Promise<WireMessage> | WireMessage;
    };

/** The last segment of a name: what SPDK calls the object. */
export const idOf = (name: unknown): string => String(name).slice(String(name).lastIndexOf("/") + 1);
export const nameOf = ({ name }: WireMessage): string => String(name);
