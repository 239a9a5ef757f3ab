import { status } from "@grpc/grpc-js";
import { catalogue } from "../catalogue";
import type { AgentConfig } from "./agent";
import { CallError } from "./call-error";
import { channelTo } from "./channels";
import { opiCodec } from "./codec";
import type { Address } from "./config/address";
import type { TlsMaterial } from "./config/tls";
import { diagnose } from "./diagnosis";
import type { Diagnosis } from "./diagnosis";
import type { Ask } from "./dialect/detect";
import { secretsOfMetadata, told } from "./explain";

/**
 * One agent as it is on the wire, for whoever examines it: single calls, with none of the client's rules about dialects,
 * pages and order. It shares the connection of agents of the same configuration.
 */
export interface Probe {
  readonly address: Address;
  readonly tls?: TlsMaterial;
  /** One call of the contract. @throws CallError */
  readonly ask: Ask;
  /** Any call with one request and one answer, in bytes. @throws CallError */
  unary(rpc: string, request: Uint8Array): Promise<Uint8Array>;
  /** Why no connection comes about; undefined when nothing is wrong that a socket can see. */
  diagnose(): Promise<Diagnosis | undefined>;
  /** `NOT_FOUND: …` of a failed call, fit to be shown: agents are known to quote what they were sent. */
  words(error: CallError): string;
}

const READ_SECONDS = 30;

/** Contacts nobody yet. @throws OpiError (INVALID_ARGUMENT) when the configuration is not usable */
export function probe(config: AgentConfig): Probe {
  const { channel, address, tls } = channelTo(config, { codec: opiCodec, types: catalogue.types });
  const seconds = config.deadlines?.read ?? READ_SECONDS;
  const metadata = config.metadata ?? {};
  const unary = (rpc: string, request: Uint8Array): Promise<Uint8Array> =>
    channel.unary({ rpc, request, metadata, seconds });
  const secrets = secretsOfMetadata(metadata);
  return {
    address,
    tls,
    unary,
    ask: async (rpc, request, response, message) => {
      const bytes = await unary(rpc, opiCodec.encode(request, message));
      try {
        return opiCodec.decode(response, bytes);
      } catch (cause) {
        throw new CallError({ code: status.INTERNAL, detail: `the answer is no ${response}` }, { cause });
      }
    },
    diagnose: () => diagnose({ address, tls }),
    words: ({ failure }) => `${status[failure.code]}: ${told(failure.detail, secrets)}`,
  };
}
