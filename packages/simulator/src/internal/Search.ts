/** The searches: `POST /contacts/search` and `POST /conversations/search`. */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ErrorList from "./ErrorList.ts"
import * as Listing from "./Listing.ts"
import type { Key, SearchIndex } from "./SearchIndex.ts"
import * as SearchQuery from "./SearchQuery.ts"

export interface Options {
  readonly index: SearchIndex
  readonly dialect: SearchQuery.Dialect
  /** What an answer looks like, and how many records it has when the request does not say. */
  readonly shape: Listing.Shape
}

const newestFirst: SearchQuery.Sort = { field: "created_at", descending: true }

// In cursors times are milliseconds, and ids of digits are numbers, as live.
const isTime = ({ fields }: SearchQuery.Dialect, field: string) => fields[field] === "date" || fields[field] === "day"

const encodeCursor = ({ id, value }: Key, page: number, scale: number) =>
  Base64.encode(
    JSON.stringify([
      typeof value === "number" ? value * scale : value,
      /^[1-9]\d{0,14}$/.test(id) ? Number(id) : id,
      page
    ])
  )

const Triple = Schema.Tuple([
  Schema.Union([Schema.Finite, Schema.String, Schema.Boolean, Schema.Null]),
  Schema.Union([Schema.String, Schema.Finite]),
  Schema.Int
])

const decodeTriple = Schema.decodeUnknownResult(Schema.fromJsonString(Triple))

/** The place a cursor holds, and the number of its page; `undefined` when it is not one of this order. */
const decodeCursor = (cursor: unknown, scale: number, time: boolean) => {
  const triple = Result.flatMap(Base64.decodeString(String(cursor)), decodeTriple)
  if (Result.isFailure(triple)) return undefined
  const [value, id, page] = triple.success
  if (time && value !== null && typeof value !== "number") return undefined
  return { key: { value: typeof value === "number" ? value / scale : value, id: String(id) }, page }
}

/** Answers a search. `now` is in Unix milliseconds. */
export const answer = (
  { dialect, index, shape }: Options,
  body: unknown,
  now: number
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const { pagination, query, sort: order } = Predicate.isObject(body) ? body : {}
  const filter = SearchQuery.parse(dialect, query)
  if (Result.isFailure(filter)) return ErrorList.respond(400, filter.failure)
  const sort = SearchQuery.parseSort(dialect, order, newestFirst)
  if (Result.isFailure(sort)) return ErrorList.respond(400, sort.failure)

  const { per_page: asked, starting_after: cursor } = Predicate.isObject(pagination) ? pagination : {}
  const perPage = asked === undefined || asked === null ? shape.perPage : Number(asked)
  if (!Listing.isPerPage(perPage)) return Listing.badPerPage(perPage)

  const time = isTime(dialect, sort.success.field)
  const scale = time ? 1000 : 1
  const from = cursor === undefined || cursor === null ? undefined : decodeCursor(cursor, scale, time)
  if (from === undefined && cursor !== undefined && cursor !== null) return Listing.badCursor

  const search = { filter: filter.success, sort: sort.success, name: JSON.stringify(query) }
  return Effect.map(index.find(search, now), ({ keyOf, row, take, total }) => {
    const { more, slots } = take(from?.key, perPage)
    const page = from?.page ?? 1
    const last = slots.at(-1)
    const next =
      more && last !== undefined
        ? { page: page + 1, starting_after: encodeCursor(keyOf(last, sort.success.field), page + 1, scale) }
        : undefined
    return Listing.cursorPage(shape, slots.map(row), { total, page, perPage, next })
  })
}
