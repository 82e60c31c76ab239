/** What every sink that writes files must do, beyond the laws of SinkLaws: survive its disk. */
import * as Json from "@effect-intercom/core/Json"
import type { Reason } from "@effect-intercom/export/ExportError"
import type { Line } from "@effect-intercom/export/Quarantine"
import { type Batch, type Connection, type Mode, type Output, type Receipt, Sink } from "@effect-intercom/export/Sink"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import type { Received, Table } from "@effect-intercom/export/Table"
import { assert, layer as withLayer } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Disk from "./Disk.ts"
import { often, some } from "./Kills.ts"
import * as Hostile from "./Hostile.ts"
import * as MemoryDisk from "./MemoryDisk.ts"

type Machine = Layer.Success<typeof Disk.layer>

export interface FileSink {
  readonly layer: (directory: string) => Layer.Layer<Sink, never, Machine>
  /** The end of a file's name. */
  readonly extension: string
  /** Reads a file with something that did not write it. */
  readonly records: (table: Table, path: string) => Effect.Effect<ReadonlyArray<Received>, unknown, Machine>
  /**
   * Which operations on files are tried as the last one: every so many, since several sinks write by the same code.
   * `INTERCOM_TEST_KILLS` tries them all.
   */
  readonly step: number
}

/** One export. */
export const session = <A, E>(
  layer: Layer.Layer<Sink, never, Machine>,
  use: (connection: Connection) => Effect.Effect<A, E, Scope.Scope>
): Effect.Effect<A, E | Reason, Machine> =>
  Effect.scoped(
    Effect.flatMap(
      Sink.use(({ connect }) => connect),
      use
    )
  ).pipe(Effect.provide(Layer.fresh(layer)))

/** A step of an export that can be stopped. */
const batches = (count: number): ReadonlyArray<Batch> =>
  Array.from({ length: count }, (_, index) => ({
    records: [0, 1, 2].map((offset) => record(index * 3 + offset)),
    quarantined: index % 2 === 0 ? [quarantined(index)] : []
  }))

export const record = (id: number): Received => ({
  type: "thing",
  id: `t${String(id).padStart(6, "0")}`,
  name: `Zoë 😀 ${id}`,
  count: id,
  unknown: [id]
})

const quarantined = (id: number): Line => ({
  resource: "things",
  error: { message: "no", mismatches: [] },
  record: { id }
})

const at = (output: Output) => (output.checkpoint === undefined ? 0 : Number(output.checkpoint))

/** What an export does: it resumes where the checkpoint says. */
export const run = (
  layer: Layer.Layer<Sink, never, Machine>,
  all: ReadonlyArray<Batch>,
  mode: Mode = "replace",
  name = "things"
): Effect.Effect<Receipt, Reason, Machine> => session(layer, (connection) => exported(connection, all, mode, name))

const exported = Effect.fnUntraced(function* (
  { open, write }: Connection,
  all: ReadonlyArray<Batch>,
  mode: Mode = "replace",
  name = "things"
) {
  const output = yield* open(SinkLaws.things, mode)
  yield* Effect.forEach(all.slice(at(output)), (batch, index) =>
    output.commit(batch, () => String(at(output) + index + 1))
  )
  const receipt = yield* output.finish(name)
  yield* write("manifest", JSON.stringify(receipt))
  yield* output.forget
  return receipt
})

const onDisk = (fs: FileSystem.FileSystem) => Effect.provideService(FileSystem.FileSystem, fs)

/** The tests of a sink that writes files. */
export const tests = (sink: FileSink) => {
  const step = often ? 1 : sink.step
  withLayer(Disk.layer)((it) => {
    const subject = Effect.map(Effect.all([Disk.temporary, Disk.processes]), ([directory, processes]) => ({
      layer: Layer.provide(sink.layer(directory), processes),
      abandon: Disk.abandon(`${directory}/export.lock`),
      records: (table: Table, place: string) => sink.records(table, `${directory}/${place}`),
      quarantine: ({ name }: Table) =>
        Effect.map(Disk.contents(directory), ({ "quarantine.ndjson": text = "" }) =>
          text
            .split("\n")
            .filter((line) => line !== "")
            // The sinks write such lines only.
            .map((line) => Json.parse(line) as Line)
            .filter(({ resource }) => resource === name)
        )
    }))
    for (const { check, name } of SinkLaws.laws(subject, some)) it.effect(name, () => check)

    it.effect("hostile records come back, or are set apart by name", () =>
      Effect.flatMap(subject, (sink) => Hostile.comeBack(sink))
    )
  })

  // A disk in memory: the same is done so often that a real one would take minutes.
  withLayer(MemoryDisk.layer)((it) => {
    it.effect("killed at any operation on files, the next export ends as if nothing had been", () =>
      Effect.gen(function* () {
        const real = yield* FileSystem.FileSystem
        const all = [
          ...batches(3),
          { ...batches(2)[1], records: [record(90)], quarantined: [quarantined(90)], startOver: true }
        ]
        const prepare = Effect.gen(function* () {
          const directory = yield* Disk.temporary
          yield* run(sink.layer(directory), batches(1))
          return directory
        })
        for (const [mode, name] of [
          ["replace", "things"],
          ["merge", "things-2"]
        ] as const) {
          const undisturbed = yield* prepare
          const { count, service } = Disk.mortal(real)
          yield* onDisk(service)(run(sink.layer(undisturbed), all, mode, name))
          const expected = yield* Disk.bytes(undisturbed)
          assert.isAbove(count.operations, 60)
          // Every operation of one mode, and some of the other: it differs in the quarantine alone.
          for (let at = 1; at <= count.operations; at += mode === "replace" ? step : 3 * step) {
            // Before one is after the last.
            for (const when of ["middle", "after"] as const) {
              const directory = yield* prepare
              const killed = yield* Effect.exit(
                onDisk(Disk.mortal(real, { at, when }).service)(run(sink.layer(directory), all, mode, name))
              )
              const moment = `${mode}, ${when} operation ${at}`
              // The last operations give the lock back, which cannot fail.
              if (at < count.operations - 3) assert.strictEqual(killed._tag, "Failure", moment)
              if (killed._tag === "Failure") yield* run(sink.layer(directory), all, mode, name)
              else yield* session(sink.layer(directory), () => Effect.void)
              assert.deepStrictEqual(yield* Disk.bytes(directory), expected, moment)
            }
          }
        }
      })
    )

    it.effect("suspended at any operation on files, an export that lost its lock changes nothing more", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const own = [{ ...batches(1)[0], records: [record(70)], quarantined: [quarantined(70)] }]
        for (const next of ["starts over", "resumes"] as const) {
          for (let at = 1; ; at += step) {
            const directory = yield* Disk.temporary
            const layer = Layer.provide(sink.layer(directory), yield* Disk.processes)
            yield* run(layer, batches(1))
            const after = yield* Ref.make<Readonly<Record<string, string>>>({})
            const another = Effect.gen(function* () {
              yield* Disk.abandon(`${directory}/export.lock`)
              if (next === "starts over") {
                yield* session(layer, ({ discard }) => discard(SinkLaws.things))
                yield* run(layer, own)
              } else {
                yield* run(layer, batches(3))
              }
              yield* Ref.set(after, yield* Disk.bytes(directory))
            })
            const context = yield* Effect.context<Machine>()
            const { count, service } = Disk.suspended(fs, at, Effect.orDie(Effect.provideContext(another, context)))
            const result = yield* Effect.result(
              onDisk(service)(
                session(layer, (connection) =>
                  Effect.gen(function* () {
                    count.operations = 0
                    yield* Effect.scoped(exported(connection, batches(3)))
                    const { operations } = count
                    count.operations = Number.NEGATIVE_INFINITY
                    return operations
                  })
                )
              )
            )
            if (result._tag === "Success" && result.success < at) break
            const moment = `${next}, at operation ${at}`
            assert.strictEqual(result._tag === "Failure" ? result.failure._tag : "Success", "LostLock", moment)
            assert.deepStrictEqual(yield* Disk.bytes(directory), yield* Ref.get(after), moment)
          }
        }
      })
    )

    it.effect(
      "killed any number of times in a row, and split as it comes, the bytes are those of an undisturbed export",
      () =>
        Effect.gen(function* () {
          const real = yield* FileSystem.FileSystem
          const history = Arbitrary.all({
            size: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 8 }))),
            deaths: Arbitrary.array(
              Arbitrary.all({
                at: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 90 }))),
                when: Arbitrary.schema(Schema.Literals(["before", "middle", "after"]))
              }),
              { maxLength: 5 }
            )
          })
          const result = yield* Arbitrary.checkEffect(
            history,
            ({ deaths, size }) =>
              Effect.gen(function* () {
                const all = batches(size)
                const whole: Batch = {
                  records: all.flatMap(({ records }) => records),
                  quarantined: all.flatMap(({ quarantined }) => quarantined)
                }
                const [undisturbed, directory] = yield* Effect.all([Disk.temporary, Disk.temporary])
                yield* run(sink.layer(undisturbed), [whole])
                for (const death of deaths) {
                  yield* Effect.exit(onDisk(Disk.mortal(real, death).service)(run(sink.layer(directory), all)))
                }
                yield* run(sink.layer(directory), all)
                assert.deepStrictEqual(yield* Disk.bytes(directory), yield* Disk.bytes(undisturbed))
                return true
              }),
            { runs: often ? 40 : 6, seed: 3 }
          )
          assert.strictEqual(Arbitrary.formatCheckFailure(result), undefined)
        })
    )

    it.effect("a full disk is a reason of its own; nothing is lost, and the same commit can be tried again", () =>
      Effect.gen(function* () {
        const real = yield* FileSystem.FileSystem
        const all = batches(3)
        const undisturbed = yield* Disk.temporary
        const expected = yield* run(sink.layer(undisturbed), all)
        const { count, service } = Disk.mortal(real)
        yield* onDisk(service)(run(sink.layer(yield* Disk.temporary), all))
        for (let at = 2; at < count.operations - 3; at += often ? 2 : 5) {
          const directory = yield* Disk.temporary
          const full = Disk.mortal(real, { at, when: "middle", code: "ENOSPC" }).service
          const error = yield* Effect.flip(onDisk(full)(run(sink.layer(directory), all)))
          assert.strictEqual(error._tag, "DiskFull")
          assert.deepStrictEqual(yield* run(sink.layer(directory), all), expected)
          assert.deepStrictEqual(yield* Disk.bytes(directory), yield* Disk.bytes(undisturbed))
        }
        // Room is made while the export waits.
        const switchable = { fs: real }
        const fs = new Proxy(real, { get: (_, key) => Reflect.get(switchable.fs, key) as unknown })
        for (let at = 1; at < 12; at += often ? 1 : 3) {
          const directory = yield* Disk.temporary
          const receipt = yield* session(sink.layer(directory), ({ open }) =>
            Effect.gen(function* () {
              const output = yield* open(SinkLaws.things, "replace")
              for (const [index, batch] of all.entries()) {
                switchable.fs = Disk.mortal(real, { at, when: "middle", code: "ENOSPC" }).service
                const first = yield* Effect.exit(output.commit(batch, () => String(index)))
                switchable.fs = real
                if (first._tag === "Failure") yield* output.commit(batch, () => String(index))
              }
              const receipt = yield* output.finish("things")
              yield* output.forget
              return receipt
            })
          ).pipe(onDisk(fs))
          assert.deepStrictEqual(receipt, expected, `at operation ${at} of a commit`)
        }
      })
    )

    it.effect("refuses an unfinished output of another kind of file", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* Disk.temporary
        yield* session(sink.layer(directory), ({ open }) =>
          Effect.flatMap(open(SinkLaws.things, "replace"), ({ commit }) =>
            commit({ records: [], quarantined: [] }, () => "1")
          )
        )
        const checkpoint = Disk.unfinished(directory, "things.checkpoint.json")
        const text = yield* fs.readFileString(yield* checkpoint)
        yield* fs.writeFileString(yield* checkpoint, text.replace(`"writes": "${sink.extension}"`, `"writes": "xml"`))
        const other = yield* Effect.flip(run(sink.layer(directory), []))
        assert.strictEqual(
          other.message.replace(/[^/]*,held\//, "HELD/"),
          `${directory}/.export/HELD/things.checkpoint.json belongs to an export with format xml, this one has ${sink.extension}. Choose another place, or start over: --restart for an unfinished export, --force for a finished one.`
        )
        yield* fs.writeFileString(yield* Disk.unfinished(directory, "things.xml.part"), "<things>")
        yield* session(sink.layer(directory), ({ discard }) => discard(SinkLaws.things))
        assert.deepStrictEqual(yield* Disk.bytes(directory), {})
        yield* fs.writeFileString(yield* checkpoint, text.replace(`"mode": "replace"`, `"mode": "merge"`))
        assert.match((yield* Effect.flip(run(sink.layer(directory), []))).message, /mode merge, this one has replace/)
        yield* fs.writeFileString(yield* checkpoint, "{}")
        assert.strictEqual((yield* Effect.flip(run(sink.layer(directory), [])))._tag, "Unreadable")
      })
    )

    it.effect("notices a part, or a finished file, that something else changed", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const many = { records: Array.from({ length: 9000 }, (_, index) => record(index)), quarantined: [] }
        const part = `things.${sink.extension}.part`
        for (const change of ["shorter", "other", "gone"] as const) {
          const directory = yield* Disk.temporary
          yield* session(sink.layer(directory), ({ open }) =>
            Effect.flatMap(open(SinkLaws.things, "replace"), ({ commit }) => commit(many, () => "1"))
          )
          const path = yield* Disk.unfinished(directory, part)
          const bytes = yield* fs.readFile(path)
          if (change === "gone") yield* fs.remove(path)
          else yield* fs.writeFile(path, change === "shorter" ? bytes.slice(1) : bytes.map((byte) => byte ^ 1))
          const error = yield* Effect.flip(run(sink.layer(directory), [many, many]))
          assert.strictEqual(error._tag, "PartChanged", change)
        }
        const directory = yield* Disk.temporary
        yield* session(sink.layer(directory), ({ open }) =>
          Effect.flatMap(open(SinkLaws.things, "replace"), ({ commit, finish }) =>
            Effect.andThen(
              commit(many, () => "1"),
              finish("things")
            )
          )
        )
        const path = `${directory}/things.${sink.extension}`
        yield* fs.writeFile(
          path,
          (yield* fs.readFile(path)).map((byte) => byte ^ 1)
        )
        assert.strictEqual((yield* Effect.flip(run(sink.layer(directory), [many])))._tag, "PartChanged")
      })
    )

    const begun = Effect.gen(function* () {
      const directory = yield* Disk.temporary
      yield* session(sink.layer(directory), ({ open }) =>
        Effect.flatMap(open(SinkLaws.things, "replace"), ({ commit }) =>
          commit({ records: [record(1)], quarantined: [quarantined(1)] }, () => "1")
        )
      )
      return directory
    })

    it.effect("a damaged checkpoint is named, with its field, and starting over is a way out", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const changed = (change: Readonly<Record<string, unknown>>) => (text: string) =>
          JSON.stringify({ ...(JSON.parse(text) as object), ...change })
        const part = { records: 1, bytes: 1, sha256: "0".repeat(64), tail: "" }
        const damages: ReadonlyArray<readonly [string, (text: string) => string]> = [
          ["", () => ""],
          ["", (text) => text.slice(0, 40)],
          ["", (text) => "\0".repeat(text.length)],
          ["", () => "{}"],
          [" (anew)", changed({ anew: -1 })],
          [" (records.bytes)", changed({ records: { ...part, bytes: -5 } })],
          [" (quarantined.records)", changed({ quarantined: { ...part, records: 0.5 } })],
          [" (records.sha256)", changed({ records: { ...part, sha256: "../../x" } })],
          [" (records.tail)", changed({ records: { ...part, tail: "half a li" } })],
          [" (made.bytes)", changed({ made: { bytes: -1, sha256: "0".repeat(64) } })],
          [" (checkpoint)", changed({ checkpoint: 7 })]
        ]
        for (const [field, damage] of damages) {
          const directory = yield* begun
          const path = yield* Disk.unfinished(directory, "things.checkpoint.json")
          yield* fs.writeFileString(path, damage(yield* fs.readFileString(path)))
          const error = yield* Effect.flip(run(sink.layer(directory), batches(1)))
          assert.strictEqual(error._tag, "Unreadable")
          assert.include(error.message, `${directory}/.export/`)
          assert.include(error.message, "/things.checkpoint.json is damaged")
          assert.include(error.message, `${field === "" ? "" : `${field}. `}Start over with --restart`)
          yield* session(sink.layer(directory), ({ discard }) => discard(SinkLaws.things))
          assert.strictEqual((yield* run(sink.layer(directory), batches(1))).records, 3)
        }
      })
    )

    it.effect("a directory where a file is to be is named, and no way in", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* begun
        const checkpoint = yield* Disk.unfinished(directory, "things.checkpoint.json")
        yield* fs.remove(checkpoint)
        yield* fs.makeDirectory(checkpoint)
        const error = yield* Effect.flip(run(sink.layer(directory), batches(1)))
        assert.strictEqual(error._tag, "Unreadable")
        yield* session(sink.layer(directory), ({ discard }) => discard(SinkLaws.things))
        assert.strictEqual((yield* run(sink.layer(directory), batches(1))).records, 3)
        yield* fs.remove(`${directory}/manifest.json`)
        yield* fs.makeDirectory(`${directory}/manifest.json`)
        const manifest = yield* Effect.flip(session(sink.layer(directory), ({ read }) => read("manifest")))
        assert.strictEqual(
          manifest.message,
          `${directory}/manifest.json is damaged, or not written by this version of the tool. Put a good copy back; or move it away and export everything again with --force, which replaces what is there.`
        )
      })
    )

    it.effect("a directory that is deleted meanwhile is said to be gone", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* Disk.temporary
        const error = yield* session(sink.layer(directory), ({ open }) =>
          Effect.gen(function* () {
            const { commit } = yield* open(SinkLaws.things, "replace")
            yield* commit({ records: [record(1)], quarantined: [] }, () => "1")
            yield* fs.remove(directory, { recursive: true })
            return yield* Effect.flip(commit({ records: [record(2)], quarantined: [] }, () => "2"))
          })
        )
        assert.strictEqual(error._tag, "DirectoryGone")
        assert.strictEqual(
          error.message,
          `${directory} is not there any more: it was deleted, moved or unmounted while the export wrote to it. Put it back to resume where the export stood; without it, the same command starts over.`
        )
      })
    )

    it.effect("a damaged quarantine is in nobody's way, and stays as it is", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* Disk.temporary
        yield* run(sink.layer(directory), batches(1))
        const path = `${directory}/quarantine.ndjson`
        const whole = yield* fs.readFileString(path)
        const damaged = `${whole.slice(0, -5)}\n\0\0\0`
        yield* fs.writeFileString(path, damaged)
        yield* run(sink.layer(directory), batches(1), "merge", "things-2")
        assert.strictEqual(yield* fs.readFileString(path), `${damaged}\n${whole}`)
      })
    )

    it.effect("an audit does not leave the directory, whatever a manifest says", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* Disk.temporary
        const receipt = yield* run(sink.layer(`${directory}/out`), batches(1))
        yield* fs.rename(`${directory}/out/${receipt.place}`, `${directory}/${receipt.place}`)
        for (const place of [`../${receipt.place}`, `${directory}/${receipt.place}`, "..", ""]) {
          const error = yield* Effect.flip(
            session(sink.layer(`${directory}/out`), ({ audit }) => audit(SinkLaws.things, place))
          )
          assert.strictEqual(error._tag, "Unreadable")
          assert.include(error.message, `${directory}/out/manifest.json is damaged`)
        }
      })
    )

    it.effect("an audit sees a change of a single bit, and a file that is gone", () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const directory = yield* Disk.temporary
        const receipt = yield* run(sink.layer(directory), batches(2))
        const path = `${directory}/${receipt.place}`
        const bytes = yield* fs.readFile(path)
        yield* fs.writeFile(
          path,
          bytes.map((byte, index) => (index === Math.floor(bytes.length / 2) ? byte ^ 1 : byte))
        )
        const found = yield* Effect.result(
          session(sink.layer(directory), ({ audit }) => audit(SinkLaws.things, receipt.place))
        )
        // A damaged file may be one that cannot be read at all.
        if (found._tag === "Success") assert.notStrictEqual(found.success.sha256, receipt.sha256)
        else assert.strictEqual(found.failure._tag, "FileFailed")
        yield* fs.remove(path)
        const error = yield* Effect.flip(
          session(sink.layer(directory), ({ audit }) => audit(SinkLaws.things, receipt.place))
        )
        assert.strictEqual(error._tag, "Missing")
        assert.strictEqual(
          error.message,
          `${path} is not there, though it was exported. Put it back, or export it again with --force.`
        )
      })
    )
  })
}
