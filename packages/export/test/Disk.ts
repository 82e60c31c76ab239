/** The real file system, and one that dies at a chosen moment as a killed process would. */
import { Host } from "@effect-intercom/export/Host"
import * as NodeCompression from "@effect-intercom/export/NodeCompression"
import * as NodeHost from "@effect-intercom/export/NodeHost"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import * as Ref from "effect/Ref"
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
  /** The system's code of the error. @default EIO */
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
  const service = guarded(fs, (operation, half) =>
    Effect.suspend(() => {
      count.operations += 1
      if (death === undefined || count.operations < death.at) return operation
      if (count.operations > death.at || death.when === "before") return Effect.fail(error)
      return Effect.andThen(death.when === "middle" ? half : operation, Effect.fail(error))
    })
  )
  return { service, count }
}

/** A file system on which something else happens before the nth operation, once `count` is set to 0. */
export const suspended = (fs: FileSystem.FileSystem, at: number, meanwhile: Effect.Effect<void>) => {
  const count = { operations: Number.NEGATIVE_INFINITY }
  const service = guarded(fs, (operation) =>
    Effect.suspend(() => {
      count.operations += 1
      return count.operations === at ? Effect.andThen(meanwhile, operation) : operation
    })
  )
  return { service, count }
}

/** `half` is what a write leaves behind when it is cut. */
type Guard = <A, R>(
  operation: Effect.Effect<A, PlatformError.PlatformError, R>,
  half: Effect.Effect<unknown, PlatformError.PlatformError, R>
) => Effect.Effect<A, PlatformError.PlatformError, R>

const guarded = (fs: FileSystem.FileSystem, around: Guard): FileSystem.FileSystem => {
  const guard = <A, R>(
    operation: Effect.Effect<A, PlatformError.PlatformError, R>,
    half: Effect.Effect<unknown, PlatformError.PlatformError, R> = Effect.void
  ) => around(operation, half)

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

  return FileSystem.FileSystem.of({
    ...fs,
    copyFile: (from, to) => guard(fs.copyFile(from, to)),
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
}

/** Processes of this machine, another each time the layer is built; all of them live, suspended or not. */
export const processes = Effect.map(Ref.make(1), (last) =>
  Layer.effect(
    Host,
    Effect.map(
      Ref.updateAndGet(last, (pid) => pid + 1),
      (pid) => Host.of({ hostname: "here", pid, isAlive: () => Effect.succeed(true) })
    )
  )
)

/** Makes a lock look as if its process was suspended for long. */
export const abandon = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const lock = yield* fs.readFileString(path)
  yield* fs.writeFileString(path, lock.replace(/"renewedAt": "[^"]*"/, `"renewedAt": "1969-12-31T00:00:00.000Z"`))
})

/** A new directory, until the scope closes. */
export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) =>
  fs.makeTempDirectoryScoped({ prefix: "export-" })
)

/**
 * The paths of all files in a directory, as they are seen from there; what is unfinished is in `.export/`, whose
 * directories are named by who works in them.
 */
const files = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const names = (yield* fs.readDirectory(directory, { recursive: true })).toSorted()
  const found = yield* Effect.forEach(names, (name) =>
    Effect.map(fs.stat(`${directory}/${name}`), ({ type }) => (type === "File" ? [name] : []))
  )
  return found
    .flat()
    .map((name) => ({ path: `${directory}/${name}`, name: name.replace(/^(\.export\/)[^/]+\//, "$1") }))
})

/** The one file of this name that is unfinished. */
export const unfinished = Effect.fnUntraced(function* (directory: string, name: string) {
  const fs = yield* FileSystem.FileSystem
  const [work = ""] = yield* fs.readDirectory(`${directory}/.export`)
  return `${directory}/.export/${work}/${name}`
})

/** The names and bytes of all files in a directory, in hexadecimal where they are no text. */
export const bytes = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const contents = yield* Effect.forEach(yield* files(directory), ({ name, path }) =>
    Effect.map(fs.readFile(path), (bytes) => [
      name,
      Buffer.from(bytes).toString(/\.(gz|zst|parquet)$/.test(name) ? "hex" : "utf8")
    ])
  )
  return Object.fromEntries(contents) as Readonly<Record<string, string>>
})

/** The names and contents of all files in a directory. */
export const contents = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const texts = yield* Effect.forEach(yield* files(directory), ({ name, path }) =>
    Effect.map(fs.readFileString(path), (text) => [name, text])
  )
  return Object.fromEntries(texts) as Readonly<Record<string, string>>
})
