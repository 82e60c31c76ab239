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
import { Compression } from "../Compression.ts"
import * as Directory from "../Directory.ts"
import { Missing, PartChanged, type Reason, Unreadable } from "../ExportError.ts"
import { Host } from "../Host.ts"
import * as Lock from "../Lock.ts"
import * as Quarantine from "../Quarantine.ts"
import { Sha256 } from "../Sha256.ts"
import {
  type Batch,
  type Connection,
  type Kept,
  type Mode,
  type Receipt,
  Sink,
  type Stored,
  type Written
} from "../Sink.ts"
import type { Table } from "../Table.ts"
import * as Fence from "./Fence.ts"
import * as FileFormat from "./FileFormat.ts"
import * as FileFormats from "./FileFormats.ts"
import * as Files from "./Files.ts"
import * as Part from "./Part.ts"
import * as PartSink from "./PartSink.ts"

export type Environment = FileSystem.FileSystem | Path.Path | Sha256 | Compression | Host

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
export const layer = (format: FileFormat.FileFormat, { directory }: Options): Layer.Layer<Sink, never, Environment> =>
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
          open: (table, mode) => Effect.map(guarded(open(bench, table, mode)), PartSink.guardedOutput(guarded)),
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

// ---------------------------------------------------------------------------------------------------------------------
// the directory
// ---------------------------------------------------------------------------------------------------------------------

interface Place {
  readonly format: FileFormat.FileFormat
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
  Effect.map(unfinished(place, table), (found) => PartSink.checkpointOf(found?.progress))

const formats = Effect.fnUntraced(function* (place: Place, table: Table, names: ReadonlyArray<string>) {
  const begun = yield* unfinished(place, table)
  return [
    ...names.flatMap((name): ReadonlyArray<Stored> => {
      const format = FileFormats.extensionOf(name)
      return format === undefined ? [] : [{ format, path: place.at(name), finished: true }]
    }),
    ...(begun === undefined ? [] : [{ format: begun.progress.writes, path: begun.path, finished: false }])
  ]
})

/** The progress of an unfinished output; fails when it is one of another kind. */
const progressOf = Effect.fnUntraced(function* (place: Place & Work, table: Table) {
  const { checkpoint } = pathsOf(place, table)
  const progress = yield* readProgress(checkpoint)
  if (progress !== undefined) yield* PartSink.same(checkpoint, "format", progress.writes, place.format.extension)
  return progress
})

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

/** A finished file that is read, in whatever format it is. */
const stored = Effect.fnUntraced(function* (place: Place, name: string) {
  const path = yield* finishedFile(place, name)
  const context = yield* Effect.context<FileSystem.FileSystem>()
  const { extension } = place.format
  const format = name.endsWith(`.${extension}`) ? undefined : yield* FileFormats.ofName(name)
  return {
    format: format ?? place.format,
    source: {
      path,
      size: Effect.provideContext(Files.size(path), context),
      bytes: Stream.provideContext(Files.read(path), context),
      range: (start, length) => Effect.provideContext(Files.readRange(path, start, length), context)
    } satisfies FileFormat.Source
  }
})

const audit = Effect.fnUntraced(function* (place: Place, table: Table, name: string) {
  const { format, source } = yield* stored(place, name)
  const hash = yield* (yield* Sha256).make
  return {
    place: name,
    records: yield* format.count({ ...source, bytes: Stream.tap(source.bytes, hash.update) }),
    bytes: yield* source.size,
    sha256: yield* hash.hex,
    ...(yield* Quarantine.read(quarantineOf(place), table))
  } satisfies Receipt
})

/** What a finished file has in some of its columns. */
const recordsIn = (place: Place, table: Table, name: string, columns: ReadonlyArray<string>) =>
  Stream.unwrap(
    Effect.map(stored(place, name), ({ format, source }) => FileFormat.recordsIn(format, table, source, columns))
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

interface Parts {
  readonly records: Part.Part
  readonly quarantined: Part.Part
}

/** What is written to; the parts are closed once the file is made of them. */
type Current = { readonly progress: Progress; readonly parts: Parts | undefined }

const open = Effect.fnUntraced(function* (bench: Bench, table: Table, mode: Mode) {
  const paths = pathsOf(bench, table)
  const line = bench.format.line(table)
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
    const growth = {
      records: yield* parts.records.append(Iterable.map(records, line)),
      quarantined: yield* parts.quarantined.append(Iterable.map(quarantined, Quarantine.text))
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
    const progress = yield* make(bench, table, before)
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
    checkpoint: PartSink.checkpointOf(progress),
    written: written(bench, table, progress, context),
    commit,
    finish,
    forget: discard(bench, table)
  } satisfies PartSink.Open<Environment>
})

const written = (bench: Bench, table: Table, progress: Progress, context: Context.Context<Environment>): Written => {
  // The parts are gone once the file is made of them.
  if (progress.made !== null) return PartSink.nothingWritten
  const { part, quarantinePart } = pathsOf(bench, table)
  const left = (path: string, state: Part.State) => ({ path, state, bytes: Files.read(path) })
  const { quarantined, records } = PartSink.written(bench.format, table, {
    records: left(part(progress.anew), progress.records),
    quarantined: left(quarantinePart(progress.anew), progress.quarantined)
  })
  return {
    records: Stream.provideContext(records, context),
    quarantined: Stream.provideContext(quarantined, context)
  }
}

/** Fails when the stored checkpoint is not what this export wrote last, or found. */
const isOwnLast = Effect.fnUntraced(function* (checkpoint: string, last: Progress) {
  const found = yield* readProgress(checkpoint)
  const isLast =
    PartSink.checkpointOf(found) === undefined ? last.checkpoint === null : found !== undefined && isSame(found, last)
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
  if (found !== undefined) yield* PartSink.same(checkpoint, "mode", found.mode, mode)
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
  const { compression, header } = bench.format
  const parts: Parts = {
    records: yield* Part.open({
      path: part(anew),
      checkpoint,
      state: records,
      compression,
      header: header(table)
    }),
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
const make = Effect.fnUntraced(function* (bench: Bench, table: Table, { parts, progress }: Current) {
  if (progress.made !== null || parts === undefined) return progress
  const paths = pathsOf(bench, table)
  const growth = { records: yield* parts.records.seal, quarantined: yield* parts.quarantined.seal }
  const { bytes, sha256 } = growth.records.state
  const { compression, convert } = bench.format
  const { path } = parts.records
  const made =
    convert === undefined
      ? { bytes, sha256 }
      : yield* writeWhole(
          paths.made,
          convert(table)(Stream.decodeText(FileFormat.plain(compression, path, Files.read(path))))
        )
  const after = grown(progress, growth, { made })
  yield* writeProgress(paths.checkpoint, after)
  return after
})

/** Writes a file anew. */
const writeWhole = Effect.fnUntraced(function* <R>(path: string, bytes: Stream.Stream<Uint8Array, Reason, R>) {
  const fs = yield* FileSystem.FileSystem
  const hash = yield* (yield* Sha256).make
  const handle = yield* Files.at(path)(fs.open(path, { flag: "w" }))
  let size = 0
  yield* Stream.runForEach(bytes, (piece) => {
    size += piece.length
    return Effect.andThen(hash.update(piece), Files.at(path)(handle.writeAll(piece)))
  })
  yield* Files.at(path)(handle.sync)
  return { bytes: size, sha256: yield* hash.hex } satisfies Made
}, Effect.scoped)

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
