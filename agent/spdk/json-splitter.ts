const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Space, tab, line feed, carriage return (RFC 8259 section 2), and the NUL some senders put after a value. */
function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x00;
}

/**
 * Cuts a byte stream into JSON values.
 *
 * SPDK's JSON-RPC has no framing: values stand back to back, a value may arrive in many pieces and one piece may hold
 * many values. Every byte is looked at once, whatever the sizes of pieces, so a large answer costs linear time. The cut
 * is by brackets and strings only; whether a value is well-formed is for JSON.parse to say.
 */
export class JsonSplitter {
  private pieces: Buffer[] = [];
  private size = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;

  constructor(private readonly limitBytes = 256 * 1024 * 1024) {}

  /** Bytes of a value that has begun and not ended yet. */
  get pendingBytes(): number {
    return this.size;
  }

  /** Takes the next piece of the stream and gives the texts of the values that ended in it. */
  push(chunk: Buffer): string[] {
    const values: string[] = [];
    let start = this.size > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) {
          this.inString = false;
          if (this.depth === 0) start = this.end(values, chunk, start, at);
        }
        continue;
      }
      if (start < 0) {
        if (isBlank(byte)) continue;
        start = at;
      }
      if (byte === QUOTE) this.inString = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.depth = Math.max(0, this.depth - 1);
        if (this.depth === 0) start = this.end(values, chunk, start, at);
      } else if (this.depth === 0 && this.endsBareWord(chunk, at)) start = this.end(values, chunk, start, at);
    }
    if (start >= 0) this.keep(chunk.subarray(start));
    return values;
  }

  /** A bare word (42, true, or plain garbage) has no closing mark: it ends before a blank, a bracket or a quote, or with the piece. */
  private endsBareWord(chunk: Buffer, at: number): boolean {
    const next = chunk[at + 1];
    return next === undefined || isBlank(next) || next === OPEN_BRACE || next === OPEN_BRACKET || next === QUOTE;
  }

  private end(values: string[], chunk: Buffer, start: number, last: number): -1 {
    const tail = chunk.subarray(start, last + 1);
    values.push((this.pieces.length === 0 ? tail : Buffer.concat([...this.pieces, tail])).toString("utf8"));
    this.pieces = [];
    this.size = 0;
    return -1;
  }

  private keep(piece: Buffer): void {
    this.pieces.push(piece);
    this.size += piece.length;
    if (this.size > this.limitBytes) throw new RangeError(`a JSON value is longer than ${this.limitBytes} bytes`);
  }
}
