/** Walks the pages of a listing, whatever its style. */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Answer } from "../Attempt.ts"
import { type IntercomError, PaginationError } from "../IntercomError.ts"
import type { Cursor, Invalid, List, Page, Walk, WalkOptions } from "../Pagination.ts"
import type { Call } from "./Call.ts"
import * as Endless from "./Endless.ts"
import * as Envelope from "./Envelope.ts"
import { typeGuard } from "./TypeGuard.ts"
import { fill, idsOf } from "./Ids.ts"
import { type Body, failure, type Query, styles } from "./PageStyle.ts"
import type { Parts } from "./RequestEncoder.ts"

/** A page as it was fetched, with the records that do not fit set aside. */
interface Fetched {
  readonly page: Page<unknown>
  readonly invalid: ReadonlyArray<Invalid>
}

/** What is listed: the ids in the path, and the query. */
interface Asked {
  readonly params: Pick<Parts, "params">
  readonly query: Query
}

/** The listing of an operation; `callOf` makes its call when it is first needed. */
export const make = (
  name: string,
  callOf: () => Call,
  { item, items, or = items, style: styleName }: Walk<Schema.Top>,
  path: string
): List<Query, unknown, unknown, Array<unknown>> => {
  const style = styles[styleName]
  const isRecord = typeGuard(item)

  /** The arguments of a method: what is listed, and what is left of them. */
  const askedOf = (args: ReadonlyArray<unknown>): readonly [Asked, unknown] => {
    const {
      params,
      rest: [query, options]
    } = idsOf(path, args)
    // Whatever it is, it is encoded strictly.
    return [{ params, query: (query ?? {}) as Query }, options]
  }
  const carry = ({ params, query }: Asked): Parts => ({ ...params, [style.part]: query })

  const send = (call: Call, asked: Asked, cursor: Cursor | undefined): Effect.Effect<Answer, IntercomError> => {
    const request = cursor === undefined ? asked.query : style.at(asked.query, cursor, call)
    if (request instanceof PaginationError) return Effect.fail(call.fail(request))
    return request instanceof URL ? call.sendUrl(request) : call.send(carry({ ...asked, query: request }))
  }

  /** The records of a page, all of them as received, and those that do not fit if there is someone to take them. */
  const judge = (
    call: Call,
    answer: Answer,
    lenient: boolean
  ): Effect.Effect<
    { readonly raw: ReadonlyArray<unknown>; readonly invalid: ReadonlyArray<Invalid> },
    IntercomError
  > => {
    const list = [items, or].find((list) => hasRecords(answer.body, list)) ?? (isList(answer.body, items) ? items : or)
    const raw = Envelope.at(answer.body, list)
    const records: ReadonlyArray<unknown> = Array.isArray(raw) ? raw : []
    if (call.fits(answer.body)) return Effect.succeed({ raw: records, invalid: [] })
    if (!lenient || !Array.isArray(raw)) return Effect.as(call.decode(answer), { raw: [], invalid: [] })
    // The envelope is judged without its records, then each record by itself.
    const envelope = { ...answer, body: Envelope.withAt(answer.body, list, []) }
    const invalid = records.flatMap((raw, index) =>
      isRecord(raw) ? [] : [{ ...call.invalid(item, answer, raw), index }]
    )
    return Effect.as(
      Effect.andThen(
        call.decode(envelope),
        Effect.forEach(invalid, () => call.countInvalid)
      ),
      { raw: records, invalid }
    )
  }

  /** One request and what it gave. `watch` says whether the walk would never end. */
  const fetch = (
    asked: Asked,
    cursor: Cursor | undefined,
    lenient: boolean,
    watch: (page: Endless.Page) => string | undefined,
    readWith: (count: number) => number | undefined
  ): Effect.Effect<Fetched, IntercomError> => {
    const call = callOf()
    return Effect.gen(function* () {
      const answer = yield* send(call, asked, cursor)
      const { invalid, raw } = yield* judge(call, answer, lenient)
      // Decoded: every listing's body is an object with these fields.
      const body = answer.body as Body
      const next = style.next({
        body,
        query: asked.query,
        cursor,
        count: raw.length,
        read: readWith(raw.length),
        call,
        path: fill(path, asked.params.params)
      })
      const total = Envelope.numberOf(body.total_count)
      if (next instanceof PaginationError) return yield* call.fail(next)
      const endless = next === undefined ? undefined : watch({ records: raw, next, total })
      if (endless !== undefined) return yield* call.fail(failure(`${endless}: the walk would never end`, next))
      const misfits = new Set(invalid.map(({ raw }) => raw))
      return {
        invalid,
        page: {
          items: misfits.size === 0 ? raw : raw.filter((record) => !misfits.has(record)),
          ...(typeof next === "string" ? { cursor: next } : undefined),
          ...(total === undefined ? undefined : { total })
        }
      }
      // A stack taken here would name this line for every page.
    }).pipe(call.traced, Effect.withSpan(name, { kind: "client" }, { captureStackTrace: false }))
  }

  const walk = <E = never, R = never>(args: ReadonlyArray<unknown>) => {
    const [first, options] = askedOf(args)
    // By its types, the last argument.
    const { from, onInvalid, pageSize, prefetch = 1 } = (options ?? {}) as WalkOptions<E, R>
    const asked = pageSize === undefined ? first : { ...first, query: style.sized(first.query, pageSize) }
    const fetched = Stream.suspend(() => {
      const watch = Endless.watch(style.constant === true ? undefined : [from, startOf(style.start?.(asked.query))])
      let read = from === undefined ? 0 : undefined
      const readWith = (count: number) => (read = read === undefined ? undefined : read + count)
      return Stream.paginate(from, (cursor: Cursor | undefined) =>
        Effect.map(
          fetch(asked, cursor, onInvalid !== undefined, watch, readWith),
          (fetched) => [[fetched], Option.fromUndefinedOr(fetched.page.cursor)] as const
        )
      )
    })
    // A page waits outside of the buffer too, until there is room in it.
    const ahead =
      prefetch > 0 && style.constant !== true ? Stream.bufferArray(fetched, { capacity: prefetch - 1 }) : fetched
    return onInvalid === undefined
      ? Stream.map(ahead, ({ page }) => page)
      : Stream.mapEffect(ahead, ({ invalid, page }) => Effect.as(Effect.forEach(invalid, onInvalid), page))
  }

  const call = (...args: ReadonlyArray<unknown>) =>
    Effect.withSpan(callOf()(carry(askedOf(args)[0])), name, { kind: "client" })
  return Object.assign(call, {
    // The requests of a walk have one parent.
    pages: <E = never, R = never>(...args: ReadonlyArray<unknown>) =>
      Stream.withSpan(walk<E, R>(args), `${name}.pages`),
    items: <E = never, R = never>(...args: ReadonlyArray<unknown>) =>
      // Not `flattenIterable`: it opens a stream for each page, which kept pages alive through garbage collections.
      walk<E, R>(args).pipe(
        Stream.map(({ items }) => items),
        Stream.filter(Arr.isReadonlyArrayNonEmpty),
        Stream.flattenArray,
        Stream.withSpan(`${name}.items`)
      )
  })
}

const isList = (body: unknown, list: string): boolean => Array.isArray(Envelope.at(body, list))

const hasRecords = (body: unknown, list: string): boolean => {
  const records = Envelope.at(body, list)
  return Array.isArray(records) && records.length > 0
}

const startOf = (start: unknown): string | undefined => (typeof start === "string" ? start : undefined)
