const readme = `# Pulumi OPI

Storage of DPUs and IPUs as code, by the OPI Storage API: NVMe, virtio, volumes, encryption and QoS. Generated from the
provider's schema; see https://github.com/opiproject/pulumi-opi.
`;

/**
 * What each language's generator wants to know. TypeScript, Python and Go SDKs are generated here (tools/sdkgen); .NET
 * and Java users get theirs from this schema by `pulumi package add`.
 */
export const languageSettings = {
  nodejs: {
    packageName: "@pulumi-opi/opi",
    packageDescription: "Storage of DPUs and IPUs as code, by the OPI Storage API.",
    readme,
    dependencies: { "@pulumi/pulumi": "^3.142.0" },
    devDependencies: { "@types/node": "^20", typescript: "^5.0.0" },
    respectSchemaVersion: true,
    // Agents may be newer than our enums: what they tell is text.
    disableUnionOutputTypes: true,
  },
  python: {
    packageName: "pulumi_opi",
    readme,
    requires: { pulumi: ">=3.142.0,<4.0.0" },
    pythonRequires: ">=3.9",
    respectSchemaVersion: true,
    pyproject: { enabled: true },
    inputTypes: "classes-and-dicts",
  },
  go: {
    importBasePath: "github.com/opiproject/pulumi-opi/sdk/go/opi",
    modulePath: "github.com/opiproject/pulumi-opi/sdk/go",
    rootPackageName: "opi",
    generateResourceContainerTypes: true,
    respectSchemaVersion: true,
  },
  csharp: {
    rootNamespace: "Pulumi",
    // Module names are lower-case words; .NET writes them with a capital.
    namespaces: {
      opi: "Opi",
      frontend: "Frontend",
      middleend: "Middleend",
      backend: "Backend",
      inventory: "Inventory",
    },
    packageReferences: { Pulumi: "3.*" },
    respectSchemaVersion: true,
  },
  java: {
    basePackage: "com.",
    buildFiles: "gradle",
    packages: { frontend: "frontend", middleend: "middleend", backend: "backend", inventory: "inventory" },
    dependencies: { "com.pulumi:pulumi": "1.0.0" },
  },
} as const;
