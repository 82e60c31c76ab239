/** How one export of a night is executed: turn after turn, each an activity, until it is over. */
import type { Resources } from "@effect-intercom/core/Intercom"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import { type Credentials, TokenStore } from "@effect-intercom/core/TokenStore"
import * as Document from "@effect-intercom/export/Document"
import * as Export from "@effect-intercom/export/Export"
import { ExportError } from "@effect-intercom/export/ExportError"
import type { Plan } from "@effect-intercom/export/Plan"
import type { Event } from "@effect-intercom/export/Progress"
import * as Resource from "@effect-intercom/export/Resource"
import { Sink } from "@effect-intercom/export/Sink"
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Activity from "effect/workflow/Activity"
import * as DurableClock from "effect/workflow/DurableClock"
import * as Failure from "../Failure.ts"
import * as FleetMetrics from "../FleetMetrics.ts"
import { type Claim, type FleetDatabaseFailed, Ledger, type Progress } from "../Ledger.ts"
import { Exported, ExportWorkspace, WorkspaceFailed } from "../Night.ts"
import type { Stop, Turns } from "../Turns.ts"
import * as Lease from "./Lease.ts"

/** The client of a workspace. */
export type Client = (credentials: Credentials) => Layer.Layer<IntercomHttp | Resources, unknown, HttpClient.HttpClient>

export interface Options<R> {
  /** Names this process, for people. */
  readonly runner: string
  readonly turns: Turns
  readonly plan: Plan
  readonly target: (workspace: string) => Layer.Layer<Sink, unknown, R>
  readonly client: Client
  readonly attempts: number
}

interface Key {
  readonly night: string
  readonly workspace: string
  readonly round: number
}

/** How a turn ended: what the engine keeps of it. */
const Ended = Schema.Union([
  Schema.TaggedStruct("Done", { exported: Exported }),
  Schema.TaggedStruct("Failed", { failed: WorkspaceFailed }),
  /** To be continued, by whoever has it then. */
  Schema.TaggedStruct("Paused", { seconds: Schema.Int })
])
type Ended = typeof Ended.Type

const paused = (seconds: number): Ended => ({ _tag: "Paused", seconds })

/** Registers the workflow with what executes it. */
export const layer = <R>(options: Options<R>) =>
  ExportWorkspace.toLayer(
    Effect.fnUntraced(function* (key: Key) {
      for (let turn = 1; ; turn++) {
        const ended = yield* Activity.make({ name: `turn/${turn}`, success: Ended, execute: takeTurn(options, key) })
        if (ended._tag === "Done") return ended.exported
        if (ended._tag === "Failed") return yield* ended.failed
        // Kept by the engine, whatever becomes of this runner.
        yield* DurableClock.sleep({
          name: `pause/${turn}`,
          duration: Duration.seconds(ended.seconds),
          inMemoryThreshold: 0
        })
      }
    })
  )

const takeTurn = <R>(options: Options<R>, key: Key) =>
  Effect.scoped(
    Effect.gen(function* () {
      const ledger = yield* Ledger
      const asked = yield* ledger.find(key.night, key.workspace)
      const turn = yield* options.turns.take
      // Another runner will have it in a second.
      if (turn === undefined) return paused(1)
      // A runner that was frozen while it waited takes nothing from the one that has it since.
      const claim = yield* ledger.claim(key, options.runner, asked?.token)
      if (claim === undefined) return yield* settled(key)
      return yield* exportTurn(options, claim, turn.over)
    })
  ).pipe(
    // The fleet's own database may be away for a while: that is nobody's failure.
    Effect.catchTag("FleetDatabaseFailed", (error) =>
      Effect.as(Effect.logWarning(error.message), paused(databasePause))
    ),
    Effect.annotateLogs({ night: key.night, workspace: key.workspace })
  )

const databasePause = 10

/** What became of an export that is over, as this execution is not the first to find out. */
const settled = Effect.fnUntraced(function* ({ night, round, workspace }: Key) {
  const row = yield* (yield* Ledger).find(night, workspace)
  if (row?.state === "done" && row.round === round) {
    return { _tag: "Done", exported: { records: row.records, requests: row.requests } } satisfies Ended
  }
  if (row?.round === round && (row.state === "waiting" || row.state === "running")) return paused(staleBreak)
  const message = row?.round === round ? row.message : null
  return {
    _tag: "Failed",
    failed: new WorkspaceFailed({
      kind: row?.kind ?? "other",
      resource: row?.resource ?? null,
      message: message ?? "The night was forgotten, or this workspace is in a later round."
    })
  } satisfies Ended
})

/** How often the ledger is told of an export that sends nothing, as it waits for the rate limit. */
const sign = Duration.seconds(5)

/** The shortest lock expiration of a runner: nobody takes an export over sooner. */
const lasts = Duration.seconds(3)

/** One turn: from wherever the export is, until it ends, or has to stop. */
const exportTurn = <R>(options: Options<R>, claim: Claim, over: Effect.Effect<Stop | undefined>) =>
  Effect.gen(function* () {
    const ledger = yield* Ledger
    const { night, workspace } = claim
    const registry: typeof Metric.MetricRegistry.Service = new Map()
    const completed: { [resource: string]: number } = { ...claim.completed }
    const records = new Map(Object.entries(completed))
    const failures: Array<Failure.Failure> = []
    let stopped: Stop | undefined
    let moved = false

    const counted = Effect.provideService(IntercomMetrics.totals, Metric.MetricRegistry, registry)
    const progress: Effect.Effect<Progress> = Effect.map(counted, ({ requests }) => ({
      records: [...records.values()].reduce((sum, count) => sum + count, 0),
      requests: claim.requests + requests
    }))
    const alive = Effect.flatMap(progress, (now) => ledger.progress(claim, now))
    const lease = yield* Lease.make({ sign: alive, lasts })

    const onEvent = (event: Event) => {
      if (event._tag === "Failed") failures.push(Failure.ofExport(event.error))
      if (event._tag === "StepWritten") {
        moved = true
        records.set(event.resource, event.checkpoint.counts.records)
      }
      if (!("entry" in event)) return Effect.void
      moved ||= event._tag === "Completed"
      completed[event.resource] = event._tag === "Completed" ? event.entry.counts.records : 0
      records.set(event.resource, completed[event.resource] ?? 0)
      return lease.renew(Effect.flatMap(progress, (now) => ledger.complete(claim, now, completed)))
    }

    const work = Effect.gen(function* () {
      const names = yield* Export.names(options.plan)
      if (claim.before > 0) Object.assign(completed, yield* alreadyThere(options.plan, names, claim))
      for (const [name, count] of Object.entries(completed)) records.set(name, count)
      if (names.every((name) => name in completed)) return
      const sink = yield* taken
      // What was deleted is told once a night, though the export after it was interrupted.
      yield* Export.run(options.plan, { without: Object.keys(completed) }).pipe(
        Stream.tap(onEvent),
        // After a step, nothing is in flight that would have to be done again.
        Stream.takeUntilEffect((event) =>
          event._tag === "StepWritten"
            ? Effect.map(over, (stop) => {
                stopped = stop
                return stop !== undefined
              })
            : Effect.succeed(false)
        ),
        Stream.runDrain,
        Effect.provideService(Sink, sink)
      )
    }).pipe(
      Effect.scoped,
      Effect.provide(options.target(workspace)),
      Effect.provide(
        Layer.unwrap(
          Effect.map(
            TokenStore.use(({ find }) => find(workspace)),
            options.client
          )
        ).pipe(Layer.provide(guarded(lease)))
      ),
      // Whose settings errors advise about.
      Effect.provideService(IntercomHttp.Workspace, workspace),
      Effect.provideService(Metric.MetricRegistry, registry)
    )

    // A sign of life, while the export is waiting for the rate limit, too.
    const signs = Effect.repeat(
      Effect.delay(
        Effect.catchTag(lease.renew(alive), "FleetDatabaseFailed", () => Effect.void),
        sign
      ),
      Schedule.forever
    )
    const exit = yield* Effect.exit(Effect.raceAllFirst([work, signs, lease.lost]))
    const { waitedMillis, requests } = yield* counted
    const now = yield* progress

    const ended = yield* Effect.gen(function* (): Effect.fn.Return<Ended, FleetDatabaseFailed> {
      // A failure of a resource was told already; the stream fails with the first one again.
      if (Exit.isFailure(exit) && failures.length === 0) {
        if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.failCause(exit.cause as Cause.Cause<never>)
        const failure = failureOf(Cause.squash(exit.cause))
        if (failure === undefined) return paused(staleBreak)
        if (failure.failed.kind === "other") yield* Effect.logError("The export broke", exit.cause)
        failures.push(failure)
      }
      if (Arr.isArrayNonEmpty(failures)) {
        const { failed, passing } = Failure.together(failures)
        const inARow = moved ? 1 : claim.failures + 1
        if (!passing || inARow >= options.attempts) {
          yield* ledger.fail(claim, now, inARow, failed)
          return { _tag: "Failed", failed }
        }
        yield* ledger.release(claim, now, inARow, failed)
        return paused(failed.kind === "locked" ? lockedBreak : pauseAfter(inARow))
      }
      if (stopped !== undefined) {
        yield* ledger.release(claim, now, claim.failures)
        return paused(stopped === "shutdown" ? 1 : 0)
      }
      yield* ledger.done(claim, now)
      return { _tag: "Done", exported: now }
    })

    const attributes = { night, workspace }
    const outcome =
      ended._tag === "Paused"
        ? { outcome: failures.length > 0 ? "again" : "paused" }
        : { outcome: ended._tag.toLowerCase() }
    const kind = failures[0]?.failed.kind
    yield* Effect.all([
      Metric.update(
        Metric.withAttributes(FleetMetrics.turns, {
          ...attributes,
          ...outcome,
          ...(kind === undefined ? {} : { kind })
        }),
        1
      ),
      Metric.update(Metric.withAttributes(FleetMetrics.requests, attributes), requests),
      Metric.update(Metric.withAttributes(FleetMetrics.waited, attributes), Math.round(waitedMillis)),
      Metric.update(Metric.withAttributes(FleetMetrics.records, attributes), now.records)
    ])
    yield* Effect.annotateCurrentSpan({ ...outcome, records: now.records, requests })
    return ended
  }).pipe(
    Effect.withSpan("Fleet.export", {
      attributes: { night: claim.night, workspace: claim.workspace, turn: claim.before + 1 }
    })
  )

/** Every request asks first whether the export is still this runner's. */
const guarded = ({ guard }: Lease.Lease) =>
  Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, guard))

/** The place is taken before the API is asked for anything: who finds it in other hands has sent no request. */
const taken = Effect.gen(function* () {
  const sink = yield* Sink
  const connection = yield* Effect.mapError(sink.connect, (reason) => new ExportError({ reason }))
  return Sink.of({ ...sink, connect: Effect.succeed(connection) })
})

/** Whoever has it now writes; later, it is seen whether there is anything left. */
const staleBreak = 30

/** Whoever has the lock is at work, or loses it within a minute. */
const lockedBreak = 15

/** Seconds until the next try: half a minute, doubled each time, ten minutes at most. */
const pauseAfter = (failures: number): number => Math.min(30 * 2 ** (failures - 1), 600)

/** `undefined` for what is no failure of the export's. */
const failureOf = (error: unknown): Failure.Failure | undefined => {
  if (error instanceof Lease.Stale) return undefined
  if (error instanceof ExportError) return Failure.ofExport(error)
  return Failure.ofStore(error) ?? Failure.ofUnknown(error)
}

/**
 * What was finished for this night by a runner that died before it could say so: begun after the night was started.
 * Without this, one that exports what changed would do so once more.
 */
const alreadyThere = Effect.fnUntraced(
  function* ({ deletions, force, since }: Plan, names: ReadonlyArray<string>, { startedAt }: Claim) {
    const found: { [resource: string]: number } = {}
    // What is exported once is skipped by itself; what was deleted is told each time.
    if (since === undefined && force !== true && deletions !== "compare") return found
    const known = yield* Resource.Resources
    const view = yield* (yield* Sink).inspect
    const manifest = yield* Document.manifest(view)
    for (const entry of Object.values(manifest?.exports ?? {})) {
      const name = names.find((name) => name === entry.resource)
      const begun = Option.exists(DateTime.make(entry.startedAt), (at) => DateTime.toEpochMillis(at) >= startedAt)
      const table = known[entry.resource]?.table
      if (name === undefined || table === undefined || !begun) continue
      const unfinished = yield* Document.readCheckpoint(view, table)
      if (unfinished === undefined) found[name] = entry.counts.records
    }
    return found
  },
  Effect.scoped,
  Effect.mapError((reason) => new ExportError({ reason }))
)
