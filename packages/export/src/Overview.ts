/** What stands in a sink: what is complete, what was begun, and where the next export of changes resumes. */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type { Checkpoint } from "./Checkpoint.ts"
import * as Document from "./Document.ts"
import { ExportError } from "./ExportError.ts"
import * as Intact from "./internal/Intact.ts"
import { latest, type Manifest, type State } from "./Manifest.ts"
import * as Fields from "./Fields.ts"
import * as Resource from "./Resource.ts"
import { Sink, type View } from "./Sink.ts"

export interface Overview {
  /** Of the place: `ndjson:out/workspace`, or `csv+ndjson:out/workspace` when resources have one or the other. */
  readonly name: string
  /** `undefined` when nothing is complete. */
  readonly manifest: Manifest | undefined
  /** `undefined` when no export of changes can resume here. */
  readonly state: State | undefined
  /** The checkpoints of what is unfinished. */
  readonly unfinished: ReadonlyArray<Checkpoint>
  /** Places whose output is gone, or of another size; absent without any. */
  readonly damaged?: ReadonlySet<string>
}

/** Told without reading them; an export under way may be adding to a table. */
const damagedOf = (sink: View, manifest: Manifest | undefined, known: Resource.Known) =>
  Effect.map(
    Effect.forEach(latest(manifest), ([, entry]) => {
      const resource = Object.hasOwn(known, entry.resource) ? known[entry.resource] : undefined
      if (resource === undefined) return Effect.succeed([])
      return Effect.match(Intact.check(sink, Fields.table(resource, entry.scope.fields), [entry], "growth"), {
        onSuccess: () => [],
        onFailure: () => [entry.place]
      })
    }),
    (places) => new Set(places.flat())
  )

const formatsOf = (sink: View, manifest: Manifest | undefined, known: Resource.Known) => {
  const { formats } = sink
  if (formats === undefined) return Effect.succeed([])
  const entries = Object.values(manifest?.exports ?? {})
  return Effect.map(
    Effect.forEach(Object.values(known), ({ name, table }) =>
      formats(
        table,
        entries.filter(({ resource }) => resource === name).map(({ place }) => place)
      )
    ),
    (found) => Arr.dedupe(found.flat().map(({ format }) => format)).toSorted()
  )
}

/** The formats of what stands in a place, finished or not, each once; none where there is one only, as in a database. */
export const formats: Effect.Effect<ReadonlyArray<string>, ExportError, Sink> = Effect.gen(function* () {
  const sink = yield* (yield* Sink).inspect
  return yield* formatsOf(sink, yield* Document.manifest(sink), yield* Resource.Resources)
}).pipe(
  Effect.mapError((reason) => new ExportError({ reason })),
  Effect.scoped
)

/** Reads it, without a lock: an export may be under way. */
export const read: Effect.Effect<Overview, ExportError, Sink> = Effect.gen(function* () {
  const { format = "", inspect, name } = yield* Sink
  const sink = yield* inspect
  const manifest = yield* Document.manifest(sink)
  const known = yield* Resource.Resources
  const damaged = yield* damagedOf(sink, manifest, known)
  const held = yield* formatsOf(sink, manifest, known)
  const state = yield* Document.state(sink)
  const found = yield* Effect.forEach(Object.values(known), ({ table }) => Document.readCheckpoint(sink, table))
  return {
    name: held.length === 0 ? name : `${held.join("+")}${name.slice(format.length)}`,
    manifest,
    state,
    unfinished: found.flatMap((checkpoint) => checkpoint ?? []),
    ...(damaged.size === 0 ? undefined : { damaged })
  }
}).pipe(
  Effect.mapError((reason) => new ExportError({ reason })),
  Effect.scoped
)
