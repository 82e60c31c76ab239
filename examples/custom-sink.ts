// A sink of your own: an export into object storage, as S3 and its likes have it. What stands for a bucket here is a
// directory; all the sink asks of it is that an object is written whole or not at all, and that one can be replaced on the
// condition that nobody did so before. All that changes is in one such object, the root: who replaces it has written, and
// who was suspended, while another took over, has not.
import { Intercom, Json } from "@effect-intercom/core"
import {
  type Batch,
  Export,
  type Kept,
  Locked,
  LostLock,
  Missing,
  type Output,
  Quarantine,
  type Receipt,
  Sha256,
  Sink,
  type Table,
  type Written
} from "@effect-intercom/export"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import {
  Config,
  Console,
  Context,
  Effect,
  FileSystem,
  Layer,
  Option,
  Path,
  Ref,
  Schema,
  Semaphore,
  Stream
} from "effect"

/** A bucket. Its errors are defects here, to keep the example short. */
export class Bucket extends Context.Service<
  Bucket,
  {
    readonly get: (key: string) => Effect.Effect<string | undefined>
    readonly put: (key: string, text: string) => Effect.Effect<void>
    /** Replaces an object that still is what it was, or makes one that is not there (`If-Match`, `If-None-Match`). */
    readonly swap: (key: string, before: string | undefined, after: string) => Effect.Effect<boolean>
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
        const get = (key: string) => fs.readFileString(at(key)).pipe(Effect.option, Effect.map(Option.getOrUndefined))
        const put = (key: string, text: string) =>
          Effect.orDie(Effect.andThen(fs.writeFileString(`${at(key)}.new`, text), fs.rename(`${at(key)}.new`, at(key))))
        return Bucket.of({
          get,
          put,
          // A bucket does this for all of its clients, a directory for this process.
          swap: (key, before, after) =>
            one.withPermits(1)(
              Effect.flatMap(get(key), (found) =>
                found === before ? Effect.as(put(key, after), true) : Effect.succeed(false)
              )
            )
        })
      })
    )
}

const one = Semaphore.makeUnsafe(1)

/** What one commit wrote: as `Json` has it, which keeps the digits of every number. */
type Part = Pick<Batch, "records" | "quarantined">

/** An output: the keys of its parts. An unfinished one has a checkpoint, too. */
const Index = Schema.Struct({
  resource: Schema.String,
  mode: Schema.Literals(["replace", "merge"]),
  checkpoint: Schema.NullOr(Schema.String),
  parts: Schema.Array(Schema.String),
  /** The resource was exported whole since: what was set apart before counts no more. */
  superseded: Schema.Boolean
})
type Index = typeof Index.Type

const Root = Schema.Struct({
  /** Grows with each export that takes the lock. */
  token: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  /** A real one would say by whom, and until when: then one that is left behind can be recognized. */
  locked: Schema.Boolean,
  documents: Schema.Record(Schema.String, Schema.String),
  unfinished: Schema.Record(Schema.String, Index),
  finished: Schema.Record(Schema.String, Index)
})
type Root = typeof Root.Type

const RootText = Schema.fromJsonString(Root)
const encodeRoot = Schema.encodeSync(RootText)

const rootKey = "root.json"
const nothing: Root = { token: 0, locked: false, documents: {}, unfinished: {}, finished: {} }

const without = <A>(all: Readonly<Record<string, A>>, left: string) =>
  Object.fromEntries(Object.entries(all).filter(([name]) => name !== left))

/** What was added to a resource at places of its own stays, as a manifest names it. */
const supersede = (finished: Root["finished"], resource: string): Root["finished"] =>
  Object.fromEntries(
    Object.entries(finished).map(([place, one]) => [
      place,
      one.resource === resource ? { ...one, superseded: true } : one
    ])
  )

/** The sink over a bucket. */
export const layer = Layer.effect(
  Sink,
  Effect.gen(function* () {
    const bucket = yield* Bucket
    const sha256 = yield* Sha256

    const root = Effect.gen(function* () {
      const text = yield* bucket.get(rootKey)
      const root = text === undefined ? nothing : yield* Effect.orDie(Schema.decodeEffect(RootText)(text))
      return { text, root }
    })
    const look = <A>(at: (root: Root) => A) => Effect.map(root, ({ root }) => at(root))

    // Only `commit` writes parts, and the root names those that are there.
    const partAt = (key: string) => Effect.map(bucket.get(key), (text) => Json.parse(text ?? "") as Part)

    /** The parts of an output, one after the other: whatever it holds, one of them is in memory. */
    const fold = <A>({ parts }: Index, start: A, step: (sum: A, part: Part) => Effect.Effect<A>) =>
      Effect.reduce(
        parts,
        () => start,
        (sum, key) => Effect.flatMap(partAt(key), (part) => step(sum, part))
      )

    const audit = Effect.fnUntraced(function* ({ key, name }: Table.Table, place: string) {
      const { finished } = yield* look((root) => root)
      const index = finished[place]
      if (index === undefined) return yield* new Missing({ path: place })
      const hash = yield* sha256.make
      const records = yield* fold(index, 0, (count, part) => {
        const text = part.records.map((record) => `${Json.stringify(record)}\n`).join("")
        return Effect.as(hash.update(new TextEncoder().encode(text)), count + part.records.length)
      })
      // Each record that is set apart counts once, however many exports met it.
      const apart = yield* Effect.forEach(
        Object.values(finished).filter(({ resource, superseded }) => resource === name && !superseded),
        (one) =>
          fold(one, new Set<string>(), (set, part) =>
            Effect.succeed(new Set([...set, ...part.quarantined.map(({ record }) => Quarantine.identity(record, key))]))
          )
      )
      const quarantined = new Set(apart.flatMap((set) => [...set])).size
      const receipt: Receipt = { place, records, bytes: null, sha256: yield* hash.hex, quarantined }
      return receipt
    })

    /** What the parts of an output hold, one part of it in memory. */
    const written = (index: Index): Written => {
      const parts = Stream.mapEffect(Stream.fromIterable(index.parts), partAt)
      return {
        records: Stream.flatMap(parts, ({ records }) => Stream.fromIterable(records)),
        quarantined: Stream.flatMap(parts, ({ quarantined }) => Stream.fromIterable(quarantined))
      }
    }

    const view = {
      read: (document: string) => look(({ documents }) => documents[document]),
      peek: ({ name }: { readonly name: string }) =>
        look(({ unfinished }) => unfinished[name]?.checkpoint ?? undefined),
      audit
    }

    const locked = new Locked({ path: rootKey, owner: null })

    const take = Effect.gen(function* () {
      const { root: before, text } = yield* root
      if (before.locked) return yield* locked
      const own: Root = { ...before, token: before.token + 1, locked: true }
      return (yield* bucket.swap(rootKey, text, encodeRoot(own))) ? yield* Ref.make(own) : yield* locked
    })

    const connect = Effect.gen(function* () {
      const own = yield* Effect.acquireRelease(take, (own) =>
        Effect.flatMap(Ref.get(own), (root) =>
          bucket.swap(rootKey, encodeRoot(root), encodeRoot({ ...root, locked: false }))
        )
      )
      const changing = yield* Semaphore.make(1)
      const change = (next: (root: Root) => Root) =>
        changing
          .withPermits(1)(
            Effect.gen(function* () {
              const before = yield* Ref.get(own)
              const after = next(before)
              if (yield* bucket.swap(rootKey, encodeRoot(before), encodeRoot(after))) return yield* Ref.set(own, after)
              return yield* new LostLock({ path: rootKey, owner: null })
            })
          )
          .pipe(Effect.uninterruptible)
      const drop = ({ name }: { readonly name: string }) =>
        change((root) => ({ ...root, unfinished: without(root.unfinished, name) }))

      return {
        ...view,
        token: (yield* Ref.get(own)).token,
        write: (document: string, text: string) =>
          change((root) => ({ ...root, documents: { ...root.documents, [document]: text } })),
        occupied: (_: unknown, name: string) => look(({ finished }) => (name in finished ? name : undefined)),
        discard: drop,
        open: Effect.fnUntraced(function* (table: Table.Table, mode: "replace" | "merge") {
          const { name } = table
          const of = ({ unfinished }: Root): Index =>
            unfinished[name] ?? { resource: name, mode, checkpoint: null, parts: [], superseded: false }
          const found = of(yield* Ref.get(own))
          return {
            checkpoint: found.checkpoint ?? undefined,
            written: written(found),
            commit: Effect.fnUntraced(function* ({ startOver, quarantined, records }, checkpoint) {
              // Until the root names it, a part is nothing: what a crash leaves is never read.
              const key = `parts/${name}/${crypto.randomUUID()}`
              yield* bucket.put(key, Json.stringify({ records, quarantined }))
              // Parts are only added to: nothing is merged, and there is no record they could not have.
              const kept: Kept = { records: records.length, merged: 0, setAside: [] }
              yield* change((root) => {
                const parts = startOver === true ? [key] : [...of(root).parts, key]
                return {
                  ...root,
                  unfinished: { ...root.unfinished, [name]: { ...of(root), checkpoint: checkpoint(kept), parts } }
                }
              })
              return kept
            }),
            finish: Effect.fnUntraced(function* (output) {
              yield* change((root) => {
                const index = of(root)
                const others = index.mode === "replace" ? supersede(root.finished, name) : root.finished
                return { ...root, finished: { ...others, [output]: index } }
              })
              return yield* audit(table, output)
            }),
            forget: drop({ name })
          } satisfies Output
        })
      }
    })

    return Sink.of({ name: "bucket", connect, inspect: Effect.succeed(view) })
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
  Effect.provide([Intercom.layerEnv, NodeSha256.layer]),
  Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer])
)

if (import.meta.main) NodeRuntime.runMain(program)
