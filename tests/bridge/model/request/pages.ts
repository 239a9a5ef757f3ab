import { status } from "@grpc/grpc-js";
import type { WireMessage } from "../../../../provider/catalogue/values/wire";
import { BridgeStatus, invalid } from "../status";

/** Offsets by page token. Front end, middle end and back end keep one each, for all their collections (recorded: special.pagination2). */
export type PageTokens = Map<string, number>;

export interface Window {
  readonly offset: number;
  readonly size: number;
}

const DEFAULT_SIZE = 50;
const MOST = 250;

/** What part of a list is asked for. @throws BridgeStatus (recorded: NullVolume/list_negative, list_bad_token) */
export function windowOf(request: WireMessage, tokens: PageTokens): Window {
  const asked = Number(request.pageSize ?? 0);
  if (asked < 0) throw invalid("negative PageSize is not allowed");
  const token = typeof request.pageToken === "string" ? request.pageToken : "";
  const offset = token === "" ? 0 : tokens.get(token);
  if (offset === undefined) throw new BridgeStatus(status.NOT_FOUND, `unable to find pagination token ${token}`);
  return { offset, size: Math.min(asked === 0 ? DEFAULT_SIZE : asked, MOST) };
}

export type Page<T> =
  | { readonly kind: "page"; readonly items: readonly T[]; readonly more: boolean }
  /** A slice beyond the end is a panic in Go (recorded: special.pagination/stale_token_offset_beyond_end). */
  | { readonly kind: "beyond the end" };

export function pageOf<T>(items: readonly T[], { offset, size }: Window): Page<T> {
  if (offset > items.length) return { kind: "beyond the end" };
  return { kind: "page", items: items.slice(offset, offset + size), more: offset + size < items.length };
}
