import type { VerbTable } from "./rpc/dispatch";
import type { Verb } from "./rpc/verb";
import type { SpdkState } from "./state";
import { accelCryptoVerbs } from "./verbs/accel-crypto";
import { bdevVerbs } from "./verbs/bdev";
import { bdevAioVerbs } from "./verbs/bdev-aio";
import { bdevCryptoVerbs } from "./verbs/bdev-crypto";
import { bdevMallocVerbs } from "./verbs/bdev-malloc";
import { bdevNvmeVerbs } from "./verbs/bdev-nvme";
import { bdevNvmeAttachVerbs } from "./verbs/bdev-nvme-attach";
import { bdevNullVerbs } from "./verbs/bdev-null";
import { coreVerbs } from "./verbs/core";
import { frameworkVerbs } from "./verbs/framework";
import { keyringVerbs } from "./verbs/keyring";
import { nvmfHostVerbs } from "./verbs/nvmf-host";
import { nvmfListenerVerbs } from "./verbs/nvmf-listener";
import { nvmfNamespaceVerbs } from "./verbs/nvmf-namespace";
import { nvmfReferralVerbs } from "./verbs/nvmf-referral";
import { nvmfSubsystemVerbs } from "./verbs/nvmf-subsystem";
import { nvmfTransportVerbs } from "./verbs/nvmf-transport";
import { vhostVerbs } from "./verbs/vhost";
import { phasesOf } from "./versions";

/** All verbs of all versions. Which of them an SPDK has is in its list of methods. */
const VERBS: readonly Verb[] = [
  ...coreVerbs,
  ...bdevVerbs,
  ...bdevNullVerbs,
  ...bdevMallocVerbs,
  ...bdevAioVerbs,
  ...accelCryptoVerbs,
  ...bdevCryptoVerbs,
  ...keyringVerbs,
  ...frameworkVerbs,
  ...bdevNvmeVerbs,
  ...bdevNvmeAttachVerbs,
  ...nvmfTransportVerbs,
  ...nvmfSubsystemVerbs,
  ...nvmfNamespaceVerbs,
  ...nvmfHostVerbs,
  ...nvmfListenerVerbs,
  ...nvmfReferralVerbs,
  ...vhostVerbs,
];

export function verbTable({ version, lacks }: SpdkState): VerbTable {
  const phases = phasesOf(version).filter(([method]) => !lacks.has(method));
  const names = new Set(phases.map(([method]) => method));
  const verbs = new Map(VERBS.filter(({ method }) => names.has(method)).map((verb) => [verb.method, verb]));
  return { verbs, unsimulated: new Map(phases.filter(([method]) => !verbs.has(method))) };
}
