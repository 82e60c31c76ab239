/** A page for people, written whole: it is there, or what was there before, and never half of it. */
import { fromPlatform, type Reason } from "@effect-intercom/export/ExportError"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"

/**
 * Where a path leads, links followed as far as there is anything: the file that is there, or would be made.
 */
export const resolved = (path: string): Effect.Effect<string, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const real = yield* Effect.option(fs.realPath(path))
    return Option.isSome(real) ? real.value : yield* named(path)
  })

/** The entry of a directory that a path names, which may be a link. */
export const named = (path: string): Effect.Effect<string, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const { basename, dirname, join, resolve } = yield* Path.Path
    const whole = resolve(path)
    const above = dirname(whole)
    return above === whole ? whole : join(yield* resolved(above), basename(whole))
  })

/** Replaces the file at once. What is no file, such as `/dev/stdout`, is written to as it is. */
export const write = (file: string, content: string): Effect.Effect<void, Reason, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { basename, dirname, join } = yield* Path.Path
    const there = yield* Effect.option(fs.stat(file))
    if (Option.exists(there, ({ type }) => type !== "File")) return yield* fs.writeFileString(file, content)
    const target = yield* resolved(file)
    const drafts = yield* fs.makeTempDirectoryScoped({ directory: dirname(target), prefix: ".draft-" })
    const draft = join(drafts, basename(target))
    yield* Effect.scoped(
      Effect.gen(function* () {
        const handle = yield* fs.open(draft, { flag: "w" })
        yield* handle.writeAll(new TextEncoder().encode(content))
        yield* handle.sync
      })
    )
    yield* fs.rename(draft, target)
  }).pipe(
    Effect.scoped,
    Effect.mapError((error) => fromPlatform(file, error, { reads: false }))
  )
