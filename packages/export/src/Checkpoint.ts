/**
 * Where an unfinished export stands: a small JSON file beside the part file, replaced after every page. It vanishes when
 * the export is complete.
 */
import * as Schema from "effect/Schema"
import * as Files from "./internal/Files.ts"
import { Extent } from "./PartFile.ts"
import { Source } from "./Source.ts"

/** What the export cost: requests sent, repetitions among them, waits for the rate limit and their sum in milliseconds. */
export const Effort = Schema.Struct({
  requests: Schema.Int,
  retries: Schema.Int,
  waits: Schema.Int,
  waitedMillis: Schema.Finite
})
export type Effort = typeof Effort.Type

export const noEffort: Effort = { requests: 0, retries: 0, waits: 0, waitedMillis: 0 }

/** The effort of two runs, or of two parts of one. */
export const addEffort = (a: Effort, b: Effort): Effort => ({
  requests: a.requests + b.requests,
  retries: a.retries + b.retries,
  waits: a.waits + b.waits,
  waitedMillis: a.waitedMillis + b.waitedMillis
})

export const Checkpoint = Schema.Struct({
  /** Of this file; another one is refused. */
  format: Schema.Literal(1),
  resource: Schema.String,
  source: Source,
  /** Records per page: a cursor that is a page number means nothing without it. */
  pageSize: Schema.NullOr(Schema.Int),
  /** The cursor the export was told to start from. */
  from: Schema.NullOr(Schema.String),
  /** Where the next page starts; null when every page is written. */
  cursor: Schema.NullOr(Schema.String),
  pages: Schema.Int,
  /** What the API last said there is in all, if it says. */
  total: Schema.NullOr(Schema.Int),
  records: Extent,
  quarantined: Extent,
  /** How often the export was started or resumed. */
  runs: Schema.Int,
  effort: Effort,
  /** ISO 8601, UTC. */
  startedAt: Schema.String,
  updatedAt: Schema.String
})
export type Checkpoint = typeof Checkpoint.Type

/** Reads a checkpoint; `undefined` when there is none. */
export const read = Files.readJson(Checkpoint)

/** Replaces a checkpoint; it is on the disk when this returns. */
export const write = Files.writeJson(Checkpoint)
