import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { isIPv4, isIPv6 } from "node:net";
import { join } from "node:path";

import type { TransportId } from "../fabric/transport-id";

export const ANA_STATES = ["optimized", "non_optimized", "inaccessible"] as const;
export type AnaState = (typeof ANA_STATES)[number];

/** An address at which a subsystem is reachable. No port of the machine is opened for it. */
export class Listener {
  /** By ANA group, from 1. */
  private readonly anaStates: AnaState[];

  constructor(
    readonly address: TransportId,
    readonly secure: boolean,
    anaGroups: number,
    anaState: AnaState = "optimized",
    readonly socketImplementation?: string,
  ) {
    this.anaStates = Array.from({ length: anaGroups }, () => anaState);
  }

  /** Group 0 means all of them. False when there is no such group. */
  setAnaState(state: AnaState, group: number): boolean {
    if (group > this.anaStates.length) return false;
    if (group === 0) this.anaStates.fill(state);
    else this.anaStates[group - 1] = state;
    return true;
  }

  anaStateOf(group: number): AnaState {
    return this.anaStates[group - 1] ?? "optimized";
  }

  describeAddress(): Record<string, string> {
    const { trtype, adrfam, traddr, trsvcid } = this.address;
    return { trtype, adrfam, traddr, trsvcid };
  }

  describe(anaReporting: boolean): Record<string, unknown> {
    return {
      address: this.describeAddress(),
      ...(anaReporting
        ? { ana_states: this.anaStates.map((ana_state, index) => ({ ana_group: index + 1, ana_state })) }
        : {}),
    };
  }
}

/** Only own addresses can be listened on (recorded: nvmf/lst_bad_addr, nvmf/lst_not_local). */
export function isLocalAddress(adrfam: string, traddr: string): boolean {
  if (adrfam === "IPv4" ? !isIPv4(traddr) : !isIPv6(traddr)) return false;
  if (traddr.startsWith("127.") || ["0.0.0.0", "::", "::1"].includes(traddr)) return true;
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === traddr));
}

const PORT = /^\d{1,5}$/;

export function isPort(trsvcid: string): boolean {
  return PORT.test(trsvcid) && Number(trsvcid) <= 65_535;
}

/**
 * A vfio-user endpoint is a socket named "cntrl" in an existing folder (recorded: nvmf/lst_vfiouser_nodir, nvmf/vfu_dir).
 * The simulator has no virtual machine to serve, so an empty file holds the socket's place.
 */
export function placeVfioUserSocket(folder: string): boolean {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  closeSync(openSync(join(folder, "cntrl"), "a"));
  return true;
}

export function removeVfioUserSocket(folder: string): void {
  rmSync(join(folder, "cntrl"), { force: true });
}
