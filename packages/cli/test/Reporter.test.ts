import * as Reporter from "@effect-intercom/cli/Reporter"
import type { Checkpoint } from "@effect-intercom/export/Checkpoint"
import type { Entry } from "@effect-intercom/export/Manifest"
import { assert, describe, it } from "@effect/vitest"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Sink from "effect/Sink"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import * as TestClock from "effect/testing/TestClock"

const source = { baseUrl: "https://api.example.test/", version: "2.15", workspace: "w1" }
const effort = { requests: 0, retries: 0, waits: 0, waitedMillis: 0 }
const at = "1970-01-01T00:00:00.000Z"

const checkpoint = (records: number, more: Partial<Checkpoint> = {}): Checkpoint => ({
  format: 1,
  resource: "contacts",
  source,
  pageSize: 150,
  from: null,
  cursor: "c",
  pages: 1,
  total: 100,
  records: { records, bytes: records * 10, sha256: "" },
  quarantined: { records: 0, bytes: 0, sha256: "" },
  runs: 1,
  effort,
  startedAt: at,
  updatedAt: at,
  ...more
})

const entry: Entry = {
  resource: "contacts",
  file: "contacts.ndjson",
  records: 100,
  bytes: 1000,
  sha256: "0f",
  quarantined: 0,
  total: 100,
  matches: true,
  source,
  pageSize: 150,
  from: null,
  pages: 2,
  runs: 1,
  effort: { ...effort, retries: 3, waitedMillis: 1500 },
  startedAt: at,
  finishedAt: at
}

const started = (checkpoint: Checkpoint) => ({ _tag: "Started", resource: "contacts", checkpoint }) as const
const page = (checkpoint: Checkpoint) => ({ _tag: "PageWritten", resource: "contacts", checkpoint }) as const
const completed = { _tag: "Completed", resource: "contacts", entry } as const

/** Runs with a standard error that is a terminal of this many columns (or none), and gives what was written to it. */
const captured = <A, E, R>(
  columns: number | undefined,
  body: (written: () => ReadonlyArray<string>) => Effect.Effect<A, E, R>
) => {
  const written: Array<string> = []
  const layer = Layer.mergeAll(
    Stdio.layerTest({
      stderrIsTerminal: Effect.succeed(columns !== undefined),
      stderr: () => Sink.forEach((text) => Effect.sync(() => void written.push(String(text))))
    }),
    Layer.succeed(
      Terminal.Terminal,
      Terminal.make({
        columns: Effect.succeed(columns ?? 0),
        rows: Effect.succeed(24),
        size: Effect.die("unused"),
        readInput: Effect.die("unused"),
        readLine: Effect.die("unused"),
        display: () => Effect.void
      })
    ),
    Layer.succeed(TerminalCapabilities.TerminalCapabilities, { canColor: false, canAnimate: true, canPrompt: false })
  )
  return Effect.provide(
    body(() => written.splice(0)),
    layer
  )
}

describe("on a terminal", () => {
  it.effect("one line is drawn over itself ten times a second, and a line for the resource stays", () =>
    captured(50, (written) =>
      Effect.gen(function* () {
        yield* Effect.gen(function* () {
          const { onEvent } = yield* Reporter.fitting(Reporter.logs)
          yield* onEvent(started(checkpoint(0, { total: null })))
          assert.deepStrictEqual(written(), ["\rcontacts       0 records\x1b[K"])
          yield* onEvent(page(checkpoint(50)))
          yield* TestClock.adjust("1 second")
          const second = written()
          // At once, and ten times more.
          assert.strictEqual(second.length, 11)
          assert.strictEqual(second[0], "\rcontacts        50 %  50 of 100\x1b[K")
          assert.strictEqual(second.at(-1), "\rcontacts        50 %  50 of 100  50/s  1 s left\x1b[K")
          yield* TestClock.adjust("2 seconds")
          assert.match(written().at(-1) ?? "", /17\/s {2}3 s left/)
          yield* onEvent(completed)
          assert.deepStrictEqual(written(), [
            "\r✓ contacts             100 records       1 kB  in 3 s  3 retries  waited 1.5 s\x1b[K\n"
          ])
          yield* TestClock.adjust("1 second")
          assert.deepStrictEqual(written(), [])
        }).pipe(Effect.scoped)
        // Whatever happens, the line is gone in the end.
        assert.deepStrictEqual(written(), ["\r\x1b[K"])
      })
    )
  )

  it.effect("no line is as wide as the terminal", () =>
    captured(40, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.terminal
        yield* onEvent(started(checkpoint(0)))
        yield* onEvent(page(checkpoint(50)))
        yield* TestClock.adjust("5 seconds")
        const lines = written()
        assert.isAbove(lines.length, 40)
        for (const line of lines) assert.isBelow(line.replace("\r", "").replace("\x1b[K", "").length, 40)
      }).pipe(Effect.scoped)
    )
  )

  it.effect("says where it goes on, and what was complete before", () =>
    captured(80, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.terminal
        yield* onEvent(started(checkpoint(40, { runs: 2 })))
        assert.strictEqual(written()[0], "\rcontacts: going on after 40 records\x1b[K\n")
        yield* onEvent({ _tag: "Skipped", resource: "contacts", entry })
        assert.include(written().at(-1), `complete since ${at}; --force exports it again`)
      }).pipe(Effect.scoped)
    )
  )
})

describe("without a terminal", () => {
  it.effect("lines come every two seconds", () =>
    captured(undefined, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.fitting(Reporter.lines)
        yield* onEvent(started(checkpoint(0)))
        for (let records = 10; records <= 100; records += 10) {
          yield* TestClock.adjust("500 millis")
          yield* onEvent(page(checkpoint(records)))
        }
        yield* onEvent(completed)
        const lines = written()
        assert.strictEqual(lines.length, 4)
        assert.match(lines[1] ?? "", /^ {2}contacts .* 50 % {2}50 of 100 {2}20\/s {2}2.5 s left\n$/)
        assert.match(lines[3] ?? "", /^✓ contacts .*\n$/)
        assert.notInclude(lines.join(""), "\r")
      }).pipe(Effect.scoped)
    )
  )
})
