/** Folders of the agent's own, for what SPDK must read from or make in the file system. */
export interface Folders {
  /** Key files, each only while it is needed; mode 0700. */
  readonly keys: string;
  /** vfio-user sockets: a folder for each PCIe function. */
  readonly vfioUser: string;
}
