import type { SpdkState } from "../state";
import { INTERNAL_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, RpcFault } from "./fault";
import type { Phase, Verb } from "./verb";

export type RpcId = string | number | null;

export type Answer =
  | { readonly id: RpcId; readonly result: unknown }
  | { readonly id: RpcId; readonly error: { readonly code: number; readonly message: string } };

const TOO_LATE =
  "Method may only be called before framework is initialized. Use --wait-for-rpc command line parameter and then issue this RPC before the framework_start_init RPC.";
const TOO_EARLY = "Method may only be called after framework is initialized using framework_start_init RPC.";

/** The verbs of one SPDK version, and the names it knows beyond those we simulate. */
export interface VerbTable {
  readonly verbs: ReadonlyMap<string, Verb>;
  readonly unsimulated: ReadonlyMap<string, Phase>;
}

/** What goes out for one value that came in. */
export type Reply = Answer | readonly Answer[];

/**
 * Runs what stands in one value: a request, or a batch of them where the version takes batches. Nothing is said when all
 * of it were notifications that the version leaves unanswered.
 */
export function dispatch(spdk: SpdkState, table: VerbTable, value: unknown, reply: (reply: Reply) => void): void {
  const { answersBatches, answersNotifications } = spdk.traits;
  if (!Array.isArray(value) || !answersBatches || value.length === 0) {
    runRequest(spdk, table, value, (answer) => {
      if (answersNotifications || answer.id !== null || "error" in answer) reply(answer);
    });
    return;
  }
  const answers: (Answer | undefined)[] = [];
  let missing = value.length;
  value.forEach((request: unknown, index) => {
    runRequest(spdk, table, request, (answer) => {
      answers[index] = answer;
      missing--;
      const said = answers.filter((each) => each !== undefined).filter((each) => each.id !== null || "error" in each);
      if (missing === 0 && said.length > 0) reply(said);
    });
  });
}

/** A verb that ends at once is answered at once, so that answers keep the order of requests as SPDK's do. */
function runRequest(spdk: SpdkState, table: VerbTable, request: unknown, answer: (answer: Answer) => void): void {
  const parsed = readRequest(request);
  if (parsed === undefined) {
    answer({ id: null, error: { code: INVALID_REQUEST, message: "Invalid request" } });
    return;
  }
  const fail = (error: unknown): void => {
    const fault = error instanceof RpcFault ? error : new RpcFault(INTERNAL_ERROR, `simulator: ${String(error)}`);
    answer({ id: parsed.id, error: { code: fault.code, message: fault.message } });
  };
  try {
    const result = findVerb(spdk, table, parsed.method).run(spdk, parsed.params);
    if (result instanceof Promise) result.then((value: unknown) => answer({ id: parsed.id, result: value }), fail);
    else answer({ id: parsed.id, result });
  } catch (error) {
    fail(error);
  }
}

function findVerb(spdk: SpdkState, table: VerbTable, method: string): Verb {
  const verb = table.verbs.get(method);
  const phase = verb?.phase ?? table.unsimulated.get(method);
  if (phase === "startup" && spdk.initialized) throw new RpcFault(-1, TOO_LATE);
  if (phase === "runtime" && !spdk.initialized) throw new RpcFault(-1, TOO_EARLY);
  if (verb !== undefined) return verb;
  throw new RpcFault(
    METHOD_NOT_FOUND,
    phase === undefined ? "Method not found" : `simulator: ${method} is a verb of SPDK that is not simulated`,
  );
}

/** SPDK asks for a method, and for the right version only when one is given (recorded: core/raw_no_version). */
function readRequest(
  request: unknown,
): { readonly id: RpcId; readonly method: string; readonly params: unknown } | undefined {
  if (typeof request !== "object" || request === null || Array.isArray(request)) return undefined;
  const { jsonrpc, id, method, params } = request as {
    jsonrpc?: unknown;
    id?: unknown;
    method?: unknown;
    params?: unknown;
  };
  if (jsonrpc !== undefined && jsonrpc !== "2.0") return undefined;
  if (typeof method !== "string") return undefined;
  if (params !== undefined && typeof params !== "object") return undefined;
  if (id !== undefined && id !== null && typeof id !== "string" && typeof id !== "number") return undefined;
  return { id: id ?? null, method, params: params ?? undefined };
}
