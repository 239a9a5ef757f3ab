import { invalidArgument } from "./status";

/** AIP-158: 0 means the agent decides; more than the cap is brought down to it without an error. */
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 250;

export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

/**
 * One page of what is sorted by name. A token holds the last name of its page, so pages stay right when objects come
 * and go between calls; it belongs to one collection of one parent and is refused anywhere else.
 */
export function page<T extends { readonly name: string }>(
  sorted: readonly T[],
  request: PageRequest,
  collection: string,
): Page<T> {
  if (request.pageSize < 0) throw invalidArgument(`page_size: ${request.pageSize} is negative`);
  const size = Math.min(request.pageSize === 0 ? DEFAULT_PAGE : request.pageSize, LARGEST_PAGE);
  const after = request.pageToken === "" ? "" : lastNameOf(request.pageToken, collection);
  const rest = after === "" ? sorted : sorted.filter((item) => item.name > after);
  const items = rest.slice(0, size);
  const last = items.at(-1);
  return { items, nextPageToken: last !== undefined && rest.length > size ? tokenAfter(last.name, collection) : "" };
}

function tokenAfter(name: string, collection: string): string {
  return Buffer.from(JSON.stringify([collection, name])).toString("base64url");
}

function lastNameOf(token: string, collection: string): string {
  const refuse = (): never => {
    throw invalidArgument("page_token: not a token that this list gave; start again without one");
  };
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    return refuse();
  }
  if (!Array.isArray(content) || content.length !== 2 || content[0] !== collection) return refuse();
  return typeof content[1] === "string" && content[1] !== "" ? content[1] : refuse();
}
