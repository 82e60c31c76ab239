/** Shows the events of an export while it runs: lines redrawn in place, plain lines, JSON, or nothing. */
import type { Counts } from "@effect-intercom/export/Checkpoint"
import type { Entry } from "@effect-intercom/export/Manifest"
import type { Event, Started } from "@effect-intercom/export/Progress"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Terminal from "effect/Terminal"
import * as Board from "./Board.ts"
import * as Monotonic from "./internal/Monotonic.ts"
import * as Format from "@effect-intercom/export/Format"
import { Stderr } from "./Stderr.ts"
import * as LogEvent from "./LogEvent.ts"
import * as ProgressLine from "./ProgressLine.ts"
import * as Style from "./Style.ts"
import { Traffic } from "./Traffic.ts"

/** Takes the events of an export, one after the other. */
export interface Reporter {
  readonly onEvent: (event: Event) => Effect.Effect<void>
}

/** An event, and what is known with it. */
interface Happening {
  readonly event: Event
  readonly board: Board.Board
  readonly moment: Board.Moment
  /** ISO 8601, UTC. */
  readonly time: string
  /** How long the event's resource has been under way. */
  readonly millis: number
}

const moment: Effect.Effect<Board.Moment> = Effect.map(Monotonic.millis, (now) => ({ now }))

const make = (board: Ref.Ref<Board.Board>, show: (happening: Happening) => Effect.Effect<void>): Reporter => ({
  onEvent: Effect.fnUntraced(function* (event) {
    const at = yield* moment
    const before = yield* Ref.get(board)
    const after = Board.advance(before, event, at)
    yield* Ref.set(board, after)
    const time = DateTime.formatIso(yield* DateTime.now)
    yield* show({ event, board: after, moment: at, time, millis: Board.millis(before, event.resource, at) })
  })
})

const resumed = ({ checkpoint, resource }: Started): string =>
  `${resource}: resuming after ${Format.plural(checkpoint.counts.records, "record")}`

/** The lines that stay when a resource has ended. */
const ended = ({ event, millis }: Happening, style: Style.Style): ReadonlyArray<string> => {
  switch (event._tag) {
    case "Completed":
      return [ProgressLine.completed(event.entry, millis, style), ...ProgressLine.drift(event.entry, style)]
    case "Skipped":
      return [ProgressLine.skipped(event.entry, style)]
    case "Failed":
      // What ends the command, it says by itself.
      return event.error.ofAll ? [] : [ProgressLine.failed(event.resource, event.error, style)]
    default:
      return []
  }
}

/** Lines fitted to the height: what does not fit is counted. */
const fitted = (lines: ReadonlyArray<string>, rows: number): ReadonlyArray<string> =>
  lines.length <= rows
    ? lines
    : [...lines.slice(0, Math.max(1, rows - 1)), ...(rows > 1 ? [`… and ${lines.length - rows + 1} more`] : [])]

/**
 * For a terminal: a line for each resource under way and each that waits, redrawn ten times a second; above them, a line
 * that stays for each that has ended.
 */
export const terminal = (
  resources: ReadonlyArray<string>
): Effect.Effect<Reporter, never, Scope.Scope | Stderr | Terminal.Terminal | Traffic> =>
  Effect.gen(function* () {
    const { columns, rows } = yield* Terminal.Terminal
    const { pause } = yield* Traffic
    const stderr = yield* Stderr
    const style = yield* Style.current
    const board = yield* Ref.make(Board.make(resources))

    const draw = Effect.gen(function* () {
      const at = yield* moment
      const state = yield* Ref.get(board)
      const why = yield* pause
      // Terminals wrap when the last column is written; where the size is not known it is the usual one.
      const width = ((yield* columns) || 80) - 1
      const running = Object.keys(state.running).flatMap((resource) => {
        const view = Board.view(state, resource, at, why)
        return view === undefined ? [] : [ProgressLine.render(view, width, style)]
      })
      const waiting = state.waiting.map((resource) => ProgressLine.waiting(resource, width, style))
      yield* stderr.redraw(fitted([...running, ...waiting], ((yield* rows) || 24) - 1))
    })
    yield* Effect.addFinalizer(() => stderr.clear)
    yield* Effect.forkScoped(Effect.repeat(draw, Schedule.spaced("100 millis")))

    return make(
      board,
      Effect.fnUntraced(function* (happening) {
        const { event } = happening
        yield* Effect.forEach(ended(happening, style), stderr.line, { discard: true })
        if (event._tag === "Started" && event.checkpoint.runs > 1) yield* stderr.line(resumed(event))
        if (event._tag !== "StepWritten") yield* draw
      })
    )
  })

/** Lets an effect through at most once per `interval` for each resource. */
const throttle = (interval: Duration.Input) =>
  Effect.map(
    Ref.make<ReadonlyMap<string, number>>(new Map()),
    (last) => (resource: string, effect: Effect.Effect<void>) =>
      Effect.flatMap(Monotonic.millis, (at) =>
        Effect.flatMap(
          Ref.modify(last, (before) =>
            at - (before.get(resource) ?? -Infinity) >= Duration.toMillis(Duration.fromInputUnsafe(interval))
              ? [true, new Map(before).set(resource, at)]
              : [false, before]
          ),
          (due) => (due ? effect : Effect.void)
        )
      )
  )

/** For people reading a log: a line at both ends of each resource, and one each `interval` in between, if it is given. */
export const lines = (
  resources: ReadonlyArray<string>,
  interval?: Duration.Input
): Effect.Effect<Reporter, never, Stderr> =>
  Effect.gen(function* () {
    const stderr = yield* Stderr
    const often = yield* throttle(interval ?? Duration.infinity)
    return make(
      yield* Ref.make(Board.make(resources)),
      Effect.fnUntraced(function* (happening) {
        const { board, event, moment } = happening
        const last = ended(happening, Style.plain)
        if (last.length > 0) return yield* Effect.forEach(last, stderr.line, { discard: true })
        if (event._tag === "Started") {
          return yield* stderr.line(event.checkpoint.runs > 1 ? resumed(event) : `${event.resource}: started`)
        }
        const view = Board.view(board, event.resource, moment)
        if (interval === undefined || view === undefined) return
        yield* often(event.resource, stderr.line(`  ${ProgressLine.render(view, 118)}`))
      })
    )
  })

const kindsOf = ({ drift }: Counts) => (drift === undefined ? undefined : { drift: drift.kinds })

const countsOf = ({ drift, duplicates, missing, quarantined, records }: Counts, total: number | null) => ({
  records,
  ...(drift === undefined ? undefined : { drifted: drift.records }),
  quarantined,
  missing,
  ...(duplicates === undefined ? undefined : { duplicates }),
  total
})

const completion = ({ bytes, complete, counts, effort, place, sha256, total }: Entry) => ({
  ...countsOf(counts, total),
  place,
  bytes,
  sha256,
  complete,
  ...kindsOf(counts),
  requests: effort.requests,
  retries: effort.retries,
  waitedMillis: Math.round(effort.waitedMillis)
})

const progress = (view: ProgressLine.View) => {
  const millis = ProgressLine.left(view)
  return {
    read: view.records,
    perSecond: Math.round(view.rate),
    secondsLeft: millis === undefined ? null : Math.round(millis / 1000),
    requests: view.requests,
    retries: view.retries,
    waitedMillis: Math.round(view.waited)
  }
}

const logEvent = ({ board, event, millis, moment, time }: Happening): LogEvent.LogEvent | undefined => {
  const common = { time, resource: event.resource }
  switch (event._tag) {
    case "Started": {
      const { counts, runs, scope, total } = event.checkpoint
      return { event: "started", ...common, resumed: runs > 1, since: scope.since, ...countsOf(counts, total) }
    }
    case "StepWritten": {
      const view = Board.view(board, event.resource, moment)
      const { counts, total } = event.checkpoint
      return view && { event: "progress", ...common, ...countsOf(counts, total), ...progress(view) }
    }
    case "Completed":
      return { event: "completed", ...common, ...completion(event.entry), millis: Math.round(millis) }
    case "Skipped": {
      const { counts, finishedAt, place, total } = event.entry
      return { event: "skipped", ...common, ...countsOf(counts, total), place, ...kindsOf(counts), finishedAt }
    }
    case "Failed": {
      const { message, reason, resumable } = event.error
      return { event: "failed", ...common, reason: reason._tag, message, resumable }
    }
  }
}

/** For machines: {@link LogEvent}s, progress once a second for each resource. */
export const json = (resources: ReadonlyArray<string>): Effect.Effect<Reporter, never, Stderr> =>
  Effect.gen(function* () {
    const stderr = yield* Stderr
    const often = yield* throttle("1 second")
    return make(yield* Ref.make(Board.make(resources)), (happening) => {
      const event = logEvent(happening)
      if (event === undefined) return Effect.void
      const write = stderr.line(LogEvent.line(event))
      return event.event === "progress" ? often(event.resource, write) : write
    })
  })

/** For those who want to hear of failures only. */
export const quiet: Effect.Effect<Reporter, never, Stderr> = Effect.map(Stderr, ({ line }) => ({
  onEvent: (event) =>
    event._tag === "Failed" && !event.error.ofAll ? line(ProgressLine.failed(event.resource, event.error)) : Effect.void
}))

/** The terminal's, when standard error is one, else `otherwise`. */
export const fitting = <R>(resources: ReadonlyArray<string>, otherwise: Effect.Effect<Reporter, never, R>) =>
  Effect.gen(function* () {
    return (yield* Stderr).isTerminal ? yield* terminal(resources) : yield* otherwise
  })
