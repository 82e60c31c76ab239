/** Whether what earlier exports left is still what they left: what is added to it would be vouched for together with it. */
import * as Effect from "effect/Effect"
import { Altered, type Reason } from "../ExportError.ts"
import { type Entry, latest, type Manifest } from "../Manifest.ts"
import { type Connection, type Measure, Sink } from "../Sink.ts"
import type { Table } from "../Table.ts"

/** `size`: as far as it is known without reading; `content`: tables are read; `growth`: rows may have been added. */
export type Depth = "size" | "content" | "growth"

/** What the next export of a resource builds upon: its table, or the file with everything. */
export const entries = (manifest: Manifest | undefined, resource: string): ReadonlyArray<Entry> =>
  latest(manifest).flatMap(([output, entry]) =>
    entry.resource === resource && (output === resource || entry.bytes === null) ? [entry] : []
  )

/** Fails with `Missing` or `Altered` when one of the outputs is not what its entry says. */
export const check: (
  connection: Pick<Connection, "audit" | "measure">,
  table: Table,
  entries: ReadonlyArray<Entry>,
  depth: Depth
) => Effect.Effect<void, Reason, Sink> = Effect.fnUntraced(function* (
  { audit, measure = audit },
  table,
  entries,
  depth
) {
  const { name } = yield* Sink
  for (const entry of entries) {
    const isTable = entry.bytes === null
    const found = yield* (isTable && depth === "content" ? audit : measure)(table, entry.place)
    const what = isTable && depth === "growth" ? shrunk(entry, found) : differing(entry, found)
    if (what === undefined) continue
    const path = `${name}, ${entry.place}`
    return yield* new Altered({ path, what, expected: String(entry[what]), found: String(found[what]) })
  }
})

const differing = (entry: Entry, found: Measure) =>
  (["records", "bytes", "sha256"] as const).find((what) => found[what] !== undefined && found[what] !== entry[what])

const shrunk = (entry: Entry, { records = entry.records }: Measure) => (records < entry.records ? "records" : undefined)
