import * as grpc from "@grpc/grpc-js";
import * as language from "@pulumi/pulumi/proto/language_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Program, RunningPrograms } from "./program";
import type { Runtime } from "./runtimes/runtime";

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
type Reply<Response> = grpc.sendUnaryData<Response>;

/**
 * The calls of pulumi.LanguageRuntime that preview, up, refresh, destroy, import and about make. Those left out
 * (generating code, packing, templates) answer UNIMPLEMENTED, as the protocol lets them.
 */
export function languageRuntime(
  runtime: Runtime,
  programs: RunningPrograms,
  engineAddress: string,
): grpc.UntypedServiceImplementation {
  let engine = engineAddress;

  return {
    handshake(call: Call<language.LanguageHandshakeRequest>, reply: Reply<language.LanguageHandshakeResponse>) {
      engine = call.request.getEngineAddress() || engine;
      reply(null, new language.LanguageHandshakeResponse());
    },

    getPluginInfo(_call: Call<Empty>, reply: Reply<plugin.PluginInfo>) {
      reply(null, new plugin.PluginInfo());
    },

    getRequiredPlugins(
      call: Call<language.GetRequiredPluginsRequest>,
      reply: Reply<language.GetRequiredPluginsResponse>,
    ) {
      const folder = call.request.getInfo()?.getProgramDirectory() || call.request.getPwd();
      const plugins = runtime
        .pulumiPackagesOf(folder)
        .map(({ name, version, server }) =>
          new plugin.PluginDependency().setKind("resource").setName(name).setVersion(version).setServer(server),
        );
      reply(null, new language.GetRequiredPluginsResponse().setPluginsList(plugins));
    },

    getRequiredPackages(
      call: Call<language.GetRequiredPackagesRequest>,
      reply: Reply<language.GetRequiredPackagesResponse>,
    ) {
      const packages = runtime
        .pulumiPackagesOf(call.request.getInfo()?.getProgramDirectory() ?? "")
        .map(({ name, version, server }) =>
          new plugin.PackageDependency().setKind("resource").setName(name).setVersion(version).setServer(server),
        );
      reply(null, new language.GetRequiredPackagesResponse().setPackagesList(packages));
    },

    about(_call: Call<language.AboutRequest>, reply: Reply<language.AboutResponse>) {
      runtime.about().then(
        ({ executable, version }) =>
          reply(null, new language.AboutResponse().setExecutable(executable).setVersion(version)),
        (error: unknown) => reply({ code: grpc.status.INTERNAL, details: String(error) }),
      );
    },

    getProgramDependencies(
      call: Call<language.GetProgramDependenciesRequest>,
      reply: Reply<language.GetProgramDependenciesResponse>,
    ) {
      const folder = call.request.getInfo()?.getProgramDirectory() || call.request.getPwd();
      const found = runtime
        .dependenciesOf(folder)
        .map(({ name, version }) => new language.DependencyInfo().setName(name).setVersion(version));
      reply(null, new language.GetProgramDependenciesResponse().setDependenciesList(found));
    },

    /** Nothing to install: examples use the dependencies of this repository. */
    installDependencies(
      call: grpc.ServerWritableStream<language.InstallDependenciesRequest, language.InstallDependenciesResponse>,
    ) {
      call.end();
    },

    run(call: Call<language.RunRequest>, reply: Reply<language.RunResponse>) {
      programs.run(programOf(call.request, engine)).then(
        (ending) => {
          const response = new language.RunResponse();
          if (ending.kind === "bail") response.setBail(true);
          if (ending.kind === "failed") response.setError(ending.why);
          reply(null, response);
        },
        (error: unknown) => reply({ code: grpc.status.INTERNAL, details: String(error) }),
      );
    },

    cancel(_call: Call<Empty>, reply: Reply<Empty>) {
      programs.stopAll();
      reply(null, new Empty());
    },
  };
}

function programOf(request: language.RunRequest, engineAddress: string): Program {
  const info = request.getInfo();
  return {
    pwd: request.getPwd() || info?.getProgramDirectory() || "",
    entryPoint: info?.getEntryPoint() || request.getProgram() || ".",
    rootDirectory: info?.getRootDirectory() || request.getPwd(),
    arguments: request.getArgsList(),
    monitorAddress: request.getMonitorAddress(),
    engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    dryRun: request.getDryrun(),
    parallel: request.getParallel(),
    config: Object.fromEntries(request.getConfigMap().toObject(false)),
    configSecretKeys: request.getConfigsecretkeysList(),
    options: info?.getOptions()?.toJavaScript() ?? {},
  };
}
