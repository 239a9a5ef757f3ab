/**
 * Holds the folder table of the design: dependencies point one way, from the faces (plugin, dynamic) through the life
 * cycle to the catalogue and the client, and down to the generated wire code. Nothing points back up.
 */
const mayImport = {
  "provider/wire": [],
  "provider/catalogue": ["provider/wire"],
  "provider/client": ["provider/catalogue", "provider/wire"],
  "provider/lifecycle": ["provider/client", "provider/catalogue"],
  "provider/functions": ["provider/client", "provider/catalogue"],
  "provider/components": ["provider/catalogue"],
  "provider/schema": ["provider/catalogue"],
  "provider/plugin": [
    "provider/lifecycle",
    "provider/functions",
    "provider/components",
    "provider/client",
    "provider/catalogue",
  ],
  "provider/dynamic": ["provider/lifecycle", "provider/client", "provider/catalogue"],
  agent: ["provider/wire"],
  cli: [
    "provider/catalogue",
    "provider/client",
    "provider/lifecycle",
    "provider/functions",
    "provider/schema",
    "agent",
  ],
};

const code = "^(provider|agent|cli)/";

/** Tests may reach sideways for a real other side (a client against our agent); only what is shipped is bound. */
const notTests = "\\.test\\.ts$|/testing/";

const folderRules = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `${folder} imports ${allowed.length === 0 ? "nothing of ours" : `only ${allowed.join(", ")}`}`,
  severity: "error",
  from: { path: `^${folder}/`, pathNot: notTests },
  to: { path: code, pathNot: [folder, ...allowed].map((each) => `^${each}/`) },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    {
      name: "no cycles",
      severity: "error",
      from: { pathNot: "^provider/wire/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "nothing imports tests, examples, benches or tools",
      severity: "error",
      from: { path: code, pathNot: notTests },
      to: { path: "^(tests|examples|bench|tools)/" },
    },
    {
      name: "nothing imports a test file",
      severity: "error",
      from: {},
      to: { path: "\\.test\\.ts$" },
    },
    {
      name: "shipped code uses shipped packages",
      comment: "A user's installation has no devDependencies. Generators run before anything is shipped.",
      severity: "error",
      from: { path: code, pathNot: `${notTests}|/generate\\.ts$` },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "every import resolves",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "file and folder names say what is inside",
      comment: "utils, helpers, common and misc say nothing: put the code beside the concept it serves.",
      severity: "error",
      from: {},
      to: { path: "(^|/)(utils?|helpers?|common|misc)(/|\\.[a-z]+$)", pathNot: "node_modules|^provider/wire/" },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "^provider/wire/", "^provider/[^/]+/generated/"] },
    exclude: { path: ["^dist/", "^\\.tools/", "^sdk/"] },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "default"] },
  },
};
