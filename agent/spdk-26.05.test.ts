import { playSpdk } from "./testing/agent-under-test";

beforeAll(() => {
  playSpdk("26.05");
});

/** What was shown on SPDK 24.05 holds on 26.05 too, but for what the tests tell of the two themselves. */
describe.each([
  "./kinds/nvme-frontend.test",
  "./kinds/nvme-remote.test",
  "./kinds/virtio.test",
  "./kinds/volumes.test",
  "./reconcile/crash.test",
  "./reconcile/reconciler.test",
  "./saga/undo.test",
  "./standard-methods.test",
])("on SPDK 26.05, %s", (file) => {
  // Each in a group of its own, since what a file does before each of its tests is for those alone.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would put all into one group
  require(file);
});
