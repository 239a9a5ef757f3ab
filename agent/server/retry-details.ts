import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/**
 * The richer error model of gRPC (google/rpc/status.proto, error_details.proto): a `google.rpc.Status` whose only detail
 * is a `google.rpc.RetryInfo`. AIP-193 asks for it where a client may try again.
 */
export function retryDetails(code: number, message: string, delayMs: number): Buffer {
  const duration = new BinaryWriter()
    .tag(1, WireType.Varint)
    .int64(Math.floor(delayMs / 1000))
    .tag(2, WireType.Varint)
    .int32((delayMs % 1000) * 1_000_000)
    .finish();
  const retryInfo = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(duration).finish();
  const any = new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .string("type.googleapis.com/google.rpc.RetryInfo")
    .tag(2, WireType.LengthDelimited)
    .bytes(retryInfo)
    .finish();
  const status = new BinaryWriter()
    .tag(1, WireType.Varint)
    .int32(code)
    .tag(2, WireType.LengthDelimited)
    .string(message)
    .tag(3, WireType.LengthDelimited)
    .bytes(any)
    .finish();
  return Buffer.from(status);
}
