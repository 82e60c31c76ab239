/** A file system in memory: what is killed at each of its operations, thousands of times, is done in seconds. */
import * as NodeCompression from "@effect-intercom/export/NodeCompression"
import * as NodeHost from "@effect-intercom/export/NodeHost"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import * as NodePath from "@effect/platform-node/NodePath"
import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PlatformError from "effect/PlatformError"

interface Node {
  bytes: Uint8Array
}

const failure = (_tag: "NotFound" | "AlreadyExists", path: string) =>
  Effect.fail(PlatformError.systemError({ _tag, module: "FileSystem", method: "memory", pathOrDescriptor: path }))

const concat = (a: Uint8Array, b: Uint8Array) => {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

const info = (size: number, type: "File" | "Directory" = "File"): FileSystem.File.Info => ({
  type,
  mtime: Option.some(new Date(0)),
  atime: Option.none(),
  birthtime: Option.none(),
  dev: 0n,
  ino: Option.none(),
  mode: 0,
  nlink: Option.none(),
  uid: Option.none(),
  gid: Option.none(),
  rdev: Option.none(),
  size: ByteSize.bytes(size),
  blksize: Option.none(),
  blocks: Option.none()
})

const handle = (node: Node, appends: boolean): FileSystem.File => {
  let at = 0
  const writeAll = (bytes: Uint8Array) =>
    Effect.sync(() => {
      const start = appends ? node.bytes.length : at
      node.bytes = concat(node.bytes.slice(0, start), bytes)
      at = start + bytes.length
    })
  const take = (size: number) => {
    const bytes = node.bytes.slice(at, at + size)
    at += bytes.length
    return bytes
  }
  return {
    [FileSystem.FileTypeId]: FileSystem.FileTypeId,
    stat: Effect.sync(() => info(node.bytes.length)),
    seek: (offset, from) =>
      Effect.sync(() => {
        at = (from === "start" ? 0 : at) + Number(offset)
        return BigInt(at)
      }),
    sync: Effect.void,
    read: (buffer) =>
      Effect.sync(() => {
        const bytes = take(buffer.length)
        buffer.set(bytes)
        return bytes.length
      }),
    readAlloc: (size) =>
      Effect.sync(() => {
        const bytes = take(size)
        return bytes.length === 0 ? Option.none() : Option.some(bytes)
      }),
    truncate: (length = 0) => Effect.sync(() => void (node.bytes = node.bytes.slice(0, length))),
    write: (bytes) => Effect.as(writeAll(bytes), bytes.length),
    writeAll
  }
}

const parent = (path: string): string => path.slice(0, path.lastIndexOf("/"))

const make = (): FileSystem.FileSystem => {
  const files = new Map<string, Node>()
  const directories = new Set<string>()
  let temporaries = 0

  const find = (path: string) =>
    Effect.suspend(() => {
      const node = files.get(path)
      return node === undefined ? failure("NotFound", path) : Effect.succeed(node)
    })

  const open: FileSystem.FileSystem["open"] = (path, { flag = "r" } = {}) =>
    Effect.suspend(() => {
      const found = files.get(path)
      if (flag.startsWith("r") && directories.has(path))
        return Effect.succeed(handle({ bytes: new Uint8Array() }, false))
      if (flag.startsWith("r") && found === undefined) return failure("NotFound", path)
      if (!directories.has(parent(path))) return failure("NotFound", path)
      if (flag.includes("x") && found !== undefined) return failure("AlreadyExists", path)
      const node = found ?? { bytes: new Uint8Array() }
      if (flag.startsWith("w")) node.bytes = new Uint8Array()
      files.set(path, node)
      return Effect.succeed(handle(node, flag.startsWith("a")))
    })

  const moveDirectory = (from: string, to: string) => {
    for (const path of [...directories].filter((path) => path === from || path.startsWith(`${from}/`))) {
      directories.delete(path)
      directories.add(`${to}${path.slice(from.length)}`)
    }
    for (const [path, node] of [...files].filter(([path]) => path.startsWith(`${from}/`))) {
      files.delete(path)
      files.set(`${to}${path.slice(from.length)}`, node)
    }
  }

  const rename = (from: string, to: string) =>
    Effect.suspend(() => {
      const node = files.get(from)
      if (!directories.has(parent(to))) return failure("NotFound", to)
      if (directories.has(from)) return Effect.sync(() => moveDirectory(from, to))
      if (node === undefined) return failure("NotFound", from)
      return Effect.sync(() => {
        files.delete(from)
        files.set(to, node)
      })
    })

  const inside = (path: string, recursive: boolean) =>
    [...files.keys(), ...directories]
      .filter((name) => name.startsWith(`${path}/`))
      .map((name) => name.slice(path.length + 1))
      .filter((name) => recursive || !name.includes("/"))

  return FileSystem.make({
    ...FileSystem.makeNoop({}),
    copyFile: (from, to) => Effect.map(find(from), ({ bytes }) => void files.set(to, { bytes: bytes.slice() })),
    access: (path) => Effect.suspend(() => (directories.has(path) ? Effect.void : Effect.asVoid(find(path)))),
    makeDirectory: (path, { recursive = false } = {}) =>
      Effect.sync(() => {
        for (let at = path; at !== "" && !directories.has(at); at = recursive ? parent(at) : "") directories.add(at)
      }),
    makeTempDirectoryScoped: () =>
      Effect.sync(() => {
        temporaries += 1
        const path = `/memory/${temporaries}`
        directories.add(path)
        return path
      }),
    link: (from, to) =>
      Effect.flatMap(find(from), (node) =>
        files.has(to) ? failure("AlreadyExists", to) : Effect.sync(() => void files.set(to, node))
      ),
    open,
    readDirectory: (path, { recursive = false } = {}) =>
      Effect.suspend(() =>
        directories.has(path) ? Effect.succeed(inside(path, recursive)) : failure("NotFound", path)
      ),
    readFile: (path) => Effect.map(find(path), ({ bytes }) => bytes.slice()),
    remove: (path, options) =>
      Effect.suspend(() => {
        let found = files.delete(path)
        if (options?.recursive === true) {
          for (const name of [...files.keys()].filter((name) => name.startsWith(`${path}/`))) files.delete(name)
          for (const name of [...directories].filter((name) => name === path || name.startsWith(`${path}/`))) {
            found = directories.delete(name)
          }
        }
        return found || options?.force === true ? Effect.void : failure("NotFound", path)
      }),
    rename,
    stat: (path) =>
      Effect.suspend(() =>
        directories.has(path)
          ? Effect.succeed(info(0, "Directory"))
          : Effect.map(find(path), ({ bytes }) => info(bytes.length))
      ),
    truncate: (path, length = 0) => Effect.map(find(path), (node) => void (node.bytes = node.bytes.slice(0, length))),
    writeFile: (path, data, options) =>
      Effect.scoped(Effect.flatMap(open(path, { flag: "w", ...options }), (file) => file.writeAll(data)))
  })
}

/** Everything an export needs of the machine, but for its disk. */
export const layer = Layer.mergeAll(
  Layer.sync(FileSystem.FileSystem, make),
  NodePath.layer,
  NodeSha256.layer,
  NodeCompression.layer,
  NodeHost.layer
)
