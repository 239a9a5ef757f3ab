import { status } from "@grpc/grpc-js";
import { CallError } from "./call-error";

/** `work`, or a rejection as soon as the signal aborts; `work` goes on for those who still wait for it. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let abort!: () => void;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(cancelled());
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** For calls that were given up before anything was sent. */
export function cancelled(): CallError {
  return new CallError({ code: status.CANCELLED, detail: "the call was cancelled", notSent: true });
}
