/**
 * What a sink holds: the document `manifest`, with an entry for each complete output, and the document `state`, which
 * exports since `last` resume from.
 */
import * as Schema from "effect/Schema"
import { Counts, Recent, Scope } from "./Checkpoint.ts"
import { RequestStats, Sample } from "./RequestStats.ts"
import { Source } from "./Source.ts"
import { Missing } from "./Walk.ts"

export const Entry = Schema.Struct({
  resource: Schema.String,
  source: Source,
  scope: Scope,
  /** The file's name in its directory, or the table's. */
  place: Schema.String,
  /** Records in this output; in a table, with those of earlier exports. */
  records: Schema.Int,
  /** Of the file; null for a table. */
  bytes: Schema.NullOr(Schema.Int),
  /** In hexadecimal. Of a file: `sha256sum` prints the same. */
  sha256: Schema.String,
  /** Records in the resource's quarantine then, each once, those of earlier exports among them. */
  quarantined: Schema.optionalKey(Schema.Int),
  /** Of these, in hexadecimal; absent without any. */
  quarantineSha256: Schema.optionalKey(Schema.String),
  counts: Counts,
  /** What the API said there is in all; null when it does not say. */
  total: Schema.NullOr(Schema.Int),
  /** Whether the API gave as many records as it counted, or more, and every one whole; null when it did not count. */
  complete: Schema.NullOr(Schema.Boolean),
  /** What it did not give; the first thousand. */
  missing: Schema.Array(Missing),
  /** How often the export was started or resumed. */
  runs: Schema.Int,
  effort: RequestStats,
  workedMillis: Schema.Finite,
  samples: Schema.Array(Sample),
  /** ISO 8601, UTC: of the first run, and of the last step. */
  startedAt: Schema.String,
  finishedAt: Schema.String
})
export type Entry = typeof Entry.Type

export const Manifest = Schema.Struct({
  format: Schema.Literal(2),
  /** What wrote it. */
  tool: Schema.Struct({ name: Schema.String, version: Schema.String }),
  /** By the name of the output, in the order in which they were finished. */
  exports: Schema.Record(Schema.String, Entry)
})
export type Manifest = typeof Manifest.Type

/** What the last export into each place said of it: a table holds what several exports wrote. */
export const latest = (manifest: Manifest | undefined): ReadonlyArray<readonly [output: string, entry: Entry]> => {
  const all = Object.entries(manifest?.exports ?? {})
  // In the order in which they were finished, which a clock that was put back does not show.
  return all.filter(([, entry], index) => all.slice(index + 1).every(([, { place }]) => place !== entry.place))
}

/** What the next export since `last` needs to know of a resource. */
export const Since = Schema.Struct({
  /** Everything up to then is exported; Unix seconds. */
  until: Schema.Int,
  /** What may be found once more, since windows overlap. */
  recent: Recent,
  /** Ids of records whose request failed; absent when there were none. */
  failed: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Of what tells deletions: ids that were exported, and are in no output any more. Absent when there are none. */
  lost: Schema.optionalKey(Schema.Array(Schema.String))
})
export type Since = typeof Since.Type

export const State = Schema.Struct({
  format: Schema.Literal(1),
  source: Source,
  resources: Schema.Record(Schema.String, Since)
})
export type State = typeof State.Type

/** This package. */
export const tool = { name: "effect-intercom", version: "0.1.0" }
