/** Shows the events of an export while it runs: a line redrawn in place, plain lines, or structured log entries. */
import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import type { Checkpoint } from "@effect-intercom/export/Checkpoint"
import type { Completed, Event, PageWritten, Skipped, Started } from "@effect-intercom/export/Progress"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import * as Format from "./Format.ts"
import * as Stderr from "./internal/Stderr.ts"
import * as Style from "./Style.ts"
import * as ProgressLine from "./ProgressLine.ts"

/** Takes the events of an export, one after the other. */
export interface Reporter {
  readonly onEvent: (event: Event) => Effect.Effect<void>
}

/** The resource under way. */
interface Track {
  readonly resource: string
  readonly start: Checkpoint
  readonly latest: Checkpoint
  readonly startedAt: number
  readonly pageAt: number
  /** The metrics when it started. */
  readonly before: IntercomMetrics.Totals
}

const recordsOf = ({ quarantined, records }: Checkpoint): number => records.records + quarantined.records

const viewOf = (track: Track, now: number, totals: IntercomMetrics.Totals): ProgressLine.View => {
  const records = recordsOf(track.latest)
  const seconds = (now - track.startedAt) / 1000
  return {
    resource: track.resource,
    records,
    quarantined: track.latest.quarantined.records,
    total: track.start.from === null ? track.latest.total : null,
    // The first second tells nothing yet.
    rate: seconds >= 1 ? (records - recordsOf(track.start)) / seconds : 0,
    silence: now - track.pageAt,
    retries: track.start.effort.retries + totals.retries - track.before.retries,
    waited: track.start.effort.waitedMillis + totals.waitedMillis - track.before.waitedMillis
  }
}

/** What a kind of reporter does at each event; it need not keep count itself. */
interface Display {
  readonly started: (event: Started) => Effect.Effect<void>
  readonly page: (view: ProgressLine.View, event: PageWritten) => Effect.Effect<void>
  readonly completed: (event: Completed, millis: number) => Effect.Effect<void>
  readonly skipped: (event: Skipped) => Effect.Effect<void>
}

const now = Effect.zip(Clock.currentTimeMillis, IntercomMetrics.totals)

const tracking = (display: Display, current: Ref.Ref<Track | undefined>): Reporter => ({
  onEvent: Effect.fnUntraced(function* (event) {
    const [at, totals] = yield* now
    const track = yield* Ref.get(current)
    switch (event._tag) {
      case "Started": {
        const { checkpoint, resource } = event
        yield* Ref.set(current, {
          resource,
          start: checkpoint,
          latest: checkpoint,
          startedAt: at,
          pageAt: at,
          before: totals
        })
        return yield* display.started(event)
      }
      case "PageWritten": {
        if (track === undefined) return
        const next = { ...track, latest: event.checkpoint, pageAt: at }
        yield* Ref.set(current, next)
        return yield* display.page(viewOf(next, at, totals), event)
      }
      case "Completed":
        yield* Ref.set(current, undefined)
        return yield* display.completed(event, track === undefined ? 0 : at - track.startedAt)
      case "Skipped":
        return yield* display.skipped(event)
    }
  })
})

/** A line for an export that does not start at its beginning. */
const resumed = ({ checkpoint, resource }: Started, stderr: Stderr.Stderr): Effect.Effect<void> =>
  checkpoint.runs > 1
    ? stderr.line(`${resource}: going on after ${Format.plural(recordsOf(checkpoint), "record")}`)
    : Effect.void

const noTrack = Ref.make<Track | undefined>(undefined)

/** For a terminal: one line, redrawn ten times a second; a line for each resource stays. */
export const terminal: Effect.Effect<Reporter, never, Scope.Scope | Stdio.Stdio | Terminal.Terminal> = Effect.gen(
  function* () {
    const { columns } = yield* Terminal.Terminal
    const style = yield* Style.current
    const stderr = yield* Stderr.make
    const current = yield* noTrack

    const draw = Effect.gen(function* () {
      const track = yield* Ref.get(current)
      if (track === undefined) return
      const [at, totals] = yield* now
      // One column stays free: some terminals wrap when the last is written.
      const width = ((yield* columns) || 80) - 1
      yield* stderr.redraw(ProgressLine.render(viewOf(track, at, totals), width, style))
    })
    yield* Effect.addFinalizer(() => stderr.clear)
    yield* Effect.forkScoped(Effect.repeat(draw, Schedule.spaced("100 millis")))

    return tracking(
      {
        started: (event) => Effect.andThen(resumed(event, stderr), draw),
        page: () => Effect.void,
        completed: ({ entry }, millis) => stderr.line(ProgressLine.completed(entry, millis, style)),
        skipped: ({ entry }) => stderr.line(ProgressLine.skipped(entry, style))
      },
      current
    )
  }
)

/** Lets an effect through at most once per `interval`. */
const throttle = (interval: Duration.Input) =>
  Effect.map(
    Ref.make(-Infinity),
    (last) => (effect: Effect.Effect<void>) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) =>
        Effect.flatMap(
          Ref.modify(last, (before) =>
            at - before >= Duration.toMillis(Duration.fromInputUnsafe(interval)) ? [true, at] : [false, before]
          ),
          (due) => (due ? effect : Effect.void)
        )
      )
  )

/** For people reading a log: the same line every two seconds, below one another. */
export const lines: Effect.Effect<Reporter, never, Stdio.Stdio> = Effect.gen(function* () {
  const stderr = yield* Stderr.make
  const often = yield* throttle("2 seconds")
  return tracking(
    {
      started: (event) => resumed(event, stderr),
      page: (view) => often(stderr.line(`  ${ProgressLine.render(view, 118)}`)),
      completed: ({ entry }, millis) => stderr.line(ProgressLine.completed(entry, millis)),
      skipped: ({ entry }) => stderr.line(ProgressLine.skipped(entry))
    },
    yield* noTrack
  )
})

/** For machines: log entries with annotations, every five seconds and at both ends of each resource. */
export const logs: Effect.Effect<Reporter> = Effect.gen(function* () {
  const often = yield* throttle("5 seconds")
  return tracking(
    {
      started: ({ checkpoint, resource }) =>
        Effect.annotateLogs(Effect.logInfo(checkpoint.runs > 1 ? "resumed" : "started"), {
          resource,
          records: checkpoint.records.records,
          ...(checkpoint.cursor === null ? undefined : { cursor: checkpoint.cursor })
        }),
      page: (view, { checkpoint }) =>
        often(
          Effect.annotateLogs(Effect.logInfo("progress"), {
            resource: view.resource,
            records: checkpoint.records.records,
            quarantined: view.quarantined,
            ...(view.total === null ? undefined : { total: view.total }),
            perSecond: Math.round(view.rate),
            retries: view.retries,
            waitedMillis: Math.round(view.waited)
          })
        ),
      completed: ({ entry }, millis) =>
        Effect.annotateLogs(Effect.logInfo("complete"), {
          resource: entry.resource,
          records: entry.records,
          quarantined: entry.quarantined,
          bytes: entry.bytes,
          sha256: entry.sha256,
          retries: entry.effort.retries,
          waitedMillis: Math.round(entry.effort.waitedMillis),
          millis
        }),
      skipped: ({ entry }) =>
        Effect.annotateLogs(Effect.logInfo("complete already; --force exports it again"), {
          resource: entry.resource,
          records: entry.records,
          finishedAt: entry.finishedAt
        })
    },
    yield* noTrack
  )
})

/** The terminal's, when standard error is one, else `otherwise`. */
export const fitting = <R>(otherwise: Effect.Effect<Reporter, never, R>) =>
  Effect.gen(function* () {
    const { stderrIsTerminal } = yield* Stdio.Stdio
    return (yield* stderrIsTerminal) ? yield* terminal : yield* otherwise
  })
