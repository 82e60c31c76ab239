/** What stands where an export keeps its files, and is something else. */
import * as Directory from "@effect-intercom/export/Directory"
import type { Reason } from "@effect-intercom/export/ExportError"
import * as Ndjson from "@effect-intercom/export/Ndjson"
import * as NodeSqlite from "@effect-intercom/export/NodeSqlite"
import { Sink } from "@effect-intercom/export/Sink"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import * as Stream from "effect/Stream"
import * as ChildProcess from "node:child_process"
import * as NodeFs from "node:fs"
import * as Net from "node:net"
import * as Disk from "./Disk.ts"

const exported = Effect.gen(function* () {
  const { occupied, open } = yield* Sink.use(({ connect }) => connect)
  yield* occupied(SinkLaws.things, "things")
  const output = yield* open(SinkLaws.things, "replace")
  yield* output.commit(
    { records: [], quarantined: [{ resource: "things", error: { message: "", mismatches: [] }, record: {} }] },
    () => "1"
  )
  yield* output.finish("things")
  yield* output.forget
}).pipe(Effect.scoped)

const looked = Effect.gen(function* () {
  const { audit, peek } = yield* Sink.use(({ inspect }) => inspect)
  yield* peek(SinkLaws.things)
  return yield* audit(SinkLaws.things, "things.ndjson")
}).pipe(Effect.scoped)

type Machine = Layer.Success<typeof Disk.layer>

const into = (directory: string) => Effect.provide(exported, Ndjson.layer({ directory }))
const at = (directory: string) => Effect.provide(looked, Ndjson.layer({ directory }))

const message = <A>(effect: Effect.Effect<A, Reason, Machine>) =>
  Effect.map(Effect.flip(effect), ({ message }) => message)

const aDirectory = (path: string) =>
  `${path} is a directory, where a file belongs. Move it away, or choose another place.`
const noDirectory = (path: string) => `${path} is not a directory. Move it away, or choose another place.`

const inDirectory = <A, E, R>(use: (directory: string, fs: FileSystem.FileSystem) => Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    return yield* use(yield* Disk.temporary, yield* FileSystem.FileSystem)
  }).pipe(Effect.scoped, Effect.provide(Disk.layer))

describe("a directory where a file belongs", () => {
  for (const name of ["export.lock", "things.ndjson", "quarantine.ndjson"]) {
    it.effect(name, () =>
      inDirectory((directory, fs) =>
        Effect.gen(function* () {
          yield* fs.makeDirectory(`${directory}/${name}/inside`, { recursive: true })
          assert.strictEqual(yield* message(into(directory)), aDirectory(`${directory}/${name}`))
        })
      )
    )
  }

  it.effect("the quarantine, of what is audited", () =>
    inDirectory((directory, fs) =>
      Effect.gen(function* () {
        yield* into(directory)
        yield* fs.remove(`${directory}/quarantine.ndjson`)
        yield* fs.makeDirectory(`${directory}/quarantine.ndjson`)
        assert.strictEqual(yield* message(at(directory)), aDirectory(`${directory}/quarantine.ndjson`))
      })
    )
  )

  it.effect("a database, and its lock", () =>
    inDirectory((directory, fs) =>
      Effect.gen(function* () {
        for (const effect of [exported, looked]) {
          const error = message(Effect.provide(effect, NodeSqlite.layer({ file: directory })))
          assert.strictEqual(yield* error, aDirectory(directory))
        }
        const file = `${directory}/workspace.db`
        yield* fs.makeDirectory(`${file}.lock`)
        const error = message(Effect.provide(exported, NodeSqlite.layer({ file })))
        assert.strictEqual(yield* error, aDirectory(`${file}.lock`))
      })
    )
  )
})

// Windows has none in its file system.
it.effect.skipIf(process.platform === "win32")(
  "a pipe, a device and a socket are no files either, and are not opened",
  () =>
    inDirectory((directory) =>
      Effect.gen(function* () {
        const pipe = `${directory}/pipe`
        ChildProcess.execFileSync("mkfifo", [pipe])
        yield* Effect.acquireRelease(
          Effect.callback<Net.Server>((resume) => {
            const server = Net.createServer().listen(`${directory}/socket`, () => resume(Effect.succeed(server)))
          }),
          (server) => Effect.sync(() => void server.close())
        )
        for (const [file, found] of [
          [pipe, "pipe"],
          ["/dev/null", "device"],
          [`${directory}/socket`, "socket"]
        ] as const) {
          for (const effect of [exported, looked]) {
            assert.strictEqual(
              yield* message(Effect.provide(effect, NodeSqlite.layer({ file }))),
              `${file} is a ${found}, where a file belongs. Move it away, or choose another place.`
            )
          }
        }
        NodeFs.linkSync(pipe, `${directory}/things.ndjson`)
        assert.match(yield* message(into(directory)), /things\.ndjson is a pipe, where a file belongs/)
      })
    )
)

describe("something else where a directory belongs", () => {
  it.effect("a file", () =>
    inDirectory((directory, fs) =>
      Effect.gen(function* () {
        yield* fs.writeFileString(`${directory}/file`, "")
        for (const place of [`${directory}/file`, `${directory}/file/below/it`]) {
          assert.strictEqual(yield* message(into(place)), noDirectory(`${directory}/file`))
        }
        const database = NodeSqlite.layer({ file: `${directory}/file/workspace.db` })
        assert.strictEqual(yield* message(Effect.provide(exported, database)), noDirectory(`${directory}/file`))
        yield* fs.writeFileString(`${directory}/.export`, "")
        for (const effect of [into(directory), at(directory)]) {
          assert.strictEqual(yield* message(effect), noDirectory(`${directory}/.export`))
        }
      })
    )
  )

  it.effect("a link to what is not there, and one to itself", () =>
    inDirectory((directory, fs) =>
      Effect.gen(function* () {
        yield* fs.symlink(`${directory}/gone`, `${directory}/link`)
        for (const place of [`${directory}/link`, `${directory}/link/below`]) {
          assert.strictEqual(
            yield* message(into(place)),
            `${directory}/link is a link to ${directory}/gone, which is not there. Make that directory, or choose another place.`
          )
        }
        yield* fs.symlink("self", `${directory}/self`)
        assert.match(yield* message(into(`${directory}/self`)), /self is a link to self, which is not there\./)
        // One that leads somewhere is as good as the place.
        yield* fs.makeDirectory(`${directory}/gone`)
        yield* into(`${directory}/link`)
      })
    )
  )

  // Where there is such a file system. Node's own way of making directories above others never ends there.
  it.effect.skipIf(!NodeFs.existsSync("/proc/self"))("one that takes no directories", () =>
    inDirectory(() =>
      Effect.gen(function* () {
        for (const place of ["/proc/intercom", "/proc/intercom/export"]) {
          assert.match(
            yield* message(into(place)),
            /^\/proc\/intercom cannot be written \(.+\)\. Choose another place, or correct its permissions\.$/
          )
        }
      })
    )
  )
})

it.effect("a file that must not be read is not said to be written", () =>
  inDirectory((directory, fs) =>
    Effect.gen(function* () {
      yield* into(directory)
      const denied = PlatformError.systemError({
        _tag: "PermissionDenied",
        module: "FileSystem",
        method: "open",
        cause: Object.assign(new Error("EACCES: permission denied, open"), { code: "EACCES" })
      })
      for (const name of ["things.ndjson", "quarantine.ndjson"]) {
        const refusing = FileSystem.FileSystem.of({
          ...fs,
          stream: (path, options) => (path.endsWith(name) ? Stream.fail(denied) : fs.stream(path, options))
        })
        assert.strictEqual(
          yield* message(Effect.provideService(at(directory), FileSystem.FileSystem, refusing)),
          `${directory}/${name} cannot be read (permission denied (EACCES)). Correct its permissions, or choose another place.`
        )
      }
    })
  )
)

it.effect("directories are made one by one, wherever they start", () =>
  inDirectory((directory, fs) =>
    Effect.gen(function* () {
      yield* Effect.all([Directory.make(`${directory}/a/b/c`), Directory.make(`${directory}/a/b/d`)], {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual((yield* fs.readDirectory(`${directory}/a/b`)).toSorted(), ["c", "d"])
      for (const there of [".", "/", `${directory}/a/`]) yield* Directory.make(there)
    })
  )
)
