import type { DiffRequest } from "@pulumi/pulumi/proto/provider_pb";
import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { isDeepStrictEqual } from "node:util";
import type { ResourceType } from "../../catalogue";
import { UNKNOWN, valueAt } from "../../catalogue/values/property";
import type { Properties } from "../../catalogue/values/property";
import * as lifecycle from "../../lifecycle";
import type { PropertyChange } from "../../lifecycle";
import { topLevel } from "../../lifecycle/fields";
import { typeOf } from "../session";
import { decode } from "../values/decode";
import { ignoredPaths } from "./ignored-paths";

const { Kind } = PropertyDiff;
const KINDS = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

/** Compares by what the state knows alone: the agent is not asked. */
export function diff(request: DiffRequest): DiffResponse {
  const type = typeOf(request);
  const olds = decode(request.getOlds()).properties;
  const oldInputs = decode(request.getOldInputs()).properties;
  const news = decode(request.getNews()).properties;
  const marker = lifecycle.markerOf(olds);
  const { changes, deleteBeforeReplace } = lifecycle.diff(type, {
    olds,
    news,
    dialect: lifecycle.dialectOf(olds),
    ignoreChanges: ignoredPaths(type, request.getIgnorechangesList()),
  });
  const shown = new Map(changes.map((change) => [shownPath(change.path, news), change]));
  for (const change of changes.filter(({ replace }) => replace)) shown.set(shownPath(change.path, news), change);

  const response = new DiffResponse().setHasdetaileddiff(true);
  for (const [path, change] of shown) {
    response.getDetaileddiffMap().set(path, propertyDiff(change, isInputChange(path, oldInputs, news)));
  }
  const paths = [...shown.keys()];
  const isChanged = paths.length > 0 || marker.incomplete === true;
  return response
    .setChanges(isChanged ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE)
    .setDiffsList([...new Set(paths.map(topLevel))])
    .setReplacesList(paths.filter((path) => shown.get(path)?.replace))
    .setStablesList([...stables(type)])
    .setDeletebeforereplace(deleteBeforeReplace);
}

function propertyDiff({ kind, replace }: PropertyChange, isInput: boolean): PropertyDiff {
  return new PropertyDiff().setKind(KINDS[kind][replace ? 1 : 0]).setInputdiff(isInput);
}

/** Whether the program changed it; otherwise the object drifted, and what it is stands in the outputs. */
function isInputChange(path: string, oldInputs: Properties, news: Properties): boolean {
  return !isDeepStrictEqual(valueAt(oldInputs, path), valueAt(news, path));
}

/** Below a value that is not known yet there is no path to show. */
function shownPath(path: string, news: Properties): string {
  const steps = path.split(".");
  for (let length = 1; length < steps.length; length++) {
    const above = steps.slice(0, length).join(".");
    if (valueAt(news, above) === UNKNOWN) return above;
  }
  return path;
}

/** What no update in place changes, so that what depends on it stays as it is. */
function stables(type: ResourceType): readonly string[] {
  const identity = [lifecycle.NAME, ...lifecycle.identityProperties(type)];
  return [...identity, ...type.fields.filter((field) => field.immutable ?? field.references).map(({ name }) => name)];
}
