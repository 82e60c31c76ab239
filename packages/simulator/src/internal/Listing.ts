/** The listings' pages, in each style the API has. Records go into the answer as bytes, not through schemas. */
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import type * as Collection from "./Collection.ts"
import * as ErrorList from "./ErrorList.ts"

const contentType = "application/json; charset=utf-8"

/** An answer with this value. */
export const value = (value: unknown, status = 200) =>
  HttpServerResponse.text(JSON.stringify(value), { status, contentType })

// Each record by itself: one long text of mixed scripts takes twice as long to encode.
const encode = (row: object): Buffer => Buffer.from(JSON.stringify(row))

const comma = Buffer.from(",")

/** An answer that is an object, of which one field is a list of records. */
const listing = (
  fields: { readonly [field: string]: unknown },
  key: string,
  records: ReadonlyArray<Buffer>,
  rest: { readonly [field: string]: unknown },
  beside: object = {}
) => {
  const head = JSON.stringify(fields).slice(0, -1)
  const tail = JSON.stringify(rest).slice(1)
  // `data.articles` is a field of a field.
  const keys = key.split(".")
  const more = JSON.stringify(beside).slice(1, -1)
  const end = `]${more === "" ? "" : `,${more}`}${"}".repeat(keys.length - 1)}`
  return HttpServerResponse.uint8Array(
    Buffer.concat([
      Buffer.from(`${head},${keys.map((key) => `"${key}":`).join("{")}[`),
      ...records.flatMap((record, index) => (index === 0 ? [record] : [comma, record])),
      Buffer.from(tail === "}" ? `${end}}` : `${end},${tail}`)
    ]),
    { contentType }
  )
}

/** What can be shown by position. */
export type View = Pick<Collection.Collection, "size" | "at">

/** Every row of a view. */
export const rows = (view: View): ReadonlyArray<Collection.Row> =>
  Array.from({ length: view.size() }, (_, index) => view.at(index))

const encoded = (view: View, indexes: ReadonlyArray<number>) => indexes.map((index) => encode(view.at(index)))

const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)

/** What a listing's answer looks like. */
export interface Shape {
  /** The `type` of the answer. */
  readonly type: string
  /** The field with the records. */
  readonly key: string
  readonly perPage: number
}

const maximum = 150

export const isPerPage = (perPage: number): boolean =>
  Number.isSafeInteger(perPage) && perPage >= 1 && perPage <= maximum

export const badPerPage = (perPage: number) =>
  ErrorList.respond(400, {
    code: "parameter_invalid",
    message: `per_page must be between 1 and ${maximum}, it is ${perPage}`,
    field: "per_page"
  })

export const badCursor = ErrorList.respond(400, {
  code: "client_error",
  message: "Invalid starting_after param. Please use the starting_after value of the previous page."
})

// `[sort value in milliseconds, id, number of the page]`, as in live cursors.
const encodeCursor = (row: Collection.Row, page: number) =>
  Base64.encode(JSON.stringify([Number(row["created_at"]) * 1000, row.id, page]))

const triple = /^\[(\d+),("(?:[^"\\]|\\.)*"),(\d+)\]$/

/** The position the page at a cursor starts with, and the page's number. */
const decodeCursor = (collection: Collection.Collection, cursor: string) => {
  const [, sort, id, page] = triple.exec(Result.getOrElse(Base64.decodeString(cursor), () => "")) ?? []
  if (id === undefined) return undefined
  const slot = collection.slotOf(
    Result.getOrElse(
      Result.try(() => String(JSON.parse(id))),
      () => ""
    )
  )
  if (slot === undefined || Number(collection.last(slot)["created_at"]) * 1000 !== Number(sort)) return undefined
  return { from: collection.positionOf(slot + 1), page: Number(page) }
}

/** Where a cursor's page is in its listing. */
export interface Place {
  readonly total: number
  readonly page: number
  readonly perPage: number
  /** Missing on the last page. */
  readonly next: { readonly page: number; readonly starting_after: string } | undefined
}

/** `pages.next` is an object, and absent on the last page. */
export const cursorPage = (
  { key, type }: Shape,
  rows: ReadonlyArray<Collection.Row>,
  { next, page, perPage, total }: Place
): HttpServerResponse.HttpServerResponse =>
  listing({ type }, key, rows.map(encode), {
    total_count: total,
    pages: {
      type: "pages",
      ...(next === undefined ? undefined : { next }),
      page,
      per_page: perPage,
      total_pages: Math.ceil(total / perPage)
    }
  })

/** A page of a scroll: what it has in place of pages is null, as live. */
export const scrollPage = (rows: ReadonlyArray<Collection.Row>, scroll_param: string) =>
  listing({ type: "list" }, "data", rows.map(encode), { pages: null, total_count: null, scroll_param })

/** What a request for a page can ask for. */
export interface Query {
  readonly page?: number | undefined
  readonly per_page?: number | undefined
  readonly starting_after?: string | undefined
}

/** `starting_after`: oldest first. */
export const cursor = (
  collection: Collection.Collection,
  shape: Shape,
  query: Query
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const perPage = query.per_page ?? shape.perPage
  if (!isPerPage(perPage)) return badPerPage(perPage)
  const at = query.starting_after === undefined ? { from: 0, page: 1 } : decodeCursor(collection, query.starting_after)
  if (at === undefined) return badCursor
  const size = collection.size()
  const to = Math.min(at.from + perPage, size)
  const rows = range(at.from, to).map(collection.at)
  const last = rows.at(-1)
  const next =
    to < size && last !== undefined ? { page: at.page + 1, starting_after: encodeCursor(last, at.page + 1) } : undefined
  return Effect.succeed(cursorPage(shape, rows, { total: size, page: at.page, perPage, next }))
}

/** `page`, from 1: `pages.next` is a URL, and null on the last page. Page 0 is what comes before page 1. */
export const page = (
  collection: View,
  shape: Shape & { readonly order: "oldest" | "newest" },
  query: Query,
  url: URL,
  /** What stands beside the records, where these are in a field of a field. */
  beside?: (rows: ReadonlyArray<Collection.Row>) => object
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const perPage = query.per_page ?? shape.perPage
  if (!isPerPage(perPage)) return badPerPage(perPage)
  const number = query.page ?? 1
  if (number < 0) {
    return ErrorList.respond(400, { code: "parameter_invalid", message: "page must not be negative", field: "page" })
  }
  const size = collection.size()
  const pages = Math.ceil(size / perPage)
  // Live, page 0 shows the first page and names page 1 as the next.
  const from = Math.max(0, number - 1) * perPage
  const positions = range(from, Math.min(from + perPage, size))
  const indexes = shape.order === "oldest" ? positions : positions.map((position) => size - 1 - position)
  const next = number < pages ? withPage(url, number + 1, perPage) : null
  return Effect.succeed(
    listing(
      { type: shape.type },
      shape.key,
      encoded(collection, indexes),
      {
        total_count: size,
        pages: { type: "pages", next, page: number, per_page: perPage, total_pages: pages }
      },
      beside?.(indexes.map(collection.at))
    )
  )
}

const withPage = (url: URL, page: number, perPage: number) => {
  const next = new URL(url)
  next.searchParams.set("page", String(page))
  next.searchParams.set("per_page", String(perPage))
  return next.href
}

/** Everything at once. */
export const all = (
  collection: View,
  shape: Omit<Shape, "perPage">,
  extra: (index: number) => object = () => ({})
): HttpServerResponse.HttpServerResponse =>
  listing(
    { type: shape.type },
    shape.key,
    range(0, collection.size()).map((index) => encode({ ...collection.at(index), ...extra(index) })),
    {}
  )

/** As events are listed, newest first: `pages.next` is the URL of older ones, `pages.since` that of those to come. */
export const events = (
  shape: Shape,
  rows: ReadonlyArray<Collection.Row>,
  query: Query,
  url: URL
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const perPage = query.per_page ?? shape.perPage
  if (!isPerPage(perPage)) return badPerPage(perPage)
  const since = Number(url.searchParams.get("since") ?? Number.NaN)
  const before = url.searchParams.get("before")
  const recent = Number.isNaN(since) ? rows : rows.filter((row) => Number(row["created_at"]) > since)
  const from = before === null ? 0 : recent.findIndex(({ id }) => id === before) + 1
  const shown = recent.slice(from, from + perPage)
  const last = shown.at(-1)
  const link = (parameter: string, value: string) => {
    const link = new URL(url)
    link.searchParams.delete("before")
    link.searchParams.delete("since")
    link.searchParams.set(parameter, value)
    return link.href
  }
  const newest = rows[0]?.["created_at"] ?? 0
  return Effect.succeed(
    value({
      type: shape.type,
      [shape.key]: shown,
      pages: {
        next: last !== undefined && from + perPage < recent.length ? link("before", last.id) : null,
        since: link("since", String(newest))
      }
    })
  )
}
