/** A sink in memory, which a stopped export finds again; for tests of what comes before a sink. */
import { FileFailed, Missing, type Reason } from "@effect-intercom/export/ExportError"
import type { Line } from "@effect-intercom/export/Quarantine"
import { type Connection, type Kept, type Receipt, Sink } from "@effect-intercom/export/Sink"
import type { Received } from "@effect-intercom/export/Table"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

interface Part {
  readonly records: ReadonlyArray<Received>
  readonly quarantined: ReadonlyArray<Line>
  readonly checkpoint: string | undefined
}

export const make = (onCommit: Effect.Effect<void> = Effect.void) => {
  const documents = new Map<string, string>()
  const parts = new Map<string, Part>()
  const outputs = new Map<string, ReadonlyArray<Received>>()
  /** The commit that fails, counted from 1 over all outputs. */
  const failing = { at: Infinity, commits: 0 }
  /** Nothing happens at commits any more. */
  const quiet = { value: false }
  const nothing: Part = { records: [], quarantined: [], checkpoint: undefined }

  const receipt = (place: string, records: ReadonlyArray<Received>, quarantined: number): Receipt => ({
    place,
    records: records.length,
    bytes: null,
    sha256: "",
    quarantined
  })

  const connection: Connection = {
    token: 1,
    read: (document) => Effect.sync(() => documents.get(document)),
    write: (document, text) => Effect.sync(() => void documents.set(document, text)),
    occupied: (_, name) => Effect.sync(() => (outputs.has(name) ? name : undefined)),
    discard: ({ name }) => Effect.sync(() => void parts.delete(name)),
    peek: ({ name }) => Effect.sync(() => parts.get(name)?.checkpoint),
    audit: (_, place) =>
      Effect.suspend(() => {
        const records = outputs.get(place)
        return records === undefined
          ? Effect.fail(new Missing({ path: place }))
          : Effect.succeed(receipt(place, records, 0))
      }),
    open: ({ name }) =>
      Effect.sync(() => ({
        checkpoint: parts.get(name)?.checkpoint,
        written: {
          records: Stream.suspend(() => Stream.fromIterable(parts.get(name)?.records ?? [])),
          quarantined: Stream.suspend(() => Stream.fromIterable(parts.get(name)?.quarantined ?? []))
        },
        commit: ({ startOver, quarantined, records }, checkpoint) =>
          Effect.suspend((): Effect.Effect<Kept, Reason> => {
            failing.commits += 1
            if (failing.commits === failing.at) {
              return Effect.fail(new FileFailed({ path: name, description: "a failure of the test's" }))
            }
            const before = startOver === true ? nothing : (parts.get(name) ?? nothing)
            const kept = { records: records.length, merged: 0, setAside: [] }
            parts.set(name, {
              records: [...before.records, ...records],
              quarantined: [...before.quarantined, ...quarantined],
              checkpoint: checkpoint(kept)
            })
            return Effect.as(quiet.value ? Effect.void : onCommit, kept)
          }),
        finish: (output) =>
          Effect.sync(() => {
            const part = parts.get(name) ?? nothing
            outputs.set(output, part.records)
            return receipt(output, part.records, part.quarantined.length)
          }),
        forget: Effect.sync(() => void parts.delete(name))
      }))
  }

  const layer = Layer.succeed(Sink, {
    name: "memory",
    connect: Effect.succeed(connection),
    inspect: Effect.succeed(connection)
  })

  return { layer, documents, outputs, parts, failing, quiet }
}
