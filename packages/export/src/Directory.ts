/** Directories to write to. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import { fromPlatform, InTheWay, NotWritable, type Reason } from "./ExportError.ts"

/**
 * Makes a directory, and those above it, where they are not there. One after the other: told to make all at once, Node
 * never ends on file systems that refuse a directory as if the one above it were missing, as `/proc` does.
 */
export const make = (directory: string): Effect.Effect<void, Reason, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    if (yield* isThere(directory)) return
    const above = (yield* Path.Path).dirname(directory)
    if (above !== directory) yield* make(above)
    const made = yield* Effect.result(fs.makeDirectory(directory))
    // Another process may have made it meanwhile.
    if (Result.isSuccess(made) || (yield* isThere(directory))) return
    const reason = fromPlatform(directory, made.failure)
    return yield* Effect.fail(
      reason._tag === "FileFailed" ? new NotWritable({ path: directory, description: reason.description }) : reason
    )
  })

const isThere = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const found = yield* Effect.result(fs.stat(path))
  if (Result.isSuccess(found)) {
    return found.success.type === "Directory" ? true : yield* new InTheWay({ path, needed: "directory" })
  }
  const { _tag } = found.failure.reason
  if (_tag !== "NotFound" && _tag !== "BadResource") return yield* Effect.fail(fromPlatform(path, found.failure))
  const target = yield* Effect.option(fs.readLink(path))
  return target._tag === "Some" ? yield* new InTheWay({ path, needed: "directory", target: target.value }) : false
})
