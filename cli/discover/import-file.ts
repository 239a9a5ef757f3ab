import type { Named } from "./names";

/** What `pulumi import --file` takes. */
export interface ImportFile {
  readonly nameTable?: Readonly<Record<string, string>>;
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly id: string;
    readonly parent?: string;
    readonly provider?: string;
  }[];
}

/** @param provider URN of an explicit provider that the stack has already */
export function importFile(resources: readonly Named[], provider?: string): ImportFile {
  const providerName = provider === undefined ? undefined : providerNameIn(provider);
  return {
    ...(provider === undefined || providerName === undefined ? {} : { nameTable: { [providerName]: provider } }),
    resources: resources.map(({ type, name, pulumiName, parent }) => ({
      type: type.token,
      name: pulumiName,
      id: name,
      ...(parent ? { parent: parent.pulumiName } : {}),
      ...(providerName === undefined ? {} : { provider: providerName }),
    })),
  };
}

function providerNameIn(urn: string): string {
  const name = /^urn:pulumi:[^:]+::[^:]+::(?:.*\$)?pulumi:providers:opi::(.+)$/.exec(urn)?.[1];
  if (name) return name;
  throw new Error(
    `--provider ${urn}: expected the URN of an OPI provider, urn:pulumi:stack::project::pulumi:providers:opi::name; \`pulumi stack --show-urns\` shows it`,
  );
}
