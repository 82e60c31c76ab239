/** Where an unfinished export of a resource stands. The sink keeps it together with the records; it goes when all is done. */
import * as Schema from "effect/Schema"
import { RequestStats, Sample } from "./RequestStats.ts"
import { Source } from "./Source.ts"
import { Missing } from "./Walk.ts"
import { Where } from "./Where.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** A name, and no path: it becomes one of a file. */
const Output = Schema.String.check(
  Schema.isPattern(/^\w+(?:\.\w[\w-]*)?$/, { expected: "a name such as contacts.20261127T080000Z" })
)

/** What a resource's export is about; fixed when it starts. */
export const Scope = Schema.Struct({
  /**
   * The name of the finished output: `contacts`, or `contacts.20261127T080000Z` for what changed until then, with `-2` for
   * the second one that started in the same second.
   */
  output: Output,
  /** What changed after this, in Unix seconds; null for everything. */
  since: Schema.NullOr(Schema.Int),
  /** When the export started, in Unix seconds: later changes are the next export's. */
  until: Schema.Int,
  /** Records per page, where positions are counted in pages; else null. */
  pageSize: Schema.NullOr(Schema.Int),
  /** Ids of records whose request failed in the last export: they are asked for, changed or not. Absent without any. */
  again: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Which records; absent for all. */
  where: Schema.optionalKey(Where),
  /** What of each; absent for everything. */
  fields: Schema.optionalKey(Schema.Array(Schema.String))
})
export type Scope = typeof Scope.Type

/**
 * The records that changed shortly before `until`, or after: by the second of the change, 14 characters for each id. (An
 * earlier version wrote the second, by id.)
 */
export const Recent = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Int]))
export type Recent = typeof Recent.Type

/** A way in which records differ from their schema. */
export const DriftKind = Schema.Struct({
  /** Where: `tags.tags[].name`. A name that the schema does not have is `*`. */
  path: Schema.String,
  /** What the schema expects there. */
  expected: Schema.String,
  /** What was there instead. */
  found: Schema.Literals(["nothing", "null", "boolean", "number", "string", "array", "object"]),
  /** What the first one was made of: `{id: string of digits, *: number}`. No value is in it, and no name of the workspace. */
  shape: Schema.String,
  /** Records with this difference. */
  records: Count
})
export type DriftKind = typeof DriftKind.Type

/** Records that are written though they do not fit their schema. */
export const Drift = Schema.Struct({
  /** Each once. */
  records: Count,
  /** The first fifty kinds that were met. */
  kinds: Schema.Array(DriftKind),
  /** Differences of further kinds; absent without any. */
  others: Schema.optionalKey(Count)
})
export type Drift = typeof Drift.Type

export const Counts = Schema.Struct({
  /** Records the API gave. */
  read: Count,
  /** Of these, kept by the sink, each once. */
  records: Count,
  /** Of these, how many do not fit their schema, and how; absent when all fit. */
  drift: Schema.optionalKey(Drift),
  /** Had no identity, or could not be kept; in a strict export, did not fit their schema. */
  quarantined: Count,
  /** Why, and how many; absent without any. */
  reasons: Schema.optionalKey(Schema.Record(Schema.String, Count)),
  /** Given before in the same export: of each record one is kept. Absent when there were none. */
  duplicates: Schema.optionalKey(Count),
  /** Outside of what the export is about: changed before `since`, after `until`, or exported before in that version. */
  skipped: Count,
  /** What the API said there is but did not give. */
  missing: Count
})
export type Counts = typeof Counts.Type

export const Checkpoint = Schema.Struct({
  /** Of this document; another one is refused. */
  format: Schema.Literal(2),
  resource: Schema.String,
  source: Source,
  scope: Scope,
  /** Where the walk resumes; null at its start. */
  position: Schema.NullOr(Schema.Json),
  /** Whether all is written. */
  done: Schema.Boolean,
  steps: Count,
  counts: Counts,
  /** What the API says there is in all, if it says. */
  total: Schema.NullOr(Schema.Int),
  /** The first thousand. */
  missing: Schema.Array(Missing),
  /** With the last step: nothing before. */
  recent: Recent,
  /**
   * With the last step: ids of records that this export replaces and does not have, deleted since it was told what was
   * deleted. Absent without any.
   */
  lost: Schema.optionalKey(Schema.Array(Schema.String)),
  /** How often the export was started or resumed. */
  runs: Count,
  effort: RequestStats,
  /** Milliseconds worked, over all runs. */
  workedMillis: Schema.Finite,
  samples: Schema.Array(Sample),
  /** ISO 8601, UTC. */
  startedAt: Schema.String,
  updatedAt: Schema.String
})
export type Checkpoint = typeof Checkpoint.Type
