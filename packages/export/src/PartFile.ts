/**
 * A file that grows page by page. What it holds is known to the byte, so that a run after a crash can cut off what the
 * last run wrote beyond its checkpoint.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { PartChanged, type Reason } from "./ExportError.ts"
import * as Files from "./internal/Files.ts"
import { Sha256 } from "./Sha256.ts"

/** What a part file holds. */
export const Extent = Schema.Struct({
  /** Lines. */
  records: Schema.Int,
  bytes: Schema.Int,
  /** Of those bytes, in hexadecimal. */
  sha256: Schema.String
})
export type Extent = typeof Extent.Type

/** Nothing yet. */
export const empty: Extent = {
  records: 0,
  bytes: 0,
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}

/** An open part file. */
export interface PartFile {
  /** Appends a line per value, its JSON; they are on the disk when it returns. */
  readonly append: (values: ReadonlyArray<unknown>) => Effect.Effect<Extent, Reason, FileSystem.FileSystem>
}

/** One line per value: its JSON. */
const toLines = (values: ReadonlyArray<unknown>): Uint8Array =>
  new TextEncoder().encode(values.map((value) => `${JSON.stringify(value)}\n`).join(""))

/**
 * Opens the part file at `path`, which holds `extent`. What stands behind the extent goes: it was written after the last
 * checkpoint. Fails with `PartChanged` when what stands before is not what the checkpoint saw.
 */
export const open = Effect.fnUntraced(function* (path: string, checkpoint: string, extent: Extent) {
  const fs = yield* FileSystem.FileSystem
  const hash = yield* (yield* Sha256).make
  const changed = new PartChanged({ path, checkpoint })

  if (extent.bytes === 0) {
    yield* Files.at(path)(fs.writeFile(path, new Uint8Array()))
  } else {
    if (!(yield* Files.exists(path)) || (yield* Files.size(path)) < extent.bytes) return yield* changed
    yield* Files.at(path)(fs.truncate(path, extent.bytes))
    yield* Files.at(path)(Stream.runForEach(fs.stream(path), hash.update))
    if ((yield* hash.hex) !== extent.sha256) return yield* changed
  }

  const current = yield* Ref.make(extent)

  const append = Effect.fnUntraced(function* (values: ReadonlyArray<unknown>) {
    const before = yield* Ref.get(current)
    if (values.length === 0) return before
    const lines = toLines(values)
    yield* Effect.scoped(
      Effect.gen(function* () {
        const file = yield* Files.at(path)(fs.open(path, { flag: "a" }))
        const { size } = yield* Files.at(path)(file.stat)
        if (Number(size) !== before.bytes) return yield* changed
        yield* Files.at(path)(Effect.andThen(file.writeAll(lines), file.sync))
      })
    )
    yield* hash.update(lines)
    const after: Extent = {
      records: before.records + values.length,
      bytes: before.bytes + lines.byteLength,
      sha256: yield* hash.hex
    }
    yield* Ref.set(current, after)
    return after
  })

  return { append } satisfies PartFile
})
