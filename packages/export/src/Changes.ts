/** Which records an export is about, and what is remembered of them so that the next one has each change once. */
import * as DateTime from "effect/DateTime"
import type * as Schema from "effect/Schema"
import type { Checkpoint, Counts, Scope } from "./Checkpoint.ts"
import * as Drift from "./internal/Drift.ts"
import * as Reasons from "./internal/Reasons.ts"
import * as Recent from "./internal/Recent.ts"
import type { Since } from "./Manifest.ts"
import type { Plan } from "./Plan.ts"
import type { Resource } from "./Resource.ts"
import type { Kept } from "./Sink.ts"
import type { Received } from "./Table.ts"
import type { Missing, Step } from "./Walk.ts"

/** Missing records named in a checkpoint and a manifest; further ones are counted. */
const mostNamed = 1000

/** The page size a walk depends on. */
export const pageSizeOf = (plan: Plan, resource: Resource<unknown>): number | null =>
  resource.counted && resource.pageSize !== null ? (plan.pageSize ?? resource.pageSize) : null

/** What an export that starts at `until`, in Unix seconds by the API's clock, is about. */
export const scope = (plan: Plan, resource: Resource<unknown>, last: Since | undefined, until: number): Scope => {
  const asked = plan.since === "last" ? last?.until : plan.since
  const since = asked === undefined || resource.changes === "whole" ? null : asked
  const stamp = DateTime.formatIso(DateTime.makeUnsafe(until * 1000)).replaceAll(/[-:]|\.\d+/g, "")
  const again = since === null ? undefined : last?.failed
  return {
    output: since === null ? resource.name : `${resource.name}.${stamp}`,
    since,
    until,
    pageSize: pageSizeOf(plan, resource),
    ...(again === undefined ? undefined : { again }),
    ...(plan.where === undefined ? undefined : { where: plan.where }),
    ...(plan.fields === undefined ? undefined : { fields: plan.fields })
  }
}

/** A name that no finished export has: two may start in the same second. */
export const named = (scope: Scope, finished: { readonly [output: string]: unknown }): Scope => {
  if (scope.since === null) return scope
  let output = scope.output
  for (let turn = 2; output in finished; turn++) output = `${scope.output}-${turn}`
  return { ...scope, output }
}

/**
 * Whether a record is one of the export's: changed at `since` or later, and not after the export started, since it would
 * come twice as it moves; not exported before in the same version, and not asked for by itself.
 */
export const accepts = (
  { again = [], since, until }: Scope,
  recent: Recent.Changed,
  changedAt = "updated_at"
): ((record: Received) => boolean) => {
  if (since === null) return () => true
  const apart = new Set(again)
  const timeOf = Recent.changedAt(changedAt)
  return (record) => {
    if (apart.has(String(record["id"]))) return false
    const changed = timeOf(record)
    if (changed === undefined) return true
    return changed >= since && changed <= until && !Recent.has(recent, record, changed)
  }
}

/** Nothing seen yet. */
export const nothing: Pick<Checkpoint, "counts" | "missing"> = {
  counts: { read: 0, records: 0, quarantined: 0, skipped: 0, missing: 0 },
  missing: []
}

/** The checkpoint after a step of records of a schema; so much was kept, and some drifted, each record in such ways. */
export const advance = (
  checkpoint: Checkpoint,
  step: Step,
  kept: Kept,
  schema: Schema.Top,
  drifted: ReadonlyMap<Received, Drift.Differences> = new Map()
): Checkpoint => {
  const { counts, missing } = step.startOver === true ? nothing : checkpoint
  const found = step.missing ?? []
  const gone = found.filter(({ what }) => what === "record").length
  const repeated = step.duplicates ?? 0
  const duplicates = (counts.duplicates ?? 0) + repeated + kept.merged
  const setAside = new Set(kept.setAside.map(({ record }) => record))
  const written = [...drifted].flatMap(([record, differences]) => (setAside.has(record) ? [] : [differences]))
  return {
    ...checkpoint,
    position: step.position ?? null,
    done: step.position === undefined,
    steps: checkpoint.steps + 1,
    counts: {
      read: counts.read + step.read,
      records: counts.records + kept.records,
      ...Drift.count(counts, written),
      quarantined: counts.quarantined + step.invalid.length + kept.setAside.length,
      ...(duplicates === 0 ? undefined : { duplicates }),
      skipped: counts.skipped + step.read - step.records.length - step.invalid.length - gone - repeated,
      missing: counts.missing + found.length,
      ...Reasons.count(counts, schema, step.invalid, kept.setAside)
    },
    total: step.total === undefined ? checkpoint.total : step.total + (checkpoint.scope.again?.length ?? 0),
    missing: [...missing, ...found].slice(0, mostNamed)
  }
}

/**
 * Where the next export since `last` resumes after this one: where it would have resumed before, when what changed
 * since then is not all in this one, or when it was at a moment that has not come yet.
 */
export const next = ({ missing, recent, scope }: Checkpoint, overlap: number, last: Since | undefined): Since => {
  const ids = failed(missing)
  const isApart = scope.since !== null && last !== undefined && (scope.since > last.until || last.until > scope.until)
  // Of what is before its own start, an export remembers nothing: a longer overlap than the one before would repeat it.
  const until = Math.max(scope.until - overlap, scope.since ?? Number.NEGATIVE_INFINITY)
  return {
    ...(isApart ? { until: last.until, recent: last.recent } : { until, recent }),
    ...(ids.length === 0 ? undefined : { failed: ids })
  }
}

/** Ids of records whose request failed. */
export const failed = (missing: ReadonlyArray<Missing>): ReadonlyArray<string> =>
  missing.flatMap(({ id, reason }) => (reason === undefined ? [] : [id]))

/** A checkpoint as if those had not been met yet, which are tried again. */
export const withoutFailed = (checkpoint: Checkpoint): Checkpoint => {
  const { counts } = checkpoint
  const tried = checkpoint.missing.filter(({ reason }) => reason !== undefined)
  const read = tried.filter(({ what }) => what === "record").length
  return {
    ...checkpoint,
    missing: checkpoint.missing.filter(({ reason }) => reason === undefined),
    counts: { ...counts, read: counts.read - read, missing: counts.missing - tried.length }
  }
}

/** How many records the API counts that it did not give: those it gave count once. */
export const shortfall = ({ counts: { duplicates = 0, read }, total }: Pick<Checkpoint, "counts" | "total">): number =>
  total === null ? 0 : Math.max(0, total - (read - duplicates))

/**
 * What the API counts and did not give, named or not, of an export that is done. (What an earlier version counted leaves
 * out what has no name.)
 */
export const lacking = (done: Pick<Checkpoint, "counts" | "total">): number =>
  Math.max(done.counts.missing, shortfall(done))

/** What is known to be missing in the end, named or not. */
export const counted = ({ counts, total }: Pick<Checkpoint, "counts" | "total">): Counts => ({
  ...counts,
  missing: counts.missing + shortfall({ counts, total })
})

/** Whether the API gave all it counted. */
export const complete = (checkpoint: Pick<Checkpoint, "counts" | "total">): boolean | null => {
  if (counted(checkpoint).missing > 0) return false
  return checkpoint.total === null ? null : true
}
