import { status } from "@grpc/grpc-js";
import type { Method, ResourceType } from "../../../provider/catalogue";
import type { WireMessage } from "../../../provider/catalogue/values/wire";
import { opiCodec } from "../../../provider/client";
import type { Dialect } from "../../../provider/client";
import type { Probe } from "../../../provider/client/probe";
import { call } from "./call";
import type { Outcome } from "./call";

/** How one list behaves. */
export interface ListLook {
  readonly noun: string;
  /** Resource name of the parent, for types that have one. */
  readonly parent?: string;
  readonly entries: number;
  readonly pages: number;
  readonly traps: readonly ListTrap[];
}

export interface ListTrap {
  readonly kind: "nameless" | "bareNames" | "endless" | "cut" | "pageSizeIgnored" | "notWalkedThrough" | "sameAsOthers";
  readonly text: string;
}

export interface Listed {
  readonly look: ListLook;
  /** Names as they were listed, without the empty ones. */
  readonly names: readonly string[];
}

/** What the client asks for, too; the reference bridge gives no more (special.pagination/page_1000). */
const PAGE_SIZE = 250;
/** Agents that page cut there, or at the page size asked for (AGENTS.md, "Vendor bridges"). */
const CUTS = [50, PAGE_SIZE];
/** Enough to know how an agent pages; a walk through everything is what discover does. */
const MOST_PAGES = 20;

/** Pages through a list with an eye on what goes wrong in lists. @returns the failure when the first page fails */
export async function lookAtList(
  probe: Probe,
  type: ResourceType,
  method: Method,
  scope: WireMessage,
): Promise<Listed | Failure> {
  const entries: WireMessage[] = [];
  const traps: ListTrap[] = [];
  const seen = new Set<string>();
  const tokens = new Set<string>();
  let token = "";
  let pages = 0;
  do {
    const outcome = await call(probe, method, { ...scope, pageSize: PAGE_SIZE, pageToken: token });
    if (outcome.kind === "error") {
      if (pages === 0) return outcome;
      traps.push({ kind: "notWalkedThrough", text: `page ${pages + 1} fails: ${outcome.said}` });
      break;
    }
    pages++;
    const items = itemsOf(outcome.message, method);
    const fresh = items.filter((item) => !seen.has(keyOf(type, item)));
    fresh.forEach((item) => seen.add(keyOf(type, item)));
    entries.push(...(pages === 1 ? items : fresh));
    token = tokenOf(outcome.message);
    if (token !== "" && (tokens.has(token) || (pages > 1 && items.length > 0 && fresh.length === 0))) {
      const what = tokens.has(token) ? "the same token comes again" : "pages repeat what was on earlier ones";
      traps.push({ kind: "endless", text: `page tokens never end: ${what}` });
      break;
    }
    tokens.add(token);
    if (token !== "" && pages === MOST_PAGES) {
      traps.push({ kind: "notWalkedThrough", text: `has more than ${MOST_PAGES} pages; only these were looked at` });
      break;
    }
  } while (token !== "");
  traps.push(...nameTraps(entries), ...(await pageTraps(probe, method, scope, entries.length, pages, traps)));
  const parent = typeof scope.parent === "string" && type.parent ? { parent: scope.parent } : {};
  return {
    look: { noun: type.noun, ...parent, entries: entries.length, pages, traps },
    names: entries.flatMap(({ name }) => (typeof name === "string" && name !== "" ? [name] : [])),
  };
}

function nameTraps(entries: readonly WireMessage[]): readonly ListTrap[] {
  const nameless = entries.filter(({ name }) => typeof name !== "string" || name === "").length;
  const bare = entries.filter(({ name }) => typeof name === "string" && name !== "" && !name.includes("/")).length;
  return [
    ...(nameless > 0
      ? [
          {
            kind: "nameless",
            text: `${nameless} of ${entries.length} entries have no name: discover cannot take them over`,
          } as const,
        ]
      : []),
    ...(bare > 0
      ? [{ kind: "bareNames", text: `${bare} of ${entries.length} entries are bare ids, no resource names` } as const]
      : []),
  ];
}

/** Whether the list is known, or proven, to end without a word. A page of one entry proves it with two objects. */
async function pageTraps(
  probe: Probe,
  method: Method,
  scope: WireMessage,
  count: number,
  pages: number,
  found: readonly ListTrap[],
): Promise<readonly ListTrap[]> {
  if (count < 2 || found.some(({ kind }) => kind === "endless")) return [];
  const outcome = await call(probe, method, { ...scope, pageSize: 1, pageToken: "" });
  if (outcome.kind === "error") return [];
  const given = itemsOf(outcome.message, method).length;
  // The token is not used: the reference bridge ends on one that has become stale (special.pagination2).
  const goesOn = tokenOf(outcome.message) !== "";
  if (given < count && !goesOn) {
    const text = `asked for one entry it gives ${given} of ${count} and no page token: longer lists are cut without a word`;
    return [{ kind: "cut", text }];
  }
  if (pages === 1 && CUTS.includes(count)) {
    return [{ kind: "cut", text: `it has exactly ${count} entries and no further page: it may have been cut there` }];
  }
  return given > 1 ? [{ kind: "pageSizeIgnored", text: "the page size asked for is ignored" }] : [];
}

/** An answer that means an empty list, where an agent reports that as an error. */
export const meansEmpty = (pattern: RegExp | undefined, { said }: Failure): boolean => pattern?.test(said) === true;

/** An answer that means that there is no such object, in whatever words the agent has for it. */
export const saysMissing = ({ missing }: Dialect, { code, said }: Failure): boolean =>
  code === status.NOT_FOUND || missing.some((text) => text.test(said.slice(said.indexOf(": ") + 2)));

type Failure = Outcome & { readonly kind: "error" };

function itemsOf(answer: WireMessage, { items }: Method): readonly WireMessage[] {
  return (answer[items ?? ""] ?? []) as readonly WireMessage[];
}

function tokenOf({ nextPageToken }: WireMessage): string {
  return typeof nextPageToken === "string" ? nextPageToken : "";
}

const keyOf = (type: ResourceType, entry: WireMessage): string =>
  Buffer.from(opiCodec.encode(type.message, entry)).toString("base64");
