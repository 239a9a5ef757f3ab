/** Options of a transport, in the order nvmf_get_transports lists them, with the recorded SPDK's defaults. */
export type TransportOptions = Readonly<Record<string, number | boolean>>;

const TCP: TransportOptions = {
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

const VFIOUSER: TransportOptions = {
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

/** The transports the recorded SPDK was built with: no RDMA, no FC (recorded: nvmf/transport_rdma). */
export const TRANSPORT_DEFAULTS: Readonly<Record<string, TransportOptions>> = { TCP, VFIOUSER };

/** Statistics a poll group keeps for a transport, besides its name: nothing connects to VFIOUSER here, so they stay zero. */
export function transportStatistics(trtype: string): Record<string, number> {
  if (trtype !== "VFIOUSER") return {};
  return {
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
}
