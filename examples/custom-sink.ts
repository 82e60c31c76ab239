// A sink of your own: an export into object storage, as S3 and its likes have it. What stands for a bucket here is a
// directory; all the sink asks of it is that an object is written whole or not at all, and can be created only once.
import { Intercom, Json } from "@effect-intercom/core"
import {
  type Batch,
  Export,
  type Kept,
  Locked,
  Missing,
  type Output,
  Quarantine,
  type Reason,
  type Receipt,
  Sha256,
  Sink,
  type Table,
  type Written
} from "@effect-intercom/export"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Config, Console, Context, Effect, FileSystem, Layer, Option, Path, Schema, Stream } from "effect"

/** A bucket. Its errors are defects here, to keep the example short. */
export class Bucket extends Context.Service<
  Bucket,
  {
    readonly get: (key: string) => Effect.Effect<string | undefined>
    readonly put: (key: string, text: string) => Effect.Effect<void>
    /** False when it is there already: `If-None-Match: *`. */
    readonly create: (key: string, text: string) => Effect.Effect<boolean>
    readonly remove: (key: string) => Effect.Effect<void>
    readonly list: (prefix: string) => Effect.Effect<ReadonlyArray<string>>
  }
>()("examples/Bucket") {
  static readonly layerDirectory = (directory: string) =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { join } = yield* Path.Path
        yield* Effect.orDie(fs.makeDirectory(directory, { recursive: true }))
        const at = (key: string) => join(directory, encodeURIComponent(key))
        const write = (key: string, text: string, flag: "w" | "wx") =>
          fs
            .writeFileString(`${at(key)}.new`, text)
            .pipe(
              Effect.andThen(flag === "w" ? fs.rename(`${at(key)}.new`, at(key)) : fs.link(`${at(key)}.new`, at(key))),
              Effect.as(true)
            )
        return Bucket.of({
          get: (key) => fs.readFileString(at(key)).pipe(Effect.option, Effect.map(Option.getOrUndefined)),
          put: (key, text) => Effect.asVoid(Effect.orDie(write(key, text, "w"))),
          create: (key, text) => Effect.orElseSucceed(write(key, text, "wx"), () => false),
          remove: (key) => Effect.orDie(fs.remove(at(key), { force: true })),
          list: (prefix) =>
            fs.readDirectory(directory).pipe(
              Effect.map((names) => names.map(decodeURIComponent).filter((key) => key.startsWith(prefix))),
              Effect.orDie
            )
        })
      })
    )
}

/** What one commit wrote: as `Json` has it, which keeps the digits of every number. */
type Part = Pick<Batch, "records" | "quarantined">

/** An output: the keys of its parts. An unfinished one has a checkpoint, too: that one object is what commits both. */
const Index = Schema.fromJsonString(
  Schema.Struct({
    resource: Schema.String,
    mode: Schema.Literals(["replace", "merge"]),
    checkpoint: Schema.NullOr(Schema.String),
    parts: Schema.Array(Schema.String)
  })
)
type Index = typeof Index.Type

const nothing: Index = { resource: "", mode: "replace", checkpoint: null, parts: [] }

/** The sink over a bucket. */
export const layer = Layer.effect(
  Sink,
  Effect.gen(function* () {
    const bucket = yield* Bucket
    const sha256 = yield* Sha256

    const reading =
      <S extends Schema.Codec<unknown, string>>(schema: S) =>
      (key: string): Effect.Effect<S["Type"] | undefined> =>
        Effect.flatMap(bucket.get(key), (text) =>
          text === undefined ? Effect.undefined : Effect.orDie(Schema.decodeEffect(schema)(text))
        )
    const indexAt = reading(Index)
    // Only `commit` writes parts.
    const partAt = (key: string) =>
      Effect.map(bucket.get(key), (text) => (text === undefined ? undefined : (Json.parse(text) as Part)))
    const putIndex = (key: string, index: Index) => bucket.put(key, Schema.encodeSync(Index)(index))

    const finished = (resource: string) =>
      Effect.flatMap(bucket.list("done/"), (keys) =>
        Effect.map(
          Effect.forEach(keys, (key) => Effect.map(indexAt(key), (index) => ({ key, index }))),
          (all) => all.filter(({ index }) => index?.resource === resource)
        )
      )

    /** The parts of an index, one after the other: whatever an output holds, one of them is in memory. */
    const fold = <A>(index: Index, start: A, step: (sum: A, part: Part) => Effect.Effect<A>) =>
      Effect.reduce(
        index.parts,
        () => start,
        (sum, key) =>
          Effect.flatMap(partAt(key), (part) => (part === undefined ? Effect.succeed(sum) : step(sum, part)))
      )

    /** Each record that is set apart counts once, however many exports met it. */
    const quarantined = ({ key, name }: Table.Table) =>
      Effect.flatMap(finished(name), (all) =>
        Effect.map(
          Effect.forEach(all, ({ index }) =>
            fold(index ?? nothing, new Set<string>(), (set, part) =>
              Effect.sync(() => {
                for (const { record } of part.quarantined) set.add(Quarantine.identity(record, key))
                return set
              })
            )
          ),
          (sets) => new Set(sets.flatMap((set) => [...set])).size
        )
      )

    const audit = Effect.fnUntraced(function* (table: Table.Table, place: string) {
      const index = yield* indexAt(place)
      if (index === undefined) return yield* new Missing({ path: place })
      const hash = yield* sha256.make
      const records = yield* fold(index, 0, (count, part) => {
        const text = part.records.map((record) => `${Json.stringify(record)}\n`).join("")
        return Effect.as(hash.update(new TextEncoder().encode(text)), count + part.records.length)
      })
      const receipt: Receipt = {
        place,
        records,
        bytes: null,
        sha256: yield* hash.hex,
        quarantined: yield* quarantined(table)
      }
      return receipt
    })

    /** What the parts of an index hold, one part of it in memory. */
    const written = (index: Index): Written => {
      const parts = Stream.fromIterable(index.parts).pipe(
        Stream.mapEffect(partAt),
        Stream.filter((part) => part !== undefined)
      )
      return {
        records: Stream.flatMap(parts, ({ records }) => Stream.fromIterable(records)),
        quarantined: Stream.flatMap(parts, ({ quarantined }) => Stream.fromIterable(quarantined))
      }
    }

    const open = (resource: string) => `open/${resource}`
    const peek = ({ name }: { readonly name: string }) =>
      Effect.map(indexAt(open(name)), (index) => index?.checkpoint ?? undefined)
    const read = (document: string) => bucket.get(`documents/${document}`)

    const connect = Effect.gen(function* () {
      // A real one would write its owner into the lock, and renew it, so that one left behind can be told.
      yield* Effect.acquireRelease(
        Effect.filterOrFail(
          bucket.create("lock", ""),
          (created) => created,
          (): Reason => new Locked({ path: "lock", owner: null })
        ),
        () => bucket.remove("lock")
      )
      return {
        read,
        peek,
        audit,
        write: (document: string, text: string) => bucket.put(`documents/${document}`, text),
        occupied: (_: unknown, name: string) =>
          Effect.map(bucket.get(`done/${name}`), (found) => (found === undefined ? undefined : `done/${name}`)),
        discard: ({ name }: { readonly name: string }) => bucket.remove(open(name)),
        open: Effect.fnUntraced(function* (table: Table.Table, mode: "replace" | "merge") {
          const { name } = table
          const found = yield* indexAt(open(name))
          const empty: Index = { ...nothing, resource: name, mode }
          return {
            checkpoint: found?.checkpoint ?? undefined,
            written: written((yield* indexAt(open(name))) ?? empty),
            commit: Effect.fnUntraced(function* ({ anew, quarantined, records }, checkpoint) {
              const index = (yield* indexAt(open(name))) ?? empty
              const parts = anew === true ? [] : index.parts
              // Until the index names it, a part is nothing: what a crash leaves is written over, or never read.
              const key = `parts/${name}/${crypto.randomUUID()}`
              yield* bucket.put(key, Json.stringify({ records, quarantined }))
              // Parts are only added to: nothing is merged, and there is no record they could not have.
              const kept: Kept = { records: records.length, merged: 0, setAside: [] }
              yield* putIndex(open(name), { ...index, checkpoint: checkpoint(kept), parts: [...parts, key] })
              return kept
            }),
            finish: Effect.fnUntraced(function* (output) {
              const index = (yield* indexAt(open(name))) ?? empty
              const place = `done/${output}`
              yield* putIndex(place, index)
              if (index.mode === "replace") {
                const others = (yield* finished(name)).filter(({ key }) => key !== place)
                yield* Effect.forEach(others, ({ key }) => bucket.remove(key), { discard: true })
              }
              return yield* audit(table, place)
            }),
            forget: bucket.remove(open(name))
          } satisfies Output
        })
      }
    })

    return Sink.of({ name: "bucket", connect, inspect: Effect.succeed({ read, peek, audit }) })
  })
)

const program = Effect.gen(function* () {
  const entries = yield* Export.entries({ resources: ["contacts", "tags"] })
  for (const { place, records } of entries) yield* Console.log(`${place}: ${records} records`)
}).pipe(
  Effect.provide(layer),
  Effect.provide(
    Layer.unwrap(Effect.map(Config.String("BUCKET").pipe(Config.withDefault("bucket")), Bucket.layerDirectory))
  ),
  Effect.provide([Intercom.layerConfig, NodeSha256.layer]),
  Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer])
)

if (import.meta.main) NodeRuntime.runMain(program)
