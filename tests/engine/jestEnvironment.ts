import { TestEnvironment } from "jest-environment-node";

/**
 * Jest gives tests a copy of `process` that never hears of uncaught errors. Pulumi's runtime depends on hearing of
 * them: an error in an `apply`, say, reaches it only as an unhandled rejection, and has to fail the program. So tests
 * can also reach the real one (see uncaught.ts).
 */
export default class EngineTestEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global.hostProcess = process;
  }
}
