import {
  SpdkError,
  type SpdkBdev,
  type SpdkBdevIoStat,
  type SpdkCallOptions,
  type SpdkCaller,
  type SpdkIoStat,
  type SpdkNvmfSubsystem,
  type SpdkVersion,
} from "../spdk";

/** The SPDK that answers: what it calls itself, and which verbs it was built with. */
export interface SpdkBuild {
  readonly version: SpdkVersion;
  readonly verbs: ReadonlySet<string>;
}

/** SPDK's verbs as the kinds use them: typed results, absence as undefined, and the differences between versions. */
export class Spdk {
  private iostatTakesNames = false;
  private known: Promise<SpdkBuild> | undefined;

  constructor(private readonly caller: SpdkCaller) {}

  call<T = unknown>(verb: string, params?: object, options?: SpdkCallOptions): Promise<T> {
    return this.ask<T>(verb, params, options);
  }

  version(options?: SpdkCallOptions): Promise<SpdkVersion> {
    return this.ask<SpdkVersion>("spdk_get_version", undefined, options);
  }

  /** Asked once, and again when something hints at another SPDK: the connection was lost, or a verb is not there. */
  build(options?: SpdkCallOptions): Promise<SpdkBuild> {
    const asked = (this.known ??= this.askBuild(options));
    asked.catch(() => {
      if (this.known === asked) this.known = undefined;
    });
    return asked;
  }

  /** As {@link build}, whatever was known. */
  rebuild(options?: SpdkCallOptions): Promise<SpdkBuild> {
    this.known = undefined;
    return this.build(options);
  }

  private async askBuild(options?: SpdkCallOptions): Promise<SpdkBuild> {
    const [version, verbs] = await Promise.all([
      this.version(options),
      this.ask<readonly string[]>("rpc_get_methods", undefined, options),
    ]);
    return { version, verbs: new Set(verbs) };
  }

  /** A verb that deletes: what is gone already is fine. */
  async discard(verb: string, params: object, gone: (error: SpdkError) => boolean = isGone): Promise<void> {
    try {
      await this.ask(verb, params);
    } catch (error) {
      if (!(error instanceof SpdkError && gone(error))) throw error;
    }
  }

  async bdev(name: string): Promise<SpdkBdev | undefined> {
    const found = await this.unlessGone<readonly SpdkBdev[]>("bdev_get_bdevs", { name });
    return found?.[0];
  }

  bdevs(): Promise<readonly SpdkBdev[]> {
    return this.ask<readonly SpdkBdev[]>("bdev_get_bdevs");
  }

  async subsystem(nqn: string): Promise<SpdkNvmfSubsystem | undefined> {
    const found = await this.unlessGone<readonly SpdkNvmfSubsystem[]>("nvmf_get_subsystems", { nqn });
    return found?.[0];
  }

  async iostat(bdev: string): Promise<SpdkBdevIoStat | undefined> {
    const answer = await this.iostatOf(bdev);
    return answer?.bdevs.find((each) => each.name === bdev);
  }

  /** The verb's parameter was renamed between 24.05 and 26.05 (recordings/spdk-changes.json). */
  private async iostatOf(bdev: string): Promise<SpdkIoStat | undefined> {
    const params = (names: boolean): object => (names ? { names: [bdev] } : { name: bdev });
    // Several calls may find out at the same time, each from what it tried itself.
    const names = this.iostatTakesNames;
    try {
      return await this.unlessGone<SpdkIoStat>("bdev_get_iostat", params(names));
    } catch (error) {
      if (!(error instanceof SpdkError) || !isUndecodable(error)) throw error;
      this.iostatTakesNames = !names;
      return await this.unlessGone<SpdkIoStat>("bdev_get_iostat", params(!names));
    }
  }

  /** SPDK's texts reach clients and the log, and must not carry a key there, should it quote what it was sent. */
  private async ask<T>(verb: string, params?: object, options?: SpdkCallOptions): Promise<T> {
    try {
      return await this.caller.call<T>(verb, params, options);
    } catch (error) {
      if (!(error instanceof SpdkError) || error.code === METHOD_NOT_FOUND) this.known = undefined;
      throw error instanceof SpdkError ? withoutKeys(error, params) : error;
    }
  }

  async unlessGone<T>(verb: string, params: object): Promise<T | undefined> {
    try {
      return await this.ask<T>(verb, params);
    } catch (error) {
      if (error instanceof SpdkError && isGone(error)) return undefined;
      throw error;
    }
  }
}

/** JSON-RPC 2.0 section 5.1. */
const METHOD_NOT_FOUND = -32601;

function withoutKeys(error: SpdkError, params: object | undefined): SpdkError {
  const { key = "", key2 = "" } = (params ?? {}) as Readonly<Partial<Record<"key" | "key2", string>>>;
  const quoted = [key, key2].filter((each) => each !== "" && error.rawMessage.includes(each));
  if (quoted.length === 0) return error;
  const text = quoted.reduce((rest, each) => rest.replaceAll(each, "[secret]"), error.rawMessage);
  return new SpdkError(error.method, error.code, text);
}

/** -19 from bdev verbs; the text alone from vhost ones; 22 from bdev_nvme_get_controllers (nvme/controller_missing). */
export function isGone(error: SpdkError): boolean {
  return (
    error.code === -19 ||
    error.code === -6 ||
    /no such device|does not exist|not found|no key object|key not available/i.test(error.rawMessage)
  );
}

/** SPDK did not understand the parameters: this version has no such parameter (bdev/null_unknown_param). */
export function isUndecodable(error: SpdkError): boolean {
  return error.code <= -32600 && /decode|invalid parameters/i.test(error.rawMessage);
}
