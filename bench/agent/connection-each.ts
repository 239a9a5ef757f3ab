import { Semaphore } from "async-mutex";
import { SpdkClient } from "../../agent/spdk";
import type { SpdkCaller, SpdkCallOptions } from "../../agent/spdk";

/** SPDK has room for 64 connections; the other few are somebody else's. */
const AT_ONCE = 60;

/** Calls SPDK as the reference bridge does: each call opens a connection, and closes it with its answer. */
export function connectionEach(socketPath: string): SpdkCaller {
  const room = new Semaphore(AT_ONCE);
  return {
    call: <T>(method: string, params?: object, options?: SpdkCallOptions) =>
      room.runExclusive(async () => {
        const own = new SpdkClient(socketPath);
        try {
          return await own.call<T>(method, params, options);
        } finally {
          await own.close();
        }
      }),
    close: async () => undefined,
  };
}
