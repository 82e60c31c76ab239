import * as Printable from "@effect-intercom/core/Printable"
import { fromPlatform } from "@effect-intercom/export/ExportError"
import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
import { type Batch, Sink } from "@effect-intercom/export/Sink"
import * as SinkLaws from "@effect-intercom/export/SinkLaws"
import * as Stdout from "@effect-intercom/export/Stdout"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PlatformError from "effect/PlatformError"
import * as EffectSink from "effect/Sink"
import * as Stdio from "effect/Stdio"
import * as ChildProcess from "node:child_process"
import { createHash } from "node:crypto"
import * as NodeFs from "node:fs"
import * as NodePath from "node:path"

const batch = (ids: ReadonlyArray<string>, rest: Partial<Batch> = {}): Batch => ({
  records: ids.map((id) => ({ type: "thing", id })),
  quarantined: [],
  ...rest
})

const line = { resource: "things", error: { message: "no", mismatches: [] }, record: { id: 1 } }

/** A standard output and error that are remembered. */
const recorder = () => {
  const texts = { out: "", err: "" }
  const into = (name: "err" | "out") =>
    EffectSink.forEach((text: string | Uint8Array) => Effect.sync(() => void (texts[name] += String(text))))
  return { texts, layer: Stdio.layerTest({ stdout: () => into("out"), stderr: () => into("err") }) }
}

const sink = (stdio: Layer.Layer<Stdio.Stdio>, options?: Stdout.Options) =>
  Stdout.layer(options).pipe(Layer.provide([NodeSha256.layer, stdio]))

const connect = Sink.use(({ connect }) => connect)

describe("Stdout", () => {
  it.effect("writes records as they are, and those that do not fit to the standard error", () => {
    const { layer, texts } = recorder()
    return Effect.gen(function* () {
      const { open } = yield* connect
      const output = yield* open(SinkLaws.things, "replace")
      yield* output.commit(batch(["1", "Zoë"]), () => "a")
      yield* output.commit(batch(["3"], { quarantined: [line] }), () => "b")
      const receipt = yield* output.finish("things")
      yield* output.forget
      const expected = '{"type":"thing","id":"1"}\n{"type":"thing","id":"Zoë"}\n{"type":"thing","id":"3"}\n'
      assert.strictEqual(texts.out, expected)
      assert.strictEqual(texts.err, `${JSON.stringify(line)}\n`)
      assert.deepStrictEqual(receipt, {
        place: "-",
        records: 3,
        bytes: Buffer.byteLength(expected),
        sha256: createHash("sha256").update(expected).digest("hex"),
        quarantined: 1
      })
    }).pipe(Effect.provide(sink(layer)))
  })

  it.effect("what does not fit reaches a terminal as JSON that only reads", () => {
    const { layer, texts } = recorder()
    const hostile = { ...line, record: { name: "\u009b2J\u202e", "::error::": "##[error]\u001b" } }
    return Effect.gen(function* () {
      const { open } = yield* connect
      const output = yield* open(SinkLaws.things, "replace")
      yield* output.commit(batch([], { quarantined: [hostile] }), () => "a")
      assert.deepStrictEqual(JSON.parse(texts.err), hostile)
      assert.strictEqual(texts.err, `${Printable.json(JSON.stringify(hostile))}\n`)
      assert.include(texts.err, "\\u009b2J\\u202e")
    }).pipe(Effect.provide(sink(layer)))
  })

  it.effect("names the resource of each record when told so", () => {
    const { layer, texts } = recorder()
    return Effect.gen(function* () {
      const { open } = yield* connect
      const [things, happenings] = yield* Effect.all([
        open(SinkLaws.things, "merge"),
        open(SinkLaws.happenings, "merge")
      ])
      yield* things.commit(batch(["1"]), () => "a")
      yield* happenings.commit({ records: [{ name: "h" }], quarantined: [] }, () => "a")
      assert.strictEqual(
        texts.out,
        '{"resource":"things","record":{"type":"thing","id":"1"}}\n{"resource":"happenings","record":{"name":"h"}}\n'
      )
    }).pipe(Effect.provide(sink(layer, { named: true })))
  })

  it.effect("cannot resume, look back or start over", () => {
    const { layer } = recorder()
    return Effect.gen(function* () {
      const connection = yield* connect
      const output = yield* connection.open(SinkLaws.things, "replace")
      yield* output.commit(batch([], { startOver: true }), () => "a")
      yield* output.commit(batch(["1"], { startOver: true }), () => "b")
      const error = yield* Effect.flip(output.commit(batch(["1"], { startOver: true }), () => "c"))
      assert.strictEqual(
        error.message,
        "The listing has to be read again from its start, and what went to the standard output cannot be taken back. Run it again, or export to a file."
      )
      yield* connection.write("state", "{}")
      assert.strictEqual(yield* connection.read("state"), undefined)
      assert.strictEqual(yield* connection.peek(SinkLaws.things), undefined)
      assert.strictEqual((yield* connection.open(SinkLaws.happenings, "replace")).checkpoint, undefined)
      assert.strictEqual(yield* connection.occupied(SinkLaws.things, "things"), undefined)
      assert.strictEqual((yield* Effect.flip(connection.audit(SinkLaws.things, "-")))._tag, "Missing")
    }).pipe(Effect.provide(sink(layer)))
  })

  for (const [code, tag, sentence] of [
    ["EPIPE", "PipeClosed", "The reader of the standard output has closed it: the export ends here."],
    ["ENOSPC", "DiskFull", "The disk is full: - could not be written. Make room first."]
  ] as const) {
    it.effect(`ends with ${tag} on ${code}, whenever it comes`, () => {
      const failing = PlatformError.systemError({
        _tag: "Unknown",
        module: "Stdio",
        method: "stdout",
        cause: Object.assign(new Error(code), { code })
      })
      return Effect.gen(function* () {
        for (const healthy of [0, 1]) {
          let left = healthy
          const stdout = EffectSink.forEach(() => {
            left -= 1
            return left < 0 ? Effect.fail(failing) : Effect.void
          })
          const error = yield* Effect.gen(function* () {
            const { open } = yield* connect
            const { commit, finish } = yield* open(SinkLaws.things, "replace")
            yield* commit(batch(["1"]), () => "a")
            return yield* finish("things")
          }).pipe(Effect.scoped, Effect.provide(sink(Stdio.layerTest({ stdout: () => stdout }))), Effect.flip)
          assert.strictEqual(error._tag, tag)
          assert.strictEqual(error.message, sentence)
        }
        assert.strictEqual(fromPlatform("-", failing)._tag, tag)
      })
    })
  }

  const program = NodePath.join(import.meta.dirname, "StdoutProgram.ts")

  it("ends when a real reader has seen enough", () => {
    const { stderr, stdout } = ChildProcess.spawnSync(
      "sh",
      ["-c", `"$0" "$1" 200000 | head -n 2`, process.execPath, program],
      { encoding: "utf8" }
    )
    assert.strictEqual(stdout, '{"type":"thing","id":"0"}\n{"type":"thing","id":"1"}\n')
    assert.strictEqual(stderr, "PipeClosed")
  })

  it("gets everything into a real pipe and a real file", () => {
    const { stderr, stdout } = ChildProcess.spawnSync(process.execPath, [program, "3000"], { encoding: "utf8" })
    assert.strictEqual(stderr, "3000")
    assert.strictEqual(stdout.split("\n").length, 3001)
  })

  // Where there is such a device.
  it.skipIf(!NodeFs.existsSync("/dev/full"))(
    "notices that a real file could not be written, at the last line too",
    () => {
      for (const count of ["1", "100"]) {
        const full = NodeFs.openSync("/dev/full", "w")
        const { stderr } = ChildProcess.spawnSync(process.execPath, [program, count], {
          encoding: "utf8",
          stdio: ["ignore", full, "pipe"]
        })
        NodeFs.closeSync(full)
        assert.strictEqual(stderr, "DiskFull")
      }
    }
  )
})
