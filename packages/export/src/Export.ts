/**
 * Exports: every page of a listing is written to a part file, put on the disk, and then the checkpoint moves. Whatever
 * stops an export, the same export run again cuts off what stands behind the checkpoint and goes on: the finished file
 * is the one an undisturbed run would have written, byte for byte, as long as the workspace does not change meanwhile.
 *
 * A directory holds, for each resource:
 *
 * - `contacts.ndjson`: one record a line, when the export is complete;
 * - `contacts.ndjson.part`, `contacts.quarantine.part` and `contacts.checkpoint.json`: until then;
 *
 * and for all of them:
 *
 * - `quarantine.ndjson`: the records that did not fit their schema, if there are any (see `Quarantine.ts`);
 * - `manifest.json`: what is complete, with counts and checksums (see `Manifest.ts`).
 *
 * A line is the JSON of the record as it was received: the same fields and values in the same order, unknown ones
 * included. What is not kept is what JSON does not mean: white space, the escaping of characters, the spelling of numbers
 * (and with it digits beyond double precision), and the place of keys that look like array indexes, which come first.
 */
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import type { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import { Cursor, type Invalid, type Page } from "@effect-intercom/core/Pagination"
import type { Admins } from "@effect-intercom/core/resources/Admins"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as Checkpoint from "./Checkpoint.ts"
import {
  CursorRefused,
  NoSuchStart,
  ExportError,
  Occupied,
  OtherExport,
  PartChanged,
  type Reason,
  RequestFailed
} from "./ExportError.ts"
import * as Files from "./internal/Files.ts"
import * as Manifest from "./Manifest.ts"
import * as PartFile from "./PartFile.ts"
import type { Event } from "./Progress.ts"
import * as Quarantine from "./Quarantine.ts"
import type { Resource, Services } from "./Resource.ts"
import type { Sha256 } from "./Sha256.ts"
import * as Source from "./Source.ts"

/** What to export, and where to. Plain data, but for the resources. */
export interface Plan<out Item extends Resource<unknown> = Resource<Services>> {
  /** One after the other. */
  readonly resources: ReadonlyArray<Item>
  /** Created when it does not exist. One export at a time may write to it. */
  readonly directory: string
  /** Start here instead of at the first page; only for a single resource, with pages. */
  readonly from?: string | undefined
  /** Records per page, instead of what each resource has. */
  readonly pageSize?: number | undefined
  /**
   * Exports again what is complete, and replaces files of unknown origin. What is unfinished is resumed all the same,
   * so that the same plan can be run until it succeeds. Without it, what is complete is skipped.
   */
  readonly force?: boolean | undefined
}

/** What every export needs: the machine, and the client that tells whose workspace it is. */
export type Environment = FileSystem.FileSystem | Path.Path | Sha256 | IntercomHttp | Admins

/** What the export of these resources needs. */
export type Requirements<Item> = Environment | (Item extends Resource<infer R> ? R : never)

/** What every part of one resource's export knows. */
interface Job<R> {
  readonly resource: Resource<R>
  readonly source: Source.Source
  readonly pageSize: number | null
  readonly from: string | null
  readonly force: boolean
  readonly paths: Paths
}

interface Paths {
  readonly file: string
  readonly part: string
  readonly quarantinePart: string
  readonly checkpoint: string
  readonly quarantine: string
  readonly manifest: string
}

const pathsOf = (path: Path.Path, directory: string, name: string): Paths => ({
  file: path.join(directory, `${name}.ndjson`),
  part: path.join(directory, `${name}.ndjson.part`),
  quarantinePart: path.join(directory, `${name}.quarantine.part`),
  checkpoint: path.join(directory, `${name}.checkpoint.json`),
  quarantine: path.join(directory, "quarantine.ndjson"),
  manifest: path.join(directory, "manifest.json")
})

const nowIso = Effect.map(DateTime.now, DateTime.formatIso)

/**
 * Runs a plan; the events tell what happens. Requests, retries and waits are what the current metric registry counts
 * meanwhile: provide your own `Metric.MetricRegistry` when other calls run beside it.
 */
export const events = <Item extends Resource<unknown>>(
  plan: Plan<Item>
): Stream.Stream<Event, ExportError, Requirements<Item>> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      if (plan.from !== undefined && (plan.resources.length !== 1 || plan.resources[0]?.pageSize === null)) {
        return yield* new NoSuchStart({ cursor: plan.from })
      }
      const source = yield* Effect.mapError(Source.current, (error) => new RequestFailed({ error }))
      yield* Files.at(plan.directory)(fs.makeDirectory(plan.directory, { recursive: true }))
      yield* sameWorkspace(plan, source, path.join(plan.directory, "manifest.json"))
      // Resources of several services are resources of the union of these services.
      const resources = plan.resources as ReadonlyArray<Resource<Requirements<Item>>>
      return Stream.flatMap(Stream.fromIterable(resources), (resource) =>
        Stream.mapError(
          one({
            resource,
            source,
            pageSize: resource.pageSize === null ? null : (plan.pageSize ?? resource.pageSize),
            from: plan.from ?? null,
            force: plan.force ?? false,
            paths: pathsOf(path, plan.directory, resource.name)
          }),
          (reason) => new ExportError({ resource: resource.name, reason })
        )
      )
    }).pipe(Effect.mapError((reason) => new ExportError({ reason })))
  )

/** Fails when the directory holds exports of another workspace, but for those this plan replaces. */
const sameWorkspace = Effect.fnUntraced(function* (
  plan: Plan<Resource<unknown>>,
  source: Source.Source,
  manifest: string
) {
  const replaced = new Set(plan.force === true ? plan.resources.map(({ name }) => name) : [])
  const { baseUrl, workspace } = source
  for (const entry of Object.values((yield* Manifest.read(manifest))?.resources ?? {})) {
    if (replaced.has(entry.resource)) continue
    const { source } = entry
    yield* same(manifest, { baseUrl: source.baseUrl, workspace: source.workspace }, { baseUrl, workspace })
  }
})

/**
 * Runs a plan, and hands each event to `onEvent`; the result has an entry for each resource, skipped ones included.
 *
 * @example
 * ```ts
 * import { Intercom } from "@effect-intercom/core"
 * import { Export, Resource } from "@effect-intercom/export"
 * import * as NodeSha256 from "@effect-intercom/export/NodeSha256"
 * import { NodeHttpClient, NodeServices } from "@effect/platform-node"
 * import { Effect } from "effect"
 *
 * const program = Export.run({ resources: [Resource.contacts, Resource.companies], directory: "dump" }).pipe(
 *   Effect.provide([Intercom.layerConfig, NodeSha256.layer]),
 *   Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer])
 * )
 * ```
 */
export const run = <Item extends Resource<unknown>, E = never, R = never>(
  plan: Plan<Item>,
  onEvent: (event: Event) => Effect.Effect<void, E, R> = () => Effect.void
): Effect.Effect<ReadonlyArray<Manifest.Entry>, ExportError | E, R | Requirements<Item>> =>
  events(plan).pipe(
    Stream.tap(onEvent),
    Stream.runFold(
      (): Array<Manifest.Entry> => [],
      (entries, event) => ("entry" in event ? [...entries, event.entry] : entries)
    )
  )

/** One resource, from wherever it stands. */
const one = <R>(job: Job<R>): Stream.Stream<Event, Reason, R | Environment> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const found = yield* Checkpoint.read(job.paths.checkpoint)
      if (found !== undefined) return yield* resume(job, found)
      const entry = yield* complete(job)
      if (entry !== undefined) return Stream.succeed<Event>({ _tag: "Skipped", resource: job.resource.name, entry })
      return yield* start(job)
    })
  )

/** The manifest's entry when the resource is complete already and may stay; fails when its file may not be replaced. */
const complete = Effect.fnUntraced(function* <R>({ force, from, paths, resource, source }: Job<R>) {
  if (force || !(yield* Files.exists(paths.file))) return undefined
  const entry = (yield* Manifest.read(paths.manifest))?.resources[resource.name]
  if (entry === undefined) return yield* new Occupied({ path: paths.file })
  yield* same(paths.file, { ...entry.source, cursor: entry.from }, { ...source, cursor: from })
  return entry
})

/** Fails when one of the values is another one. */
const same = <Identity extends { readonly [field: string]: string | number | null }>(
  path: string,
  found: Identity,
  wanted: Identity
): Effect.Effect<void, OtherExport> => {
  const field = Object.keys(wanted).find((field) => found[field] !== wanted[field])
  if (field === undefined) return Effect.void
  return Effect.fail(
    new OtherExport({ path, field, found: String(found[field] ?? "none"), wanted: String(wanted[field] ?? "none") })
  )
}

const start = Effect.fnUntraced(function* <R>(job: Job<R>) {
  const startedAt = yield* nowIso
  return yield* open(job, {
    format: 1,
    resource: job.resource.name,
    source: job.source,
    pageSize: job.pageSize,
    from: job.from,
    cursor: job.from,
    pages: 0,
    total: null,
    records: PartFile.empty,
    quarantined: PartFile.empty,
    runs: 1,
    effort: Checkpoint.noEffort,
    startedAt,
    updatedAt: startedAt
  })
})

const resume = Effect.fnUntraced(function* <R>(job: Job<R>, found: Checkpoint.Checkpoint) {
  yield* same(
    job.paths.checkpoint,
    { ...found.source, "page size": found.pageSize, "starting cursor": found.from },
    { ...job.source, "page size": job.pageSize, "starting cursor": job.from }
  )
  // Every page is written: only the last steps are left.
  if (found.cursor === null) return finish(job, found)
  return yield* open(job, { ...found, runs: found.runs + 1 })
})

const open = Effect.fnUntraced(function* <R>(job: Job<R>, checkpoint: Checkpoint.Checkpoint) {
  const { paths } = job
  return walk(job, checkpoint, {
    records: yield* PartFile.open(paths.part, paths.checkpoint, checkpoint.records),
    quarantined: yield* PartFile.open(paths.quarantinePart, paths.checkpoint, checkpoint.quarantined)
  })
})

interface Parts {
  readonly records: PartFile.PartFile
  readonly quarantined: PartFile.PartFile
}

/** A page, with those of its records that do not fit. */
interface Batch {
  readonly page: Page<unknown>
  readonly invalid: ReadonlyArray<Invalid>
}

/** The pages from `cursor` on, the next one requested while one is written. */
const batches = <R>({ pageSize, resource }: Job<R>, cursor: string | null): Stream.Stream<Batch, IntercomError, R> =>
  Stream.unwrap(
    Effect.map(Ref.make<ReadonlyArray<Invalid>>([]), (set) =>
      resource
        .pages(pageSize, {
          from: cursor === null ? undefined : Cursor.make(cursor),
          // Reads ahead below instead: within the walk, records of the next page would get into this one's set.
          prefetch: 0,
          onInvalid: (one) => Ref.update(set, (all) => [...all, one])
        })
        .pipe(
          Stream.mapEffect((page) => Effect.map(Ref.getAndSet(set, []), (invalid) => ({ page, invalid }))),
          Stream.bufferArray({ capacity: 1 })
        )
    )
  )

const walk = <R>(
  job: Job<R>,
  from: Checkpoint.Checkpoint,
  parts: Parts
): Stream.Stream<Event, Reason, R | Environment> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const resource = job.resource.name
      const before = yield* IntercomMetrics.totals
      const current = yield* Ref.make(from)

      // Interrupted in the middle it would do no harm, but the run would end with a page half written.
      const commit = Effect.fnUntraced(function* ({ invalid, page }: Batch) {
        const checkpoint = yield* Ref.get(current)
        const next: Checkpoint.Checkpoint = {
          ...checkpoint,
          cursor: page.cursor ?? null,
          pages: checkpoint.pages + 1,
          total: page.total ?? checkpoint.total,
          records: yield* parts.records.append(page.items),
          quarantined: yield* parts.quarantined.append(invalid.map((one) => Quarantine.line(resource, one))),
          effort: Checkpoint.addEffort(from.effort, since(before, yield* IntercomMetrics.totals)),
          updatedAt: yield* nowIso
        }
        yield* Checkpoint.write(job.paths.checkpoint, next)
        yield* Ref.set(current, next)
        return { _tag: "PageWritten", resource, checkpoint: next } satisfies Event
      }, Effect.uninterruptible)

      const reasonOf = (error: IntercomError) =>
        Effect.map(Ref.get(current), (checkpoint) =>
          checkpoint === from ? refused(job, from, error) : new RequestFailed({ error })
        )

      return Stream.succeed<Event>({ _tag: "Started", resource, checkpoint: from }).pipe(
        Stream.concat(
          batches(job, from.cursor).pipe(
            Stream.catch((error) => Stream.fromEffect(Effect.flatMap(reasonOf(error), Effect.fail))),
            Stream.mapEffect(commit)
          )
        ),
        Stream.concat(Stream.unwrap(Effect.map(Ref.get(current), (checkpoint) => finish(job, checkpoint))))
      )
    })
  )

const since = (before: IntercomMetrics.Totals, now: IntercomMetrics.Totals): Checkpoint.Effort => ({
  requests: now.requests - before.requests,
  retries: now.retries - before.retries,
  waits: now.waits - before.waits,
  waitedMillis: now.waitedMillis - before.waitedMillis
})

/** A 400 to the first page of a run that starts at a cursor is about the cursor. */
const refused = <R>({ from, paths }: Job<R>, { cursor }: Checkpoint.Checkpoint, error: IntercomError): Reason => {
  if (error.reason._tag !== "BadRequest" || cursor === null) return new RequestFailed({ error })
  return new CursorRefused({ cursor, error, ...(cursor === from ? undefined : { checkpoint: paths.checkpoint }) })
}

/** The last steps. Each can be done twice, so that a crash between them does no harm. */
const finish = <R>(job: Job<R>, checkpoint: Checkpoint.Checkpoint): Stream.Stream<Event, Reason, Environment> =>
  Stream.fromEffect(
    Effect.gen(function* () {
      const { paths, resource } = job
      const path = yield* Path.Path
      const moved = !(yield* Files.exists(paths.part))
      const written = moved ? paths.file : paths.part
      if (!(yield* Files.exists(written)) || (yield* Files.size(written)) !== checkpoint.records.bytes) {
        return yield* new PartChanged({ path: written, checkpoint: paths.checkpoint })
      }
      if (!moved) yield* Files.move(paths.part, paths.file)
      yield* Quarantine.merge(paths.quarantine, paths.quarantinePart, resource.name)
      const entry = entryOf(checkpoint, path.basename(paths.file))
      yield* Manifest.add(paths.manifest, entry)
      yield* Files.remove(paths.quarantinePart)
      yield* Files.remove(paths.checkpoint)
      return { _tag: "Completed", resource: resource.name, entry } satisfies Event
    })
  )

const entryOf = (checkpoint: Checkpoint.Checkpoint, file: string): Manifest.Entry => {
  const { from, records, quarantined, total } = checkpoint
  return {
    resource: checkpoint.resource,
    file,
    ...records,
    quarantined: quarantined.records,
    total,
    matches: total === null || from !== null ? null : records.records + quarantined.records === total,
    source: checkpoint.source,
    pageSize: checkpoint.pageSize,
    from,
    pages: checkpoint.pages,
    runs: checkpoint.runs,
    effort: checkpoint.effort,
    startedAt: checkpoint.startedAt,
    finishedAt: checkpoint.updatedAt
  }
}
