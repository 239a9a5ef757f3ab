import { Pause } from "./pause";

describe("a pause", () => {
  test("lets calls go on when it ends, those that came before its next beginning too", async () => {
    const told: unknown[] = [];
    const pause = new Pause((reason) => told.push(reason));
    await pause.over();
    pause.begin("SPDK is away");
    const over = pause.over();
    pause.begin("SPDK is compared");
    pause.finish();
    await over;
    await pause.over();
    expect(told).toEqual(["SPDK is away", "SPDK is compared", undefined]);
  });

  test("that is too long answers with its reason", async () => {
    const pause = new Pause(() => undefined, 1);
    pause.begin("SPDK is away");
    await expect(pause.over()).rejects.toThrow("SPDK is away; nothing was done, try again soon");
    pause.finish();
  });
});
