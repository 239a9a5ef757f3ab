import { typeByNoun } from "../../catalogue";
import { ignoredPaths } from "./ignored-paths";

const qos = typeByNoun("QosVolume");

test.each([
  ["limits", ["limits"]],
  ["limits.max.rwBandwidthMbs", ["limits.max.rwBandwidthMbs"]],
  ['limits["max"].rwBandwidthMbs', ["limits.max.rwBandwidthMbs"]],
  ['["limits"]["max"]["rwBandwidthMbs"]', ["limits.max.rwBandwidthMbs"]],
  ["limits.*.rwIopsKiops", ["limits.min.rwIopsKiops", "limits.max.rwIopsKiops"]],
  ["limits[*].rwIopsKiops", ["limits.min.rwIopsKiops", "limits.max.rwIopsKiops"]],
  ["resourceId", ["resourceId"]],
  ["nothing.of.the.kind", []],
])("%s names %j", (path, expected) => {
  expect([...ignoredPaths(qos, [path])].sort()).toEqual([...expected].sort());
});

test("a lone wildcard names every property, the parent among them", () => {
  expect(ignoredPaths(typeByNoun("NvmePath"), ["*"])).toEqual(
    expect.arrayContaining(["resourceId", "nvmeRemoteController", "traddr", "fabrics"]),
  );
});
