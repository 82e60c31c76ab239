/** The real file system, and one that dies at a chosen moment as a killed process would. */
import * as NodeCompression from "@effect-intercom/export/NodeCompression"
import * as NodeHost from "@effect-intercom/export/NodeHost"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"

const sync: FileSystem.File["sync"] = Effect.void

/** The real file system, but for `fsync`: no test can tell whether it was done, and thousands of them take minutes. */
const hasty = Layer.effect(
  FileSystem.FileSystem,
  Effect.map(FileSystem.FileSystem, (fs) =>
    FileSystem.FileSystem.of({
      ...fs,
      open: (path, options) =>
        Effect.map(
          fs.open(path, options),
          (file) =>
            new Proxy(file, { get: (target, key) => (key === "sync" ? sync : (Reflect.get(target, key) as unknown)) })
        )
    })
  )
).pipe(Layer.provide(NodeFileSystem.layer))

/** Everything an export needs of the machine. */
export const layer = Layer.mergeAll(hasty, NodePath.layer, NodeSha256.layer, NodeCompression.layer, NodeHost.layer)

/** Where the process dies: at its nth operation on files, before it is done, in the middle, or just after. */
export interface Death {
  readonly at: number
  readonly when: "before" | "middle" | "after"
  /** The system's code of the error; EIO when left out. */
  readonly code?: string
}

const dead = (code: string) =>
  PlatformError.systemError({
    _tag: "Unknown",
    module: "FileSystem",
    method: "any",
    cause: Object.assign(new Error(code), { code })
  })

/** A file system on which nothing succeeds any more after `death`; `operations` counts. */
export const mortal = (fs: FileSystem.FileSystem, death?: Death) => {
  const count = { operations: 0 }
  const error = dead(death?.code ?? "EIO")

  /** `half` is what a write leaves behind when it is cut. */
  const guard = <A, R>(
    operation: Effect.Effect<A, PlatformError.PlatformError, R>,
    half: Effect.Effect<unknown, PlatformError.PlatformError, R> = Effect.void
  ): Effect.Effect<A, PlatformError.PlatformError, R> =>
    Effect.suspend(() => {
      count.operations += 1
      if (death === undefined || count.operations < death.at) return operation
      if (count.operations > death.at || death.when === "before") return Effect.fail(error)
      return Effect.andThen(death.when === "middle" ? half : operation, Effect.fail(error))
    })

  const guardFile = (file: FileSystem.File): FileSystem.File =>
    new Proxy(file, {
      get: (target, key) => {
        if (key === "writeAll") {
          return (bytes: Uint8Array) =>
            guard(target.writeAll(bytes), target.writeAll(bytes.subarray(0, Math.floor(bytes.length / 2))))
        }
        if (key === "sync") return guard(target.sync)
        if (key === "stat") return guard(target.stat)
        return Reflect.get(target, key) as unknown
      }
    })

  const service = FileSystem.FileSystem.of({
    ...fs,
    exists: (path) => guard(fs.exists(path)),
    link: (from, to) => guard(fs.link(from, to)),
    makeDirectory: (path, options) => guard(fs.makeDirectory(path, options)),
    open: (path, options) => Effect.map(guard(fs.open(path, options)), guardFile),
    readDirectory: (path, options) => guard(fs.readDirectory(path, options)),
    readFileString: (path, encoding) => guard(fs.readFileString(path, encoding)),
    remove: (path, options) => guard(fs.remove(path, options)),
    rename: (from, to) => guard(fs.rename(from, to)),
    stat: (path) => guard(fs.stat(path)),
    truncate: (path, length) => guard(fs.truncate(path, length)),
    writeFile: (path, data, options) =>
      guard(
        fs.writeFile(path, data, options),
        fs.writeFile(path, data.subarray(0, Math.floor(data.length / 2)), options)
      ),
    stream: (path, options) => Stream.unwrap(Effect.as(guard(Effect.void), fs.stream(path, options))),
    sink: (path, options) => Sink.unwrap(Effect.as(guard(Effect.void), fs.sink(path, options)))
  })
  return { service, count }
}

/** A new directory, until the scope closes. */
export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.makeTempDirectoryScoped({ prefix: "export-" })
)

/** The names and bytes of all files in a directory, in hexadecimal where they are no text. */
export const bytes = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const names = (yield* fs.readDirectory(directory)).toSorted()
  const files = yield* Effect.forEach(names, (name) => fs.readFile(`${directory}/${name}`))
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      Buffer.from(files[index] ?? []).toString(/\.(gz|zst|parquet)$/.test(name) ? "hex" : "utf8")
    ])
  )
})

/** The names and contents of all files in a directory. */
export const contents = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const names = (yield* fs.readDirectory(directory)).toSorted()
  const files = yield* Effect.forEach(names, (name) => fs.readFileString(`${directory}/${name}`))
  return Object.fromEntries(names.map((name, index) => [name, files[index] ?? ""]))
})
