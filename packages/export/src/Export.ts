/**
 * Exports: each step of a walk over a resource is written together with the checkpoint after it. Whatever stops an export,
 * the same export run again resumes after the last checkpoint, and the finished output is the one an undisturbed run would
 * have written, as long as the workspace does not change meanwhile.
 */
import * as Concurrency from "@effect-intercom/core/Concurrency"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import * as Json from "@effect-intercom/core/Json"
import type { Admins } from "@effect-intercom/core/resources/Admins"
import * as Arr from "effect/Array"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Changes from "./Changes.ts"
import type { Checkpoint } from "./Checkpoint.ts"
import * as Deletions from "./Deletions.ts"
import * as Document from "./Document.ts"
import * as RequestStats from "./RequestStats.ts"
import * as Apart from "./internal/Apart.ts"
import * as Drift from "./internal/Drift.ts"
import * as Elapsed from "./internal/Elapsed.ts"
import * as Intact from "./internal/Intact.ts"
import * as PlanNumbers from "./internal/PlanNumbers.ts"
import * as Recent from "./internal/Recent.ts"
import * as Seen from "./internal/Seen.ts"
import * as SideBySide from "./internal/SideBySide.ts"
import * as Table from "./Table.ts"
import { isObject, type Received } from "./Table.ts"
import { type Alternatives, alternatives } from "./Where.ts"
import * as Fields from "./Fields.ts"
import {
  BadSelection,
  ClockAhead,
  CursorRefused,
  DeletionsUntold,
  ExportError,
  Occupied,
  OtherExport,
  type Reason,
  RequestFailed,
  UnknownResource,
  Unreadable
} from "./ExportError.ts"
import { type Entry, latest, type Manifest, type Since, type State, tool } from "./Manifest.ts"
import type { Plan } from "./Plan.ts"
import type { Completed, Event } from "./Progress.ts"
import * as Quarantine from "./Quarantine.ts"
import * as Resource from "./Resource.ts"
import { type Connection, type Kept, type Output, Sink, type View } from "./Sink.ts"
import * as Source from "./Source.ts"
import * as Walk from "./Walk.ts"

/** What every export needs: the sink, and the client. */
export type Requirements = Sink | IntercomHttp | Admins | Resource.Services

type Known = Resource.Resource<Resource.Services>

/** A resource as a plan selects of it. */
interface Selected extends Known {
  readonly where: Alternatives | undefined
  readonly pick: (record: Received) => Received
}

/** What every part of one resource's export knows. */
interface Job {
  readonly resource: Selected
  readonly plan: Plan
  readonly source: Source.Source
  readonly connection: Connection
  /** By the API's clock, in Unix seconds. */
  readonly now: Effect.Effect<number>
  readonly beside: SideBySide.SideBySide
  /** What all requests take their turns from. */
  readonly concurrency: Concurrency.Concurrency
  readonly course: Course
}

/** What came of the resources until now. */
interface Course {
  readonly failures: Ref.Ref<ReadonlyArray<ExportError>>
  /** Those that are in the manifest. */
  readonly completed: Ref.Ref<ReadonlyArray<Completed>>
  /** Once one failed of what every other would fail of. */
  readonly stopped: Deferred.Deferred<void>
}

/** How a plan is run this time. */
export interface RunOptions {
  /**
   * What is left out, by names of {@link names}: what an earlier run of the same plan completed. With `deletedContacts` it is not
   * told once more what was deleted. @default nothing
   */
  readonly without?: ReadonlyArray<string> | undefined
}

/**
 * Runs a plan; the events report what happens. Several resources run side by side: their events come in any order, those of
 * each in its own. A resource that fails is told as `Failed`, and does not stop the others, but for failures that would be
 * theirs too (a revoked token, a full disk); the stream fails at its end, with such a failure or the first one. Requests,
 * retries and waits are counted for each resource by itself.
 *
 * @example
 * ```ts
 * import { Intercom } from "@effect-intercom/core"
 * import { Export, Ndjson } from "@effect-intercom/export"
 * import * as NodeExport from "@effect-intercom/export/NodeExport"
 * import { NodeHttpClient, NodeServices } from "@effect/platform-node"
 * import { Effect, Stream } from "effect"
 *
 * const program = Export.run({ resources: ["contacts", "companies"], since: "last" }).pipe(
 *   Stream.runForEach((event) => Effect.logInfo(event._tag, event.resource)),
 *   Effect.provide(Ndjson.layer({ directory: "dump" })),
 *   Effect.provide([Intercom.layerEnv, NodeExport.layer]),
 *   Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer])
 * )
 * ```
 */
export const run = (given: Plan, { without = [] }: RunOptions = {}): Stream.Stream<Event, ExportError, Requirements> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const source = yield* Effect.mapError(Source.current, (error) => new RequestFailed({ error }))
      const plan = yield* withDeletions(given, source.version)
      const { connect, sequential = false } = yield* Sink
      const connection = yield* SideBySide.serial(yield* connect)
      const manifest = yield* sameWorkspace(plan, source, connection)
      const now = yield* nowOf
      const course: Course = {
        failures: yield* Ref.make<ReadonlyArray<ExportError>>([]),
        completed: yield* Ref.make<ReadonlyArray<Completed>>([]),
        stopped: yield* Deferred.make<void>()
      }
      const resources = (yield* named(plan)).filter(({ name }) => !without.includes(name))
      const { concurrency: requests = "auto", resourcesAtOnce = 4 } = plan
      // A number that is none was refused above.
      const concurrency = yield* requests === "auto"
        ? Concurrency.adaptive()
        : Effect.orDie(Concurrency.fixed(requests))
      // What was deleted of a resource goes before it.
      const turns = resources.flatMap((resource, index): ReadonlyArray<Arr.NonEmptyReadonlyArray<Selected>> => {
        const before = resources[index - 1]
        if (resource.deletionsOf !== undefined && resources[index + 1]?.name === resource.deletionsOf) return []
        return [before !== undefined && before.deletionsOf === resource.name ? [before, resource] : [resource]]
      })
      const atOnce = sequential ? 1 : Math.max(1, Math.min(resourcesAtOnce, turns.length))
      const beside = yield* SideBySide.make(atOnce)
      const jobOf = (resource: Selected): Job => ({
        resource,
        plan: planOf(plan, resource, isForeign(manifest, resource.name, source)),
        source,
        connection,
        now,
        beside,
        concurrency,
        course
      })
      const told = new Set<string>()
      return Stream.fromIterable(turns.map((turn) => Arr.map(turn, jobOf))).pipe(
        // Who waits for a scroll is one more.
        atOnce === 1
          ? Stream.flatMap(oneByOne)
          : Stream.flatMap((jobs) => beside.turn(oneByOne(jobs)), { concurrency: "unbounded", bufferSize: 1 }),
        Stream.tap(({ _tag, resource }) => Effect.sync(() => _tag === "Completed" && told.add(resource))),
        Stream.concat(Stream.unwrap(beside.alone(ending(course, told))))
      )
    }).pipe(Effect.mapError((reason) => new ExportError({ reason })))
  )

/** A plan with the resources that tell what was deleted, each before the one it is about. */
const withDeletions = (plan: Plan, version: string): Effect.Effect<Plan> =>
  Effect.map(Resource.Resources, (known) => {
    const { deletions = "list", resources, since } = plan
    const isWanted = (name: string) =>
      Object.hasOwn(known, Deletions.nameOf(name)) &&
      !resources.includes(Deletions.nameOf(name)) &&
      (deletions === "compare" ||
        (deletions === "list" &&
          since === "last" &&
          known[name] !== undefined &&
          Deletions.isTold(known[name], version)))
    return {
      ...plan,
      resources: Arr.flatMap(resources, (name) => (isWanted(name) ? [Deletions.nameOf(name), name] : [name]))
    }
  })

/** The names of all that a plan exports: with the resources that tell what was deleted. */
export const names = (plan: Plan) =>
  Effect.flatMap(IntercomHttp, ({ config }) =>
    Effect.map(withDeletions(plan, config.version), ({ resources }) => resources)
  )

/**
 * The plan as it is for a resource: what was deleted is always told since the last time, and of all records. With `force` it
 * is told from the start where what was told is gone.
 */
const planOf = (plan: Plan, { deletionsOf }: Known, foreign: boolean): Plan => {
  if (deletionsOf === undefined) return plan
  const { fields: _, since, where: __, ...rest } = plan
  return foreign && rest.force === true && since === undefined ? rest : { ...rest, since: "last" }
}

/** Whether what is there of a resource is of another workspace, or another version of the API. */
const isForeign = (manifest: Manifest | undefined, name: string, source: Source.Source): boolean =>
  Object.values(manifest?.exports ?? {}).some(
    (entry) => entry.resource === name && differing(entry.source, source) !== undefined
  )

/** What was deleted of a resource, and then the resource, which is left as it is when it would lose what could not be told. */
const oneByOne = ([first, ...others]: Arr.NonEmptyReadonlyArray<Job>): ReturnType<typeof attempt> =>
  Stream.concat(
    attempt(first),
    Stream.flatMap(Stream.fromIterable(others), (job) =>
      Stream.unwrap(
        Effect.map(Ref.get(job.course.failures), (all): ReturnType<typeof attempt> => {
          const isUntold = all.some(({ resource }) => resource === first.resource.name)
          return isUntold && isReplaced(job)
            ? Stream.fromEffect(failed(job, new DeletionsUntold({ resource: job.resource.name })))
            : attempt(job)
        })
      )
    )
  )

/** Whether what was exported of a resource may be gone afterwards. */
const isReplaced = ({ plan: { force, since }, resource }: Job): boolean =>
  resource.changes === "whole" || since === undefined || force === true

/** What a plan selects of a resource. */
const selected = (plan: Plan, resource: Known): Effect.Effect<Selected, BadSelection> => {
  const { name, search, table } = resource
  const { fields, where } = planOf(plan, resource, false)
  const refused = (option: "where" | "fields", description: string) =>
    Effect.fail(new BadSelection({ resource: name, option, description }))
  if (where !== undefined && search === undefined) return refused("where", "it is not searched")
  const judged = where === undefined || search === undefined ? undefined : alternatives(search, where)
  if (judged !== undefined && Result.isFailure(judged)) return refused("where", judged.failure)
  const unknown = fields === undefined ? undefined : Fields.unknown(table, fields)
  if (unknown !== undefined) return refused("fields", `${unknown} is no field of its records`)
  return Effect.succeed({
    ...resource,
    table: Fields.table(resource, fields),
    where: judged?.success,
    pick: fields === undefined ? identity : Fields.pick(resource, fields)
  })
}

/** The resources of a plan. */
const named = ({ resources, ...plan }: Omit<Plan, "resources"> & Pick<Plan, "resources">) =>
  Effect.flatMap(Effect.andThen(PlanNumbers.check({ resources, ...plan }), Resource.Resources), (known) =>
    Effect.forEach(resources, (name) => {
      const resource = Object.hasOwn(known, name) ? known[name] : undefined
      return resource === undefined
        ? Effect.fail<UnknownResource | BadSelection>(new UnknownResource({ name, known: Object.keys(known) }))
        : selected({ resources, ...plan }, resource)
    })
  )

/** Runs a plan, hands each event to `onEvent`, and gives the entry of each resource, of skipped ones too. */
export const entries = <E = never, R = never>(
  plan: Plan,
  onEvent: (event: Event) => Effect.Effect<void, E, R> = () => Effect.void
): Effect.Effect<ReadonlyArray<Entry>, ExportError | E, R | Requirements> =>
  run(plan).pipe(
    Stream.tap(onEvent),
    Stream.runFold(
      (): ReadonlyArray<Entry> => [],
      (entries, event) => ("entry" in event ? [...entries, event.entry] : entries)
    ),
    Effect.map((entries) => inOrder(plan, entries))
  )

/** Entries in the order of the plan, whichever was complete first. */
export const inOrder = (
  { resources }: Pick<Plan, "resources">,
  entries: ReadonlyArray<Entry>
): ReadonlyArray<Entry> => {
  // What was deleted of a resource comes before it.
  const names = resources.flatMap((name) => [Deletions.nameOf(name), name])
  return entries.toSorted((a, b) => names.lastIndexOf(a.resource) - names.lastIndexOf(b.resource))
}

/** The time of the API, in Unix seconds: a clock here that is wrong makes no gaps between exports. */
const nowOf = Effect.map(IntercomHttp, ({ serverTime }) =>
  Effect.map(serverTime, (millis) => Math.floor(millis / 1000))
)

/** One resource, whose failure is reported as an event, and stops the others when it would meet them too. */
const attempt = (job: Job): Stream.Stream<Event, never, Requirements> =>
  Stream.unwrap(
    Effect.map(Deferred.isDone(job.course.stopped), (stopped) =>
      stopped ? Stream.empty : Stream.interruptWhen(one(job), Deferred.await(job.course.stopped))
    )
  ).pipe(Stream.catch((reason) => Stream.fromEffect(failed(job, reason))))

/** Notes that a resource failed, and tells it. */
const failed = ({ connection, course, resource }: Job, reason: Reason) =>
  Effect.gen(function* () {
    // Whatever is in the way of looking is so of resuming, too.
    const checkpoint = yield* Effect.orElseSucceed(connection.peek(resource.table), () => undefined)
    const error = new ExportError({ resource: resource.name, kept: checkpoint !== undefined, reason })
    yield* Ref.update(course.failures, (all) => [...all, error])
    if (error.ofAll) yield* Deferred.succeed(course.stopped, undefined)
    return { _tag: "Failed", resource: resource.name, error } satisfies Event
  })

/** What became complete as the export was stopped, and was not told; then the failure, if there was one. */
const ending = ({ completed, failures }: Course, told: ReadonlySet<string>) =>
  Effect.gen(function* () {
    const untold = (yield* Ref.get(completed)).filter(({ resource }) => !told.has(resource))
    const failed = yield* Ref.get(failures)
    const failure = failed.find(({ ofAll }) => ofAll) ?? failed[0]
    const events: Stream.Stream<Event> = Stream.fromIterable(untold)
    return failure === undefined ? events : Stream.concat(events, Stream.fail(failure))
  })

/** Fails when the sink holds exports of another workspace, or of another version of the API. */
const sameWorkspace = Effect.fnUntraced(function* (plan: Plan, source: Source.Source, connection: Connection) {
  const sink = yield* Sink
  const manifest = yield* Document.manifest(connection)
  const replaced = new Set<string>(plan.force === true && plan.since === undefined ? plan.resources : [])
  for (const entry of Object.values(manifest?.exports ?? {})) {
    if (!replaced.has(entry.resource)) yield* same(`${sink.name}, ${entry.place}`, entry.source, source)
  }
  return manifest
})

type Identity = { readonly [field: string]: string | number | null }

/** The first field with another value. */
const differing = (found: Identity, wanted: Identity): string | undefined =>
  Object.keys(wanted).find((field) => found[field] !== wanted[field])

/** Fails when one of the values is another one. */
const same = (path: string, found: Identity, wanted: Identity): Effect.Effect<void, OtherExport> => {
  const field = differing(found, wanted)
  if (field === undefined) return Effect.void
  return Effect.fail(
    new OtherExport({ path, field, found: String(found[field] ?? "none"), wanted: String(wanted[field] ?? "none") })
  )
}

/** Fails when outputs of the resource have another format: together they are one export, which has one. */
const sameFormat = Effect.fnUntraced(function* (
  { formats }: View,
  { restart }: Plan,
  { name, table }: Resource.Resource<Resource.Services>,
  manifest: Manifest | undefined
) {
  const { format: wanted } = yield* Sink
  if (formats === undefined || wanted === undefined) return
  const entries = Object.values(manifest?.exports ?? {}).filter(({ resource }) => resource === name)
  const found = yield* formats(
    table,
    entries.map(({ place }) => place)
  )
  const other = found.find(({ finished, format }) => format !== wanted && (finished || restart !== true))
  if (other === undefined) return
  const { finished, format, path } = other
  return yield* new OtherExport({ path, field: "format", found: format, wanted, ...(finished ? { fixed: true } : {}) })
})

/** What of the records a plan, or an export, is about. */
const selectionOf = ({ fields, where }: Pick<Plan, "fields" | "where"> | Checkpoint["scope"]) => ({
  where: where === undefined ? null : JSON.stringify(where),
  fields: fields?.join(",") ?? null
})

/** Whether what is complete of the resource has the same records and fields; fails when others must not be added to it. */
const sameSelection = Effect.fnUntraced(function* (
  { name: place }: Pick<Sink["Service"], "name">,
  plan: Plan,
  name: string,
  manifest: Manifest | undefined
) {
  const wanted = selectionOf(plan)
  for (const entry of Object.values(manifest?.exports ?? {})) {
    if (entry.resource !== name) continue
    const { fields, where } = selectionOf(entry.scope)
    const path = `${place}, ${entry.place}`
    // A table keeps the columns it has.
    if (fields !== wanted.fields) {
      return yield* new OtherExport({
        path,
        field: "fields",
        found: fields ?? "all",
        wanted: wanted.fields ?? "all",
        fixed: true
      })
    }
    if (where === wanted.where) continue
    if (plan.force === true) return false
    yield* same(path, { where: where ?? "all records" }, { where: wanted.where ?? "all records" })
  }
  return true
})

type Step<A> = Effect.Effect<A, Reason, Resource.Services | Scope.Scope | Sink>

/** One resource, from wherever it stands. */
const one = (job: Job): Stream.Stream<Event, Reason, Resource.Services | Sink> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { connection, plan, resource } = job
      const { table } = resource
      if (plan.restart === true) yield* connection.discard(table)
      // What an earlier version did not finish cannot be resumed under another name.
      yield* Effect.forEach(table.formerly ?? [], (name) => connection.discard({ ...table, name }), { discard: true })
      const manifest = yield* Document.manifest(connection)
      yield* sameFormat(connection, plan, resource, manifest)
      yield* sameSelection(yield* Sink, plan, resource.name, manifest)
      const found = yield* Document.readCheckpoint(connection, table)
      if (found !== undefined) {
        if (yield* isSound(job, manifest, found)) return yield* resume(job, found)
        yield* connection.discard(table)
      }
      const told = yield* toldBefore(job, manifest)
      if (told !== undefined) return Stream.succeed<Event>({ _tag: "Skipped", resource: resource.name, entry: told })
      const entry = complete(plan, manifest, resource.name)
      if (entry !== undefined) {
        yield* Intact.check(connection, table, Intact.entries(manifest, resource.name), "size")
        return Stream.succeed<Event>({ _tag: "Skipped", resource: resource.name, entry })
      }
      return yield* start(job, manifest)
    })
  )

/** What was deleted is told already when the export of changes that followed is the one that resumes. */
const toldBefore = Effect.fnUntraced(function* ({ connection, plan, resource }: Job, manifest: Manifest | undefined) {
  const subject = (yield* Resource.Resources)[resource.deletionsOf ?? ""]
  if (subject === undefined || plan.restart === true) return undefined
  const lastOf = (name: string) => Object.values(manifest?.exports ?? {}).findLast(({ resource }) => resource === name)
  const entry = lastOf(resource.name)
  const begun = entry === undefined ? undefined : yield* Document.readCheckpoint(connection, subject.table)
  // What is exported whole loses what is deleted meanwhile.
  if (entry === undefined || begun === undefined || begun.scope.since === null) return undefined
  const { until } = entry.scope
  return until > (lastOf(subject.name)?.scope.until ?? until) && until <= begun.scope.until ? entry : undefined
})

/** The entry of a resource that the plan leaves as it is. */
const complete = (plan: Plan, manifest: Manifest | undefined, name: string): Entry | undefined => {
  const entry = manifest?.exports[name]
  if (entry === undefined || plan.force === true || plan.since !== undefined) return undefined
  // What failed is tried again.
  return Changes.failed(entry.missing).length === 0 ? entry : undefined
}

/** Whether changes can be added to what is there; fails when not, unless that may be exported again. */
const isSound = (
  { connection, plan, resource }: Job,
  manifest: Manifest | undefined,
  begun?: Checkpoint
): Effect.Effect<boolean, Reason, Sink> => {
  const since = begun === undefined ? plan.since : begun.scope.since
  if (since === undefined || since === null || resource.changes === "whole") return Effect.succeed(true)
  // A file of what changed since a given time says nothing of what is in others.
  const entries = Intact.entries(manifest, resource.name).filter(({ bytes }) => bytes === null || plan.since === "last")
  // The changes may be there already once all of them were read.
  const depth = begun?.done === true ? "growth" : "content"
  return Intact.check(connection, resource.table, entries, depth).pipe(
    Effect.as(true),
    Effect.catchTags({ Missing: orAgain(plan), Altered: orAgain(plan) })
  )
}

const orAgain =
  ({ force }: Plan) =>
  <R extends Reason>(reason: R): Effect.Effect<boolean, R> =>
    force === true ? Effect.succeed(false) : Effect.fail(reason)

/** What changes are counted from; nothing without an entry, as nobody knows then what is there. */
const lastOf = Effect.fnUntraced(function* (
  sink: View,
  { force, since }: Plan,
  source: Source.Source,
  manifest: Manifest | undefined,
  name: string,
  now: number
) {
  const state = yield* Document.state(sink)
  const isThere = Object.values(manifest?.exports ?? {}).some(({ resource }) => resource === name)
  const last = isThere ? state?.resources[name] : undefined
  if (state === undefined || last === undefined) return undefined
  const path = sink.locate?.("state") ?? "state"
  yield* same(path, state.source, source)
  if (since !== "last" || last.until <= now) return last
  return force === true ? undefined : yield* new ClockAhead({ path, until: last.until, now })
})

const start = (
  job: Job,
  manifest: Manifest | undefined
): Step<Stream.Stream<Event, Reason, Resource.Services | Sink>> =>
  Effect.gen(function* () {
    const { connection, plan, resource, source } = job
    const { table } = resource
    const { since, ...whole } = plan
    const alike = yield* sameSelection(yield* Sink, plan, resource.name, manifest)
    const changes = since !== undefined && alike && (yield* isSound(job, manifest))
    const now = yield* job.now
    const last = changes ? yield* lastOf(connection, plan, source, manifest, resource.name, now) : undefined
    const finished = manifest?.exports ?? {}
    const scope = Changes.named(Changes.scope(changes ? plan : whole, resource, last, now), finished)
    const place = yield* connection.occupied(table, scope.output)
    // The place of a table is its name, whatever the output.
    const isOurs = Object.entries(finished).some(
      ([output, entry]) => output === scope.output || entry.place === table.name
    )
    if (place !== undefined && !isOurs && plan.force !== true) return yield* new Occupied({ path: place })
    const startedAt = DateTime.formatIso(yield* DateTime.now)
    return yield* open(job, {
      format: 2,
      resource: resource.name,
      source,
      scope,
      position: null,
      done: false,
      steps: 0,
      ...Changes.nothing,
      total: null,
      recent: {},
      runs: 1,
      effort: RequestStats.none,
      workedMillis: 0,
      samples: [],
      startedAt,
      updatedAt: startedAt
    })
  })

const resume = (job: Job, found: Checkpoint): Step<Stream.Stream<Event, Reason, Resource.Services | Sink>> =>
  Effect.gen(function* () {
    const { connection, plan, resource, source } = job
    if (!resource.resumes(found.position)) {
      return yield* new Unreadable({
        path: Document.checkpointPath(connection, resource.table),
        field: "position"
      })
    }
    const place = `The unfinished export of ${resource.name}`
    yield* same(place, found.source, source)
    // With --force, everything may be exported in place of changes.
    const isTheirs = plan.since === "last" || (plan.force === true && found.scope.since === null)
    const since = isTheirs ? found.scope.since : (plan.since ?? null)
    yield* same(
      place,
      { "start of changes": found.scope.since, "page size": found.scope.pageSize, ...selectionOf(found.scope) },
      // What is exported whole has no start.
      {
        "start of changes": resource.changes === "whole" ? null : since,
        "page size": Changes.pageSizeOf(plan, resource),
        ...selectionOf(plan)
      }
    )
    return yield* open(job, { ...found, runs: found.runs + 1 })
  })

const open = (job: Job, checkpoint: Checkpoint): Step<Stream.Stream<Event, Reason, Resource.Services | Sink>> =>
  Effect.map(job.connection.open(job.resource.table, checkpoint.scope.since === null ? "replace" : "merge"), (output) =>
    // Every step is written: only the last ones are left.
    checkpoint.done ? finish(job, output, checkpoint) : walk(job, output, checkpoint)
  )

/** What an export of everything replaces and does not have, untold: it was deleted while that was made. */
const lostBy = Effect.fnUntraced(function* (job: Job, { scope }: Checkpoint, seen: Seen.Seen) {
  const { name, table } = job.resource
  const { key } = table
  const deleted = (yield* Resource.Resources)[Deletions.nameOf(name)]
  if (scope.since !== null || job.plan.deletions !== "compare" || deleted === undefined || key === null) return []
  const before = yield* exportedBefore({ ...job, resource: deleted })
  if (before?.since === undefined) return []
  const gone = yield* Deletions.goneOf(before.told)
  const identityOf = Table.identity({ key })
  return yield* Stream.runFold(
    before.records,
    (): Array<string> => [],
    (ids, record) => {
      const id = identityOf(record)
      if (id !== undefined && !gone.has(id) && !seen.has(record)) ids.push(id)
      return ids
    }
  )
})

/** What was exported before of the resource whose deletions are told. */
const exportedBefore = Effect.fnUntraced(function* ({
  connection,
  plan,
  resource,
  source
}: Pick<Job, "connection" | "plan" | "source"> & { readonly resource: Known }) {
  const { name: place } = yield* Sink
  const known = yield* Resource.Resources
  const manifest = yield* Document.manifest(connection)
  const subject = known[resource.deletionsOf ?? ""]
  if (subject === undefined) return undefined
  const entriesOf = (name: string) =>
    latest(manifest).flatMap(([, entry]) =>
      entry.resource === name && differing(entry.source, source) === undefined ? [entry] : []
    )
  const found = entriesOf(subject.name)
  const told = entriesOf(resource.name)
  const { records } = connection
  const key = subject.table.key ?? "id"
  const lost = (yield* Document.state(connection))?.resources[resource.name]?.lost ?? []
  const scopes = Object.values(manifest?.exports ?? {}).flatMap((entry) =>
    entry.resource === subject.name || entry.resource === resource.name ? [entry.scope] : []
  )
  // What was deleted before everything was exported was never exported.
  const starts = scopes.flatMap(({ since, until }) => (since === null ? [until] : []))
  const since =
    found.length === 0
      ? undefined
      : Math.min(...(starts.length > 0 ? starts : scopes.flatMap(({ since }) => since ?? [])))
  if (since !== undefined && records === undefined && !Deletions.isTold(subject, source.version)) {
    return yield* new BadSelection({
      resource: subject.name,
      option: "deletions",
      description: `what was exported to ${place} cannot be read back, and without its keys there is nothing to compare`
    })
  }
  const read = ({ table }: Known, entries: ReadonlyArray<Entry>, columns: ReadonlyArray<string>) =>
    Stream.flatMap(Stream.fromIterable(entries), (entry) => records?.(table, entry.place, columns) ?? Stream.empty)
  return {
    since,
    records: Stream.concat(Stream.fromIterable(lost.map((id) => ({ [key]: id }))), read(subject, found, [key])).pipe(
      // It is exported again: what else was in there cannot be found out any more.
      plan.force === true
        ? Stream.catchTag("Missing", ({ path }) =>
            Stream.fromEffectDrain(
              Effect.logWarning(`${path} is gone, with the keys to compare: what was deleted of these is not told`)
            )
          )
        : identity
    ),
    told: read(resource, told.toReversed(), ["id", "event"]),
    version: source.version
  } satisfies Deletions.Before
})

const walk = (job: Job, output: Output, from: Checkpoint): Stream.Stream<Event, Reason, Resource.Services | Sink> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { connection, plan, resource } = job
      const last = from.scope.since === null ? undefined : (yield* Document.state(connection))?.resources[resource.name]
      const after = from.scope.until - overlapOf(plan)
      const recent = last?.recent ?? {}
      const options: Seen.Options = {
        table: resource.table,
        changedAt: resource.changedAt,
        after,
        before: Recent.decode(recent, after)
      }
      const seen = from.steps === 0 ? Seen.make(options) : yield* Seen.restore(options, output.written)
      const again = [...(from.steps === 0 ? (from.scope.again ?? []) : []), ...Changes.failed(from.missing)]
      const tally = yield* Ref.make(IntercomMetrics.nothing)
      const tell = yield* clock(from, tally)
      const start = Changes.withoutFailed(from)
      const differences = Drift.differences(resource.schema)
      const tops = plan.fields && new Set(plan.fields.map((field) => field.split(".")[0]))
      const isSelected = ({ path }: { readonly path: string }) => tops?.has(path.split(/[.[]/)[0]) ?? true
      const current = yield* Ref.make(start)
      const exported = resource.deletionsOf === undefined ? undefined : yield* exportedBefore(job)
      // Told from the start, it is told again.
      const before = exported && from.scope.since === null ? { ...exported, told: Stream.empty } : exported

      // Interrupted in the middle it would do no harm, but the run would end with a step half written.
      const commit = Effect.fnUntraced(function* (step: Walk.Step) {
        const before = yield* Ref.get(current)
        const told = yield* tell
        const records = step.records.map(resource.pick)
        const drifted = new Map(
          step.records.flatMap((record, index) => {
            const found = differences(record)?.filter(isSelected)
            const written = records[index]
            return found === undefined || found.length === 0 || written === undefined ? [] : [[written, found] as const]
          })
        )
        const lost = step.position === undefined ? yield* lostBy(job, from, seen) : []
        const after = (kept: Kept): Checkpoint => {
          const advanced = told(Changes.advance(before, step, kept, resource.schema, drifted))
          return advanced.done
            ? { ...advanced, recent: Recent.encode(seen.changed), ...(lost.length === 0 ? undefined : { lost }) }
            : advanced
        }
        const kept = yield* output.commit(
          {
            records,
            quarantined: step.invalid.map((one) =>
              Quarantine.line(resource.name, isObject(one.raw) ? { ...one, raw: resource.pick(one.raw) } : one)
            ),
            startOver: step.startOver
          },
          (kept) => Document.encodeCheckpoint(after(kept))
        )
        const checkpoint = after(kept)
        yield* Ref.set(current, checkpoint)
        return { _tag: "StepWritten", resource: resource.name, checkpoint } satisfies Event
      }, Effect.uninterruptible)

      const steps = resource
        .walk({
          from: from.position ?? undefined,
          pageSize: resource.pageSize === null ? null : (plan.pageSize ?? resource.pageSize),
          concurrency: job.concurrency.most,
          windows: typeof plan.concurrency === "number" ? Math.min(plan.concurrency, mostWindows) : mostWindows,
          since: from.scope.since ?? undefined,
          until: from.scope.until,
          accepts: Changes.accepts(from.scope, Recent.decode(recent, 0), resource.changedAt),
          known: seen.has,
          where: resource.where,
          again
        })
        .pipe(
          Stream.map(Apart.setApart(resource.table)),
          Stream.provideService(Json.Lossless, true),
          Stream.provideService(Drift.Strict, plan.strict === true),
          Stream.provideService(Concurrency.Current, job.concurrency),
          Stream.provideService(IntercomMetrics.Tally, tally),
          Stream.provideService(SideBySide.Current, job.beside),
          before === undefined ? identity : Stream.provideService(Deletions.Exported, before),
          Stream.catch((error) =>
            Stream.fromEffect(Effect.flatMap(Ref.get(current), (at) => Effect.fail(reasonOf(error, start, at))))
          )
        )

      return Stream.succeed<Event>({ _tag: "Started", resource: resource.name, checkpoint: from }).pipe(
        // What came while the last commit was made is committed at once: a slow disk does not make the walk wait.
        Stream.concat(
          Stream.mapArrayEffect(steps, (steps) =>
            Effect.suspend(() => Effect.forEach(Walk.together(Arr.map(steps, seen.sift)), commit))
          )
        ),
        Stream.concat(Stream.unwrap(Effect.map(Ref.get(current), (checkpoint) => finish(job, output, checkpoint))))
      )
    })
  )

/** When the first request of a resumed run gets a 400, the API rejected the stored cursor. */
const reasonOf = (error: Walk.Failure, from: Checkpoint, at: Checkpoint): Reason => {
  if (error._tag !== "IntercomError") return error
  return from.position !== null && at === from && error.reason._tag === "BadRequest"
    ? new CursorRefused({ error })
    : new RequestFailed({ error })
}

/** Windows walked at once: as each is opened after the one before, more would hold more pages in memory, and gain nothing. */
const mostWindows = 8

const overlapOf = ({ overlap = 900 }: Plan): number => overlap

/** Tells a checkpoint what this run has cost until now. */
const clock = (from: Checkpoint, tally: Ref.Ref<RequestStats.RequestStats>) =>
  Effect.gen(function* () {
    const passed = yield* Elapsed.start
    return Effect.gen(function* () {
      const updatedAt = DateTime.formatIso(yield* DateTime.now)
      const effort = RequestStats.add(from.effort, yield* Ref.get(tally))
      const workedMillis = from.workedMillis + (yield* passed)
      const { requests, retries, waitedMillis } = effort
      return (checkpoint: Checkpoint): Checkpoint => ({
        ...checkpoint,
        effort,
        workedMillis,
        samples: RequestStats.addSample(checkpoint.samples, {
          seconds: workedMillis / 1000,
          records: checkpoint.counts.records,
          requests,
          retries,
          waitedMillis
        }),
        updatedAt
      })
    })
  })

/** The last steps. Each can be done twice, so that a crash between them does no harm. */
const finish = (job: Job, output: Output, checkpoint: Checkpoint): Stream.Stream<Event, Reason, Sink> =>
  Stream.fromEffect(
    Effect.gen(function* () {
      const { connection, course, plan, resource, source } = job
      const { effort, missing, runs, samples, scope, startedAt, total, updatedAt, workedMillis } = checkpoint
      const manifest = yield* Document.manifest(connection)
      yield* isSound(job, manifest, checkpoint)
      const { bytes, place, quarantined, quarantineSha256, records, sha256 } = yield* output.finish(scope.output)
      const entry: Entry = {
        resource: resource.name,
        source,
        scope,
        place,
        records,
        bytes,
        sha256,
        quarantined,
        ...(quarantineSha256 === undefined ? undefined : { quarantineSha256 }),
        counts: Changes.counted(checkpoint),
        total,
        complete: Changes.complete(checkpoint),
        missing,
        runs,
        effort,
        workedMillis,
        samples,
        startedAt,
        finishedAt: updatedAt
      }
      const state = yield* Document.state(connection)
      // What another workspace left is nothing to resume from.
      const before = state === undefined || differing(state.source, source) !== undefined ? {} : state.resources
      yield* Document.writeState(connection, {
        format: 1,
        source,
        resources: {
          ...before,
          [resource.name]: Changes.next(checkpoint, overlapOf(plan), before[resource.name]),
          ...withLost(checkpoint, before[Deletions.nameOf(resource.name)])
        }
      } satisfies State)
      const { [scope.output]: _, ...others } = manifest?.exports ?? {}
      // As the plan has them, whichever was complete first.
      const exports = Object.entries({ ...others, [scope.output]: entry }).toSorted(
        ([, a], [, b]) => plan.resources.indexOf(a.resource) - plan.resources.indexOf(b.resource)
      )
      yield* Document.writeManifest(connection, { format: 2, tool, exports: Object.fromEntries(exports) })
      yield* output.forget
      const event: Completed = { _tag: "Completed", resource: resource.name, entry }
      yield* Ref.update(course.completed, (all) => [...all, event])
      return event
    }).pipe(job.beside.alone, Effect.uninterruptible)
  )

/** What the next comparison has to look for, too. */
const withLost = ({ lost = [], resource }: Checkpoint, before: Since | undefined): State["resources"] =>
  lost.length === 0 || before === undefined
    ? {}
    : { [Deletions.nameOf(resource)]: { ...before, lost: Arr.dedupe([...(before.lost ?? []), ...lost]) } }

/** What a plan would do, before it does it. */
export interface Preview {
  readonly resource: string
  /** `resume`: an unfinished export is there. `skip`: it is complete. */
  readonly action: "start" | "resume" | "skip"
  /** What changed after this, in Unix seconds; null for everything. */
  readonly since: number | null
  /** Records written so far. */
  readonly written: number
  /** What the API counts; null where it does not. */
  readonly total: number | null
  /** Requests it takes at least; null where nobody knows. */
  readonly requests: number | null
}

/** A page of a scroll: documented as about that; those of the API's own size have fewer. */
const pageOfTheApis = 100

/** Requests that are left, at least. */
const estimated = Effect.fnUntraced(function* (
  { cost: { perParent, perRecord = 0 }, pageSize, parents }: Known,
  plan: Plan,
  total: number | null,
  written: number,
  since: number | undefined
) {
  const size = pageSize === null ? pageOfTheApis : (plan.pageSize ?? pageSize)
  if (parents !== undefined) {
    const counted = yield* Effect.result(parents(since))
    if (Result.isFailure(counted) || counted.success === undefined) return null
    return Math.max(1, Math.ceil(counted.success / size)) + counted.success * (perParent?.requests ?? 1)
  }
  if (total === null) return pageSize === null ? 1 : null
  const left = Math.max(0, total - written)
  return Math.max(1, Math.ceil(left / size)) + left * perRecord
})

/** Looks at what a plan would do: a request or three for each resource, and nothing is written. */
export const preview = (given: Plan): Effect.Effect<ReadonlyArray<Preview>, ExportError, Requirements> =>
  Effect.scoped(
    Effect.gen(function* () {
      const source = yield* Source.current
      const all = yield* withDeletions(given, source.version)
      const now = yield* Effect.flatten(nowOf)
      const sink = yield* (yield* Sink).inspect
      const manifest = yield* Document.manifest(sink)
      return yield* Effect.forEach(yield* named(all), (resource) =>
        Effect.gen(function* () {
          const { deletionsOf, name } = resource
          const plan = planOf(all, resource, false)
          yield* sameFormat(sink, plan, resource, manifest)
          yield* sameSelection(yield* Sink, plan, name, manifest)
          const found = plan.restart === true ? undefined : yield* Document.readCheckpoint(sink, resource.table)
          const last = plan.since === undefined ? undefined : yield* lastOf(sink, plan, source, manifest, name, now)
          const scope = found?.scope ?? Changes.scope(plan, resource, last, now)
          // Of what was not exported, nothing was deleted.
          const isNothing =
            deletionsOf !== undefined &&
            !Object.values(manifest?.exports ?? {}).some(({ resource }) => resource === deletionsOf)
          const isComplete = isNothing || (found === undefined && complete(plan, manifest, name) !== undefined)
          if (isComplete && !isNothing)
            yield* Intact.check(sink, resource.table, Intact.entries(manifest, name), "size")
          const subject = (yield* Resource.Resources)[deletionsOf ?? ""]
          // Nobody counts those since a time.
          const isUncounted = subject !== undefined && Deletions.isTold(subject, source.version)
          const total =
            isComplete || isUncounted
              ? undefined
              : yield* Effect.result(resource.count(scope.since ?? undefined, resource.where))
          const counted = total === undefined || Result.isFailure(total) ? null : (total.success ?? null)
          const written = found?.counts.records ?? 0
          return {
            resource: name,
            action: found !== undefined ? "resume" : isComplete && !isNothing ? "skip" : "start",
            since: scope.since,
            written,
            total: counted,
            requests: isComplete ? 0 : yield* estimated(resource, plan, counted, written, scope.since ?? undefined)
          } satisfies Preview
        })
      )
    }).pipe(
      Effect.mapError(
        (error) => new ExportError({ reason: error._tag === "IntercomError" ? new RequestFailed({ error }) : error })
      )
    )
  )
