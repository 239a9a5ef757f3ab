import { Metadata } from "@grpc/grpc-js";
import fc from "fast-check";

import { RateLimiter } from "./rate-limit";
import { TokenBucket } from "./token-bucket";

describe("a token bucket", () => {
  test("lets no more pass than its burst and what flowed in since, whenever it is asked", () => {
    fc.assert(
      fc.property(
        fc.record({ perSecond: fc.integer({ min: 1, max: 1000 }), burst: fc.integer({ min: 1, max: 100 }) }),
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }),
        (rate, pauses) => {
          const bucket = new TokenBucket(rate, 0);
          let now = 0;
          let passed = 0;
          for (const pause of pauses) {
            now += pause;
            if (bucket.take(now).passed) passed++;
          }
          expect(passed).toBeLessThanOrEqual(rate.burst + (now * rate.perSecond) / 1000 + 1e-6);
        },
      ),
    );
  });

  test("says how long to wait, and lets pass who waited that long", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 20 }), (perSecond, burst) => {
        const bucket = new TokenBucket({ perSecond, burst }, 0);
        for (let call = 0; call < burst; call++) expect(bucket.take(0).passed).toBe(true);
        const refused = bucket.take(0);
        expect(refused.passed).toBe(false);
        if (!refused.passed) expect(bucket.take(refused.waitMs).passed).toBe(true);
      }),
    );
  });

  test("gives nothing away when a clock goes backwards", () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, 10_000);
    expect(bucket.take(10_000).passed).toBe(true);
    expect(bucket.take(0).passed).toBe(false);
    expect(bucket.take(10_000).passed).toBe(false);
  });
});

describe("rates of calls", () => {
  const call = (path: string, client = "192.0.2.1") => ({ path, client, metadata: new Metadata() });
  const create = "/opi_api.storage.v1.NullVolumeService/CreateNullVolume";
  const list = "/opi_api.storage.v1.NullVolumeService/ListNullVolumes";
  const one = { perSecond: 1, burst: 1 };

  test("count each client's reads and writes apart", () => {
    const limiter = new RateLimiter({ clientReads: one, clientWrites: one }, () => 0);
    expect(limiter.refuseClient(call(create))).toBeUndefined();
    expect(limiter.refuseClient(call(list))).toBeUndefined();
    expect(limiter.refuseClient(call(create))?.details).toContain("this client (192.0.2.1) may make 1 writes a second");
    expect(limiter.refuseClient(call(list))?.details).toContain("1 reads a second");
    expect(limiter.refuseClient(call(create, "192.0.2.2"))).toBeUndefined();
  });

  test("hold for all clients together", () => {
    const limiter = new RateLimiter({ writes: one }, () => 0);
    expect(limiter.refuseAll(call(create, "192.0.2.1"))).toBeUndefined();
    expect(limiter.refuseAll(call(create, "192.0.2.2"))?.details).toContain("this agent takes 1 writes a second");
    expect(limiter.refuseAll(call(list, "192.0.2.2"))).toBeUndefined();
  });

  test("never hold up health checks", () => {
    const limiter = new RateLimiter({ clientReads: one, clientWrites: one, reads: one, writes: one }, () => 0);
    for (let time = 0; time < 5; time++) {
      expect(limiter.refuseClient(call("/grpc.health.v1.Health/Check"))).toBeUndefined();
      expect(limiter.refuseAll(call("/grpc.health.v1.Health/Check"))).toBeUndefined();
    }
  });

  test("remember a bounded number of clients, and forget who has been silent for longest", () => {
    const limiter = new RateLimiter({ clientWrites: one }, () => 0);
    expect(limiter.refuseClient(call(create, "first"))).toBeUndefined();
    for (let client = 0; client < 1023; client++) limiter.refuseClient(call(create, `client ${client}`));
    expect(limiter.refuseClient(call(create, "first"))).toBeDefined();
    for (let client = 0; client < 1024; client++) limiter.refuseClient(call(create, `other ${client}`));
    expect(limiter.refuseClient(call(create, "first"))).toBeUndefined();
  });
});
