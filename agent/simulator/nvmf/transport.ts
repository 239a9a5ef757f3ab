/** Options of a transport, in the order nvmf_get_transports lists them, with the recorded SPDK's defaults. */
export type TransportOptions = Readonly<Record<string, number | boolean>>;

const TCP_24_05: TransportOptions = {
  max_queue_depth: 128,
  max_io_qpairs_per_ctrlr: 127,
  in_capsule_data_size: 4096,
  max_io_size: 131_072,
  io_unit_size: 131_072,
  max_aq_depth: 128,
  num_shared_buffers: 511,
  buf_cache_size: 4_294_967_295,
  dif_insert_or_strip: false,
  zcopy: false,
  c2h_success: true,
  sock_priority: 0,
  abort_timeout_sec: 1,
  ack_timeout: 0,
  data_wr_pool_size: 0,
};

const VFIOUSER_24_05: TransportOptions = {
  max_queue_depth: 256,
  max_io_qpairs_per_ctrlr: 127,
  in_capsule_data_size: 0,
  max_io_size: 131_072,
  io_unit_size: 131_072,
  max_aq_depth: 32,
  num_shared_buffers: 0,
  buf_cache_size: 0,
  dif_insert_or_strip: false,
  zcopy: false,
  abort_timeout_sec: 0,
  ack_timeout: 0,
  data_wr_pool_size: 0,
};

const TCP_26_05: TransportOptions = {
  max_queue_depth: 128,
  max_io_qpairs_per_ctrlr: 127,
  in_capsule_data_size: 4096,
  max_io_size: 131_072,
  max_aq_depth: 128,
  iobuf_small_cache_size: 4_294_967_295,
  iobuf_large_cache_size: 4_294_967_295,
  dif_insert_or_strip: false,
  zcopy: false,
  c2h_success: true,
  sock_priority: 0,
  abort_timeout_sec: 1,
  ack_timeout: 0,
  data_wr_pool_size: 0,
  disable_command_passthru: false,
  kas: 100,
  min_kato: 10_000,
};

const VFIOUSER_26_05: TransportOptions = {
  max_queue_depth: 256,
  max_io_qpairs_per_ctrlr: 127,
  in_capsule_data_size: 0,
  max_io_size: 131_072,
  max_aq_depth: 32,
  iobuf_small_cache_size: 0,
  iobuf_large_cache_size: 0,
  dif_insert_or_strip: false,
  zcopy: false,
  abort_timeout_sec: 0,
  ack_timeout: 0,
  data_wr_pool_size: 0,
  disable_command_passthru: false,
  kas: 100,
  min_kato: 10_000,
};

/** The transports the recorded SPDKs were built with: no RDMA, no FC (recorded: nvmf/transport_rdma). */
export const TRANSPORTS_24_05: Readonly<Record<string, TransportOptions>> = {
  TCP: TCP_24_05,
  VFIOUSER: VFIOUSER_24_05,
};
export const TRANSPORTS_26_05: Readonly<Record<string, TransportOptions>> = {
  TCP: TCP_26_05,
  VFIOUSER: VFIOUSER_26_05,
};

/** Statistics a poll group keeps for VFIOUSER: nothing connects to it here, so they stay zero. Other transports have none. */
export const VFIOUSER_STATISTICS_24_05: Readonly<Record<string, number>> = {
  ctrlr_intr: 0,
  ctrlr_kicks: 0,
  won: 0,
  lost: 0,
  lost_count: 0,
  rearms: 0,
  pg_process_count: 0,
  intr: 0,
  polls: 0,
  polls_spurious: 0,
  poll_reqs: 0,
  poll_reqs_variance: 0,
  cqh_admin_writes: 0,
  cqh_io_writes: 0,
};
export const VFIOUSER_STATISTICS_26_05: Readonly<Record<string, number>> = {
  ...VFIOUSER_STATISTICS_24_05,
  pg_kicks: 0,
  cq_full: 0,
  numa_id: 0,
};
