/** Cases that cannot agree, and why. A case that agrees after all has to leave the list. */
export const EXCEPTIONS: readonly { readonly cases: readonly string[]; readonly why: string }[] = [
  {
    cases: ["NullVolume.bad/get_blocks_count_max"],
    why: "2^63 - 1 blocks are more than a number of JavaScript holds on the way from SPDK",
  },
  {
    cases: ["AioVolume.bad/create_file_relative", "AioVolume.bad/get_file_relative"],
    why: "a relative path is relative to where SPDK was started, which a simulator in the test's process cannot choose",
  },
  {
    cases: ["AioVolume/stats"],
    why: "SPDK reads one block more than its simulator when a file becomes a bdev again",
  },
  {
    cases: ["NvmePath/create_no_id", "NvmePath/create_no_id_but_name"],
    why: "of two things that are wrong with a second path the simulator of SPDK names the other one",
  },
  {
    cases: [
      "NvmePath.bad/create_adrfam_mismatch",
      "NvmePath.bad/get_adrfam_mismatch",
      "NvmePath.bad/create_adrfam_ib",
      "NvmePath.bad/create_hostnqn_bad",
      "NvmePath.bad/get_hostnqn_bad",
    ],
    why: "the simulator of SPDK attaches an IPv4 address that is said to be IPv6; what follows finds it attached",
  },
  {
    cases: ["NvmeController.bad/create_svc_0", "NvmeController.bad/get_svc_0"],
    why: "the simulator of SPDK listens on port 0",
  },
  {
    cases: ["special.inventory/unregistered"],
    why: "the text about services that are not there is the gRPC library's; the code agrees",
  },
];
