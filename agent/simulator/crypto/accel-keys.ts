import type { SpdkTraits } from "../versions/traits";
import { errnoNumber, INVALID_PARAMS, RpcFault, type Errno } from "../rpc/fault";

export interface AccelKeySpec {
  readonly name: string;
  readonly cipher: string;
  readonly key: string;
  readonly key2?: string;
  readonly tweak_mode?: string;
}

/** A data encryption key of SPDK's acceleration framework. */
export class AccelKey {
  /** True once it was destroyed, which SPDK allows while bdevs still use it. */
  destroyed = false;

  constructor(readonly spec: AccelKeySpec) {}

  /** Both halves, as AES-XTS takes them. */
  get bytes(): Buffer {
    return Buffer.from(this.spec.key + (this.spec.key2 ?? ""), "hex");
  }
}

const HEX = /^([0-9a-f]{2})*$/i;
const DEFAULT_TWEAK_MODE = "SIMPLE_LBA";
/** Hexadecimal digits of one half: AES-128 or AES-256. */
const HALF_KEY_DIGITS = [32, 64];

function refuse(errno: Errno): RpcFault {
  return new RpcFault(INVALID_PARAMS, `failed to create DEK, rc ${errnoNumber(errno)}`);
}

/** The keys known by name. The recorded SPDK's software module knows AES_XTS only (recorded: crypto/key_cbc128). */
export class AccelKeys {
  private readonly keys = new Map<string, AccelKey>();

  constructor(private readonly traits: SpdkTraits) {}

  all(): AccelKey[] {
    return [...this.keys.values()];
  }

  find(name: string): AccelKey | undefined {
    return this.keys.get(name);
  }

  create(spec: AccelKeySpec): void {
    if (this.keys.has(spec.name)) throw refuse("EEXIST");
    const { key, key2 = "" } = spec;
    if (spec.cipher !== "AES_XTS" || (spec.tweak_mode ?? DEFAULT_TWEAK_MODE) !== DEFAULT_TWEAK_MODE)
      throw refuse("EINVAL");
    if (!HEX.test(key) || !HEX.test(key2)) throw refuse("EINVAL");
    if (!HALF_KEY_DIGITS.includes(key.length) || key2.length !== key.length) throw refuse("EINVAL");
    // Equal halves would weaken XTS (IEEE 1619; recorded: crypto/key_same).
    if (key.toLowerCase() === key2.toLowerCase()) throw refuse("EINVAL");
    this.keys.set(
      spec.name,
      new AccelKey(this.traits.showsTweakMode ? { tweak_mode: DEFAULT_TWEAK_MODE, ...spec } : spec),
    );
  }

  destroy(name: string): void {
    const key = this.keys.get(name);
    if (key === undefined) throw new RpcFault(INVALID_PARAMS, "No key object found");
    key.destroyed = true;
    this.keys.delete(name);
  }
}
