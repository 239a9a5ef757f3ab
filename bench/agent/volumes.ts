import { credentials } from "@grpc/grpc-js";
import { NullVolumeServiceClient } from "../../provider/wire/opi_api/storage/v1/backend_null";

/** The generated client's calls as promises; `connect()` adds to this what `client` measures. */
export class Volumes {
  private readonly client: NullVolumeServiceClient;

  private constructor(address: string) {
    this.client = new NullVolumeServiceClient(address, credentials.createInsecure());
  }

  static async at(address: string): Promise<Volumes> {
    const volumes = new Volumes(address);
    await new Promise<void>((resolve, reject) => {
      volumes.client.waitForReady(Date.now() + 10_000, (error) => (error ? reject(error) : resolve()));
    });
    return volumes;
  }

  create(id: string): Promise<unknown> {
    const nullVolume = { name: "", blockSize: 512n, blocksCount: 64n, uuid: "" };
    return answered((done) => this.client.createNullVolume({ nullVolumeId: id, nullVolume }, done));
  }

  get(id: string): Promise<unknown> {
    return answered((done) => this.client.getNullVolume({ name: `nullVolumes/${id}` }, done));
  }

  list(pageToken: string, pageSize: number): Promise<{ readonly nextPageToken: string }> {
    return answered((done) => this.client.listNullVolumes({ pageSize, pageToken }, done));
  }

  delete(id: string): Promise<unknown> {
    return answered((done) => this.client.deleteNullVolume({ name: `nullVolumes/${id}`, allowMissing: false }, done));
  }

  close(): void {
    this.client.close();
  }
}

function answered<T>(call: (done: (error: Error | null, answer: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}
