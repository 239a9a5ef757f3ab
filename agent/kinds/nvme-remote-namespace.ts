import type { NvmeRemoteNamespace } from "../../provider/wire/opi_api/storage/v1/backend_nvme";
import type { SpdkBdev } from "../spdk";

const NAME = /^(nvmeRemoteControllers\/([^/]+))\/nvmeRemoteNamespaces\/([1-9][0-9]*)$/;

export interface RemoteNamespaceName {
  readonly parent: string;
  /** The controller's id, which is its name in SPDK too. */
  readonly controller: string;
  readonly nsid: number;
}

export function parseRemoteNamespaceName(name: string): RemoteNamespaceName | undefined {
  const match = NAME.exec(name);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { parent: match[1], controller: match[2], nsid: Number(match[3]) };
}

/**
 * The namespaces that SPDK attached for a remote controller: block devices named after the controller, `n` and the
 * namespace id. SPDK keeps neither NGUID nor EUI-64 of a namespace where its JSON-RPC shows it.
 */
export function remoteNamespacesOf(controllerName: string, bdevs: readonly SpdkBdev[]): readonly NvmeRemoteNamespace[] {
  const prefix = `${controllerName.slice(controllerName.lastIndexOf("/") + 1)}n`;
  return bdevs
    .filter((bdev) => bdev.driver_specific.nvme !== undefined && bdev.name.startsWith(prefix))
    .filter((bdev) => /^[0-9]+$/.test(bdev.name.slice(prefix.length)))
    .map((bdev) => ({
      name: `${controllerName}/nvmeRemoteNamespaces/${bdev.name.slice(prefix.length)}`,
      nsid: Number(bdev.name.slice(prefix.length)),
      nguid: "",
      eui64: 0n,
      uuid: bdev.uuid ?? "",
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
