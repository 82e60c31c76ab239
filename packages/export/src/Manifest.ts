/** What a directory of exports holds: one `manifest.json`, with an entry for each complete resource. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Effort } from "./Checkpoint.ts"
import * as Files from "./internal/Files.ts"
import { Source } from "./Source.ts"

export const Entry = Schema.Struct({
  resource: Schema.String,
  /** The file's name in the directory. */
  file: Schema.String,
  records: Schema.Int,
  bytes: Schema.Int,
  /** Of the file, in hexadecimal: `sha256sum` prints the same. */
  sha256: Schema.String,
  /** Records that did not fit their schema: they are in `quarantine.ndjson`. */
  quarantined: Schema.Int,
  /** What the API said there is in all; null when it does not say. */
  total: Schema.NullOr(Schema.Int),
  /** Whether records and quarantined records together are that many; null when there is nothing to compare. */
  matches: Schema.NullOr(Schema.Boolean),
  source: Source,
  pageSize: Schema.NullOr(Schema.Int),
  /** The cursor the export was told to start from: what came before is not in the file. */
  from: Schema.NullOr(Schema.String),
  pages: Schema.Int,
  /** How often the export was started or resumed. */
  runs: Schema.Int,
  effort: Effort,
  /** ISO 8601, UTC: of the first run and of the last page. */
  startedAt: Schema.String,
  finishedAt: Schema.String
})
export type Entry = typeof Entry.Type

export const Manifest = Schema.Struct({
  /** Of this file; another one is refused. */
  format: Schema.Literal(1),
  /** What wrote it. */
  tool: Schema.Struct({ name: Schema.String, version: Schema.String }),
  resources: Schema.Record(Schema.String, Entry)
})
export type Manifest = typeof Manifest.Type

/** This package. */
export const tool = { name: "effect-intercom", version: "0.1.0" }

/** Reads a manifest; `undefined` when there is none. */
export const read = Files.readJson(Manifest)

const write = Files.writeJson(Manifest)

/** Adds an entry, or replaces the one of the same resource. */
export const add = Effect.fnUntraced(function* (path: string, entry: Entry) {
  const manifest = yield* read(path)
  yield* write(path, { format: 1, tool, resources: { ...manifest?.resources, [entry.resource]: entry } })
})
