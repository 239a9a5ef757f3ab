import { object, oneOf, optional, uint32 } from "../rpc/params";

/** How I/O is spread over the paths of a controller (recorded: new.nvmf/attach_mp_opts). */
export const MULTIPATH_OPTIONS = object({
  policy: optional(oneOf("active_passive", "active_active")),
  selector: optional(oneOf("round_robin", "queue_depth")),
  min_io: optional(uint32),
});
