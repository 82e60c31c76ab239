/** `intercom export status`, `verify` and `report`, where something has happened to the export, or to the disk. */
import { Simulator } from "@effect-intercom/simulator/Simulator"
import { assert, describe, it } from "@effect/vitest"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { DatabaseSync } from "node:sqlite"
import * as Command from "./Command.ts"

const simulator = Layer.merge(Simulator.layer({ contacts: 3, companies: 1, conversations: 1 }), NodeServices.layer)

const exported = Effect.fnUntraced(function* (to: string) {
  const { token, url } = yield* Simulator
  const env = { INTERCOM_BASE_URL: url, INTERCOM_ACCESS_TOKEN: Redacted.value(token) }
  const { code, stderr } = yield* Command.inProcess(["export", "tags", "teams", "--to", to], env)
  assert.strictEqual(code, 0, stderr)
})

const after = (...args: ReadonlyArray<string>) => Command.inProcess(["export", ...args])

/** A disk on which some methods fail as a system fails. */
const disk = (change: (fs: FileSystem.FileSystem) => Partial<FileSystem.FileSystem>) =>
  Layer.effect(
    FileSystem.FileSystem,
    Effect.map(FileSystem.FileSystem, (fs) => FileSystem.FileSystem.of({ ...fs, ...change(fs) }))
  ).pipe(Layer.provide(NodeFileSystem.layer))

const failure = (method: string, code: string, words: string) =>
  PlatformError.systemError({
    _tag: "Unknown",
    module: "FileSystem",
    method,
    cause: Object.assign(new Error(`${code}: ${words}, ${method}`), { code })
  })

describe("a report", () => {
  it.live("is not written over the export it is about, and whole or not at all", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const place = yield* Command.temporary
      const [directory, database] = [`${place}/dump`, `${place}/o.db`]
      yield* exported(`ndjson:${directory}`)
      yield* exported(`sqlite:${database}`)
      yield* fs.symlink(directory, `${place}/link`)
      yield* fs.symlink(`${directory}/tags.ndjson`, `${place}/page.html`)
      const held = [
        [directory, `${directory}/manifest.json`],
        [directory, `${directory}/state.json`],
        [directory, `${directory}/tags.ndjson`],
        [directory, `${directory}/../dump/quarantine.ndjson`],
        [directory, `${directory}/.export/pages/report.html`],
        [directory, `${place}/link/tags.ndjson`],
        [`${place}/link`, `${directory}/tags.ndjson`],
        [directory, `${place}/page.html`],
        [`sqlite:${database}`, database],
        [database, `${place}/link/../o.db`],
        [database, `${database}-wal`],
        [database, `${database}-shm`]
      ] as const
      const before = yield* Effect.all([fs.readFile(database), fs.readFile(`${directory}/tags.ndjson`)])
      for (const [destination, out] of held) {
        const { code, stderr } = yield* after("report", destination, "--out", out)
        assert.strictEqual(code, 64, out)
        assert.include(
          stderr,
          `--out: ${out} belongs to the export, which the page would destroy. Name another file, such as report.html.`
        )
      }
      assert.deepStrictEqual(
        yield* Effect.all([fs.readFile(database), fs.readFile(`${directory}/tags.ndjson`)]),
        before
      )
      assert.isFalse(yield* fs.exists(`${directory}/.export/pages`))

      const page = `${place}/report.html`
      yield* fs.writeFileString(page, "of yesterday")
      yield* fs.symlink("report.html", `${place}/latest.html`)
      const full = disk((fs) => ({
        writeFileString: (path) =>
          Effect.andThen(fs.writeFileString(path, "<ha"), Effect.fail(failure("writeFile", "ENOSPC", "no space left"))),
        open: (path, options) =>
          Effect.map(fs.open(path, options), (file) =>
            options?.flag === "w"
              ? { ...file, writeAll: () => Effect.fail(failure("writeAll", "ENOSPC", "no space left")) }
              : file
          )
      }))
      const { code, stderr } = yield* Command.inProcess(["export", "report", directory, "--out", page], {}, full)
      assert.strictEqual(code, 1)
      assert.include(stderr, `The disk is full: ${page} could not be written.`)
      assert.strictEqual(yield* fs.readFileString(page), "of yesterday")

      // A link stays one.
      assert.strictEqual((yield* after("report", directory, "--out", `${place}/latest.html`)).code, 0)
      assert.include(yield* fs.readFileString(page), "complete</h1>")
      assert.strictEqual(yield* fs.readLink(`${place}/latest.html`), "report.html")
      assert.deepStrictEqual(
        (yield* fs.readDirectory(place)).filter((name) => name.startsWith(".")),
        []
      )
      assert.strictEqual((yield* after("report", directory, "--out", `${directory}/report.html`)).code, 0)
    }).pipe(Effect.provide(simulator))
  )

  it.live("says what is damaged, as status does", () =>
    Effect.gen(function* () {
      const directory = yield* Command.temporary
      yield* exported(`ndjson:${directory}`)
      yield* (yield* FileSystem.FileSystem).remove(`${directory}/tags.ndjson`)
      assert.match((yield* after("status", directory)).stdout, /^tags +damaged /m)
      const page = `${directory}/report.html`
      assert.strictEqual((yield* after("report", directory, "--out", page)).code, 0)
      const text = yield* (yield* FileSystem.FileSystem).readFileString(page)
      assert.include(text, "<h1>tags is damaged</h1>")
      assert.strictEqual(text.match(/<span class="ok">complete<\/span>/g)?.length, 1)
    }).pipe(Effect.provide(simulator))
  )
})

it.live("only what was read and differs was changed", () =>
  Effect.gen(function* () {
    const directory = yield* Command.temporary
    yield* exported(`ndjson:${directory}`)
    const fs = yield* FileSystem.FileSystem
    const forbidden = disk((fs) => ({
      stream: (path, options) =>
        path.endsWith("tags.ndjson")
          ? Stream.fail(failure("open", "EACCES", "permission denied"))
          : fs.stream(path, options)
    }))
    const verify = Command.inProcess(["export", "verify", directory], {}, forbidden)
    const unread =
      "tags: could not be read, for the reason beside the name, and need not have changed. Remove the cause, and " +
      "verify again; only what is damaged has to be exported again, with --force."
    const one = yield* verify
    assert.deepStrictEqual([one.code, one.stderr.trim()], [1, unread])
    assert.match(one.stdout, /^✗ tags +.*tags\.ndjson cannot be read \(permission denied \(EACCES\)\)/m)

    yield* fs.writeFileString(`${directory}/teams.ndjson`, "")
    const changed =
      "teams: not as the manifest says. Something else changed it since it was exported: put it back, or export it " +
      "again with --force."
    assert.strictEqual((yield* verify).stderr.trim(), `${changed} ${unread}`)
  }).pipe(Effect.provide(simulator))
)

it.live("what is no directory, or a database that is damaged, is said with what to do", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const database = `${yield* Command.temporary}/x.db`
    yield* exported(`sqlite:${database}`)
    for (const command of ["status", "verify"]) {
      const { code, stderr } = yield* after(command, `ndjson:${database}`)
      assert.strictEqual(code, 64)
      assert.include(stderr, `<destination>: ${database} is not a directory. Name the directory that was exported to`)
    }
    yield* fs.truncate(database, 20_000)
    for (const command of ["status", "verify"]) {
      const { code, stderr } = yield* after(command, database)
      assert.strictEqual(code, 1)
      assert.include(stderr, `${database} is damaged, or not written by this version of the tool. Put a good copy back`)
    }
  }).pipe(Effect.provide(simulator))
)

it.live("a database is read where nothing may be made beside it", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const database = `${yield* Command.temporary}/a #1?.db`
    yield* exported(`sqlite:${database}`)
    // Root may write everywhere, and here nobody may.
    yield* fs.symlink("nowhere/at/all", `${database}-shm`)
    assert.match((yield* after("status", database)).stdout, /^tags +complete /m)
    assert.strictEqual((yield* after("verify", database)).code, 0)

    yield* fs.remove(`${database}-shm`)
    const writer = new DatabaseSync(database)
    writer.exec("CREATE TABLE later (x)")
    const copy = `${database}.copy`
    yield* fs.copyFile(database, copy)
    yield* fs.copyFile(`${database}-wal`, `${copy}-wal`)
    writer.close()
    yield* fs.symlink("nowhere/at/all", `${copy}-shm`)
    const { code, stderr } = yield* after("status", copy)
    assert.strictEqual(code, 1)
    assert.include(stderr, `${copy}-wal holds a part of it`)
    assert.include(stderr, "Copy all its files to a directory of yours, or ask somebody who may write there.")
  }).pipe(Effect.provide(simulator))
)
