/**
 * The sink over object storage. Below its prefix are, under the names a directory would have them by:
 *
 * - `contacts.ndjson.gz`: what is finished, in whatever kind of file (see `FileFormats.ts`);
 * - `manifest.json` and `state.json`, the documents;
 * - `quarantine/contacts.ndjson`: the records that are set apart, for each resource;
 * - `.export/root.json`: who has the lock, how far each unfinished output is, and what it consists of; beside it, the
 *   pieces: what the commits wrote, each under a name of its own that is not used twice.
 *
 * All that counts changes in the root, which is replaced on the condition that it is what this export wrote last
 * (`If-Match`). So a commit writes its piece, which is nothing yet, and then the root that names it; whoever takes the lock
 * over replaces the root, and from then on nothing is kept of the one before.
 *
 * What is not in the root comes by a multipart upload, which is whole or not there, and is put together of the pieces by
 * the server. It is noted in the root before it is completed: who takes over aborts it, so that one that was suspended
 * right before cannot complete it later.
 *
 * A Parquet file is not what the commits write: it is made of the pieces when the output is finished, and again when that
 * is done again, the same to the byte.
 *
 * A piece is as small as a commit. When those at the end come to eight mebibytes, they are replaced by one: an upload takes
 * parts of five or more, and no more than ten thousand.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Iterable from "effect/Iterable"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { Compression } from "../Compression.ts"
import { BucketFailed, Locked, LostLock, Missing, PartChanged, type Reason, Unreadable } from "../ExportError.ts"
import { Host } from "../Host.ts"
import * as Lock from "../Lock.ts"
import * as Quarantine from "../Quarantine.ts"
import { type Hash, Sha256 } from "../Sha256.ts"
import {
  type Batch,
  type Connection,
  type Kept,
  type Mode,
  type Receipt,
  Sink,
  type Stored,
  type View,
  type Written
} from "../Sink.ts"
import type { Table } from "../Table.ts"
import type { Bucket, Upload } from "./Bucket.ts"
import * as Files from "./Files.ts"
import * as FileFormat from "./FileFormat.ts"
import * as FileFormats from "./FileFormats.ts"
import * as Part from "./Part.ts"
import * as PartSink from "./PartSink.ts"

export type Environment = Sha256 | Compression | Host

export interface Options {
  /** Opened by each who connects. */
  readonly bucket: Effect.Effect<Bucket, Reason, Scope.Scope>
  /** `s3://bucket/prefix`. */
  readonly place: string
  readonly format: FileFormat.FileFormat
  /** After how long without a sign of life a lock on another host is ignored. */
  readonly patience: Duration.Input
}

// ---------------------------------------------------------------------------------------------------------------------
// the root
// ---------------------------------------------------------------------------------------------------------------------

const Piece = Schema.Struct({ key: Schema.String, bytes: Part.Count })

/** What the commits wrote of an output. */
const Pieces = Schema.Struct({ ...Part.State.fields, pieces: Schema.Array(Piece) })
type Pieces = typeof Pieces.Type

const Progress = Schema.Struct({
  writes: Schema.String,
  mode: Schema.Literals(["replace", "merge"]),
  records: Pieces,
  quarantined: Pieces,
  /** No commit follows: the pieces are what the finished output is put together of. */
  sealed: Schema.Boolean,
  /** What the export wants to know when it resumes; null when there was no commit. */
  checkpoint: Schema.NullOr(Schema.String)
})
type Progress = typeof Progress.Type

const isSame = Schema.toEquivalence(Progress)

const Owner = Schema.Struct({
  ...Lock.Owner.fields,
  /** Of this taking of the lock: process ids come again, in containers always. */
  id: Schema.String
})
type Owner = typeof Owner.Type

const Root = Schema.Struct({
  format: Schema.Literal(1),
  /** Grows with each export that takes the lock. */
  token: Part.Count,
  /** Who has it; null when it was given back. */
  owner: Schema.NullOr(Owner),
  /** Those that may be completed. */
  uploads: Schema.Array(Schema.Struct({ key: Schema.String, id: Schema.String })),
  /** By resource. */
  unfinished: Schema.Record(Schema.String, Progress)
})
type Root = typeof Root.Type

const RootText = Schema.fromJsonString(Root)
const encodeRoot = Schema.encodeSync(RootText)
const decodeRoot = Schema.decodeUnknownEffect(RootText)

const work = ".export/"
const rootKey = `${work}root.json`
const documentKey = (document: string) => `${document}.json`
const quarantineKey = ({ name }: Pick<Table, "name">) => `quarantine/${name}.ndjson`

const nobody: Root = { format: 1, token: 0, owner: null, uploads: [], unfinished: {} }

/** A root, and the tag it has in the bucket. */
interface Stand {
  readonly root: Root
  readonly etag: string | undefined
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const look = (bucket: Bucket): Effect.Effect<Stand, Reason> =>
  Effect.gen(function* () {
    const found = yield* bucket.get(rootKey)
    if (found === undefined) return { root: nobody, etag: undefined }
    const root = yield* Effect.mapError(
      decodeRoot(textOf(found.bytes)),
      (error) => new Unreadable({ path: bucket.locate(rootKey), finished: true, ...Files.fieldOf(error) })
    )
    return { root, etag: found.etag }
  })

const without = (all: Root["unfinished"], { name }: Pick<Table, "name">): Root["unfinished"] =>
  Object.fromEntries(Object.entries(all).filter(([other]) => other !== name))

const keysOf = (progress: Progress | undefined): ReadonlyArray<string> =>
  progress === undefined ? [] : [...progress.records.pieces, ...progress.quarantined.pieces].map(({ key }) => key)

// ---------------------------------------------------------------------------------------------------------------------
// the lock
// ---------------------------------------------------------------------------------------------------------------------

const renewal = Duration.seconds(10)

/** The locks of this process: one with its id that is not among them is of a process before it. */
const held = new Set<string>()

const isGone = Effect.fnUntraced(function* (owner: Owner, patience: Duration.Input) {
  const host = yield* Host
  if (owner.host === host.hostname) {
    const isAlive = owner.pid === host.pid ? held.has(owner.id) : yield* host.isAlive(owner.pid)
    if (!isAlive) return true
  }
  const since = (yield* Clock.currentTimeMillis) - DateTime.toEpochMillis(owner.renewedAt)
  return since > Duration.toMillis(Duration.fromInputUnsafe(patience))
})

const publicOwner = (owner: Owner | null) =>
  owner === null ? null : { pid: owner.pid, host: owner.host, startedAt: owner.startedAt }

const take = Effect.fnUntraced(function* (bucket: Bucket, place: string, patience: Duration.Input) {
  const { hostname: host, pid } = yield* Host
  const { etag, root } = yield* look(bucket)
  const locked = (owner: Owner | null) => new Locked({ path: place, inDatabase: true, owner: publicOwner(owner) })
  if (root.owner !== null && !(yield* isGone(root.owner, patience))) return yield* locked(root.owner)
  const now = yield* DateTime.now
  const id = crypto.randomUUID()
  const owner: Owner = { pid, host, id, startedAt: DateTime.formatIso(now), renewedAt: now }
  const mine: Root = { ...root, token: root.token + 1, owner }
  return yield* Effect.gen(function* () {
    held.add(id)
    const written = yield* bucket.swap(rootKey, etag, utf8(encodeRoot(mine)))
    // Another one was faster.
    if (written === undefined) return yield* locked((yield* look(bucket)).root.owner)
    return { owner, stand: { root: mine, etag: written } satisfies Stand }
  }).pipe(Effect.onError(() => Effect.sync(() => held.delete(id))))
})

/** The lock that is held, and the root that goes with it. */
interface Hold {
  readonly token: number
  readonly root: Effect.Effect<Root>
  /** Replaces the root; fails with `LostLock` when another took over. */
  readonly change: (next: (root: Root) => Effect.Effect<Root, Reason>) => Effect.Effect<void, Reason>
  readonly mustBeOurs: Effect.Effect<void, Reason>
}

const mustBeOf =
  ({ id }: Owner, place: string) =>
  (found: Stand): Effect.Effect<Stand, LostLock> =>
    found.root.owner?.id === id
      ? Effect.succeed(found)
      : Effect.fail(new LostLock({ path: place, owner: found.root.owner }))

const hold = Effect.fnUntraced(function* (bucket: Bucket, { patience, place }: Options) {
  const changing = yield* Semaphore.make(1)
  const { latest, owner, stand } = yield* Effect.acquireRelease(
    Effect.gen(function* () {
      const { owner, stand } = yield* take(bucket, place, patience)
      const known = yield* Ref.make<Stand & { readonly sure: boolean }>({ ...stand, sure: true })
      return {
        owner,
        stand: known,
        /** Nobody knows what became of a write that failed. */
        latest: Effect.flatMap(Ref.get(known), (known): Effect.Effect<Stand, Reason> =>
          known.sure ? Effect.succeed(known) : Effect.flatMap(look(bucket), mustBeOf(owner, place))
        )
      }
    }),
    ({ latest, owner }) =>
      Effect.gen(function* () {
        held.delete(owner.id)
        const { etag, root } = yield* latest
        yield* bucket.swap(rootKey, etag, utf8(encodeRoot({ ...root, owner: null })))
      }).pipe(
        // It is another's by now.
        Effect.catchTag("LostLock", () => Effect.void),
        Effect.catch((reason) => Effect.logWarning(`The lock on ${place} could not be given back: ${reason.message}`))
      )
  )

  const change: Hold["change"] = (next) =>
    Effect.gen(function* () {
      const before = yield* latest
      const root: Root = {
        ...(yield* next(before.root)),
        owner: { ...owner, renewedAt: yield* DateTime.now }
      }
      yield* Ref.set(stand, { ...before, sure: false })
      const etag = yield* bucket.swap(rootKey, before.etag, utf8(encodeRoot(root)))
      if (etag === undefined) {
        const { root } = yield* look(bucket)
        return yield* new LostLock({ path: place, owner: root.owner })
      }
      yield* Ref.set(stand, { root, etag, sure: true })
    }).pipe(changing.withPermits(1), Effect.uninterruptible)

  const renew = Effect.gen(function* () {
    const { root } = yield* Ref.get(stand)
    const since = (yield* Clock.currentTimeMillis) - DateTime.toEpochMillis(root.owner?.renewedAt ?? owner.renewedAt)
    if (since >= Duration.toMillis(renewal)) yield* change(Effect.succeed)
    return true
  }).pipe(
    Effect.catch((reason) =>
      reason._tag === "LostLock"
        ? Effect.succeed(false)
        : // The next one may succeed.
          Effect.as(Effect.logWarning(`The lock on ${place} could not be renewed: ${reason.message}`), true)
    )
  )
  yield* Effect.forkScoped(
    Effect.delay(Effect.repeat(renew, { schedule: Schedule.spaced(renewal), while: (ours) => ours }), renewal)
  )
  return {
    token: (yield* Ref.get(stand)).root.token,
    root: Effect.map(Ref.get(stand), ({ root }) => root),
    change,
    mustBeOurs: Effect.asVoid(Effect.flatMap(look(bucket), mustBeOf(owner, place)))
  } satisfies Hold
})

// ---------------------------------------------------------------------------------------------------------------------
// the sink
// ---------------------------------------------------------------------------------------------------------------------

interface Place {
  readonly bucket: Bucket
  readonly format: FileFormat.FileFormat
}

interface Bench extends Place {
  readonly hold: Hold
}

const fileKey = ({ format }: Place, name: string) => `${name}.${format.extension}`

/** The sink that writes objects of a kind. */
export const layer = (options: Options): Layer.Layer<Sink, never, Environment> =>
  Layer.effect(
    Sink,
    Effect.gen(function* () {
      // The scope is that of who connects, not the layer's.
      const services = Context.pick(Sha256, Compression, Host)
      const context = services(yield* Effect.context<Environment>())
      const provide = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provideContext(effect, context)
      const { format } = options

      const viewOf = (place: Place): View => ({
        read: (document) =>
          Effect.map(place.bucket.get(documentKey(document)), (found) =>
            found === undefined ? undefined : textOf(found.bytes)
          ),
        locate: (document) => place.bucket.locate(document.endsWith(".checkpoint") ? rootKey : documentKey(document)),
        peek: ({ name }) => Effect.map(look(place.bucket), ({ root }) => PartSink.checkpointOf(root.unfinished[name])),
        audit: (table, name) => provide(audit(place, table, name)),
        measure: (_, name) =>
          Effect.gen(function* () {
            yield* formatOf(place, name)
            const bytes = yield* place.bucket.size(name)
            return bytes === undefined ? yield* new Missing({ path: place.bucket.locate(name) }) : { bytes }
          }),
        formats: (table, names) => formats(place, table, names)
      })

      const connect = Effect.gen(function* () {
        const place: Place = { bucket: yield* options.bucket, format }
        const bench: Bench = { ...place, hold: yield* hold(place.bucket, options) }
        yield* tidy(bench)
        const { mustBeOurs } = bench.hold
        /** What fails because another took over says so; of a server that does not answer, nobody learns it. */
        const guarded = <A>(effect: Effect.Effect<A, Reason, Environment>): Effect.Effect<A, Reason> =>
          provide(
            effect.pipe(
              Effect.catchIf(
                ({ _tag }) => _tag !== "BucketUnreachable",
                (reason) => Effect.andThen(mustBeOurs, Effect.fail(reason))
              )
            )
          )
        return {
          ...viewOf(place),
          token: bench.hold.token,
          write: (document, text) =>
            guarded(publish(bench, documentKey(document), { rest: Stream.succeed(utf8(text)) })),
          occupied: (_, name) =>
            Effect.map(place.bucket.size(fileKey(place, name)), (size) =>
              size === undefined ? undefined : place.bucket.locate(fileKey(place, name))
            ),
          open: (table, mode) => Effect.map(guarded(open(bench, table, mode)), PartSink.guardedOutput(guarded)),
          discard: (table) => guarded(discard(bench, table)),
          records: (table, name, columns) => Stream.provideContext(recordsIn(place, table, name, columns), context)
        } satisfies Connection
      })

      return Sink.of({
        name: `${format.extension}:${options.place}`,
        format: format.extension,
        connect: provide(connect),
        inspect: Effect.map(options.bucket, (bucket) => viewOf({ bucket, format }))
      })
    })
  )

/** The keys that exports complete uploads of. */
const isOwnKey = (key: string): boolean =>
  /^[^/]+\.json$/.test(key) ||
  /^quarantine\/[^/]+\.ndjson$/.test(key) ||
  (!key.includes("/") && FileFormats.extensionOf(key) !== undefined)

/** Makes sure that nothing of the exports before comes true any more, and removes what they left. */
const tidy = Effect.fnUntraced(function* ({ bucket, hold }: Bench) {
  const { unfinished, uploads } = yield* hold.root
  const begun = (yield* bucket.uploads).filter(({ key }) => isOwnKey(key))
  const all = new Map([...uploads, ...begun].map((upload) => [upload.id, upload]))
  yield* Effect.forEach(all.values(), bucket.abort, { concurrency: 4, discard: true })
  if (uploads.length > 0) yield* hold.change((root) => Effect.succeed({ ...root, uploads: [] }))
  const named = new Set([rootKey, ...Object.values(unfinished).flatMap(keysOf)])
  yield* bucket.remove((yield* bucket.list(work)).filter((key) => !named.has(key)))
})

/** The format of a finished output, whose name comes from the manifest, where nobody is to write a path. */
const formatOf = Effect.fnUntraced(function* ({ bucket, format }: Place, name: string) {
  const found = !/^\w[^/\\]*$/.test(name)
    ? undefined
    : name.endsWith(`.${format.extension}`)
      ? format
      : yield* FileFormats.ofName(name)
  const path = bucket.locate(documentKey("manifest"))
  return found ?? (yield* new Unreadable({ path, field: `place ${name}`, finished: true }))
})

/** An object that is read. */
const sourceOf = ({ bucket }: Place, name: string): FileFormat.Source => {
  const path = bucket.locate(name)
  return {
    path,
    size: Effect.flatMap(bucket.size(name), (size) =>
      size === undefined ? Effect.fail(new Missing({ path })) : Effect.succeed(size)
    ),
    bytes: bucket.read(name),
    range: (start, length) => bucket.range(name, start, length)
  }
}

const audit = Effect.fnUntraced(function* (place: Place, table: Table, name: string) {
  const { count } = yield* formatOf(place, name)
  const source = sourceOf(place, name)
  const { bytes, measured } = yield* measuring(source.bytes)
  const records = yield* count({ ...source, bytes })
  return {
    place: name,
    records,
    ...(yield* measured),
    ...(yield* Quarantine.summary(quarantine(place.bucket, table)))
  } satisfies Receipt
})

/** Bytes as they come, and how many they were in the end, with their digest. */
const measuring = Effect.fnUntraced(function* <R>(bytes: Stream.Stream<Uint8Array, Reason, R>) {
  const hash = yield* (yield* Sha256).make
  let size = 0
  return {
    bytes: Stream.tap(bytes, (piece) => {
      size += piece.length
      return hash.update(piece)
    }),
    measured: Effect.map(hash.hex, (sha256) => ({ bytes: size, sha256 }))
  }
})

/** What a finished output has in some of its columns. */
const recordsIn = (place: Place, table: Table, name: string, columns: ReadonlyArray<string>) =>
  Stream.unwrap(
    Effect.map(formatOf(place, name), (format) => FileFormat.recordsIn(format, table, sourceOf(place, name), columns))
  )

const formats = (place: Place, { name }: Table, names: ReadonlyArray<string>) =>
  Effect.map(look(place.bucket), ({ root: { unfinished } }): ReadonlyArray<Stored> => {
    const begun = unfinished[name]
    return [
      ...names.flatMap((name): ReadonlyArray<Stored> => {
        const format = FileFormats.extensionOf(name)
        return format === undefined ? [] : [{ format, path: place.bucket.locate(name), finished: true }]
      }),
      ...(begun === undefined ? [] : [{ format: begun.writes, path: place.bucket.locate(rootKey), finished: false }])
    ]
  })

/** The lines of a resource's quarantine. */
const quarantine = (bucket: Bucket, table: Table): Stream.Stream<string, Reason> =>
  Stream.unwrap(
    Effect.map(bucket.size(quarantineKey(table)), (size) =>
      (size ?? 0) === 0 ? Stream.empty : bucket.read(quarantineKey(table))
    )
  ).pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.filter((text) => text !== "")
  )

const discard = Effect.fnUntraced(function* ({ bucket, hold }: Bench, table: Table) {
  const before = (yield* hold.root).unfinished[table.name]
  yield* hold.change((root) => Effect.succeed({ ...root, unfinished: without(root.unfinished, table) }))
  yield* bucket.remove(keysOf(before))
})

// ---------------------------------------------------------------------------------------------------------------------
// objects, whole or not at all
// ---------------------------------------------------------------------------------------------------------------------

/** From this size on a piece is not put together with others any more. */
const solid = 8 * 1024 * 1024

/** What an object is put together of. */
interface Content {
  /** Pieces that are there, all {@link solid}. */
  readonly pieces?: ReadonlyArray<string>
  readonly rest: Stream.Stream<Uint8Array, Reason>
}

const publish = Effect.fnUntraced(function* ({ bucket, hold }: Bench, key: string, { pieces = [], rest }: Content) {
  const upload = yield* bucket.begin(key)
  yield* Effect.gen(function* () {
    const copied = yield* Effect.forEach(pieces, (piece, index) => bucket.copy(upload, index + 1, piece), {
      concurrency: 4
    })
    const etags = [...copied, ...(yield* uploadRest(bucket, upload, copied.length, rest))]
    yield* hold.change((root) => Effect.succeed({ ...root, uploads: [...root.uploads, upload] }))
    yield* bucket.complete(upload, etags)
  }).pipe(Effect.onError(() => Effect.ignore(bucket.abort(upload))))
  yield* hold.change((root) => Effect.succeed({ ...root, uploads: root.uploads.filter(({ id }) => id !== upload.id) }))
})

const uploadRest = Effect.fnUntraced(function* (
  bucket: Bucket,
  upload: Upload,
  before: number,
  rest: Stream.Stream<Uint8Array, Reason>
) {
  const etags: Array<string> = []
  let waiting: Array<Uint8Array> = []
  let size = 0
  const send = Effect.gen(function* () {
    etags.push(yield* bucket.upload(upload, before + etags.length + 1, concat(waiting)))
    waiting = []
    size = 0
  })
  yield* Stream.runForEach(rest, (bytes) =>
    Effect.suspend(() => {
      waiting.push(bytes)
      size += bytes.length
      return size < solid ? Effect.void : send
    })
  )
  // An empty object has a part too.
  if (size > 0 || before + etags.length === 0) yield* send
  return etags
})

const concat = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

// ---------------------------------------------------------------------------------------------------------------------
// an output
// ---------------------------------------------------------------------------------------------------------------------

/** Pieces that grow. */
interface Growing {
  readonly state: Pieces
  /** Of all their bytes. */
  readonly hash: Hash
  /** The bytes of those at the end that are not {@link solid}. */
  readonly loose: ReadonlyArray<Uint8Array>
}

interface Current {
  readonly progress: Progress
  readonly records: Growing
  readonly quarantined: Growing
}

const none: Pieces = { ...Part.empty, pieces: [] }

const nothing = ({ format }: Place, mode: Mode): Progress => ({
  writes: format.extension,
  mode,
  records: none,
  quarantined: none,
  sealed: false,
  checkpoint: null
})

const bytesOf = (bucket: Bucket, { pieces }: Pieces): Stream.Stream<Uint8Array, Reason> =>
  Stream.flatMap(Stream.fromIterable(pieces), ({ key }) => bucket.read(key))

/** Reads what pieces hold, which has to be what the root says. */
const grow = Effect.fnUntraced(function* (bucket: Bucket, state: Pieces) {
  const hash = yield* (yield* Sha256).make
  const loose: Array<Uint8Array> = []
  for (const { bytes, key } of state.pieces) {
    const changed = new PartChanged({ path: bucket.locate(key), checkpoint: bucket.locate(rootKey) })
    const found: Array<Uint8Array> = []
    yield* Stream.runForEach(bucket.read(key), (piece) =>
      Effect.andThen(
        hash.update(piece),
        Effect.sync(() => void (bytes < solid && found.push(piece)))
      )
    ).pipe(Effect.mapError((reason) => (reason._tag === "Missing" ? changed : reason)))
    if (bytes < solid) loose.push(concat(found))
    if (bytes < solid && loose.at(-1)?.length !== bytes) return yield* changed
  }
  if ((yield* hash.hex) !== state.sha256) {
    return yield* new PartChanged({ path: bucket.locate(work), checkpoint: bucket.locate(rootKey) })
  }
  return { state, hash, loose } satisfies Growing
})

const withoutPieces = Effect.gen(function* () {
  return { state: none, hash: yield* (yield* Sha256).make, loose: [] } satisfies Growing
})

const sizeOf = (pieces: ReadonlyArray<Uint8Array>): number => pieces.reduce((sum, { length }) => sum + length, 0)

/** How much is put together: an upload has ten thousand parts at most, however large the output. */
const enough = ({ bytes }: Pieces): number => Math.max(solid, bytes / 1000)

const open = Effect.fnUntraced(function* (bench: Bench, table: Table, mode: Mode) {
  const { bucket, format, hold } = bench
  const { name } = table
  const line = format.line(table)
  const context = yield* Effect.context<Environment>()
  yield* hold.mustBeOurs

  const found = (yield* hold.root).unfinished[name]
  if (found !== undefined) {
    yield* PartSink.same(bucket.locate(rootKey), "format", found.writes, format.extension)
    yield* PartSink.same(bucket.locate(rootKey), "mode", found.mode, mode)
  }
  // Without a commit there is nothing to resume from, whatever was made of it.
  const start = found === undefined || found.checkpoint === null ? nothing(bench, mode) : found
  const current = yield* Ref.make<Current>(
    start.sealed
      ? { progress: start, records: yield* withoutPieces, quarantined: yield* withoutPieces }
      : {
          progress: start,
          records: yield* grow(bucket, start.records),
          quarantined: yield* grow(bucket, start.quarantined)
        }
  )
  const left = (state: Pieces) => ({ path: bucket.locate(rootKey), state, bytes: bytesOf(bucket, state) })
  const again = { records: yield* withoutPieces, quarantined: yield* withoutPieces }

  const append = Effect.fnUntraced(function* (
    { hash, loose, state }: Growing,
    of: "records" | "quarantined",
    /** Without them, it ends. */
    lines?: Iterable<string>
  ) {
    const encode = encoders[of]
    const { bytes: shared, count, tail } = yield* encode(state, lines)
    // It is good until the next lines are encoded.
    const bytes = shared.slice()
    const hashed = yield* hash.copy
    yield* hashed.update(bytes)
    const after = {
      records: state.records + count,
      bytes: state.bytes + bytes.length,
      sha256: yield* hashed.hex,
      tail
    }
    if (bytes.length === 0) return { state: { ...state, ...after }, hash: hashed, loose } satisfies Growing
    const key = `${work}${name}.${of === "records" ? "" : "quarantine."}${crypto.randomUUID()}`
    const together = [...loose, bytes]
    const full = bytes.length >= solid || sizeOf(together) >= enough(state)
    const whole = full ? concat(together) : bytes
    yield* bucket.put(key, whole)
    const kept = full ? state.pieces.slice(0, state.pieces.length - loose.length) : state.pieces
    return {
      state: { ...after, pieces: [...kept, { key, bytes: whole.length }] },
      hash: hashed,
      loose: full ? [] : together
    } satisfies Growing
  })
  const encoders = {
    records: Part.encoder(format.compression, format.header(table)),
    quarantined: Part.encoder(undefined)
  }

  /** Stores what there is now, and removes the pieces it has no more. */
  const store = Effect.fnUntraced(function* (before: Progress, after: Current) {
    yield* hold.change((root) => {
      const stored = root.unfinished[name]
      const isOwnLast =
        PartSink.checkpointOf(stored) === undefined
          ? before.checkpoint === null
          : stored !== undefined && isSame(stored, before)
      if (!isOwnLast) {
        const path = bucket.locate(rootKey)
        return Effect.fail(new PartChanged({ path, checkpoint: path }))
      }
      return Effect.succeed({ ...root, unfinished: { ...root.unfinished, [name]: after.progress } })
    })
    yield* Ref.set(current, after)
    const kept = new Set(keysOf(after.progress))
    // What stays is removed by the next export.
    yield* Effect.ignore(bucket.remove(keysOf(before).filter((key) => !kept.has(key))))
  }, Effect.uninterruptible)

  const commit = Effect.fnUntraced(function* (
    { quarantined, records, startOver = false }: Batch,
    checkpoint: (kept: Kept) => string
  ) {
    const before = yield* Ref.get(current)
    if (before.progress.sealed) return yield* Effect.die(new Error("A finished output takes no more records."))
    const from = startOver ? again : before
    const grown = {
      records: yield* append(from.records, "records", Iterable.map(records, line)),
      quarantined: yield* append(from.quarantined, "quarantined", Iterable.map(quarantined, Quarantine.text))
    }
    const kept: Kept = { records: records.length, merged: 0, setAside: [] }
    yield* store(before.progress, {
      ...grown,
      progress: {
        ...before.progress,
        records: grown.records.state,
        quarantined: grown.quarantined.state,
        checkpoint: checkpoint(kept)
      }
    })
    return kept
  })

  const seal = Effect.gen(function* () {
    const before = yield* Ref.get(current)
    if (before.progress.sealed) {
      yield* hold.mustBeOurs
      return before.progress
    }
    const records = yield* append(before.records, "records")
    const progress: Progress = { ...before.progress, records: records.state, sealed: true }
    yield* store(before.progress, { ...before, records, progress })
    return progress
  })

  /** The finished object is what the pieces are, or is made of them. */
  const publishRecords = Effect.fnUntraced(function* (key: string, state: Pieces) {
    if (format.convert === undefined) {
      yield* publish(bench, key, contentOf(bucket, state))
      return { bytes: state.bytes, sha256: state.sha256 }
    }
    const text = PartSink.recordsText(format, left(state))
    const { bytes, measured } = yield* measuring(format.convert(table)(text))
    yield* publish(bench, key, { rest: Stream.provideContext(bytes, context) })
    return yield* measured
  })

  const finish = Effect.fnUntraced(function* (finished: string) {
    const { quarantined, records } = yield* seal
    const key = fileKey(bench, finished)
    const made = yield* publishRecords(key, records)
    const size = yield* bucket.size(key)
    if (size !== made.bytes) {
      const description = `It has ${size ?? 0} bytes, not the ${made.bytes} that were written.`
      return yield* new BucketFailed({ bucket: bucket.locate(key), description })
    }
    yield* mergeQuarantine(bench, table, mode, quarantined)
    return {
      place: key,
      records: records.records,
      ...made,
      ...(yield* Quarantine.summary(quarantine(bucket, table)))
    } satisfies Receipt
  })

  const { quarantined, records } = PartSink.written(format, table, {
    records: left(start.records),
    quarantined: left(start.quarantined)
  })
  const written: Written = start.sealed
    ? PartSink.nothingWritten
    : { records: Stream.provideContext(records, context), quarantined: Stream.provideContext(quarantined, context) }

  return {
    checkpoint: PartSink.checkpointOf(start),
    written,
    commit,
    finish,
    forget: discard(bench, table)
  } satisfies PartSink.Open<Environment>
})

const contentOf = (bucket: Bucket, state: Pieces): Content => {
  const firm = state.pieces.findIndex(({ bytes }) => bytes < solid)
  const count = firm < 0 ? state.pieces.length : firm
  return {
    pieces: state.pieces.slice(0, count).map(({ key }) => key),
    rest: bytesOf(bucket, { ...state, pieces: state.pieces.slice(count) })
  }
}

/** As `Quarantine.merge` does it: twice does what once does. */
const mergeQuarantine = Effect.fnUntraced(function* (bench: Bench, table: Table, mode: Mode, added: Pieces) {
  const { bucket } = bench
  const key = quarantineKey(table)
  const isThere = (yield* bucket.size(key)) !== undefined
  if (!isThere && added.bytes === 0) return
  const content = contentOf(bucket, added)
  if (mode === "replace" || !isThere) return yield* publish(bench, key, content)
  const fresh = new Set<string>()
  yield* bytesOf(bucket, added).pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((text) => Effect.sync(() => void fresh.add(Quarantine.identityOf(text, table.key))))
  )
  const others = quarantine(bucket, table).pipe(
    Stream.filter((text) => !fresh.has(Quarantine.identityOf(text, table.key))),
    Stream.map((text) => utf8(`${text}\n`))
  )
  yield* publish(bench, key, { rest: Stream.concat(others, bytesOf(bucket, added)) })
})
