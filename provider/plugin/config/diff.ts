import type { DiffRequest } from "@pulumi/pulumi/proto/provider_pb";
import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { isDeepStrictEqual } from "node:util";
import { agentChange } from "../../lifecycle";
import { decode } from "../values/decode";
import { isOfTheEngine } from "./keys";
import { comparable } from "./settings";

/** A provider is replaced, with all that hangs on it, only when its objects become unreachable by the new settings. */
export function diffConfig(request: DiffRequest): DiffResponse {
  const olds = decode(request.getOldInputs() ?? request.getOlds()).properties;
  const news = decode(request.getNews()).properties;
  const change = agentChange(comparable(olds), comparable(news));
  const response = new DiffResponse().setHasdetaileddiff(true);
  const { Kind } = PropertyDiff;
  const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((key) => !isOfTheEngine(key))
    .filter((key) => !isDeepStrictEqual(olds[key], news[key]))
    .filter((key) => !request.getIgnorechangesList().includes(key));
  for (const key of changed) {
    const isReplaced = change === "replace" && (key === "address" || key === "identity");
    const kinds =
      olds[key] === undefined
        ? [Kind.ADD, Kind.ADD_REPLACE]
        : news[key] === undefined
          ? [Kind.DELETE, Kind.DELETE_REPLACE]
          : [Kind.UPDATE, Kind.UPDATE_REPLACE];
    const kind = kinds[isReplaced ? 1 : 0] ?? Kind.UPDATE;
    response.getDetaileddiffMap().set(key, new PropertyDiff().setKind(kind).setInputdiff(true));
  }
  const isChanged = changed.length > 0 || change !== "none";
  return response
    .setChanges(isChanged ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE)
    .setDiffsList(changed)
    .setReplacesList(change === "replace" ? ["address"] : []);
}
