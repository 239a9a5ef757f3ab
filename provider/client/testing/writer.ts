/**
 * A process that writes to one address in its turn: `writer <address> <log> <writes>`. Each write notes its beginning
 * and end in the log, with a while between, so that overlapping ones show. `hold` for the number keeps the turn for ever.
 */
import { appendFileSync } from "node:fs";
import { inTurn } from "../write-order";

const [address = "", log = "", writes = ""] = process.argv.slice(2);
const note = (what: string) => appendFileSync(log, `${what} ${process.pid}\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function main(): Promise<void> {
  if (writes === "hold") {
    await inTurn(address, 30, undefined, async () => {
      note("begin");
      await pause(600_000);
    });
  }
  for (let i = 0; i < Number(writes); i++) {
    await inTurn(address, 30, undefined, async () => {
      note("begin");
      await pause(5);
      note("end");
    });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
