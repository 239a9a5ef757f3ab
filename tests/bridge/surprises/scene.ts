import { typeByNoun } from "../../../provider/catalogue";
import type { Properties } from "../../../provider/catalogue/values/property";
import { closeAll, type AgentConfig } from "../../../provider/client";
import { checkAgent, create, diff, type Place, type Resource } from "../../../provider/lifecycle";
import { stage, inputsFor } from "../../agents/stage";
import { startDpu, type Dpu, type DpuOptions } from "../dpu";

export { failureOf } from "../../agents/stage";

/** A bridge for each test of a file, and the life cycle on it. */
export interface Scene {
  readonly dpu: Dpu;
  /** The life cycle of a type on it. */
  at(noun: string, settings?: Partial<AgentConfig>): Place & { readonly warnings: readonly string[] };
  /** Creates an example of a type, with some of its inputs changed. */
  make(noun: string, given?: Properties): Promise<Made>;
  /** What was asked of the bridge since this was last asked: methods that write. */
  writes(): readonly string[];
}

export interface Made extends Resource {
  readonly inputs: Properties;
}

/** @param dialect by name; the bridge is not asked what it is, so that every call in `writes` is a test's own */
export function onBridge(dialect = "spdk-bridge", options: DpuOptions = {}): Scene {
  const { place } = stage();
  let dpu: Dpu;
  let seen = 0;
  beforeEach(async () => {
    dpu = await startDpu(options);
    seen = 0;
  });
  afterEach(async () => {
    closeAll();
    await dpu.stop();
  });
  // As often as users' programs try: a bridge that was restarted has dropped the connection.
  const at: Scene["at"] = (noun, settings) =>
    place(noun, dpu.address, settings?.dialect ?? dialect, { attempts: 4, ...settings });
  return {
    get dpu() {
      return dpu;
    },
    at,
    make: async (noun, given) => {
      const inputs = inputsFor(noun, given);
      return { ...(await create(at(noun), inputs)), inputs };
    },
    writes: () => {
      const fresh = dpu.bridge.calls.slice(seen).map(({ method }) => method);
      seen = dpu.bridge.calls.length;
      return fresh.filter((method) => !/^(Get|List|Stats)/.test(method));
    },
  };
}

/** What a preview would do about changed inputs: the paths that replace, and those that change in place. */
export async function planned(place: Place, { outputs, inputs }: Made, given: Properties) {
  const dialect = await place.agent.dialect();
  const { changes } = diff(place.type, { olds: outputs, news: { ...inputs, ...given }, dialect });
  const of = (replace: boolean) => changes.filter((each) => each.replace === replace).map(({ path }) => path);
  return { replaced: of(true), changed: of(false) };
}

/** What a preview would say about inputs. */
export async function said(place: Place, given: Properties = {}) {
  const { failures, warnings } = checkAgent(
    typeByNoun(place.type.noun),
    inputsFor(place.type.noun, given),
    await place.agent.dialect(),
  );
  return { failures: failures.map(({ property, reason }) => `${property}: ${reason}`), warnings };
}
