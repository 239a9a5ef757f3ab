import { closeAll, connect, typeByNoun } from "pulumi-opi/client";
import { throughput, type Throughput } from "../load/callers";
import { onRelease, tell } from "../processes/leash";

/** What a writer is told to do. */
export interface Order {
  readonly dialect: string;
  /** Writes, half of them creates and half deletes. */
  readonly count: number;
}

export type Written = Throughput;

/** One of several processes that write to one agent. */
const [address, prefix] = process.argv.slice(2);
const volume = typeByNoun("NullVolume");

onRelease(async () => closeAll());
process.on("message", ({ dialect, count }: Order) => {
  const agent = connect({ address, dialect });
  const write = (index: number): Promise<unknown> => {
    const id = `${prefix}${Math.floor(index / 2)}`;
    return index % 2 === 0
      ? agent.create(volume, { id: `volume-${id}`, body: { blockSize: 512n, blocksCount: 64n } })
      : agent.delete(volume, `nullVolumes/volume-${id}`);
  };
  void throughput(count, 1, write).then(tell);
});
tell({ ready: true });
