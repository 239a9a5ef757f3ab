import { status } from "@grpc/grpc-js";
import type { DescMethod } from "@bufbuild/protobuf";
import type { Kind } from "../kind";
import { nameOf } from "../kind";
import type { Handler } from "../methods";
import { checkName } from "../request/names";
import { requireFields } from "../request/required";
import { BridgeStatus } from "../status";
import { noCounters } from "./bdev";

/** A name and its options, PSK included: SPDK hears of it with the first path. */
export const nvmeRemoteController: Kind = {
  noun: "NvmeRemoteController",
  end: "backend",
  collection: "nvmeRemoteControllers",
  create: (_, { name, body }) => ({ ...body, name }),
  read: (_, stored) => stored,
  // An echo (recorded: NvmeRemoteController/update_mask_one, get_after_update_mask_one).
  update: { kind: "known objects", apply: (_, __, body) => body },
  remove: (bridge, stored) => {
    const below = `${nameOf(stored)}/`;
    if ([...bridge.memory.of("NvmePath").keys()].some((name) => name.startsWith(below)))
      throw new BridgeStatus(status.FAILED_PRECONDITION, "NvmePaths exist for controller");
  },
  list: (bridge) =>
    [...bridge.memory.of("NvmeRemoteController").values()].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
  stats: noCounters,
};

/** OK for every name, and nothing happens (recorded: NvmeRemoteController/reset_missing). */
export const resetRemoteController =
  ({ input }: DescMethod): Handler =>
  (_, request) => {
    requireFields(input, request);
    checkName(nameOf(request));
    return {};
  };
