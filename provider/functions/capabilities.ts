import { catalogue } from "../catalogue";
import type { Verb } from "../catalogue";
import type { Properties } from "../catalogue/values/property";
import type { Capabilities, Dialect } from "../client";
import type { OpiFunction } from "./function";

/** `getCapabilities`: what the agent says of itself, or else what its dialect says of its kind. */
export const capabilitiesFunction: OpiFunction = {
  token: "opi:index:getCapabilities",
  arguments: {},
  call: async (agent, _args, options) => {
    const dialect = await agent.dialect(options);
    const said = await agent.capabilities(options);
    return said ? { ...told(said), dialect: dialect.name } : byDialect(dialect);
  },
};

function told(said: Capabilities): Properties {
  const { agent, agentVersion, storageVersion, identity, ciphers, concurrentWrites } = said;
  const texts = Object.entries({ agent, agentVersion, storageVersion, identity }).filter(([, text]) => text !== "");
  return {
    ...Object.fromEntries(texts),
    services: said.services.map(({ name, unimplemented, reason }) => ({
      name,
      unimplemented,
      ...(reason === "" ? {} : { reason }),
    })),
    ciphers,
    concurrentWrites,
  };
}

function byDialect(dialect: Dialect): Properties {
  const services = catalogue.types.map((type) => {
    const missing = dialect.unavailable[type.noun] ?? {};
    const [reason] = Object.values(missing);
    return {
      name: type.service,
      unimplemented: (Object.keys(missing) as Verb[]).flatMap((verb) => type.methods[verb]?.rpc.split("/").pop() ?? []),
      ...(reason === undefined ? {} : { reason }),
    };
  });
  return {
    dialect: dialect.name,
    services: merged(services),
    concurrentWrites: dialect.concurrentWrites,
  };
}

interface Service extends Record<string, string | readonly string[] | undefined> {
  readonly name: string;
  readonly unimplemented: readonly string[];
  readonly reason?: string;
}

/** Several types may share a service. */
function merged(services: readonly Service[]): readonly Service[] {
  const byName = new Map<string, Service>();
  for (const service of services) {
    const other = byName.get(service.name);
    byName.set(
      service.name,
      other ? { ...other, ...service, unimplemented: [...other.unimplemented, ...service.unimplemented] } : service,
    );
  }
  return [...byName.values()];
}
