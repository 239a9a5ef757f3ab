import { xtsKey } from "../keys";
import type { TypeCase } from "./case";

/** A crypto bdev claims its base, and SPDK has one set of limits for a bdev: one volume on another at a time. */
const otherVolume = {
  to: (around: { volume(label: string): unknown }, n: number) => ({ volumeNameRef: around.volume(`other-${n}`) }),
  order: "create first",
} as const;

const encryptedVolume: TypeCase = {
  noun: "EncryptedVolume",
  base: (around, n) => ({
    volumeNameRef: around.volume(`base-${n}`),
    cipher: "ENCRYPTION_TYPE_AES_XTS_256",
    key: xtsKey(`before ${n}`),
  }),
  updates: {},
  replacements: {
    volumeNameRef: otherVolume,
    key: { to: (_, n) => ({ key: xtsKey(`after ${n}`) }), order: "delete first" },
    cipher: {
      from: { cipher: "ENCRYPTION_TYPE_AES_XTS_128", key: xtsKey("short", 32) },
      to: { cipher: "ENCRYPTION_TYPE_AES_XTS_256", key: xtsKey("long") },
      order: "delete first",
    },
    resourceId: { from: { resourceId: "crypt-one" }, to: { resourceId: "crypt-two" }, order: "delete first" },
  },
};

const qosVolume: TypeCase = {
  noun: "QosVolume",
  base: (around, n) => ({ volumeNameRef: around.volume(`base-${n}`), limits: { max: { rwBandwidthMbs: 100 } } }),
  updates: {
    "limits.max.rwBandwidthMbs": { to: { "limits.max.rwBandwidthMbs": 200 } },
    "limits.max.rwIopsKiops": { from: { "limits.max.rwIopsKiops": 10 }, to: { "limits.max.rwIopsKiops": 20 } },
    "limits.max.rdBandwidthMbs": { from: { "limits.max.rdBandwidthMbs": 50 }, to: { "limits.max.rdBandwidthMbs": 60 } },
    "limits.max.wrBandwidthMbs": { to: { "limits.max.wrBandwidthMbs": 70 } },
  },
  replacements: {
    volumeNameRef: otherVolume,
    resourceId: { from: { resourceId: "qos-one" }, to: { resourceId: "qos-two" }, order: "delete first" },
  },
  refused: {
    "limits.min.rdIopsKiops": 1,
    "limits.min.wrIopsKiops": 1,
    "limits.min.rwIopsKiops": 1,
    "limits.min.rdBandwidthMbs": 1,
    "limits.min.wrBandwidthMbs": 1,
    "limits.min.rwBandwidthMbs": 1,
    "limits.max.rdIopsKiops": 1,
    "limits.max.wrIopsKiops": 1,
  },
  refusals: {
    "limits.min": "SPDK cannot promise rates, only limit them: use an upper limit",
    "limits.max.rdIopsKiops": "SPDK limits reads and writes together only: use rw_iops_kiops",
    "limits.max.wrIopsKiops": "SPDK limits reads and writes together only: use rw_iops_kiops",
  },
};

export const middleendCases = [encryptedVolume, qosVolume];
