import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import { fromPlatform, InTheWay, type Reason, Unreadable } from "../ExportError.ts"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Stream from "effect/Stream"

/** Names the file in the failures of an effect on it. */
export const at =
  (path: string) =>
  <A, R>(effect: Effect.Effect<A, PlatformError, R>): Effect.Effect<A, Reason, R> =>
    Effect.mapError(effect, (error) => fromPlatform(path, error))

/** The same for one that only reads it. */
export const reading =
  (path: string) =>
  <A, R>(effect: Effect.Effect<A, PlatformError, R>): Effect.Effect<A, Reason, R> =>
    Effect.mapError(effect, (error) => fromPlatform(path, error, { reads: true }))

/** Makes a rename in the directory durable, where the platform can. */
export const syncDirectory = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  // Windows cannot open directories, and needs no sync of them either.
  yield* Effect.ignore(Effect.scoped(Effect.flatMap(fs.open(directory, { flag: "r" }), (handle) => handle.sync)))
})

/** Moves a file; it is there under its new name after a power cut too. */
export const move = Effect.fnUntraced(function* (from: string, to: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* at(to)(fs.rename(from, to))
  yield* syncDirectory(path.dirname(to))
})

/** Puts what was written to a file on the disk. */
export const sync = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  yield* at(file)(Effect.scoped(Effect.flatMap(fs.open(file, { flag: "r+" }), (handle) => handle.sync)))
})

/**
 * Replaces a small file at once: readers, and the next run after a crash, see the old content or the new, never half. It
 * is written under a name of its own before.
 */
export const replace = Effect.fnUntraced(function* (file: string, content: string, temporary = `${file}.tmp`) {
  const fs = yield* FileSystem.FileSystem
  yield* at(file)(
    Effect.scoped(
      Effect.gen(function* () {
        const handle = yield* fs.open(temporary, { flag: "w" })
        yield* handle.writeAll(new TextEncoder().encode(content))
        yield* handle.sync
      })
    )
  )
  yield* move(temporary, file)
})

/** Whether there is a file. */
export const exists = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* at(file)(fs.exists(file))
})

const others: { readonly [type: string]: string } = {
  BlockDevice: "device",
  CharacterDevice: "device",
  FIFO: "pipe",
  Socket: "socket"
}

/** Fails when a directory is there, or a pipe, which to open would wait for another. */
export const mustBeFile = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* exists(path))) return
  const { type } = yield* at(path)(fs.stat(path))
  if (type === "File") return
  const found = others[type]
  return yield* new InTheWay({ path, needed: "file", ...(found === undefined ? {} : { found }) })
})

/** Removes a file, if there is one. */
export const remove = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  yield* at(file)(fs.remove(file, { force: true }))
})

/** The text of a file that an export wrote; `undefined` when there is none. */
export const readText = Effect.fnUntraced(function* (file: string, { finished }: { readonly finished: boolean }) {
  const fs = yield* FileSystem.FileSystem
  if (!(yield* exists(file))) return undefined
  const { type } = yield* at(file)(fs.stat(file))
  return type === "File" ? yield* at(file)(fs.readFileString(file)) : yield* new Unreadable({ path: file, finished })
})

/** The size of a file in bytes. */
export const size = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  return Number((yield* at(file)(fs.stat(file))).size)
})

/** Writes a value as JSON for people to read too. */
export const writeJson = <S extends Schema.Codec<unknown, unknown>>(schema: S) => {
  const encode = Schema.encodeSync(schema)
  return (file: string, value: S["Type"]) => replace(file, `${JSON.stringify(encode(value), null, 2)}\n`)
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** The first field that is wrong; nothing of a string that is not JSON. */
export const fieldOf = ({ issue }: Schema.SchemaError): { readonly field?: string } => {
  const path = formatIssue(issue).issues[0]?.path ?? []
  return path.length === 0 ? {} : { field: path.map(String).join(".") }
}

/** Reads what {@link writeJson} wrote; `undefined` when there is no such file. */
export const readJson = <S extends Schema.Codec<unknown, unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
  return Effect.fnUntraced(function* (file: string) {
    const text = yield* readText(file, { finished: false })
    if (text === undefined) return undefined
    return yield* Effect.mapError(decode(text), (error) => new Unreadable({ path: file, ...fieldOf(error) }))
  })
}

const pieceSize = 65_536

/** Takes the bytes of a file piece by piece; each is good until the next: they share their memory, which stays whole so. */
export const scan = Effect.fnUntraced(function* <E, R>(
  file: string,
  take: (bytes: Uint8Array) => Effect.Effect<void, E, R>
) {
  const fs = yield* FileSystem.FileSystem
  const handle = yield* reading(file)(fs.open(file, { flag: "r" }))
  const piece = new Uint8Array(pieceSize)
  for (;;) {
    const size = Number(yield* at(file)(handle.read(piece)))
    if (size === 0) return
    yield* take(piece.subarray(0, size))
  }
}, Effect.scoped)

/** The bytes of a file, or from a place in it. */
export const read = (file: string, offset = 0): Stream.Stream<Uint8Array, Reason, FileSystem.FileSystem> =>
  Stream.unwrap(
    Effect.map(FileSystem.FileSystem, (fs) =>
      Stream.mapError(fs.stream(file, { offset }), (error) => fromPlatform(file, error, { reads: true }))
    )
  )

/** So many bytes of a file, from a place in it; fewer where it ends. */
export const readRange = Effect.fnUntraced(function* (file: string, offset: number, length: number) {
  const fs = yield* FileSystem.FileSystem
  const all = new Uint8Array(length)
  let filled = 0
  yield* Stream.runForEach(fs.stream(file, { offset, bytesToRead: length }), (bytes) =>
    Effect.sync(() => {
      all.set(bytes, filled)
      filled += bytes.length
    })
  ).pipe(Effect.mapError((error) => fromPlatform(file, error, { reads: true })))
  return all.subarray(0, filled)
})
