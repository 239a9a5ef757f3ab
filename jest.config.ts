import type { Config } from "jest";

/** Types are checked once by `npm run typecheck`; here files are only transpiled, which keeps the tests quick. */
const config: Config = {
  testEnvironment: "<rootDir>/tests/engine/jestEnvironment.ts",
  globalSetup: "<rootDir>/tests/leftovers/begin.ts",
  globalTeardown: "<rootDir>/tests/leftovers/end.ts",
  testMatch: ["<rootDir>/{provider,agent,cli,tests,tools}/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  transform: {
    "^.+\\.ts$": ["ts-jest", { tsconfig: "<rootDir>/tsconfig.json", diagnostics: false }],
  },
  testTimeout: 30_000,
  // Most tests wait for processes that they start; more workers than that would only slow those down.
  maxWorkers: 2,
};

export default config;
