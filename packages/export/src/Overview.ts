/** What stands in a sink: what is complete, what was begun, and what the next export of changes goes on from. */
import * as Effect from "effect/Effect"
import type { Checkpoint } from "./Checkpoint.ts"
import * as Document from "./Document.ts"
import { ExportError } from "./ExportError.ts"
import type { Manifest, State } from "./Manifest.ts"
import * as Resource from "./Resource.ts"
import { Sink } from "./Sink.ts"

export interface Overview {
  /** Of the sink: `ndjson:out/workspace`. */
  readonly name: string
  /** `undefined` when nothing is complete. */
  readonly manifest: Manifest | undefined
  /** `undefined` when no export of changes can go on from here. */
  readonly state: State | undefined
  /** The checkpoints of what is unfinished. */
  readonly unfinished: ReadonlyArray<Checkpoint>
}

/** Reads it, without a lock: an export may be under way. */
export const read: Effect.Effect<Overview, ExportError, Sink> = Effect.gen(function* () {
  const { inspect, name } = yield* Sink
  const sink = yield* inspect
  const manifest = yield* Document.manifest(sink)
  const state = yield* Document.state(sink)
  const found = yield* Effect.forEach(Resource.everything, (name) => {
    const { table } = Resource.all[name]
    return Document.readCheckpoint(sink, table)
  })
  return { name, manifest, state, unfinished: found.flatMap((checkpoint) => checkpoint ?? []) }
}).pipe(
  Effect.mapError((reason) => new ExportError({ reason })),
  Effect.scoped
)
