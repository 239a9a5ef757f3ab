import { status } from "@grpc/grpc-js";
import type { WireMessage } from "../catalogue/values/wire";
import { CallError } from "./call-error";
import type { Dialect } from "./dialect";

export interface Page {
  readonly items: readonly WireMessage[];
  readonly nextPageToken: string;
}

/** The most that the reference bridge gives in one page (recordings/bridge-grpc.jsonl: special.pagination/page_1000). */
export const PAGE_SIZE = 250;
const MOST_PAGES = 10_000;
/** AIP-158 allows empty pages before the end; a row of them is no progress. */
const MOST_EMPTY_PAGES = 20;

/**
 * All entries of a list, page by page. It never goes round in circles: an agent that repeats a token, or a page with
 * nothing new on it, has lost count, and what it gave so far may not be all. That is an error, unless its dialect says
 * that this list always comes whole and its tokens mean nothing.
 *
 * @param keyOf the content of an entry as text; lists without names are told apart by it
 * @throws CallError
 */
export async function allPages(
  noun: string,
  dialect: Pick<Dialect, "endlessLists" | "silentListCut">,
  keyOf: (entry: WireMessage) => string,
  read: (pageToken: string) => Promise<Page>,
): Promise<readonly WireMessage[]> {
  const endless = dialect.endlessLists[noun] === true;
  const tokens = new Set<string>();
  let page = await read("");
  const items = [...page.items];
  const seen = new Set(items.map(keyOf));
  let empty = 0;
  while (page.nextPageToken !== "") {
    if (tokens.has(page.nextPageToken)) throw neverEnds(items.length, "a page token came twice");
    if (tokens.size >= MOST_PAGES) throw neverEnds(items.length, `more than ${MOST_PAGES} pages`);
    tokens.add(page.nextPageToken);
    page = await read(page.nextPageToken);
    const fresh = page.items.filter((entry) => !seen.has(keyOf(entry)));
    if (endless && fresh.length === 0) return items;
    if (page.items.length > 0 && fresh.length === 0) throw neverEnds(items.length, "a page came twice");
    empty = page.items.length === 0 ? empty + 1 : 0;
    if (empty > MOST_EMPTY_PAGES) throw neverEnds(items.length, `${MOST_EMPTY_PAGES} empty pages in a row`);
    fresh.forEach((entry) => seen.add(keyOf(entry)));
    items.push(...(endless ? fresh : page.items));
  }
  if (tokens.size === 0 && dialect.silentListCut?.includes(items.length)) {
    throw new CallError({
      code: status.OUT_OF_RANGE,
      detail: `the list has exactly ${items.length} entries and no further page: this kind of agent cuts lists there without a word`,
      remedy: "Read the objects by name instead, or keep fewer of them on one agent.",
    });
  }
  return items;
}

function neverEnds(count: number, what: string): CallError {
  return new CallError({
    code: status.DATA_LOSS,
    detail: `the list never ends (${what}, after ${count} entries), so it is not known to be complete`,
    remedy: "Name the agent's kind by agent.dialect, such as spdk-bridge, if it is known to page like this.",
  });
}
