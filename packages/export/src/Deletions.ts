/**
 * What was deleted or merged: a resource of its own beside each, `deletedContacts` beside `contacts`, whose records are
 * {@link Tombstone}s. They are walked, written, counted and resumed as any others, so that each is told once. From the
 * version on that has a listing of deletions, that is asked; otherwise the keys that were exported are compared with
 * those that are listed, and who is not listed is asked for: only what the API says is gone counts as deleted.
 */
import * as ApiVersion from "@effect-intercom/core/ApiVersion"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import { nullish, openEnum, UnixSeconds } from "@effect-intercom/core/Wire"
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { isGone } from "./Completion.ts"
import * as Definition from "./Definition.ts"
import type { Reason } from "./ExportError.ts"
import * as Keys from "./internal/Keys.ts"
import * as Marks from "./internal/Marks.ts"
import * as Table from "./Table.ts"
import * as Walk from "./Walk.ts"

/** What is told of a record that is gone, or there again. */
export const Tombstone = Schema.Struct({
  /** Of the record. */
  id: Schema.String,
  /**
   * `deleted`; `merged` into another, which is told from version 2.16 on; `restored` after it was told as deleted: an
   * archived contact that was unarchived.
   */
  event: openEnum("deleted", "merged", "restored"),
  /** The id of the record it was merged into; null unless it was. */
  merged_into: nullish(Schema.String),
  /** When it was deleted, as the API tells; null where keys were compared. */
  deleted_at: nullish(UnixSeconds),
  /** When the export that noticed it started. */
  noticed_at: UnixSeconds
})
export type Tombstone = typeof Tombstone.Type

/** The name of the resource with what was deleted of another: `deletedContacts`. */
export const nameOf = (resource: string): string => `deleted${resource.charAt(0).toUpperCase()}${resource.slice(1)}`

/** What was exported before, as far as a comparison needs it. */
export interface Before {
  /** Since when records may have been exported, in Unix seconds; `undefined` when there are none. */
  readonly since: number | undefined
  /** The records of all outputs of the resource, with their key. */
  readonly records: Stream.Stream<Table.Received, Reason>
  /** What was told already, the latest first: `id` and `event`. */
  readonly told: Stream.Stream<Table.Received, Reason>
  /** The version of the API. */
  readonly version: string
}

/** What was exported before into the sink of the export under way. */
export const Exported = Context.Reference<Before>("@effect-intercom/export/Deletions/Exported", {
  defaultValue: () => ({ since: undefined, records: Stream.empty, told: Stream.empty, version: "" })
})

/** Whether a version of the API tells what was deleted of a resource. */
export const isTold = <R>({ deletions }: Pick<Definition.Resource<R>, "deletions">, version: string): boolean =>
  deletions?.told !== undefined && ApiVersion.isAtLeast(version, deletions.told.version)

/** How it is found out what was deleted of a resource, or why it is not, for people. */
export const described = <R>({ deletions, uncompared }: Pick<Definition.Resource<R>, "deletions" | "uncompared">) => {
  if (deletions === undefined) return `not told: ${uncompared ?? "nothing says how"}`
  const { get, told } = deletions
  const how = get === undefined ? "compared, by two listings" : "compared"
  return told === undefined ? how : `listed, from ${told.version} on; before, ${how}`
}

/** The resource with what was deleted of another; `undefined` where that cannot be found out. */
export const of = <R>(resource: Definition.Resource<R>): Definition.Resource<R> | undefined => {
  const { about, changedAt: _, deletions, name, permissions, table } = resource
  const { key } = table
  if (deletions === undefined || key === null) return undefined
  const { requests, told } = deletions
  return {
    ...Definition.make<R>({
      name: nameOf(name),
      about: `what was deleted of ${about}`,
      schema: Tombstone,
      table: Table.fromSchema(nameOf(name), Tombstone, { key: "id" }),
      changes: "search",
      changedAt: "deleted_at",
      pageSize: resource.largestPage ?? resource.pageSize,
      largestPage: resource.largestPage,
      requests: told === undefined ? requests : [told.request, ...requests],
      permissions,
      resumes: isPosition,
      deletionsOf: name,
      count: () => resource.count(undefined),
      walk: (options) =>
        Stream.unwrap(
          Effect.map(Exported, (before) => {
            if (before.since === undefined) return Stream.succeed(nothing)
            return told !== undefined && isTold(resource, before.version)
              ? listed(told, before.since, options)
              : compared(deletions, key, before, resource.resumes, options)
          })
        )
    })
  }
}

/** Where a comparison resumes. */
const Comparing = Schema.Struct({
  /** Which keys are compared: with others, it starts over. */
  compared: Schema.String,
  /** Where the listing is: `false` when it is over. */
  listing: Schema.Union([Schema.Struct({ at: Schema.NullOr(Schema.Json) }), Schema.Literal(false)]),
  /** Records a page of the listing. */
  pageSize: Schema.NullOr(Schema.Int),
  /** A bit for each key that was listed, or asked for. */
  found: Schema.String
})

const comparing = Schema.decodeUnknownOption(Comparing)

/** A cursor of a listing of deletions, or where a comparison is; of an earlier version, that it was begun. */
const isPosition = Schema.is(
  Schema.NullOr(Schema.Union([Schema.String, Comparing, Schema.Record(Schema.String, Schema.Never)]))
)

const nothing: Walk.Step = { records: [], invalid: [], read: 0, position: undefined }

const tombstone = (id: string, until: number, fields: Partial<Tombstone>): Tombstone => ({
  id,
  event: "deleted",
  merged_into: null,
  deleted_at: null,
  noticed_at: until,
  ...fields
})

// ---------------------------------------------------------------------------------------------------------------------
// from a listing of deletions
// ---------------------------------------------------------------------------------------------------------------------

/** Those since the last export, which come first: what is deleted meanwhile only moves them further back. */
const listed = <R>(
  { pageSize, pages }: Definition.Told<R>,
  first: number,
  { accepts, from, since = first, until }: Definition.Options
): Stream.Stream<Walk.Step, Walk.Failure, R> => {
  const deletedAt = (record: Table.Received) =>
    typeof record["deleted_at"] === "number" ? record["deleted_at"] : undefined
  const isOurs = (record: Table.Received) => {
    const at = deletedAt(record) ?? until
    return at >= first && at >= since && at <= until && accepts(record)
  }
  return Walk.steps(pages(pageSize), typeof from === "string" ? from : undefined).pipe(
    Stream.map((step): Walk.Step => {
      const isOver = step.records.some((record) => (deletedAt(record) ?? until) < Math.max(first, since))
      return {
        ...step,
        records: step.records
          .filter(isOurs)
          .map((record) => tombstone(String(record["id"]), until, { deleted_at: deletedAt(record) ?? null })),
        // It counts those of all times.
        total: undefined,
        position: isOver ? undefined : step.position
      }
    }),
    Stream.takeUntil(({ position }) => position === undefined)
  )
}

// ---------------------------------------------------------------------------------------------------------------------
// from a comparison
// ---------------------------------------------------------------------------------------------------------------------

/** Records asked for together. */
const mostAsked = 25

/** What a checkpoint may take up of the marks until a page has none of its own: 130,000 keys. */
const mostMarked = 16_384

/**
 * Reads the keys that were exported, 8 bytes for each, marks those that are listed, and then asks for those that have no mark
 * and are not told yet. The marks are kept with each step, so that it resumes where it stopped.
 */
const compared = <R>(
  { get, listed }: Definition.Deletions<R>,
  key: string,
  { records, told }: Before,
  resumes: (position: unknown) => boolean,
  options: Definition.Options
): Stream.Stream<Walk.Step, Walk.Failure, R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const gone = yield* goneOf(told)
      const identityOf = Table.identity({ key })
      const { from, pageSize, until } = options

      // All at once, as nothing else can be asked of some databases while they are read.
      const exported = Marks.builder()
      yield* Stream.runForEach(records, (record) =>
        Effect.sync(() => {
          const id = identityOf(record)
          if (id !== undefined && !gone.has(id)) exported.add(id)
        })
      )
      const marks = exported.build()
      const others = Keys.make()
      const isNew = (id: string) => marks.mark(id) ?? others.add(id)

      const at = Option.getOrUndefined(
        Option.filter(comparing(from), (at) => at.compared === marks.digest && marks.restore(at.found))
      )
      const positionAt = (listing: (typeof Comparing.Type)["listing"]): typeof Comparing.Type => ({
        compared: marks.digest,
        listing,
        pageSize,
        found: marks.encode()
      })
      const begun = at === undefined || at.listing === false || at.pageSize !== pageSize ? null : at.listing.at

      // A scroll that dies, or a listing that starts over, gives what it has given once more: it is there all the same.
      const all = (from: Walk.Position | undefined) =>
        listed({
          ...options,
          from,
          since: undefined,
          where: undefined,
          again: [],
          accepts: () => true,
          known: (record) => {
            const id = identityOf(record)
            return id !== undefined && (marks.isMarked(id) || others.has(id))
          }
        })
      const idsOf = (steps: ReadonlyArray<Walk.Step>) =>
        steps.flatMap(({ invalid, records }) =>
          [...records, ...invalid.map(({ raw }) => raw)].flatMap((one) => identityOf(one) ?? [])
        )

      const found = all(begun !== null && resumes(begun) ? begun : undefined).pipe(
        Stream.grouped(Math.max(1, Math.ceil(marks.bytes / mostMarked))),
        Stream.map((steps): Walk.Step => {
          const { position } = Arr.lastNonEmpty(steps)
          // What comes once more hides nothing here: who is not listed is asked for.
          const fresh = idsOf(steps).filter(isNew)
          return {
            records: fresh.filter(gone.has).map((id) => tombstone(id, until, { event: "restored" })),
            invalid: [],
            read: fresh.length,
            position: positionAt(position === undefined ? false : { at: position })
          }
        })
      )

      const askOne = (id: string, get: NonNullable<Definition.Deletions<R>["get"]>) =>
        get(id).pipe(
          Effect.as(undefined),
          Effect.catch((error: IntercomError) => {
            const { reason } = error
            if (reason._tag === "Gone") {
              const { mergedInto } = reason
              return Effect.succeed(
                tombstone(id, until, mergedInto === undefined ? {} : { event: "merged", merged_into: mergedInto })
              )
            }
            if (isGone(error)) return Effect.succeed(tombstone(id, until, {}))
            // It is there, though it does not fit.
            return reason._tag === "DecodeError" && reason.kind === "invalid"
              ? Effect.succeed(undefined)
              : Effect.fail(error)
          })
        )

      /** The tombstones of those that are gone. */
      const ask = (ids: ReadonlyArray<string>) =>
        get === undefined
          ? Effect.map(Stream.runCollect(all(undefined)), (steps) => {
              const there = new Set(idsOf(steps))
              return ids.flatMap((id) => (there.has(id) ? [] : [tombstone(id, until, {})]))
            })
          : Effect.map(
              Effect.forEach(ids, (id) => askOne(id, get), { concurrency: options.concurrency }),
              (asked) => asked.flatMap((one) => one ?? [])
            )

      /** The keys without a mark; as strings they are in what was exported alone. */
      const unmarked = Effect.suspend(() =>
        marks.left() === 0
          ? Effect.succeed(new Set<string>())
          : Stream.runFold(
              records,
              () => new Set<string>(),
              (ids, record) => {
                const id = identityOf(record)
                return id === undefined || gone.has(id) || marks.isMarked(id) ? ids : ids.add(id)
              }
            )
      )

      // A listing tells of all of them at once.
      const together = (ids: ReadonlySet<string>) =>
        Stream.grouped(Stream.fromIterable(ids), get === undefined ? Math.max(1, ids.size) : mostAsked)

      const deleted = Stream.unwrap(Effect.map(unmarked, together)).pipe(
        Stream.mapEffect((ids) =>
          Effect.map(ask(ids), (records): Walk.Step => {
            for (const id of ids) marks.mark(id)
            return { records, invalid: [], read: records.length, position: positionAt(false) }
          })
        )
      )

      // What an earlier comparison found of other keys is not this one's.
      const isOver = from !== undefined && at === undefined
      return Stream.concat(at?.listing === false ? Stream.empty : found, deleted).pipe(
        Stream.concat(Stream.succeed(nothing)),
        Stream.zipWithIndex,
        Stream.map(([step, index]) => (index === 0 && isOver ? { ...step, startOver: true } : step))
      )
    })
  )

/** What is told as gone, and not as there again since. */
export const goneOf = (told: Before["told"]) =>
  Effect.gen(function* () {
    const met = Keys.make()
    const gone = Keys.make()
    yield* Stream.runForEach(told, ({ event, id }) =>
      Effect.sync(() => {
        if (met.add(String(id)) && event !== "restored") gone.add(String(id))
      })
    )
    return gone
  })
