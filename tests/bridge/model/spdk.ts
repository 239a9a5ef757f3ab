import { existsSync } from "node:fs";
import { SpdkClient, SpdkError } from "../../../agent/spdk";
import { unknown } from "./status";
import type { BridgeStatus } from "./status";

/** SPDK cannot be reached: the bridge ends then (recorded: special.spdk_down_direct/get_while_down). */
export class SpdkGone extends Error {
  override readonly name = "SpdkGone";
}

/** How an error of SPDK is passed on. */
export type Wording = (method: string, text: string) => BridgeStatus;

/** Recorded: NullVolume.bad/create_block_size_500. */
export const inSpdksWords: Wording = (method, text) => unknown(`${method}: json response error: ${text}`);

/** SPDK as the bridge speaks to it: a connection for each call, and no second attempt. */
export class Spdk {
  constructor(private readonly socketPath: string) {}

  /** @throws BridgeStatus when SPDK refuses. @throws SpdkGone when it is not there */
  async call<T = unknown>(method: string, params?: object, wording: Wording = inSpdksWords): Promise<T> {
    // A client of ours would wait for it to come.
    if (!existsSync(this.socketPath)) throw new SpdkGone(`${method}: SPDK is gone`);
    const connection = new SpdkClient(this.socketPath, {
      timeoutMs: 2_000,
      backoff: { firstMs: 5_000, longestMs: 5_000 },
    });
    try {
      return await connection.call<T>(method, params);
    } catch (error) {
      if (error instanceof SpdkError) throw wording(method, error.rawMessage);
      throw new SpdkGone(`${method}: SPDK is gone`, { cause: error });
    } finally {
      await connection.close();
    }
  }
}
