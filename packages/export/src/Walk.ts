/** A walk over the records of a resource: steps, each of which is written together with the position after it. */
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import { Cursor, type Invalid, type Page, type WalkOptions } from "@effect-intercom/core/Pagination"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Endless, type Reason } from "./ExportError.ts"
import * as Course from "./internal/Course.ts"
import * as Drift from "./internal/Drift.ts"
import * as Keys from "./internal/Keys.ts"
import type * as PageSize from "./PageSize.ts"
import { identity, isObject, type Received } from "./Table.ts"

/** Something the API said is there and did not give. */
export const Missing = Schema.Struct({
  /** Of the record. */
  id: Schema.String,
  /**
   * `record`: it was listed, and gone when it was asked for, or the request for it failed. `events`, `notes` and what else
   * is asked for of each contact: those of one that was gone, or the request for which failed, at least one more than were
   * found. Else what it says it has more of than there is: the `parts` of a conversation, the `tags`, `notes` or
   * `companies` of a contact, the `transcript` of a call.
   */
  what: Schema.String,
  expected: Schema.Int,
  found: Schema.Int,
  /**
   * Which request failed, and how: `Conversations.get (GET /conversations/{conversation_id}): ServerError 500`, with nothing of
   * the answer. The next run tries again. Absent for what is gone.
   */
  reason: Schema.optionalKey(Schema.String)
})
export type Missing = typeof Missing.Type

/** Where a walk resumes: JSON, understood by the resource it comes from. */
export type Position = Schema.Json

/** What is written at once. */
export interface Step {
  readonly records: ReadonlyArray<Received>
  readonly invalid: ReadonlyArray<Invalid>
  /** How many records the API gave, with those left out for being none of the export's. */
  readonly read: number
  /** Where the walk resumes; `undefined` after the last step. */
  readonly position: Position | undefined
  /** What the API says there is in all, as far as it is known. */
  readonly total?: number | undefined
  readonly missing?: ReadonlyArray<Missing> | undefined
  /** What came before is given once more: the walk had to start over. */
  readonly startOver?: boolean | undefined
  /** The walk looks for what it has not given yet: what it has is not read a second time. */
  readonly rest?: boolean | undefined
  /** Of those read, how many were read before. */
  readonly duplicates?: number | undefined
}

/** What a walk fails with: the API, or what it reads of what was exported. */
export type Failure = IntercomError | Reason

/** A page as received, with those of its records set apart that have no identity; all that do not fit, when it is strict. */
export interface Fetched {
  readonly page: Page<Received>
  readonly invalid: ReadonlyArray<Invalid>
}

/** Opens a listing: its pages, from a cursor on. */
export type Open<R> = (options: WalkOptions) => Stream.Stream<Page<unknown>, IntercomError, R>

/** Whether a record has what tells it apart from others. */
export type Identified = (record: unknown) => boolean

const identityOfId = identity({ key: "id" })

/** By its id. */
export const hasId: Identified = (record) => identityOfId(record) !== undefined

/** What drifted is among the records, at its place. */
const received = ({ invalid, page }: Fetched, identified: Identified, strict: boolean): Fetched => {
  if (strict || invalid.length === 0) return { page, invalid }
  const items = [...page.items]
  const apart: Array<Invalid> = []
  for (const one of invalid) {
    const { index = Infinity, raw } = one
    if (isObject(raw) && identified(raw)) {
      Drift.note(raw, one)
      // They come in order, so those before it that have a place here are in it.
      items.splice(index - apart.length, 0, raw)
    } else apart.push(one)
  }
  return { page: { ...page, items }, invalid: apart }
}

/** The page at a cursor. */
export const fetch = <R>(
  open: Open<R>,
  from: string | undefined,
  identified: Identified = hasId
): Effect.Effect<Fetched, IntercomError, R> =>
  Effect.flatMap(Ref.make<ReadonlyArray<Invalid>>([]), (apart) =>
    open({
      from: from === undefined ? undefined : Cursor.make(from),
      prefetch: 0,
      onInvalid: (one) => Ref.update(apart, (all) => [...all, one])
    }).pipe(
      Stream.runHead,
      // A listing has one page at least; and what fits the schema of a record is an object.
      Effect.map(Option.getOrElse((): Page<unknown> => ({ items: [] }))),
      Effect.flatMap((page) =>
        Effect.zipWith(Ref.get(apart), Drift.Strict, (invalid, strict) =>
          received({ page: page as Page<Received>, invalid }, identified, strict)
        )
      )
    )
  )

/** Walks from cursor to cursor; one that comes again would never end. `first` is the page at `from`, if it is known. */
export const pages = <R>(
  fetch: (cursor: string | undefined) => Effect.Effect<Fetched, IntercomError, R>,
  from: string | undefined,
  first?: Fetched | undefined
): Stream.Stream<Fetched, Failure, R> =>
  Stream.suspend(() => {
    const seen = new Set<string | undefined>([from])
    const course = Course.make()
    return Stream.paginate({ cursor: from, known: first }, ({ cursor, known }) =>
      Effect.flatMap(known === undefined ? fetch(cursor) : Effect.succeed(known), (fetched) => {
        const { invalid, page } = fetched
        const next = page.cursor
        const endless = course({
          records: page.items,
          read: page.items.length + invalid.length,
          cursor: next,
          total: page.total
        })
        if (endless !== undefined) return Effect.fail(endless)
        if (next === undefined) return Effect.succeed([[fetched], Option.none()] as const)
        if (seen.has(next)) return Effect.fail(new Endless({ cursor: next }))
        seen.add(next)
        return Effect.succeed([
          [fetched],
          Option.some({ cursor: next as string | undefined, known: undefined })
        ] as const)
      })
    )
  })

/** The pages of a search, their size fitted to what the API can do. */
export const adaptive =
  <R>(open: (size: number) => Open<R>, sizes: PageSize.PageSize) =>
  (cursor: string | undefined): Effect.Effect<Fetched, IntercomError, R> =>
    sizes.adapt((size) => fetch(open(size), cursor))

/** A step for each page of a listing, whose position is the page's cursor. */
export const steps = <R>(
  open: Open<R>,
  from: string | undefined,
  identified?: Identified
): Stream.Stream<Step, Failure, R> =>
  Stream.map(
    pages((cursor) => fetch(open, cursor, identified), from),
    ({ invalid, page }) => ({
      records: page.items,
      invalid,
      read: page.items.length + invalid.length,
      position: page.cursor,
      total: page.total
    })
  )

/** Steps written at once: more would gain little, and what a sink makes of them takes memory. */
const mostTogether = 4

/** Steps that follow one another, as fewer ones that say the same. */
export const together = (steps: Arr.NonEmptyReadonlyArray<Step>): Arr.NonEmptyReadonlyArray<Step> =>
  Arr.map(Arr.chunksOf(steps, mostTogether), ([first, ...others]) => others.reduce(joined, first))

/** A step in place of two. */
const joined = (before: Step, after: Step): Step => ({
  ...after,
  ...(after.startOver === true
    ? undefined
    : {
        records: [...before.records, ...after.records],
        invalid: [...before.invalid, ...after.invalid],
        read: before.read + after.read,
        missing: [...(before.missing ?? []), ...(after.missing ?? [])],
        duplicates: (before.duplicates ?? 0) + (after.duplicates ?? 0),
        startOver: before.startOver
      }),
  total: after.total ?? before.total
})

/** A walk on which the next steps are taken while one is written. */
export const ahead = <E, R>(self: Stream.Stream<Step, E, R>): Stream.Stream<Step, E, R> =>
  Stream.bufferArray(self, { capacity: 1 })

/**
 * A walk without the records that are none of the export's. What it read stays told, and what of that it read before: the
 * others are told apart where they are kept.
 */
export const accepted = <E, R>(
  self: Stream.Stream<Step, E, R>,
  accepts: (record: Received) => boolean
): Stream.Stream<Step, E, R> =>
  Stream.suspend(() => {
    const left = Keys.make()
    /** Whether a record is left out once more. */
    const isRepeated = (record: Received) => {
      const identity = identityOfId(record)
      return identity !== undefined && !left.add(identity)
    }
    return Stream.map(self, (step) => {
      if (step.startOver === true) left.clear()
      // What is not an object has no time.
      const isOurs = (raw: unknown) => !isObject(raw) || accepts(raw)
      const repeated = step.records.filter((record) => !accepts(record) && isRepeated(record)).length
      return {
        ...step,
        records: step.records.filter(accepts),
        invalid: step.invalid.filter(({ raw }) => isOurs(raw)),
        duplicates: (step.duplicates ?? 0) + repeated
      }
    })
  })

/** A walk that cannot resume: its position only records that it started. `total`: what the API counts. */
export const scrolled = <R>(open: Open<R>, total?: number | undefined): Stream.Stream<Step, Failure, R> =>
  Stream.unwrap(
    Effect.zipWith(Ref.make<ReadonlyArray<Invalid>>([]), Drift.Strict, (apart, strict) => {
      const course = Course.make()
      // Read ahead, misfits of the next page would get into this one's set.
      return open({ prefetch: 0, onInvalid: (one) => Ref.update(apart, (all) => [...all, one]) }).pipe(
        Stream.mapEffect((page) =>
          Effect.flatMap(Ref.getAndSet(apart, []), (found): Effect.Effect<Step, Endless> => {
            // What fits the schema of a record is an object.
            const fetched = received({ page: page as Page<Received>, invalid: found }, hasId, strict)
            const { invalid } = fetched
            const records = fetched.page.items
            const read = records.length + invalid.length
            const all = page.total ?? total
            const endless = course({ records, read, cursor: page.cursor, total: all })
            if (endless !== undefined) return Effect.fail(endless)
            const position = page.cursor === undefined ? undefined : {}
            return Effect.succeed({ records, invalid, read, position, total: all })
          })
        )
      )
    })
  )

/** Asks for one record after the other, by ids of one's own: `from` is the position to resume at. One that is not there is missing. */
export const each = <R>(
  ids: ReadonlyArray<string>,
  get: (id: string) => Effect.Effect<unknown, IntercomError, R>,
  from?: Position | undefined
): Stream.Stream<Step, Failure, R> =>
  Stream.paginate(Number(from ?? 0), (start) =>
    Effect.map(
      Effect.forEach(ids.slice(start, start + mostAsked), (id) =>
        get(id).pipe(
          Effect.map((record) => ({ record, id })),
          Effect.catchReason("IntercomError", "NotFound", () => Effect.succeed({ record: undefined, id }))
        )
      ),
      (answers) => {
        const next = start + mostAsked
        const isOver = next >= ids.length
        const step: Step = {
          // What fits the schema of a record is an object.
          records: answers.flatMap(({ record }) => (record === undefined ? [] : [record as Received])),
          invalid: [],
          read: answers.length,
          position: isOver ? undefined : String(next),
          total: ids.length,
          missing: answers.flatMap(({ id, record }) =>
            record === undefined ? [{ id, what: "record", expected: 1, found: 0 }] : []
          )
        }
        return [[step], isOver ? Option.none() : Option.some(next)] as const
      }
    )
  )

const mostAsked = 25

/** What a walk needs to know to resume. */
export interface Resumed {
  readonly from: Position | undefined
}

/** A walk that others follow, or that follows others. */
export interface Turn<in O extends Resumed, out R> {
  readonly name: string
  readonly walk: (options: O) => Stream.Stream<Step, Failure, R>
  /** Whether it can resume at a position. */
  readonly resumes: (position: unknown) => boolean
}

const TurnPosition = Schema.Struct({ walk: Schema.String, at: Schema.NullOr(Schema.Json) })

const turnPosition = Schema.decodeUnknownOption(TurnPosition)

/** Several walks, one after the other, as one. No count is that of all of them. */
export const inTurn = <O extends Resumed, R>(...turns: ReadonlyArray<Turn<O, R>>): Omit<Turn<O, R>, "name"> => ({
  resumes: (position) =>
    position === null ||
    Option.match(turnPosition(position), {
      onNone: () => false,
      onSome: ({ at, walk }) => turns.some(({ name, resumes }) => name === walk && resumes(at))
    }),
  walk: (options) => {
    const position = Option.getOrUndefined(turnPosition(options.from))
    const reached = turns.findIndex(({ name }) => name === position?.walk)
    const left = turns.slice(Math.max(0, reached))
    return Stream.flatMap(Stream.fromIterable(left.entries()), ([index, { name, walk }]) => {
      const following = left[index + 1]
      return Stream.map(
        walk({ ...options, from: index === 0 ? (position?.at ?? undefined) : undefined }),
        (step): Step => ({
          ...step,
          total: undefined,
          position:
            step.position === undefined
              ? following && { walk: following.name, at: null }
              : { walk: name, at: step.position }
        })
      )
    })
  }
})
