import type { Logger } from "pino";

import type { AnyKind, Environment } from "../kinds/kind";
import type { Intent } from "../store/store";

/**
 * Ends what was cut off. A creation is taken back, a deletion completed, and an update goes back or forward, whichever
 * its kind can; afterwards SPDK and the store agree, and nothing is begun any more. May itself be cut off and repeated.
 */
export async function settle(intent: Intent, kind: AnyKind, environment: Environment, log: Logger): Promise<void> {
  const { action, object } = intent;
  const { store } = environment;
  const about = { name: object.name, action };
  switch (action) {
    case "create":
      if (await isOurs(intent, kind, environment, log))
        for (const step of await (kind.rollBack ?? kind.remove).call(kind, object, environment)) await step.apply();
      await store.abandon(object.name);
      log.info(about, "took back a creation that was cut off");
      return;
    case "delete":
      if (await isOurs(intent, kind, environment, log))
        for (const step of await kind.remove(object, environment)) await step.apply();
      await store.remove(object.name);
      log.info(about, "completed a deletion that was cut off");
      return;
    case "update": {
      const settlement = (await kind.settle?.(object, intent.after, environment)) ?? { keep: object, steps: [] };
      for (const step of settlement.steps) await step.apply();
      await store.put(settlement.keep);
      const kept = settlement.keep === object ? "before" : "after";
      log.info({ ...about, kept }, "settled an update that was cut off");
    }
  }
}

/** What stands under the object's name may be somebody else's, after an SPDK that was started with other contents. */
async function isOurs(intent: Intent, kind: AnyKind, environment: Environment, log: Logger): Promise<boolean> {
  const { name } = intent.object;
  const presence = await kind.inspect(intent.object, environment);
  if (presence.found !== "other") return true;
  log.warn({ name, action: intent.action, found: presence.what }, "left alone what is not the object's");
  return false;
}
