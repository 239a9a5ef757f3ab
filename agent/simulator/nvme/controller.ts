import type { TransportId } from "../fabric/transport-id";
import type { SpdkState } from "../state";
import { NvmeBdev } from "./nvme-bdev";
import { NvmePath, type PathOptions } from "./path";

/** A named NVMe controller of the initiator: its paths, and a bdev for each namespace they show. */
export class NvmeController {
  private paths: readonly NvmePath[] = [];
  private readonly bdevs = new Map<number, NvmeBdev>();
  /** Of the block devices that come. */
  policy: NvmeBdev["policy"] = "active_passive";

  constructor(
    private readonly spdk: SpdkState,
    readonly name: string,
    readonly subnqn: string,
    readonly hostnqn: string,
    /** What framework_get_config tells of the attaching call. */
    readonly attachConfig: Readonly<Record<string, unknown>>,
  ) {}

  get first(): NvmePath | undefined {
    return this.paths[0];
  }

  leadsTo(trid: TransportId): boolean {
    return this.paths.some((path) => path.leadsTo(trid));
  }

  /** Connects a further path, and gives the names of the bdevs that are there then. */
  addPath(trid: TransportId, options: PathOptions): readonly string[] {
    const path = new NvmePath(this.spdk, trid, options, () => {
      this.followNamespaces(path);
    });
    this.paths = [...this.paths, path];
    this.followNamespaces(path);
    const nsids = path.namespaces().map(({ nsid }) => nsid);
    return nsids.map((nsid) => this.bdevs.get(nsid)?.name).filter((name) => name !== undefined);
  }

  /** A failover address brings no bdevs (recorded: special.remote/failover_path2). */
  addAlternate(trid: TransportId): readonly string[] {
    this.first?.addAlternate(trid);
    return [];
  }

  /** Drops the addresses that match; true when that was the last of the controller. */
  drop(matches: (trid: TransportId) => boolean): boolean {
    for (const path of this.paths)
      if (!path.drop(matches)) {
        path.close();
        this.paths = this.paths.filter((each) => each !== path);
      }
    this.followNamespaces();
    return this.paths.length === 0;
  }

  has(matches: (trid: TransportId) => boolean): boolean {
    return this.paths.some((path) => [path.trid, ...path.alternates].some(matches));
  }

  reset(): void {
    for (const path of this.paths) path.reset();
    this.followNamespaces();
  }

  /** New DH-HMAC-CHAP keys for all paths. */
  setKeys(change: (options: PathOptions) => PathOptions): void {
    for (const path of this.paths) path.setKeys(change(path.options));
  }

  disable(): void {
    for (const path of this.paths) path.disable();
  }

  findBdev(name: string): NvmeBdev | undefined {
    return [...this.bdevs.values()].find((bdev) => bdev.name === name);
  }

  describe(): Record<string, unknown> {
    return { name: this.name, ctrlrs: this.paths.map((path) => path.describe()) };
  }

  /** Brings the bdevs into line with the namespaces; `newest` is the path that just changed. */
  private followNamespaces(newest?: NvmePath): void {
    const shown = new Map<number, NvmePath[]>();
    for (const path of this.paths)
      for (const { nsid } of path.namespaces()) shown.set(nsid, [...(shown.get(nsid) ?? []), path]);

    for (const [nsid, bdev] of [...this.bdevs])
      if (!shown.has(nsid)) {
        this.bdevs.delete(nsid);
        bdev.unregister();
      }
    for (const [nsid, paths] of shown) {
      const known = this.bdevs.get(nsid);
      if (known !== undefined) known.update(paths);
      else this.addBdev(nsid, newest === undefined ? paths : [newest, ...paths.filter((path) => path !== newest)]);
    }
  }

  private addBdev(nsid: number, paths: readonly NvmePath[]): void {
    const namespace = paths[0]?.namespaces().find((each) => each.nsid === nsid);
    if (namespace === undefined) return;
    const bdev = NvmeBdev.register(this.spdk, `${this.name}n${nsid}`, nsid, namespace, paths);
    if (bdev === undefined) return;
    bdev.policy = this.policy;
    this.bdevs.set(nsid, bdev);
  }
}
