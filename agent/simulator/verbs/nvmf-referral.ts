import { parseTransportId, sameAddress, type TransportId, type TransportIdParams } from "../fabric/transport-id";
import { DISCOVERY_NQN } from "../nvmf/nqn";
import { INTERNAL_ERROR, RpcFault } from "../rpc/fault";
import { boolean, object, optional, string } from "../rpc/params";
import { INVALID_PARAMETERS, verb } from "../rpc/verb";
import { requireTarget } from "./nvmf-transport";

const ADDRESS = object({
  trtype: string,
  adrfam: optional(string),
  traddr: string,
  trsvcid: optional(string),
});

/** Other discovery services that ours points to. */
export const nvmfReferralVerbs = [
  verb("nvmf_discovery_add_referral", {
    params: {
      address: ADDRESS,
      tgt_name: optional(string),
      secure_channel: optional(boolean),
      subnqn: optional(string),
    },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { address, tgt_name, secure_channel = false, subnqn = DISCOVERY_NQN }) {
      requireTarget(tgt_name);
      const trid = parse(address);
      // One that is there already is no error (recorded: new.discovery/far_referral_dup).
      if (spdk.nvmf.referrals.some((known) => sameAddress(known.address, trid) && known.subnqn === subnqn)) return true;
      spdk.nvmf.referrals = [{ address: trid, subnqn, secure: secure_channel }, ...spdk.nvmf.referrals];
      return true;
    },
  }),

  verb("nvmf_discovery_remove_referral", {
    params: { address: ADDRESS, tgt_name: optional(string), subnqn: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { address, tgt_name, subnqn = DISCOVERY_NQN }) {
      requireTarget(tgt_name);
      const trid = parse(address);
      const found = spdk.nvmf.referrals.find((known) => sameAddress(known.address, trid) && known.subnqn === subnqn);
      if (found === undefined) throw new RpcFault(INTERNAL_ERROR, "Unable to remove a referral.");
      spdk.nvmf.referrals = spdk.nvmf.referrals.filter((known) => known !== found);
      return true;
    },
  }),

  verb("nvmf_discovery_get_referrals", {
    params: { tgt_name: optional(string) },
    undecodable: INVALID_PARAMETERS,
    run(spdk, { tgt_name }) {
      requireTarget(tgt_name);
      return spdk.nvmf.referrals.map(({ address: { trtype, adrfam, traddr, trsvcid }, secure, subnqn }) => ({
        address: { trtype, adrfam, traddr, trsvcid },
        secure_channel: secure,
        subnqn,
      }));
    },
  }),
];

function parse(address: TransportIdParams): TransportId {
  try {
    return parseTransportId(address);
  } catch {
    throw new RpcFault(INVALID_PARAMETERS.code, INVALID_PARAMETERS.message);
  }
}
