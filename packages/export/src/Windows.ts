/**
 * A search walked in windows of time, several at once, and given in the order of time: whatever the windows are, the
 * records come as one search over all of time would give them.
 *
 * A window holds what came after one moment, up to and including another. The API compares contacts by the day, in the time
 * zone of the workspace, and conversations by the second; a window is asked for as "after a and before b, or at b", so
 * that windows that follow one another have every record once with either, whatever the zone. For that no two borders
 * may fall on one day anywhere: they are whole days apart, at noon UTC, which is midnight in no zone that changes its clocks
 * backwards then.
 */
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as ReadAhead from "./internal/ReadAhead.ts"
import * as PageSize from "./PageSize.ts"
import type { Received } from "./Table.ts"
import * as Walk from "./Walk.ts"
import type { Alternatives, Ruled } from "./Where.ts"

/** The times a search can be walked by. */
export type Field = "created_at" | "updated_at"

/** After `after`, up to and including `until`; with no end where that is null. Unix seconds. */
export interface Window {
  readonly after: number
  readonly until: number | null
}

type Comparison = { readonly field: Field; readonly operator: ">" | "<" | "="; readonly value: number }

/** All of these hold. */
interface All {
  readonly operator: "AND"
  readonly value: ReadonlyArray<Comparison | Ruled>
}

/** What a search asks for. */
export type Query =
  | Comparison
  | All
  | { readonly operator: "OR"; readonly value: ReadonlyArray<All> }
  | {
      readonly operator: "OR"
      readonly value: readonly [{ readonly operator: "AND"; readonly value: ReadonlyArray<Comparison> }, Comparison]
    }

/** The query of a window; of the records alone for which one of the alternatives holds. */
export const query = (field: Field, { after, until }: Window, where?: Alternatives | undefined): Query => {
  const start: Comparison = { field, operator: ">", value: after }
  if (where !== undefined) {
    const windows: ReadonlyArray<ReadonlyArray<Comparison>> =
      until === null
        ? [[start]]
        : [[start, { field, operator: "<", value: until }], [{ field, operator: "=", value: until }]]
    const all = windows.flatMap((window) => where.map((one): All => ({ operator: "AND", value: [...window, ...one] })))
    const [only] = all
    return all.length === 1 && only !== undefined ? only : { operator: "OR", value: all }
  }
  if (until === null) return start
  return {
    operator: "OR",
    value: [
      { operator: "AND", value: [start, { field, operator: "<", value: until }] },
      { field, operator: "=", value: until }
    ]
  }
}

/** Where a walk over windows resumes. */
export const Position = Schema.Struct({
  /** Everything up to this moment is done. */
  after: Schema.Int,
  /** The window under way, and where it resumes. */
  window: Schema.NullOr(Schema.Struct({ until: Schema.NullOr(Schema.Int), cursor: Schema.String })),
  /** What the API counted in the windows that are done, and at the start in all. */
  counted: Schema.Int,
  whole: Schema.Int
})
export type Position = typeof Position.Type

export interface Options<R> {
  readonly field: Field
  /** Opens a search, in the order of the field's times, oldest first or newest first. */
  readonly search: (request: {
    readonly query: Query
    readonly field: Field
    readonly order: "ascending" | "descending"
    readonly size: number
  }) => Walk.Open<R>
  readonly pageSize: number
  /** Windows walked at once. */
  readonly concurrency: number
  /** Everything the export is to have came after this, in Unix seconds. */
  readonly after: number
  readonly from: Position | undefined
  /** Which records, of all that came then. @default all */
  readonly where?: Alternatives | undefined
}

const day = 86_400
const noon = 43_200

/** The last noon UTC that is not after a moment. */
const noonBefore = (seconds: number) => Math.floor((seconds - noon) / day) * day + noon

/** Pages a window is to have: enough that its last, which is seldom full, does not weigh much. */
const pagesPerWindow = 8

/** A window with the page it starts with, or the cursor it resumes from. */
interface Opened extends Window {
  /** What the API counted from its start on, without an end; only where that was asked. */
  readonly whole: number | undefined
  readonly first: Walk.Fetched | undefined
  readonly cursor: string | undefined
}

/** How far the windows are: where the next one starts, how long it is to be, and how many records there are from there. */
interface Course {
  readonly after: number
  readonly days: number
  readonly left: number
}

/** A page and whether it ends its window. */
interface Turn {
  readonly window: Opened
  readonly fetched: Walk.Fetched
}

/** Every record, as steps in the order of time. */
export const steps = <R>(options: Options<R>): Stream.Stream<Walk.Step, Walk.Failure, R> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const sizes = yield* PageSize.make(options.pageSize)
      const searching = (window: Window) =>
        Walk.adaptive(
          (size) =>
            options.search({
              query: query(options.field, window, options.where),
              field: options.field,
              order: "ascending",
              size
            }),
          sizes
        )
      const turns = ReadAhead.inOrder(
        opened(options, searching),
        (window) =>
          Stream.map(Walk.pages(searching(window), window.cursor, window.first), (fetched): Turn => ({
            window,
            fetched
          })),
        { streams: options.concurrency, ahead: pagesPerWindow }
      )
      const start: Position = options.from ?? { after: options.after, window: null, counted: 0, whole: 0 }
      return Stream.mapAccum(
        turns,
        () => start,
        (at, turn) => {
          const [next, step] = advance(at, turn)
          return [next, [step]]
        }
      )
    })
  )

const advance = (at: Position, { fetched: { invalid, page }, window }: Turn): readonly [Position, Walk.Step] => {
  const read = page.items.length + invalid.length
  const total = page.total ?? 0
  const whole = at.whole === 0 ? at.counted + (window.whole ?? 0) : at.whole
  const ends = page.cursor === undefined
  const next: Position = {
    after: ends ? (window.until ?? at.after) : window.after,
    window: page.cursor === undefined ? null : { until: window.until, cursor: page.cursor },
    counted: ends ? at.counted + total : at.counted,
    whole
  }
  const over = ends && window.until === null
  return [
    next,
    {
      records: page.items,
      invalid,
      read,
      position: over ? undefined : { ...next },
      total: over ? next.counted : Math.max(whole, next.counted)
    }
  ]
}

/** The windows, one after the other, each as wide as the API has pages for. */
const opened = <R>(
  { after, field, from, pageSize, search, where }: Options<R>,
  searching: (window: Window) => (cursor: string | undefined) => Effect.Effect<Walk.Fetched, IntercomError, R>
): Stream.Stream<Opened, Walk.Failure, R> => {
  const open = (window: Window) =>
    Effect.map(searching(window)(undefined), (first): Opened & { readonly first: Walk.Fetched } => ({
      ...window,
      first,
      cursor: undefined,
      whole: undefined
    }))

  const newest = Effect.map(
    Walk.fetch(
      search({ query: query(field, { after, until: null }, where), field, order: "descending", size: 1 }),
      undefined
    ),
    ({ page }) => timeOf(page.items[0], field)
  )

  const target = pagesPerWindow * pageSize

  /** A window from `after` on, about `days` long; narrower when that turns out too wide. What is left may be the last. */
  const fitted = (
    { after, days, left }: Course,
    last: number
  ): Effect.Effect<{ readonly window: Opened; readonly days: number; readonly total: number }, IntercomError, R> => {
    const until = noonBefore(after) + days * day
    return Effect.flatMap(open({ after, until: left <= 2 * target || until >= last ? null : until }), (window) => {
      const total = window.first.page.total ?? 0
      const fitting = Math.max(1, Math.min(days * 4, Math.floor((days * target) / Math.max(1, total))))
      return total > 2 * target && days > 1
        ? fitted({ after, days: Math.min(days - 1, fitting), left: Infinity }, last)
        : Effect.succeed({ window, days: fitting, total })
    })
  }

  /** Everything from `after` on: as one window when that is small, else as many. */
  const rest = (after: number): Stream.Stream<Opened, Walk.Failure, R> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const all = yield* open({ after, until: null })
        const oldest = timeOf(all.first.page.items[0], field)
        const whole = all.first.page.total ?? 0
        if (whole <= 2 * target || oldest === undefined) return Stream.succeed<Opened>({ ...all, whole })
        const last = (yield* newest) ?? oldest
        const days = Math.max(1, Math.floor(((last - oldest) / day) * (target / whole)))
        // Nothing is older than the oldest, whatever day that is in the workspace's zone.
        const start = Math.max(after, noonBefore(oldest) - 2 * day)
        return Stream.paginate({ after: start, days, left: whole }, (course: Course) =>
          Effect.map(fitted(course, last), ({ days, total, window }) => [
            [{ ...window, whole }],
            window.until === null
              ? Option.none()
              : Option.some({ after: window.until, days, left: course.left - total })
          ])
        )
      })
    )

  if (from === undefined) return rest(after)
  if (from.window === null) return rest(from.after)
  const { cursor, until } = from.window
  const current: Opened = { after: from.after, until, cursor, first: undefined, whole: undefined }
  return Stream.concat(Stream.succeed(current), until === null ? Stream.empty : Stream.suspend(() => rest(until)))
}

const timeOf = (record: Received | undefined, field: Field): number | undefined => {
  const time = record?.[field]
  return typeof time === "number" ? time : undefined
}
