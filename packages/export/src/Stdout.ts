/**
 * A sink for pipes: records go to the standard output, a line of JSON each, as they come.
 *
 * ```sh
 * intercom export contacts --to - | jq -r .email
 * ```
 *
 * The records of one resource stand there as they were received. With several, `named` says of which each is:
 * `{"resource":"contacts","record":{…}}`. Records that are set apart go to the standard error, as in
 * `quarantine.ndjson`, with what could move a terminal's cursor as escapes.
 *
 * What went into a pipe is gone: there is no checkpoint to resume from, no document is kept, and nothing to audit. A walk
 * that has to start over fails once it has written something. A reader that has seen enough, and closes the pipe as `head`
 * does, ends the export with the reason `PipeClosed`.
 */
import * as Json from "@effect-intercom/core/Json"
import * as Printable from "@effect-intercom/core/Printable"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type { PlatformError } from "effect/PlatformError"
import * as Queue from "effect/Queue"
import * as Ref from "effect/Ref"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { StartedOver, fromPlatform, Missing, type Reason } from "./ExportError.ts"
import type * as Quarantine from "./Quarantine.ts"
import { type Hash, Sha256 } from "./Sha256.ts"
import { type Batch, type Connection, type Kept, type Output, type Receipt, Sink } from "./Sink.ts"
import type { Table } from "./Table.ts"

export interface Options {
  /** Whether each record comes with the name of its resource. */
  readonly named?: boolean | undefined
}

const place = "-"

export const layer = ({ named = false }: Options = {}): Layer.Layer<Sink, never, Sha256 | Stdio.Stdio> =>
  Layer.effect(
    Sink,
    Effect.gen(function* () {
      const sha256 = yield* Sha256
      const stdio = yield* Stdio.Stdio

      const open = (out: Writer, err: Writer, table: Table) =>
        Effect.gen(function* () {
          const hash = yield* sha256.make
          const written = yield* Ref.make<Written>({ records: 0, bytes: 0, quarantined: 0 })
          const lineOf = named
            ? (record: unknown) => `${Json.stringify({ resource: table.name, record })}\n`
            : (record: unknown) => `${Json.stringify(record)}\n`
          return {
            checkpoint: undefined,
            // What went into a pipe is gone.
            written: { records: Stream.empty, quarantined: Stream.empty },
            commit: (batch) => commit(out, err, written, hash, lineOf, batch),
            finish: () =>
              Effect.gen(function* () {
                // Whatever went wrong with the last lines is known after another.
                yield* out("")
                return { place, ...(yield* Ref.get(written)), sha256: yield* hash.hex } satisfies Receipt
              }),
            forget: Effect.void
          } satisfies Output
        })

      const nothing = {
        read: () => Effect.undefined,
        peek: () => Effect.undefined,
        audit: () => Effect.fail(new Missing({ path: place }))
      }

      return Sink.of({
        name: place,
        sequential: true,
        connect: Effect.gen(function* () {
          const out = yield* writer(stdio.stdout({ endOnDone: false }))
          const err = yield* writer(stdio.stderr({ endOnDone: false }))
          return {
            ...nothing,
            token: 1,
            write: () => Effect.void,
            occupied: () => Effect.undefined,
            open: (table) => open(out, err, table),
            discard: () => Effect.void
          } satisfies Connection
        }),
        inspect: Effect.succeed(nothing)
      })
    })
  )

/** Standard error is a terminal, often. */
const quarantineLine = (line: Quarantine.Line): string => `${Printable.json(Json.stringify(line))}\n`

type Written = Omit<Receipt, "place" | "sha256"> & { readonly bytes: number }

const commit = Effect.fnUntraced(function* (
  out: Writer,
  err: Writer,
  written: Ref.Ref<Written>,
  hash: Hash,
  lineOf: (record: unknown) => string,
  { startOver, quarantined, records }: Batch
) {
  const before = yield* Ref.get(written)
  if (startOver === true && before.records + before.quarantined > 0) return yield* new StartedOver()
  const text = records.map(lineOf).join("")
  const bytes = new TextEncoder().encode(text)
  if (records.length > 0) yield* out(text)
  if (quarantined.length > 0) yield* err(quarantined.map(quarantineLine).join(""))
  yield* hash.update(bytes)
  yield* Ref.set(written, {
    records: before.records + records.length,
    bytes: before.bytes + bytes.length,
    quarantined: before.quarantined + quarantined.length
  })
  return { records: records.length, merged: 0, setAside: [] } satisfies Kept
})

/** Writes a string; when it returns, the one before is written. */
type Writer = (text: string) => Effect.Effect<void, Reason>

interface Item {
  readonly text: string
  readonly written: Deferred.Deferred<void>
}

const writer = Effect.fnUntraced(function* (sink: ReturnType<Stdio.Stdio["stdout"]>) {
  const queue = yield* Queue.bounded<Item>(1)
  const last = yield* Ref.make<Item | undefined>(undefined)
  // One stream for all that is written: a failure in between two texts would find nobody who listens.
  const next = Effect.gen(function* () {
    const before = yield* Ref.get(last)
    // The sink asks for the next string when it has written the last.
    if (before !== undefined) yield* Deferred.succeed(before.written, undefined)
    const item = yield* Queue.take(queue)
    yield* Ref.set(last, item)
    return item.text
  })
  const fiber = yield* Effect.forkScoped(Stream.run(Stream.fromEffectRepeat(next), sink))
  const failure = Effect.mapError(Fiber.join(fiber), (error: PlatformError) => fromPlatform(place, error))

  const write: Writer = (text) =>
    Effect.gen(function* () {
      const written = yield* Deferred.make<void>()
      yield* Effect.raceFirst(Effect.andThen(Queue.offer(queue, { text, written }), Deferred.await(written)), failure)
    })
  return write
})
