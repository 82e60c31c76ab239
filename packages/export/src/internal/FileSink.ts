/**
 * What the sinks that write files have in common. A directory holds, for each resource:
 *
 * - `contacts.ndjson`: what is finished, under the name the export gives it;
 * - in the directory of who has the lock (see `Fence.ts`), `contacts.ndjson.part`, `contacts.quarantine.part` and
 *   `contacts.checkpoint.json`: what is not;
 *
 * and for all of them `quarantine.ndjson`, the documents (`manifest.json`, `state.json`), and `export.lock` while an
 * export runs. Whatever changes here comes by a rename out of that directory.
 *
 * A commit appends to both parts, puts them on the disk, and then replaces the checkpoint, which says how far the parts
 * go: what stands behind is cut off when the output is opened again. A walk that starts over writes to parts of another
 * name, which count once the checkpoint says so.
 */
import * as Json from "@effect-intercom/core/Json"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Iterable from "effect/Iterable"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { Compression, type Format as CompressionFormat } from "../Compression.ts"
import * as Directory from "../Directory.ts"
import { FileFailed, Missing, OtherExport, PartChanged, type Reason, Unreadable } from "../ExportError.ts"
import { Host } from "../Host.ts"
import * as Lock from "../Lock.ts"
import * as Quarantine from "../Quarantine.ts"
import { Sha256 } from "../Sha256.ts"
import {
  type Batch,
  type Connection,
  type Kept,
  type Mode,
  type Output,
  type Receipt,
  Sink,
  type Stored,
  type Written
} from "../Sink.ts"
import type { Received, Table } from "../Table.ts"
import * as Fence from "./Fence.ts"
import * as Files from "./Files.ts"
import * as FileSinks from "./FileSinks.ts"
import * as Part from "./Part.ts"

export type Environment = FileSystem.FileSystem | Path.Path | Sha256 | Compression | Host

/** A kind of file. */
export interface Format {
  /** Of the finished files: `ndjson.gz`. */
  readonly extension: string
  /** Of the part. */
  readonly compression: CompressionFormat | undefined
  /** What the part starts with. */
  readonly header: (table: Table) => string
  /** A record, with the end of its line. */
  readonly line: (table: Table) => (record: Received) => string
  /** Makes the finished file of a sealed part, where that is another one. */
  readonly convert?: (table: Table, part: string, file: string) => Effect.Effect<Made, Reason, Environment>
  /** Back from the lines of the part, header and all, to its records: as received, or as far as their rows have it. */
  readonly parse: (
    table: Table,
    file: string
  ) => <R>(text: Stream.Stream<string, Reason, R>) => Stream.Stream<Received, Reason, R>
  /** Reads some columns of a finished file, where that is not as the part is. */
  readonly read?: (
    table: Table,
    file: string,
    columns: ReadonlyArray<string>
  ) => Stream.Stream<Received, Reason, Environment>
  /** Counts the records of a file, whose bytes it has to read to the end. */
  readonly count: (
    file: string,
    bytes: Stream.Stream<Uint8Array, Reason, FileSystem.FileSystem>
  ) => Effect.Effect<number, Reason, Environment>
}

export interface Options {
  /** Created when it does not exist. */
  readonly directory: string
}

const Made = Schema.Struct({ bytes: Part.Count, sha256: Part.Digest })
type Made = typeof Made.Type

/** How far an unfinished output is: the checkpoint file. */
const Progress = Schema.Struct({
  /** Of this file; another one is refused. */
  format: Schema.Literal(2),
  resource: Schema.String,
  /** What is written: the end of the file's name. */
  writes: Schema.String,
  mode: Schema.Literals(["replace", "merge"]),
  /** How often the walk started over, by the name it has in files that are there. */
  anew: Part.Count,
  records: Part.State,
  quarantined: Part.State,
  /** The finished file, whether it has its name yet or not; null until there is one. */
  made: Schema.NullOr(Made),
  /** What the export wants to know when it resumes; null when there was no commit. */
  checkpoint: Schema.NullOr(Schema.String)
})
type Progress = typeof Progress.Type

const isSame = Schema.toEquivalence(Progress)

const writeProgress = Files.writeJson(Progress)
const readProgress = Files.readJson(Progress)

/** The sink that writes files of a kind. */
export const layer = (format: Format, { directory }: Options): Layer.Layer<Sink, never, Environment> =>
  Layer.effect(
    Sink,
    Effect.gen(function* () {
      // The scope is that of who connects, not the layer's.
      const services = Context.pick(FileSystem.FileSystem, Path.Path, Sha256, Compression, Host)
      const context = services(yield* Effect.context<Environment>())
      const { join } = yield* Path.Path
      const place: Place = { format, directory, at: (name) => join(directory, name) }
      const provide = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provideContext(effect, context)
      const view = {
        read: (document: string) => provide(readDocument(place, document)),
        locate: (document: string) =>
          document.endsWith(".checkpoint")
            ? join(directory, ".export", "*", `${document}.json`)
            : place.at(`${document}.json`),
        peek: (table: Table) => provide(peek(place, table)),
        audit: (table: Table, name: string) => provide(audit(place, table, name)),
        measure: (_: Table, name: string) =>
          provide(Effect.map(Effect.flatMap(finishedFile(place, name), Files.size), (bytes) => ({ bytes }))),
        formats: (table: Table, names: ReadonlyArray<string>) => provide(formats(place, table, names))
      }
      const connect = Effect.gen(function* () {
        yield* Directory.make(directory)
        const lock = yield* Lock.acquire(place.at("export.lock"))
        const fence = yield* Fence.take(directory, place.at("export.lock"), lock)
        const bench: Bench = {
          ...place,
          workAt: (name) => join(fence.directory, name),
          mustBeOurs: fence.mustBeOurs,
          quarantining: yield* Semaphore.make(1)
        }
        const guarded = <A>(effect: Effect.Effect<A, Reason, Environment>) => provide(fence.guard(effect))
        return {
          ...view,
          token: fence.token,
          write: (document, text) =>
            guarded(Files.replace(place.at(`${document}.json`), text, bench.workAt(`${document}.json.tmp`))),
          occupied: (_, name) => provide(occupied(place, name)),
          open: (table, mode) => Effect.map(guarded(open(bench, table, mode)), guardedOutput(guarded)),
          discard: (table) => guarded(discard(bench, table)),
          records: (table, name, columns) => Stream.provideContext(recordsIn(place, table, name, columns), context)
        } satisfies Connection
      })
      return Sink.of({
        name: `${format.extension}:${directory}`,
        format: format.extension,
        connect: provide(connect),
        inspect: Effect.succeed(view)
      })
    })
  )

/** What the bytes of a file say, when they are compressed. */
export const plain = <R>(
  compression: CompressionFormat | undefined,
  file: string,
  bytes: Stream.Stream<Uint8Array, Reason, R>
): Stream.Stream<Uint8Array, Reason, R | Compression> => {
  if (compression === undefined) return bytes
  return Stream.unwrap(
    Effect.gen(function* () {
      const { decompress } = yield* Compression
      const context = yield* Effect.context<R>()
      return decompress(compression)(Stream.provideContext(bytes, context)).pipe(
        Stream.mapError((error) =>
          error._tag === "Damaged" ? new FileFailed({ path: file, description: error.message }) : error
        )
      )
    })
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// the directory
// ---------------------------------------------------------------------------------------------------------------------

interface Place {
  readonly format: Format
  readonly directory: string
  /** The path of a file in the directory. */
  readonly at: (name: string) => string
}

/** Where what is unfinished is. */
interface Work {
  /** The path of a file in there. */
  readonly workAt: (name: string) => string
}

/** A place that is locked. */
interface Bench extends Place, Work {
  readonly mustBeOurs: Effect.Effect<void, Reason>
  /** The quarantine is one file for all resources: one of them at a time writes to it. */
  readonly quarantining: Semaphore.Semaphore
}

const pathsOf = ({ at, format: { extension }, workAt }: Place & Work, { name }: Table) => ({
  checkpoint: workAt(`${name}.checkpoint.json`),
  /** Each time the walk starts over, the other part is written. */
  part: (anew: number) => workAt(`${name}.${extension}${anew % 2 === 0 ? "" : ".anew"}.part`),
  quarantinePart: (anew: number) => workAt(`${name}.quarantine${anew % 2 === 0 ? "" : ".anew"}.part`),
  /** What is made of the part, before it has its name. */
  made: workAt(`${name}.${extension}.tmp`),
  file: (finished: string) => at(`${finished}.${extension}`)
})

const quarantineOf = ({ at }: Place) => at("quarantine.ndjson")

const readDocument = ({ at }: Place, document: string) => Files.readText(at(`${document}.json`), { finished: true })

const occupied = Effect.fnUntraced(function* ({ at, format }: Place, name: string) {
  const path = at(`${name}.${format.extension}`)
  if (!(yield* Files.exists(path))) return undefined
  // It is not to be found out when all is read.
  yield* Files.mustBeFile(path)
  return path
})

/** An unfinished output of whatever kind, whoever has the lock: that moves what is unfinished. */
const unfinished = (
  place: Place,
  table: Table
): Effect.Effect<{ readonly path: string; readonly progress: Progress } | undefined, Reason, Environment> =>
  Effect.gen(function* () {
    const { join } = yield* Path.Path
    const work = yield* Fence.find(place.directory)
    if (work === undefined) return undefined
    const path = pathsOf({ ...place, workAt: (name) => join(work, name) }, table).checkpoint
    const progress = yield* readProgress(path)
    if (progress !== undefined) return { path, progress }
    return (yield* Fence.find(place.directory)) === work ? undefined : yield* unfinished(place, table)
  })

const peek = (place: Place, table: Table) =>
  Effect.map(unfinished(place, table), (found) => checkpointOf(found?.progress))

const formats = Effect.fnUntraced(function* (place: Place, table: Table, names: ReadonlyArray<string>) {
  const begun = yield* unfinished(place, table)
  return [
    ...names.flatMap((name): ReadonlyArray<Stored> => {
      const format = FileSinks.extensionOf(name)
      return format === undefined ? [] : [{ format, path: place.at(name), finished: true }]
    }),
    ...(begun === undefined ? [] : [{ format: begun.progress.writes, path: begun.path, finished: false }])
  ]
})

/** The progress of an unfinished output; fails when it is one of another kind. */
const progressOf = Effect.fnUntraced(function* (place: Place & Work, table: Table) {
  const { checkpoint } = pathsOf(place, table)
  const progress = yield* readProgress(checkpoint)
  if (progress !== undefined) yield* same(checkpoint, "format", progress.writes, place.format.extension)
  return progress
})

const same = (path: string, field: string, found: string, wanted: string): Effect.Effect<void, OtherExport> =>
  found === wanted ? Effect.void : Effect.fail(new OtherExport({ path, field, found, wanted }))

const checkpointOf = (progress: Progress | undefined): string | undefined => progress?.checkpoint ?? undefined

/**
 * Removes the checkpoint first: without parts it would be in the way of the next export, which parts alone are not. They
 * go whatever kind of file they would have been.
 */
const discard = Effect.fnUntraced(function* (bench: Bench, table: Table) {
  const fs = yield* FileSystem.FileSystem
  const { checkpoint } = pathsOf(bench, table)
  // Whatever somebody has put there.
  const remove = (path: string) => Files.at(path)(fs.remove(path, { force: true, recursive: true }))
  yield* remove(checkpoint)
  const directory = (yield* Path.Path).dirname(checkpoint)
  const names = yield* Files.at(directory)(fs.readDirectory(directory))
  const left = names.filter((name) => name.startsWith(`${table.name}.`) && /\.(part|tmp)$/.test(name))
  yield* Effect.forEach(left, (name) => remove(bench.workAt(name)), { discard: true })
  // To remove what is gone does not fail.
  yield* bench.mustBeOurs
})

const removeParts = Effect.fnUntraced(function* (bench: Bench, table: Table, anew: number) {
  const paths = pathsOf(bench, table)
  yield* Files.remove(paths.part(anew))
  yield* Files.remove(paths.quarantinePart(anew))
})

/** The path of a finished file, which is there. */
const finishedFile = Effect.fnUntraced(function* (place: Place, name: string) {
  // It comes from the manifest, where nobody is to write a path.
  if (!/^\w[^/\\]*$/.test(name)) {
    return yield* new Unreadable({ path: place.at("manifest.json"), field: `place ${name}`, finished: true })
  }
  const path = place.at(name)
  if (!(yield* Files.exists(path))) return yield* new Missing({ path })
  const { type } = yield* Files.at(path)((yield* FileSystem.FileSystem).stat(path))
  return type === "File" ? path : yield* new Unreadable({ path, finished: true })
})

/** A file that another format wrote is audited by the sink of that. */
const audit = (place: Place, table: Table, name: string): Effect.Effect<Receipt, Reason, Environment> =>
  Effect.gen(function* () {
    const extension = FileSinks.extensionOf(name)
    const isOwn = extension === undefined || extension === place.format.extension
    const other = isOwn ? undefined : yield* FileSinks.make(extension)
    if (other === undefined) return yield* auditOwn(place, table, name)
    return yield* Sink.use(({ inspect }) => Effect.flatMap(inspect, ({ audit }) => audit(table, name))).pipe(
      Effect.provide(other({ directory: place.directory })),
      Effect.scoped
    )
  })

const auditOwn = Effect.fnUntraced(function* (place: Place, table: Table, name: string) {
  const path = yield* finishedFile(place, name)
  const hash = yield* (yield* Sha256).make
  const { count } = place.format
  return {
    place: name,
    records: yield* count(path, Stream.tap(Files.read(path), hash.update)),
    bytes: yield* Files.size(path),
    sha256: yield* hash.hex,
    ...(yield* Quarantine.read(quarantineOf(place), table))
  } satisfies Receipt
})

/** What a finished file has in some of its columns. */
const recordsIn = (place: Place, table: Table, name: string, columns: ReadonlyArray<string>) =>
  Stream.unwrap(
    Effect.map(finishedFile(place, name), (path) => {
      const { compression, parse, read } = place.format
      return read === undefined
        ? parse(table, path)(Stream.decodeText(plain(compression, path, Files.read(path))))
        : read(table, path, columns)
    })
  )

/** The size of a file, and its checksum. */
const measure = Effect.fnUntraced(function* (path: string) {
  const hash = yield* (yield* Sha256).make
  yield* Files.scan(path, hash.update)
  return { bytes: yield* Files.size(path), sha256: yield* hash.hex } satisfies Made
})

// ---------------------------------------------------------------------------------------------------------------------
// an output
// ---------------------------------------------------------------------------------------------------------------------

/** An output whose effects still need the environment. */
interface Open {
  readonly checkpoint: string | undefined
  readonly written: Written
  readonly commit: (batch: Batch, checkpoint: (kept: Kept) => string) => Effect.Effect<Kept, Reason, Environment>
  readonly finish: (name: string) => Effect.Effect<Receipt, Reason, Environment>
  readonly forget: Effect.Effect<void, Reason, Environment>
}

const guardedOutput =
  (guarded: <A>(effect: Effect.Effect<A, Reason, Environment>) => Effect.Effect<A, Reason>) =>
  ({ checkpoint, commit, finish, forget, written }: Open): Output => ({
    checkpoint,
    written,
    commit: (batch, checkpoint) => guarded(commit(batch, checkpoint)),
    finish: (name) => guarded(finish(name)),
    forget: guarded(forget)
  })

interface Parts {
  readonly records: Part.Part
  readonly quarantined: Part.Part
}

/** What is written to; the parts are closed once the file is made of them. */
type Current = { readonly progress: Progress; readonly parts: Parts | undefined }

const open = Effect.fnUntraced(function* (bench: Bench, table: Table, mode: Mode) {
  const paths = pathsOf(bench, table)
  const line = bench.format.line(table)
  const header = bench.format.header(table)
  const current = yield* Ref.make(yield* start(bench, table, mode))
  const { progress } = yield* Ref.get(current)

  const commit = Effect.fnUntraced(function* (
    { quarantined, records, startOver = false }: Batch,
    checkpoint: (kept: Kept) => string
  ) {
    const before = yield* Ref.get(current)
    yield* isOwnLast(paths.checkpoint, before.progress)
    const { parts, progress } = startOver ? yield* beginAgain(bench, table, before.progress) : before
    if (parts === undefined) return yield* Effect.die(new Error("A finished output takes no more records."))
    const lines = Iterable.map(records, line)
    const isFirst = progress.records.records === 0
    const growth = {
      records: yield* parts.records.append(isFirst ? withHeader(header, lines) : lines),
      quarantined: yield* parts.quarantined.append(Iterable.map(quarantined, quarantineLine))
    }
    const kept: Kept = { records: records.length, merged: 0, setAside: [] }
    const after = grown(progress, growth, { checkpoint: checkpoint(kept) })
    yield* writeProgress(paths.checkpoint, after)
    yield* accept(parts, growth)
    yield* Ref.set(current, { parts, progress: after })
    if (startOver) yield* removeParts(bench, table, before.progress.anew)
    return kept
    // Interrupted in the middle it would do no harm, but the export would end with a batch half written.
  }, Effect.uninterruptible)

  const finish = Effect.fnUntraced(function* (name: string) {
    const before = yield* Ref.get(current)
    yield* isOwnLast(paths.checkpoint, before.progress)
    const progress = yield* make(bench, table, before, header)
    yield* Ref.set(current, { parts: undefined, progress })
    const file = paths.file(name)
    const made = yield* putInPlace(bench, table, progress, file)
    const quarantine = quarantineOf(bench)
    yield* bench.quarantining.withPermits(1)(
      Quarantine.merge(
        quarantine,
        paths.quarantinePart(progress.anew),
        table,
        mode,
        bench.workAt("quarantine.ndjson.tmp")
      )
    )
    return {
      place: `${name}.${bench.format.extension}`,
      records: progress.records.records,
      ...made,
      ...(yield* Quarantine.read(quarantine, table))
    } satisfies Receipt
  })

  const context = yield* Effect.context<Environment>()
  return {
    checkpoint: checkpointOf(progress),
    written: written(bench, table, progress, context),
    commit,
    finish,
    forget: discard(bench, table)
  } satisfies Open
})

/** What the parts hold, to be read before they grow. */
const written = (
  bench: Bench,
  table: Table,
  { anew, made, quarantined, records }: Progress,
  context: Context.Context<Environment>
): Written => {
  const paths = pathsOf(bench, table)
  const textOf = (path: string, { bytes, tail }: Part.State, compression: CompressionFormat | undefined) =>
    (bytes === 0 ? Stream.empty : plain(compression, path, Files.read(path))).pipe(
      Stream.decodeText(),
      Stream.concat(Stream.succeed(tail)),
      Stream.provideContext(context)
    )
  // The parts are gone once the file is made of them.
  if (made !== null) return { records: Stream.empty, quarantined: Stream.empty }
  return {
    records: bench.format.parse(table, paths.part(anew))(textOf(paths.part(anew), records, bench.format.compression)),
    quarantined: jsonLines<Quarantine.Line>(paths.checkpoint)(
      textOf(paths.quarantinePart(anew), quarantined, undefined)
    )
  }
}

/** The values of lines of JSON; only this package writes them. */
export const jsonLines =
  <A>(file: string) =>
  <R>(text: Stream.Stream<string, Reason, R>): Stream.Stream<A, Reason, R> =>
    text.pipe(
      Stream.splitLines,
      Stream.filter((line) => line !== ""),
      Stream.mapEffect((line) =>
        // What was written by others is refused before; this package writes nothing else.
        Effect.try({ try: () => Json.parse(line) as A, catch: () => new Unreadable({ path: file }) })
      )
    )

/** Fails when the stored checkpoint is not what this export wrote last, or found. */
const isOwnLast = Effect.fnUntraced(function* (checkpoint: string, last: Progress) {
  const found = yield* readProgress(checkpoint)
  const isLast =
    checkpointOf(found) === undefined ? last.checkpoint === null : found !== undefined && isSame(found, last)
  if (!isLast) return yield* new PartChanged({ path: checkpoint, checkpoint })
})

const nothing = ({ format }: Place, table: Table, mode: Mode): Progress => ({
  format: 2,
  resource: table.name,
  writes: format.extension,
  mode,
  anew: 0,
  records: Part.empty,
  quarantined: Part.empty,
  made: null,
  checkpoint: null
})

/** Where the last export stopped, without what it wrote beyond its checkpoint. */
const start = Effect.fnUntraced(function* (
  bench: Bench,
  table: Table,
  mode: Mode
): Effect.fn.Return<Current, Reason, Environment> {
  const { checkpoint, made } = pathsOf(bench, table)
  const found = yield* progressOf(bench, table)
  if (found !== undefined) yield* same(checkpoint, "mode", found.mode, mode)
  // Without a commit there is nothing to resume from, whatever was made of it.
  const progress = found === undefined || found.checkpoint === null ? nothing(bench, table, mode) : found
  if (progress.made !== null) return { progress, parts: undefined } satisfies Current
  yield* Files.remove(made)
  yield* removeParts(bench, table, progress.anew + 1)
  return yield* openParts(bench, table, progress)
})

const openParts = Effect.fnUntraced(function* (bench: Bench, table: Table, progress: Progress) {
  const { checkpoint, part, quarantinePart } = pathsOf(bench, table)
  const { anew, quarantined, records } = progress
  const { compression } = bench.format
  const parts: Parts = {
    records: yield* Part.open({ path: part(anew), checkpoint, state: records, compression }),
    quarantined: yield* Part.open({
      path: quarantinePart(anew),
      checkpoint,
      state: quarantined,
      compression: undefined
    })
  }
  return { progress, parts } satisfies Current
})

const beginAgain = (bench: Bench, table: Table, before: Progress) =>
  openParts(bench, table, { ...before, anew: before.anew + 1, records: Part.empty, quarantined: Part.empty })

const withHeader = (header: string, lines: Iterable<string>): Iterable<string> =>
  Iterable.map(lines, (line, index) => (index === 0 ? `${header}${line}` : line))

const quarantineLine = ({ error, record, resource }: Quarantine.Line): string =>
  `${Json.stringify({ resource, error, record })}\n`

type Growths = { readonly [Name in keyof Parts]: Part.Growth }

const grown = (before: Progress, { quarantined, records }: Growths, rest: Partial<Progress>): Progress => ({
  ...before,
  records: records.state,
  quarantined: quarantined.state,
  ...rest
})

const accept = ({ quarantined, records }: Parts, growth: Growths) =>
  Effect.andThen(records.accept(growth.records), quarantined.accept(growth.quarantined))

/** Makes the finished file of the parts, once. */
const make = Effect.fnUntraced(function* (bench: Bench, table: Table, { parts, progress }: Current, header: string) {
  if (progress.made !== null || parts === undefined) return progress
  const paths = pathsOf(bench, table)
  const growth = { records: yield* parts.records.seal(header), quarantined: yield* parts.quarantined.seal("") }
  const { bytes, sha256 } = growth.records.state
  const { convert } = bench.format
  const made = convert === undefined ? { bytes, sha256 } : yield* convert(table, parts.records.path, paths.made)
  const after = grown(progress, growth, { made })
  yield* writeProgress(paths.checkpoint, after)
  return after
})

/** Gives the finished file its name. It has it when an export was stopped after that. */
const putInPlace = Effect.fnUntraced(function* (
  bench: Bench,
  table: Table,
  { anew, made: expected }: Progress,
  file: string
) {
  const { checkpoint, made, part } = pathsOf(bench, table)
  const source = bench.format.convert === undefined ? part(anew) : made
  const isThere = yield* Files.exists(source)
  const path = isThere ? source : file
  const found = (yield* Files.exists(path)) ? yield* measure(path) : undefined
  if (found === undefined || found.sha256 !== expected?.sha256) return yield* new PartChanged({ path, checkpoint })
  if (isThere) yield* Files.move(source, file)
  yield* Files.remove(part(anew))
  return found
})
