/** Which records an export is about, and what is remembered of them so that the next one has each change once. */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Checkpoint, Recent, Scope } from "./Checkpoint.ts"
import type { Since } from "./Manifest.ts"
import * as Reasons from "./internal/Reasons.ts"
import type { Plan } from "./Plan.ts"
import type { Resource } from "./Resource.ts"
import type { Received } from "./Table.ts"
import type { Step } from "./Walk.ts"

/** Missing records named in a checkpoint and a manifest; further ones are counted. */
const mostNamed = 1000

/** The page size a walk depends on. */
export const pageSizeOf = (plan: Plan, resource: Resource<unknown>): number | null =>
  resource.counted && resource.pageSize !== null ? (plan.pageSize ?? resource.pageSize) : null

/** What an export that starts now is about. */
export const scope = (plan: Plan, resource: Resource<unknown>, last: Since | undefined): Effect.Effect<Scope> =>
  Effect.map(Clock.currentTimeMillis, (millis) => {
    const until = Math.floor(millis / 1000)
    const asked = plan.since === "last" ? last?.until : plan.since
    const since = asked === undefined || resource.changes === "whole" ? null : asked
    const stamp = DateTime.formatIso(DateTime.makeUnsafe(until * 1000)).replaceAll(/[-:]|\.\d+/g, "")
    return {
      output: since === null ? resource.name : `${resource.name}.${stamp}`,
      since,
      until,
      pageSize: pageSizeOf(plan, resource)
    }
  })

const changedAt = ({ updated_at }: Received): number | undefined =>
  typeof updated_at === "number" ? updated_at : undefined

/**
 * Whether a record is one of the export's: changed at `since` or later, and not after the export started, since it would
 * come twice as it moves; and not exported before in the same version.
 */
export const accepts = ({ since, until }: Scope, recent: Recent): ((record: Received) => boolean) => {
  if (since === null) return () => true
  return (record) => {
    const changed = changedAt(record)
    if (changed === undefined) return true
    return changed >= since && changed <= until && recent[String(record["id"])] !== changed
  }
}

/** Nothing seen yet. */
export const nothing: Pick<Checkpoint, "counts" | "missing"> = {
  counts: { read: 0, records: 0, quarantined: 0, skipped: 0, missing: 0 },
  missing: []
}

/** The checkpoint after a step. */
export const advance = (checkpoint: Checkpoint, step: Step, overlap: number): Checkpoint => {
  const { counts, missing } = step.anew === true ? nothing : checkpoint
  const found = step.missing ?? []
  const gone = found.filter(({ what }) => what === "record").length
  return {
    ...checkpoint,
    position: step.position ?? null,
    done: step.position === undefined,
    steps: checkpoint.steps + 1,
    counts: {
      read: counts.read + step.read,
      records: counts.records + step.records.length,
      quarantined: counts.quarantined + step.invalid.length,
      skipped: counts.skipped + step.read - step.records.length - step.invalid.length - gone,
      missing: counts.missing + found.length,
      ...Reasons.count(counts, step.invalid)
    },
    total: step.total ?? checkpoint.total,
    missing: [...missing, ...found].slice(0, mostNamed),
    recent: remember(checkpoint.recent, step.records, checkpoint.scope.until - overlap)
  }
}

/** The next export has windows that overlap with this one's end: what it may find once more is remembered. */
const remember = (recent: Recent, records: ReadonlyArray<Received>, after: number): Recent => {
  const late = records.flatMap((record) => {
    const changed = changedAt(record)
    return changed !== undefined && changed >= after ? [[String(record["id"]), changed] as const] : []
  })
  return late.length === 0 ? recent : { ...recent, ...Object.fromEntries(late) }
}

/** Whether the API gave all it counted. */
export const complete = ({ counts, total }: Checkpoint): boolean | null => {
  if (counts.missing > 0) return false
  return total === null ? null : counts.read >= total
}

/** What of an earlier export may be found once more by the export after this one. */
export const stillRecent = (last: Since | undefined, after: number): Recent =>
  Object.fromEntries(Object.entries(last?.recent ?? {}).filter(([, changed]) => changed >= after))
