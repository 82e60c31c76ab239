import * as LogEvent from "@effect-intercom/cli/LogEvent"
import * as Reporter from "@effect-intercom/cli/Reporter"
import { type Pause, Traffic } from "@effect-intercom/cli/Traffic"
import type { Checkpoint } from "@effect-intercom/export/Checkpoint"
import { DiskFull, ExportError, Missing } from "@effect-intercom/export/ExportError"
import { assert, describe, it } from "@effect/vitest"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Sink from "effect/Sink"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import * as TestClock from "effect/testing/TestClock"
import { Stderr } from "@effect-intercom/cli/Stderr"
import { at, checkpoint, counts, entry } from "./Fixture.ts"
import { screen } from "./Screen.ts"

const started = (checkpoint: Checkpoint) => ({ _tag: "Started", resource: "contacts", checkpoint }) as const
const step = (checkpoint: Checkpoint) => ({ _tag: "StepWritten", resource: "contacts", checkpoint }) as const
const completed = { _tag: "Completed", resource: "contacts", entry: entry() } as const
const skipped = { _tag: "Skipped", resource: "contacts", entry: entry() } as const
const failed = {
  _tag: "Failed",
  resource: "contacts",
  error: new ExportError({ resource: "contacts", reason: new Missing({ path: "x" }) })
} as const

interface Options {
  /** Of the terminal; none for a file. */
  readonly columns?: number
  readonly rows?: number
  readonly pause?: Pause
}

/** Runs with a standard error of its own, and gives what was written to it so far. */
const captured = <A, E, R>(
  { columns, pause, rows = 24 }: Options,
  body: (written: () => string) => Effect.Effect<A, E, R>
) => {
  let text = ""
  const layer = Layer.mergeAll(
    Layer.provide(
      Stderr.layer,
      Stdio.layerTest({
        stderrIsTerminal: Effect.succeed(columns !== undefined),
        stderr: () => Sink.forEach((chunk) => Effect.sync(() => void (text += String(chunk))))
      })
    ),
    Layer.succeed(Traffic, { pause: Effect.succeed(pause) }),
    Layer.succeed(
      Terminal.Terminal,
      Terminal.make({
        columns: Effect.succeed(columns ?? 0),
        rows: Effect.succeed(rows),
        size: Effect.die("unused"),
        readInput: Effect.die("unused"),
        readLine: Effect.die("unused"),
        display: () => Effect.void
      })
    ),
    Layer.succeed(TerminalCapabilities.TerminalCapabilities, { canColor: false, canAnimate: true, canPrompt: false })
  )
  return Effect.provide(
    body(() => text),
    layer
  )
}

describe("on a terminal", () => {
  it.effect("each resource has a line: done, running, waiting", () =>
    captured({ columns: 60 }, (written) =>
      Effect.gen(function* () {
        yield* Effect.gen(function* () {
          const { onEvent } = yield* Reporter.fitting(["contacts", "companies"], Reporter.quiet)
          yield* onEvent(started(checkpoint(0, { total: null })))
          assert.deepStrictEqual(screen(written()), ["contacts       0 records", "companies      waiting"])
          yield* onEvent(step(checkpoint(50)))
          yield* TestClock.adjust("1 second")
          assert.deepStrictEqual(screen(written()), [
            "contacts        50 %  50 of 100  50/s  1 s left",
            "companies      waiting"
          ])
          yield* TestClock.adjust("2 seconds")
          assert.match(screen(written())[0] ?? "", /17\/s {2}3 s left/)
          yield* onEvent(completed)
          assert.deepStrictEqual(screen(written()), [
            "✓ contacts             100 records       1 kB  in 3 s  3 retries  requests waited 1.5 s in all",
            "companies      waiting"
          ])
          yield* onEvent({ ...started(checkpoint(0)), resource: "companies" })
          yield* onEvent({ ...failed, resource: "companies" })
        }).pipe(Effect.scoped)
        // What was drawn is gone in the end; what came of each stays.
        assert.deepStrictEqual(screen(written()), [
          "✓ contacts             100 records       1 kB  in 3 s  3 retries  requests waited 1.5 s in all",
          `✗ companies      ${failed.error.reason.message}`,
          ""
        ])
      })
    )
  )

  it.effect("is drawn ten times a second", () =>
    captured({ columns: 60 }, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.terminal(["contacts"])
        yield* onEvent(started(checkpoint(0)))
        yield* TestClock.adjust("1 second")
        const before = written().split("contacts").length
        yield* TestClock.adjust("1 second")
        assert.strictEqual(written().split("contacts").length, before + 10)
      }).pipe(Effect.scoped)
    )
  )

  it.effect("says that it waits for the rate limit, and for how long", () =>
    captured({ columns: 100, pause: { cause: "limit", millis: 5600 } }, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.terminal(["contacts"])
        yield* onEvent(started(checkpoint(0)))
        assert.include(screen(written())[0], "waiting for the rate limit, 6 s")
      }).pipe(Effect.scoped)
    )
  )

  it.effect("no line is as wide as the terminal, and not more of them are drawn than it has rows", () =>
    captured({ columns: 20, rows: 4 }, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.terminal(["contacts", "companies", "tags", "teams", "newsItems"])
        yield* onEvent(started(checkpoint(0)))
        yield* onEvent(step(checkpoint(50)))
        yield* TestClock.adjust("5 seconds")
        const lines = screen(written())
        assert.deepStrictEqual(lines, ["contacts 50", "companies      wait", "… and 3 more"])
      }).pipe(Effect.scoped)
    )
  )

  it.effect("says where it resumes, and what was complete before", () =>
    captured({ columns: 80 }, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.terminal(["contacts"])
        yield* onEvent(started(checkpoint(40, { runs: 2 })))
        assert.strictEqual(screen(written())[0], "contacts: resuming after 40 records")
        yield* onEvent(skipped)
        assert.include(screen(written())[1], `complete since ${at}; --force exports it again`)
      }).pipe(Effect.scoped)
    )
  )

  it.effect("what others write comes above what is drawn", () =>
    captured({ columns: 60 }, (written) =>
      Effect.gen(function* () {
        const stderr = yield* Stderr
        yield* stderr.redraw(["one", "two"])
        yield* stderr.line("a line that stays")
        assert.deepStrictEqual(screen(written()), ["a line that stays", "one", "two"])
        // As a logger does, which writes by itself.
        const log = `${stderr.clearing()}WARN: look\n`
        assert.deepStrictEqual(screen(written() + log), ["a line that stays", "WARN: look", ""])
      })
    )
  )
})

describe("without a terminal", () => {
  it.effect("there is a line at both ends of each resource", () =>
    captured({}, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.fitting(["contacts"], Reporter.lines(["contacts"]))
        yield* onEvent(started(checkpoint(0)))
        yield* TestClock.adjust("5 seconds")
        yield* onEvent(step(checkpoint(50)))
        yield* TestClock.adjust("5 seconds")
        yield* onEvent(step(checkpoint(100)))
        yield* onEvent(completed)
        assert.deepStrictEqual(written().split("\n"), [
          "contacts: started",
          "✓ contacts             100 records       1 kB  in 10 s  3 retries  requests waited 1.5 s in all",
          ""
        ])
      })
    )
  )

  it.effect("or one every two seconds", () =>
    captured({}, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.lines(["contacts"], "2 seconds")
        yield* onEvent(started(checkpoint(0)))
        for (let records = 10; records <= 100; records += 10) {
          yield* TestClock.adjust("500 millis")
          yield* onEvent(step(checkpoint(records)))
        }
        yield* onEvent(completed)
        const lines = written().trimEnd().split("\n")
        assert.strictEqual(lines.length, 5)
        assert.match(lines[2] ?? "", /^ {2}contacts .* 50 % {2}50 of 100 {2}20\/s {2}2.5 s left$/)
        assert.match(lines[4] ?? "", /^✓ contacts /)
        assert.notInclude(written(), "\r")
      })
    )
  )

  it.effect("quietly, there are failures only", () =>
    captured({}, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.quiet
        for (const event of [started(checkpoint(0)), step(checkpoint(100)), completed, skipped]) yield* onEvent(event)
        assert.strictEqual(written(), "")
        yield* onEvent(failed)
        assert.strictEqual(written(), `✗ contacts       ${failed.error.reason.message}\n`)
        // What ends the command is its last word.
        yield* onEvent({
          _tag: "Failed",
          resource: "tags",
          error: new ExportError({ resource: "tags", reason: new DiskFull({ path: "x" }) })
        })
        assert.notInclude(written(), "tags")
      })
    )
  )
})

describe("as JSON", () => {
  it.effect("each event is a line of the documented shape; progress comes once a second", () =>
    captured({}, (written) =>
      Effect.gen(function* () {
        const { onEvent } = yield* Reporter.json(["contacts"])
        yield* onEvent(started(checkpoint(40, { runs: 2 })))
        yield* TestClock.adjust("2 seconds")
        for (let records = 50; records <= 90; records += 10) {
          yield* onEvent(
            step(checkpoint(records, { counts: { ...counts, read: records, records: records - 1, quarantined: 1 } }))
          )
          yield* TestClock.adjust("500 millis")
        }
        for (const event of [completed, skipped, failed]) yield* onEvent(event)
        const lines = written().trimEnd().split("\n")
        const events = lines.map((line) => Schema.decodeUnknownSync(Schema.fromJsonString(LogEvent.LogEvent))(line))
        assert.deepStrictEqual(events, [
          {
            event: "started",
            time: at,
            resource: "contacts",
            resumed: true,
            since: null,
            records: 40,
            quarantined: 0,
            missing: 0,
            total: 100
          },
          ...[50, 70, 90].map(
            (read, index) =>
              ({
                event: "progress",
                time: `1970-01-01T00:00:0${2 + index}.000Z`,
                resource: "contacts",
                records: read - 1,
                quarantined: 1,
                missing: 0,
                total: 100,
                read,
                perSecond: [5, 10, 13][index] ?? 0,
                secondsLeft: [10, 3, 1][index] ?? 0,
                requests: 0,
                retries: 0,
                waitedMillis: 0
              }) as const
          ),
          {
            event: "completed",
            time: "1970-01-01T00:00:04.500Z",
            resource: "contacts",
            records: 100,
            quarantined: 0,
            missing: 0,
            total: 100,
            place: "contacts.ndjson",
            bytes: 1000,
            sha256: "0f",
            complete: true,
            requests: 5,
            retries: 3,
            waitedMillis: 1500,
            millis: 4500
          },
          {
            event: "skipped",
            time: "1970-01-01T00:00:04.500Z",
            resource: "contacts",
            records: 100,
            quarantined: 0,
            missing: 0,
            total: 100,
            place: "contacts.ndjson",
            finishedAt: at
          },
          {
            event: "failed",
            time: "1970-01-01T00:00:04.500Z",
            resource: "contacts",
            reason: "Missing",
            message: failed.error.message,
            resumable: failed.error.resumable
          }
        ])
      })
    )
  )
})
