import { withAgent } from "../agent/start";
import { withStack } from "../../tests/engine/stack";
import { standInForJest } from "./engine-process";

/** What the engine needed for one stack of many resources. */
export interface EngineRun {
  /** Seconds. */
  readonly up: number;
  /** Seconds of a preview that finds no change. */
  readonly preview: number;
  readonly stateBytes: number;
  /** Bytes of `__provider` in the state, over inputs and outputs of all resources. */
  readonly providerBytes: number;
}

export interface EngineRunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly preview?: boolean;
  readonly limitSeconds?: number;
}

/** Brings up what `declare` declares on a fresh agent, previews it, and takes it all down with the agent. */
export async function runEngine(
  declare: (address: string) => void,
  options: EngineRunOptions = {},
): Promise<EngineRun> {
  standInForJest();
  return withAgent((address) =>
    withStack(
      async () => declare(address),
      { environment: options.environment },
      async (stack) => {
        const up = await seconds(() => stack.up({ limitSeconds: options.limitSeconds }));
        const preview = options.preview === false ? 0 : await seconds(() => stack.preview());
        const resources = stack.state().checkpoint.latest?.resources ?? [];
        const providerBytes = resources
          .flatMap(({ inputs, outputs }) => [inputs?.__provider, outputs?.__provider])
          .reduce<number>((sum, code) => sum + (code === undefined ? 0 : JSON.stringify(code).length), 0);
        return { up, preview, providerBytes, stateBytes: Buffer.byteLength(stack.stateText()) };
      },
    ),
  );
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
