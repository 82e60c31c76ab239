import type { IntercomError } from "@effect-intercom/core/IntercomError"
import * as IntercomMetrics from "@effect-intercom/core/IntercomMetrics"
import { Cursor, type Invalid, type Page, type WalkOptions } from "@effect-intercom/core/Pagination"
import { Companies } from "@effect-intercom/core/resources/Companies"
import { Contacts, type SearchContacts } from "@effect-intercom/core/resources/Contacts"
import { Events } from "@effect-intercom/core/resources/Events"
import * as Search from "@effect-intercom/core/Search"
import { assert, describe, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import * as Scripted from "./Scripted.ts"

// ---------------------------------------------------------------------------------------------------------------------
// four styles of one listing
// ---------------------------------------------------------------------------------------------------------------------

interface Row {
  readonly id?: unknown
}

interface Style {
  readonly name: string
  readonly operation: string
  readonly pages: <E = never, R = never>(
    options?: WalkOptions<E, R>
  ) => Stream.Stream<Page<Row>, IntercomError | E, R | Contacts | Companies | Events>
  /** A page of these records; `next` is what `pages.next` is. */
  readonly body: (records: ReadonlyArray<unknown>, next?: unknown, pages?: object | null) => object
  readonly record: (id: string) => object
  /** What `pages.next` is when there is a page `index` (from 0). */
  readonly next: (index: number) => unknown
  /** The cursor of page `index`. */
  readonly cursor: (index: number) => Cursor
  /** Which page (from 0) a request asks for. */
  readonly asks: (request: Scripted.Sent) => number
}

const pagesOf = (next: unknown, pages: object | null | undefined) =>
  pages === null ? { pages: null } : { pages: { ...(next === undefined ? undefined : { next }), ...pages } }

const cursorStyle: Style = {
  name: "cursor (contacts)",
  operation: "Contacts.list",
  pages: (options) => Stream.unwrap(Contacts.useSync(({ list }) => list.pages({ per_page: 2 }, options))),
  body: (data, next, pages) => ({ type: "list", data, ...pagesOf(next, pages) }),
  record: (id) => ({ type: "contact", id }),
  next: (index) => ({ page: index + 1, starting_after: `c${index}` }),
  cursor: (index) => Cursor.make(`c${index}`),
  asks: ({ url }) => Number(url.searchParams.get("starting_after")?.slice(1) ?? 0)
}

const everyone = Search.contact("role", "!=", null)

const pageStyle: Style = {
  name: "page (companies)",
  operation: "Companies.list",
  pages: (options) => Stream.unwrap(Companies.useSync(({ list }) => list.pages({ per_page: 2 }, options))),
  body: (data, next, pages) => ({ type: "list", data, ...pagesOf(next, pages) }),
  record: (id) => ({ type: "company", id }),
  next: (index) => `https://api.intercom.io/companies?page=${index + 1}&per_page=2`,
  cursor: (index) => Cursor.make(String(index + 1)),
  asks: ({ url }) => Number(url.searchParams.get("page") ?? 1) - 1
}

const urlStyle: Style = {
  name: "url (events)",
  operation: "Events.list",
  pages: (options) =>
    Stream.unwrap(Events.useSync(({ list }) => list.pages({ type: "user", user_id: "u", per_page: 2 }, options))),
  body: (events, next, pages) => ({ type: "event.list", events, ...pagesOf(next, pages) }),
  record: (id) => ({ type: "event", id, event_name: "e", created_at: 1 }),
  next: (index) => `https://api.intercom.io/events?type=user&user_id=u&before=${index}`,
  cursor: (index) => Cursor.make(`/events?type=user&user_id=u&before=${index}`),
  asks: ({ url }) => Number(url.searchParams.get("before") ?? 0)
}

const searchStyle: Style = {
  ...cursorStyle,
  name: "search (contacts)",
  operation: "Contacts.search",
  pages: (options) =>
    Stream.unwrap(
      Contacts.useSync(({ search }) => search.pages({ query: everyone, pagination: { per_page: 2 } }, options))
    ),
  asks: ({ body }) => Number((body as SearchContacts).pagination?.starting_after?.slice(1) ?? 0)
}

const styles = [cursorStyle, pageStyle, urlStyle, searchStyle]

const layer = Layer.mergeAll(Contacts.layer, Companies.layer, Events.layer)

/** A server with `ids.length` records, `size` a page. */
const listing = (style: Style, ids: ReadonlyArray<string>, size: number) =>
  Scripted.make((request) => {
    const index = style.asks(request)
    const records = ids.slice(index * size, (index + 1) * size).map(style.record)
    const more = (index + 1) * size < ids.length
    return Scripted.json(style.body(records, more ? style.next(index + 1) : undefined))
  })

const ids = (count: number) => Array.from({ length: count }, (_, i) => `id-${i}`)
const idsOf = (pages: ReadonlyArray<Page<Row>>) => pages.flatMap(({ items }) => items.map(({ id }) => id))

/** Walks and gives the pages, with the failure if there was one. */
const walk = (style: Style, server: Scripted.Scripted, options?: WalkOptions) =>
  Effect.gen(function* () {
    const pages: Array<Page<Row>> = []
    const exit = yield* style.pages(options).pipe(
      Stream.runForEach((page) => Effect.sync(() => pages.push(page))),
      Effect.result,
      Effect.provide(server.layer(layer, { retry: { times: 0 } })),
      Scripted.elapse
    )
    return { pages, ids: idsOf(pages), reason: exit._tag === "Failure" ? exit.failure.reason : undefined }
  })

describe.each(styles)("$name", (style) => {
  const { body, next, record } = style
  const page = (id: string, to?: unknown, pages?: object | null) => Scripted.json(body([record(id)], to, pages))

  it.effect("walks all pages in order, each with the cursor of the one after it", () =>
    Effect.gen(function* () {
      const server = listing(style, ids(5), 2)
      const { ids: seen, pages, reason } = yield* walk(style, server)
      assert.strictEqual(reason, undefined)
      assert.deepStrictEqual(seen, ids(5))
      assert.deepStrictEqual(
        pages.map(({ cursor }) => cursor),
        [style.cursor(1), style.cursor(2), undefined]
      )
      assert.deepStrictEqual(server.sent.map(style.asks), [0, 1, 2])
    })
  )

  it.effect.each<readonly [string, object]>([
    ["null", { next: null }],
    ["absent", {}],
    ["an empty object", { next: {} }],
    ["an object of nulls", { next: { page: null, starting_after: null } }],
    ["an empty text", { next: "" }]
  ])("ends where next is %s", ([, pages]) =>
    Effect.gen(function* () {
      const server = Scripted.make([page("1", undefined, pages)])
      const { ids, reason } = yield* walk(style, server)
      assert.deepStrictEqual([ids, reason], [["1"], undefined])
      assert.strictEqual(server.sent.length, 1)
    })
  )

  it.effect("ends where pages is null or absent", () =>
    Effect.gen(function* () {
      const absent = body([record("1")], undefined, null) as { pages?: unknown }
      for (const answer of [page("1", undefined, null), Scripted.json({ ...absent, pages: undefined })]) {
        const { ids, reason } = yield* walk(style, Scripted.make([answer]))
        assert.deepStrictEqual([ids, reason], [["1"], undefined])
      }
    })
  )

  it.effect("an empty listing is one empty page", () =>
    Effect.gen(function* () {
      const { pages, reason } = yield* walk(style, Scripted.make([Scripted.json(body([]))]))
      assert.deepStrictEqual([pages, reason], [[{ items: [] }], undefined])
    })
  )

  it.effect("the total is the API's", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.json({ ...body([record("1")]), total_count: 17 })])
      const { pages } = yield* walk(style, server)
      assert.deepStrictEqual(
        pages.map(({ total }) => total),
        [17]
      )
    })
  )

  it.effect("the same page twice is an error, not an endless walk", () =>
    Effect.gen(function* () {
      const server = Scripted.make((request) => page("1", next(style.asks(request) + 1)))
      const { ids, reason } = yield* walk(style, server)
      assert.deepStrictEqual(ids, ["1"])
      assert.strictEqual(reason?._tag, "PaginationError")
      assert.include(reason?.message, "twice")
      assert.strictEqual(server.sent.length, 2)
    })
  )

  it.effect.each([2, 3, 5, 70])("%d pages in a circle, under ever new cursors, are an error", (period) =>
    Effect.gen(function* () {
      const server = Scripted.make((request) => {
        const index = style.asks(request)
        return page(`r${index % period}`, next(index + 1), { total_pages: 1_000_000_000 })
      })
      const { pages, reason } = yield* walk(style, server)
      assert(reason?._tag === "PaginationError")
      assert.strictEqual(
        reason.message,
        "The API answered with the same pages again and again: the walk would never end."
      )
      assert.isAtLeast(pages.length, period)
      assert.isAtMost(pages.length, 6 * period)
    })
  )

  it.effect("pages in a circle that is entered later are an error", () =>
    Effect.gen(function* () {
      const server = Scripted.make((request) => {
        const index = style.asks(request)
        return page(index < 40 ? `once-${index}` : `r${index % 3}`, next(index + 1), { total_pages: 1_000_000_000 })
      })
      const { ids, reason } = yield* walk(style, server)
      assert.strictEqual(reason?._tag, "PaginationError")
      assert.deepStrictEqual(
        ids.slice(0, 40),
        Array.from({ length: 40 }, (_, index) => `once-${index}`)
      )
      assert.isAtMost(server.sent.length, 100)
    })
  )

  it.effect("far more records than the API counts are an error, as new as they are; twice as many are not", () =>
    Effect.gen(function* () {
      const of = (count: number, total: unknown) =>
        Scripted.make((request) => {
          const index = style.asks(request)
          const records = Array.from({ length: 1_000 }, (_, i) => record(`${index}-${i}`))
          const more = index + 1 < count
          return Scripted.json({
            ...body(records, more ? next(index + 1) : undefined, { total_pages: count }),
            total_count: total
          })
        })
      const without = yield* walk(style, of(1_000_000, 100))
      assert.strictEqual(
        without.reason?.message,
        "The API counts 100 records, and gave 11000: the walk would never end."
      )
      for (const [count, total] of [
        [20, 10_000],
        [15, undefined],
        [15, null]
      ] as const) {
        const { ids, reason } = yield* walk(style, of(count, total))
        assert.deepStrictEqual([ids.length, reason], [count * 1_000, undefined])
      }
    })
  )

  it.effect("records that move while they are walked over are no error, nor are empty pages between them", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 60 }),
          fc.integer({ min: 2, max: 7 }),
          fc.array(fc.nat(), { maxLength: 40 }),
          fc.array(fc.boolean(), { maxLength: 40 }),
          (count, size, moves, empties) =>
            Effect.gen(function* () {
              const all = ids(count)
              const moved = new Set<number>()
              // Between any two pages, one of the records goes to the end, once.
              const pages: Array<ReadonlyArray<string>> = []
              for (let at = 0; at < all.length || pages.length === 0; at += size) {
                if (empties[pages.length] === true && pages.at(-1)?.length !== 0) pages.push([])
                pages.push(all.slice(at, at + size))
                if (at + size >= all.length) break
                const from = (moves[pages.length] ?? 0) % Math.max(1, count)
                const id = all[from]
                if (moves[pages.length] === undefined || id === undefined || moved.has(from)) continue
                moved.add(from)
                all.push(id)
              }
              const server = Scripted.make((request) => {
                const index = style.asks(request)
                const more = index + 1 < pages.length
                return Scripted.json({
                  ...body((pages[index] ?? []).map(record), more ? next(index + 1) : undefined, {
                    total_pages: pages.length
                  }),
                  total_count: count
                })
              })
              const seen = yield* style.pages().pipe(Stream.runCollect, Effect.provide(server.layer(layer)))
              assert.deepStrictEqual(idsOf(seen), all)
            }).pipe(Effect.runPromise)
        ),
        { seed: 16, numRuns: 60 }
      )
    )
  )

  it.effect("a page that begins like the one before it, and is shorter, is another", () =>
    Effect.gen(function* () {
      const first = body([record("1"), record("2")], next(1), { total_pages: 3 })
      const second = body([record("1")], next(2), { total_pages: 3 })
      const { ids, reason } = yield* walk(
        style,
        Scripted.make([Scripted.json(first), Scripted.json(second), page("3")])
      )
      assert.deepStrictEqual([ids, reason], [["1", "2", "1", "3"], undefined])
    })
  )

  it.effect("empty pages without end are an error; a few are walked over", () =>
    Effect.gen(function* () {
      const { body, next, record } = style
      const few = Scripted.make((request) => {
        const index = style.asks(request)
        return Scripted.json(index < 3 ? body([], next(index + 1), { total_pages: 4 }) : body([record("1")]))
      })
      assert.deepStrictEqual((yield* walk(style, few)).ids, ["1"])
      const many = Scripted.make((request) =>
        Scripted.json(body([], next(style.asks(request) + 1), { total_pages: 1_000_000_000 }))
      )
      const { ids, reason } = yield* walk(style, many)
      assert.deepStrictEqual([ids.length, reason?._tag, many.sent.length], [0, "PaginationError", 11])
      assert.strictEqual(reason?.message, "The API answered with 11 empty pages in a row: the walk would never end.")
    })
  )

  it.effect("resumes exactly from the cursor of any page", () =>
    Effect.gen(function* () {
      const { pages } = yield* walk(style, listing(style, ids(9), 2))
      for (const [index, { cursor }] of pages.entries()) {
        if (cursor === undefined) continue
        const server = listing(style, ids(9), 2)
        const { ids: rest } = yield* walk(style, server, { from: cursor })
        assert.deepStrictEqual(rest, ids(9).slice((index + 1) * 2))
        assert.strictEqual(server.sent.length, pages.length - index - 1)
      }
    })
  )

  it.effect("a failing page fails the walk after the pages before it", () =>
    Effect.gen(function* () {
      for (const prefetch of [0, 1, 3]) {
        const server = Scripted.make([page("1", next(1)), page("2", next(2)), Scripted.status(500)])
        const { ids, reason } = yield* walk(style, server, { prefetch })
        assert.deepStrictEqual([ids, reason?._tag], [["1", "2"], "ServerError"])
      }
    })
  )

  it.effect("take(3) of pages of two costs two requests, and one more when prefetching", () =>
    Effect.gen(function* () {
      for (const [prefetch, least, most] of [
        [0, 2, 2],
        [undefined, 2, 3],
        [1, 2, 3]
      ] as const) {
        const server = listing(style, ids(100), 2)
        const taken = yield* style.pages({ prefetch }).pipe(
          Stream.flatMap(({ items }) => Stream.fromIterable(items)),
          Stream.take(3),
          Stream.runCollect,
          Effect.provide(server.layer(layer)),
          Scripted.elapse
        )
        assert.deepStrictEqual(
          taken.map(({ id }) => id),
          ids(3)
        )
        assert.isAtLeast(server.sent.length, least)
        assert.isAtMost(server.sent.length, most)
      }
    })
  )

  it.effect.each([0, 1, 3])("prefetch %i requests as many pages ahead", (prefetch) =>
    Effect.gen(function* () {
      const server = listing(style, ids(20), 2)
      const ahead: Array<number> = []
      yield* style.pages({ prefetch }).pipe(
        Stream.runForEach(() =>
          Effect.andThen(
            Effect.sleep("1 second"),
            Effect.sync(() => ahead.push(server.sent.length - ahead.length - 1))
          )
        ),
        Effect.provide(server.layer(layer)),
        Scripted.elapse
      )
      assert.deepStrictEqual(
        ahead,
        Array.from({ length: 10 }, (_, index) => Math.min(prefetch, 9 - index))
      )
    })
  )

  it.effect("interruption ends the request under way and sends no other", () =>
    Effect.gen(function* () {
      let aborted = 0
      const server = Scripted.make((_, index) =>
        index === 0 ? page("1", next(1)) : () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => aborted++))
      )
      const started = yield* Deferred.make<void>()
      const fiber = yield* style.pages().pipe(
        Stream.runForEach(() => Deferred.succeed(started, undefined)),
        Effect.provide(server.layer(layer)),
        Effect.forkChild
      )
      yield* Deferred.await(started)
      yield* Scripted.settle
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual([server.sent.length, aborted], [2, 1])
    })
  )

  const bad = (id: unknown) => ({ ...record("x"), id: { not: "an id", of: id } })

  it.effect("without onInvalid, a record that does not fit is a DecodeError that says where", () =>
    Effect.gen(function* () {
      const server = Scripted.make([page("1", next(1)), Scripted.json(body([record("2"), bad(3)]))])
      const { ids, reason } = yield* walk(style, server)
      assert.deepStrictEqual(ids, ["1"])
      assert(reason?._tag === "DecodeError")
      assert.match(reason.mismatches[0]?.path ?? "", /^(data|events)\[1\]\.id/)
    })
  )

  it.effect("onInvalid takes what does not fit, as received, and the others go on in order", () =>
    Effect.gen(function* () {
      const server = Scripted.make([
        Scripted.json(body([record("1"), bad(2), record("3"), null, "text", record("4")], next(1))),
        Scripted.json(body([bad(5), bad(6)], next(2))),
        Scripted.json(body([record("7")]))
      ])
      const invalid: Array<Invalid> = []
      const { pages, totals } = yield* Effect.gen(function* () {
        const { pages } = yield* walk(style, server, { onInvalid: (one) => Effect.sync(() => invalid.push(one)) })
        return { pages, totals: yield* IntercomMetrics.totals }
      }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
      assert.deepStrictEqual(
        pages.map(({ items }) => items.map(({ id }) => id)),
        [["1", "3", "4"], [], ["7"]]
      )
      assert.deepStrictEqual(
        invalid.map(({ raw }) => raw),
        [bad(2), null, "text", bad(5), bad(6)]
      )
      assert.deepStrictEqual(
        invalid.map(({ index }) => index),
        [1, 3, 4, 0, 1]
      )
      for (const { error } of invalid) assert.strictEqual(error.reason._tag, "DecodeError")
      assert.strictEqual(totals.decodeFailures, 5)
    })
  )

  it.effect("an envelope that does not fit fails the walk, onInvalid or not", () =>
    Effect.gen(function* () {
      for (const answer of [
        { type: "list" },
        { ...body([bad(1)]), pages: 5 },
        [],
        null,
        { ...body([]), pages: { next: 5 } },
        { ...body([]), pages: { next: { starting_after: 5 } } }
      ]) {
        const taken: Array<Invalid> = []
        const { reason } = yield* walk(style, Scripted.make([Scripted.json(answer)]), {
          onInvalid: (one) => Effect.sync(() => taken.push(one))
        })
        assert.strictEqual(reason?._tag, "DecodeError")
        assert.deepStrictEqual(taken, [])
      }
    })
  )

  it.effect("what onInvalid fails with, the walk fails with, typed", () =>
    Effect.gen(function* () {
      class DiskFull extends Data.TaggedError("DiskFull")<{}> {}
      const server = Scripted.make([Scripted.json(body([bad(1), record("2")]))])
      const error = yield* style
        .pages({ onInvalid: () => new DiskFull() })
        .pipe(Stream.runDrain, Effect.provide(server.layer(layer)), Effect.flip)
      assert.strictEqual(error._tag, "DiskFull")
    })
  )

  it.effect("onInvalid runs when its page is consumed, not when it is fetched ahead", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      const server = Scripted.make([
        Scripted.json(body([record("1"), bad(1)], next(1))),
        Scripted.json(body([record("2"), bad(2)], next(2))),
        Scripted.json(body([record("3"), bad(3)], next(3))),
        Scripted.json(body([record("4"), bad(4)]))
      ])
      yield* style
        .pages({
          prefetch: 3,
          onInvalid: ({ raw }) => Effect.sync(() => log.push(`invalid ${(raw as { id: { of: number } }).id.of}`))
        })
        .pipe(
          Stream.tap(({ items }) =>
            Effect.delay(
              Effect.sync(() => log.push(`page ${items[0]?.id}`)),
              "1 second"
            )
          ),
          Stream.take(2),
          Stream.runDrain,
          Effect.provide(server.layer(layer)),
          Scripted.elapse
        )
      assert.deepStrictEqual(log, ["invalid 1", "page 1", "invalid 2", "page 2"])
      assert.isAbove(server.sent.length, 2)
    })
  )

  it.effect("any number of records in pages of any size: each exactly once, in order; from any cursor, the rest", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 60 }),
          fc.integer({ min: 1, max: 13 }),
          fc.integer({ min: 0, max: 4 }),
          fc.nat(),
          (count, size, prefetch, pick) =>
            Effect.gen(function* () {
              const all = ids(count)
              const run = (options: WalkOptions) =>
                style.pages(options).pipe(Stream.runCollect, Effect.provide(listing(style, all, size).layer(layer)))
              const pages = yield* run({ prefetch })
              assert.deepStrictEqual(idsOf(pages), all)
              const index = pick % pages.length
              const from = pages[index]?.cursor
              if (from === undefined) return
              assert.deepStrictEqual(idsOf(yield* run({ prefetch, from })), all.slice((index + 1) * size))
            }).pipe(Effect.runPromise)
        ),
        { seed: 15, numRuns: 60 }
      )
    )
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// what is particular to a style
// ---------------------------------------------------------------------------------------------------------------------

describe("cursors", () => {
  const page = (id: string, next?: unknown) => Scripted.json(cursorStyle.body([cursorStyle.record(id)], next))

  it.effect("a URL as next is as good as an object", () =>
    Effect.gen(function* () {
      for (const url of ["https://elsewhere.example/contacts?starting_after=c1&x=1", "/contacts?starting_after=c1"]) {
        const server = Scripted.make([page("1", url), page("2")])
        const { ids } = yield* walk(cursorStyle, server)
        assert.deepStrictEqual(ids, ["1", "2"])
        // The cursor is taken from it; the request goes where all requests go.
        assert.deepStrictEqual(
          server.sent.map(({ url }) => url.origin),
          ["https://api.intercom.io", "https://api.intercom.io"]
        )
        assert.strictEqual(server.sent[1]?.url.searchParams.get("starting_after"), "c1")
      }
    })
  )

  it.effect("a URL without a cursor is an error, not the end", () =>
    Effect.gen(function* () {
      const { reason } = yield* walk(cursorStyle, Scripted.make([page("1", "https://api.intercom.io/contacts?page=2")]))
      assert.strictEqual(
        reason?.message,
        "The next page is a URL without starting_after: https://api.intercom.io/contacts?page=2."
      )
      const bad = yield* walk(cursorStyle, Scripted.make([page("1", "http://[bad")]))
      assert.strictEqual(bad.reason?.message, "The next page is a URL without starting_after: http://[bad.")
    })
  )

  it.effect.each<object>([
    { page: 2, per_page: 2 },
    { starting_after: null, page: 2 },
    { starting_after: "", page: 2 },
    { next: "x" }
  ])("an object without a cursor is an error, not the end: %j", (next) =>
    Effect.gen(function* () {
      for (const style of [cursorStyle, searchStyle]) {
        const { ids, reason } = yield* walk(style, Scripted.make([page("1", next)]))
        assert.deepStrictEqual(ids, [])
        assert.strictEqual(reason?._tag, "PaginationError")
        assert.strictEqual(reason?.message, `The next page has no starting_after: ${JSON.stringify(next)}.`)
      }
    })
  )

  it.effect("an object without a cursor is the end where it names no page, or the last one was this", () =>
    Effect.gen(function* () {
      const last = cursorStyle.body([cursorStyle.record("1")], { page: 3 }, { page: 2, total_pages: "2" })
      for (const answer of [page("1", { per_page: 2, starting_after: null }), Scripted.json(last)]) {
        const { ids, reason } = yield* walk(cursorStyle, Scripted.make([answer]))
        assert.deepStrictEqual([ids, reason], [["1"], undefined])
      }
    })
  )

  it.effect("a repeated cursor and a cycle of cursors are errors", () =>
    Effect.gen(function* () {
      const to = (cursor: string) => ({ starting_after: cursor })
      const repeated = Scripted.make([page("1", to("a")), page("2", to("a"))])
      const cycle = Scripted.make([page("1", to("a")), page("2", to("b")), page("3", to("c")), page("4", to("a"))])
      for (const [server, seen] of [
        [repeated, ["1"]],
        [cycle, ["1", "2", "3"]]
      ] satisfies ReadonlyArray<readonly [Scripted.Scripted, Array<unknown>]>) {
        const { ids, reason } = yield* walk(cursorStyle, server)
        assert.deepStrictEqual(ids, seen)
        assert(reason?._tag === "PaginationError")
        assert.strictEqual(reason.cursor, "a")
        assert.strictEqual(reason.message, "The API gave the cursor a twice: the walk would never end.")
        assert.strictEqual(server.sent.length, seen.length + 1)
      }
    })
  )

  it.effect("a cycle back to where the walk began is an error", () =>
    Effect.gen(function* () {
      const script = [page("2", { starting_after: "b" }), page("3", { starting_after: "a" })]
      const from = Cursor.make("a")
      const resumed = Scripted.make(script)
      const { ids, reason } = yield* walk(cursorStyle, resumed, { from })
      assert.deepStrictEqual([ids, reason?._tag], [["2"], "PaginationError"])
      const started = Scripted.make(script)
      const error = yield* Contacts.use(({ list }) => Stream.runDrain(list.pages({ starting_after: "a" }))).pipe(
        Effect.provide(started.layer(layer)),
        Scripted.failure
      )
      assert.deepStrictEqual([error.reason._tag, started.sent.length], ["PaginationError", 2])
    })
  )

  it.effect("query.starting_after is where the walk starts; from wins over it", () =>
    Effect.gen(function* () {
      const run = (from?: Cursor) =>
        Effect.gen(function* () {
          const server = listing(cursorStyle, ids(10), 2)
          const items = yield* Contacts.use(({ list }) =>
            Stream.runCollect(list.items({ starting_after: "c3", per_page: 2 }, { from }))
          ).pipe(Effect.provide(server.layer(layer)))
          return { ids: items.map(({ id }) => String(id)), paths: server.sent.map(({ path }) => path) }
        })
      const first = yield* run()
      assert.deepStrictEqual(first.ids, ids(10).slice(6))
      assert.deepStrictEqual(first.paths[0], "/contacts?per_page=2&starting_after=c3")
      assert.deepStrictEqual((yield* run(Cursor.make("c4"))).ids, ids(10).slice(8))
    })
  )

  it.effect("an empty page in between is no end", () =>
    Effect.gen(function* () {
      const empty = (next?: unknown) => Scripted.json(cursorStyle.body([], next))
      const server = Scripted.make([empty({ starting_after: "a" }), empty({ starting_after: "b" }), page("1")])
      const { ids, reason } = yield* walk(cursorStyle, server)
      assert.deepStrictEqual([ids, reason], [["1"], undefined])
    })
  )
})

describe("page numbers", () => {
  const page = (id: string, pages: object) => Scripted.json(pageStyle.body([pageStyle.record(id)], undefined, pages))

  it.effect("are counted up to total_pages, whatever next says", () =>
    Effect.gen(function* () {
      const server = Scripted.make((request) => {
        const number = pageStyle.asks(request) + 1
        return page(String(number), { page: number, per_page: 2, total_pages: 3, next: null })
      })
      const { ids, reason } = yield* walk(pageStyle, server)
      assert.deepStrictEqual([ids, reason], [["1", "2", "3"], undefined])
      assert.deepStrictEqual(
        server.sent.map(({ path }) => path),
        ["/companies?per_page=2", "/companies?page=2&per_page=2", "/companies?page=3&per_page=2"]
      )
    })
  )

  it.effect.each<readonly [object, unknown, number]>([
    [{ page: 1, total_pages: 1, next: "https://api.intercom.io/companies?page=2" }, 3, 1],
    [{ page: 1, total_pages: 1, next: { page: 2, per_page: 50 } }, "3", 1],
    [{ page: 1, total_pages: 1, next: { page: 2, per_page: 50 } }, 1, 0],
    [{ page: 1, total_pages: 1, next: { per_page: 50 } }, 3, 0],
    [{ page: 1, total_pages: 1, next: "?page=2" }, undefined, 0]
  ])("a last page that names a next one is an error where more is counted: %o, %s", ([pages, total_count, errors]) =>
    Effect.gen(function* () {
      const server = Scripted.make([
        Scripted.json({ ...pageStyle.body([pageStyle.record("1")], undefined, pages), total_count })
      ])
      const { reason } = yield* walk(pageStyle, server)
      assert.deepStrictEqual(reason === undefined ? [] : [reason._tag], errors === 1 ? ["PaginationError"] : [])
    })
  )

  it.effect("a server that ignores the number and says so is found out", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => page("1", { page: 1, total_pages: 9 }))
      const { ids, reason } = yield* walk(pageStyle, server)
      assert.deepStrictEqual(ids, ["1"])
      assert.include(reason?.message, "Page 2 was asked for, the API answered with page 1")
    })
  )

  it.effect("a server that ignores the number silently is found out", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json(pageStyle.body([pageStyle.record("1")], "/companies?page=2")))
      const { ids, reason } = yield* walk(pageStyle, server)
      assert.deepStrictEqual([ids.length, reason?._tag, server.sent.length], [1, "PaginationError", 2])
    })
  )

  it.effect("an empty page ends the walk of a server that always has a next", () =>
    Effect.gen(function* () {
      const server = Scripted.make((request) => {
        const index = pageStyle.asks(request)
        const records = index < 2 ? [pageStyle.record(String(index))] : []
        return Scripted.json(pageStyle.body(records, pageStyle.next(index + 1)))
      })
      const { ids, reason } = yield* walk(pageStyle, server)
      assert.deepStrictEqual([ids, reason, server.sent.length], [["0", "1"], undefined, 3])
    })
  )

  it.effect("a cursor that is no page number is refused before anything is sent", () =>
    Effect.gen(function* () {
      for (const from of ["0", "-1", "x", "1e3", "1.5", " 2", "", "0x10", "99999999999999999999"]) {
        const server = Scripted.make([])
        const { reason } = yield* walk(pageStyle, server, { from: Cursor.make(from) })
        assert.deepStrictEqual([reason?._tag, server.sent.length], ["PaginationError", 0], from)
        assert.strictEqual(reason?.message, `Not the cursor of a page: ${from}.`)
      }
    })
  )

  it.effect("query.page is where the walk starts", () =>
    Effect.gen(function* () {
      const server = listing(pageStyle, ids(10), 2)
      const items = yield* Companies.use(({ list }) => Stream.runCollect(list.items({ page: 4, per_page: 2 }))).pipe(
        Effect.provide(server.layer(layer))
      )
      assert.deepStrictEqual(
        items.map(({ id }) => id),
        ids(10).slice(6)
      )
    })
  )
})

describe("searches", () => {
  const page = (id: string, next?: unknown) => Scripted.json(searchStyle.body([searchStyle.record(id)], next))
  const paginations = (server: Scripted.Scripted) => server.sent.map(({ body }) => (body as SearchContacts).pagination)

  it.effect("put the cursor beside the size of a page, and change nothing else", () =>
    Effect.gen(function* () {
      const server = Scripted.make([page("1", { starting_after: "a" }), page("2")])
      const request = {
        query: everyone,
        pagination: { per_page: 7 },
        sort: { field: "name", order: "ascending" }
      } as const
      const given = structuredClone(request)
      yield* Contacts.use(({ search }) => Stream.runDrain(search.items(request))).pipe(
        Effect.provide(server.layer(layer))
      )
      assert.deepStrictEqual<unknown>(
        server.sent.map(({ body, method, path }) => [`${method} ${path}`, body]),
        [
          ["POST /contacts/search", request],
          ["POST /contacts/search", { ...request, pagination: { per_page: 7, starting_after: "a" } }]
        ]
      )
      assert.deepStrictEqual<unknown>(request, given)
    })
  )

  it.effect("start at pagination.starting_after, need no pagination, and go where from says", () =>
    Effect.gen(function* () {
      const run = (request: SearchContacts, from?: Cursor) =>
        Effect.gen(function* () {
          const server = Scripted.make([page("1", { starting_after: "b" }), page("2")])
          yield* Contacts.use(({ search }) => Stream.runDrain(search.items(request, { from }))).pipe(
            Effect.provide(server.layer(layer))
          )
          return paginations(server)
        })
      const after = (starting_after: string) => ({ starting_after })
      assert.deepStrictEqual<unknown>(yield* run({ query: everyone }), [undefined, after("b")])
      const started = { query: everyone, pagination: after("a") }
      assert.deepStrictEqual(yield* run(started), [after("a"), after("b")])
      assert.deepStrictEqual(yield* run(started, Cursor.make("x")), [after("x"), after("b")])
    })
  )

  it.effect("that come back to where they began are errors", () =>
    Effect.gen(function* () {
      const server = Scripted.make([page("1", { starting_after: "a" })])
      const request = { query: everyone, pagination: { starting_after: "a" } }
      const { reason } = yield* Contacts.use(({ search }) => Stream.runDrain(search.items(request))).pipe(
        Effect.provide(server.layer(layer)),
        Scripted.failure
      )
      assert.strictEqual(reason.message, "The API gave the cursor a twice: the walk would never end.")
    })
  )

  it.effect("are sent again when their fate is unknown", () =>
    Effect.gen(function* () {
      const server = Scripted.make([
        Scripted.lost("ECONNRESET"),
        page("1", { starting_after: "a" }),
        Scripted.status(502),
        page("2")
      ])
      const found = yield* Contacts.use(({ search }) => Stream.runCollect(search.items({ query: everyone }))).pipe(
        Effect.provide(server.layer(layer)),
        Scripted.elapse
      )
      assert.deepStrictEqual(
        found.map(({ id }) => String(id)),
        ["1", "2"]
      )
    })
  )
})

describe("scrolls", () => {
  const page = (ids: ReadonlyArray<string>, fields: object = {}) => ({
    type: "list",
    data: ids.map(pageStyle.record),
    pages: null,
    total_count: null,
    scroll_param: "s",
    ...fields
  })
  const of = (...bodies: ReadonlyArray<object>) => Scripted.make(bodies.map((body) => Scripted.json(body)))
  const walk = (server: Scripted.Scripted, options?: WalkOptions) =>
    Companies.use(({ scroll }) => Stream.runCollect(scroll.pages({}, options))).pipe(
      Effect.provide(server.layer(layer)),
      Effect.result,
      Scripted.elapse,
      Effect.map((result) => ({
        ids: result._tag === "Success" ? idsOf(result.success) : [],
        pages: result._tag === "Success" ? result.success : [],
        reason: result._tag === "Failure" ? result.failure.reason : undefined,
        paths: server.sent.map(({ path }) => path)
      }))
    )

  it.effect("ask with the same scroll_param until a page has no records, and not once more", () =>
    Effect.gen(function* () {
      const { pages, paths } = yield* walk(of(page(["1", "2"]), page(["3"]), page(["4"]), page([])))
      assert.deepStrictEqual(
        pages.map(({ cursor, items }) => [items.length, cursor as string | undefined]),
        [
          [2, "s"],
          [1, "s"],
          [1, "s"],
          [0, undefined]
        ]
      )
      const next = "/companies/scroll?scroll_param=s"
      assert.deepStrictEqual(paths, ["/companies/scroll", next, next, next])
    })
  )

  it.effect("go on with the scroll_param of the query, unless `from` says another", () =>
    Effect.gen(function* () {
      for (const [options, first] of [
        [{}, "q"],
        [{ from: Cursor.make("f") }, "f"]
      ] as const) {
        const server = of(page(["3"]), page([]))
        const pages = yield* Companies.use(({ scroll }) =>
          Stream.runCollect(scroll.pages({ scroll_param: "q" }, options))
        ).pipe(Effect.provide(server.layer(layer)), Effect.orDie, Scripted.elapse)
        assert.deepStrictEqual(idsOf(pages), ["3"])
        assert.strictEqual(server.sent[0]?.path, `/companies/scroll?scroll_param=${first}`)
      }
    })
  )

  it.effect("follow a scroll_param that changes after all", () =>
    Effect.gen(function* () {
      const { ids, paths } = yield* walk(of(page(["1"]), page(["2"], { scroll_param: "t" }), page([])))
      assert.deepStrictEqual(ids, ["1", "2"])
      assert.strictEqual(paths[2], "/companies/scroll?scroll_param=t")
    })
  )

  it.effect("of no companies are one empty page", () =>
    Effect.gen(function* () {
      for (const fields of [{}, { scroll_param: undefined }, { scroll_param: null }]) {
        const { pages, reason } = yield* walk(of(page([], fields)))
        assert.deepStrictEqual([pages, reason], [[{ items: [] }], undefined])
      }
    })
  )

  it.effect("fail where a page has records and no scroll_param, as some would be left out", () =>
    Effect.gen(function* () {
      for (const scroll_param of [undefined, null, ""]) {
        const { reason } = yield* walk(of(page(["1"]), page(["2"], { scroll_param })))
        assert.strictEqual(reason?.message, "The page has records but no scroll_param: the rest cannot be asked for.")
      }
    })
  )

  it.effect("that give the same page twice are errors, not endless walks", () =>
    Effect.gen(function* () {
      const { paths, reason } = yield* walk(Scripted.make(() => Scripted.json(page(["1"]))))
      assert.strictEqual(reason?.message, "The API answered with the same page twice: the walk would never end.")
      assert.lengthOf(paths, 2)
    })
  )

  it.effect("that go round in circles, or give far more than they count, are errors, not endless walks", () =>
    Effect.gen(function* () {
      let asked = 0
      const circle = yield* walk(Scripted.make(() => Scripted.json(page([`r${asked++ % 2}`]))))
      assert.include(circle.reason?.message, "the same pages again and again")
      assert.isAtMost(asked, 12)
      const many = yield* walk(
        Scripted.make(() => {
          asked++
          const ids = Array.from({ length: 1_000 }, (_, i) => `${asked}-${i}`)
          return Scripted.json(page(ids, { total_count: 2 }))
        })
      )
      assert.strictEqual(many.reason?.message, "The API counts 2 records, and gave 11000: the walk would never end.")
    })
  )

  it.effect("go on when all records of a page are handed to onInvalid", () =>
    Effect.gen(function* () {
      const odd = { ...page([]), data: [{ type: "company", id: 5 }] }
      const { ids, reason } = yield* walk(of(odd, page(["1"]), page([])), { onInvalid: () => Effect.void })
      assert.deepStrictEqual([ids, reason], [["1"], undefined])
    })
  )

  it.effect("request nothing ahead, so that a walk stopped between two pages goes on where it was", () =>
    Effect.gen(function* () {
      // Like the API, it keeps the place itself.
      let place = 0
      const server = Scripted.make(() => Scripted.json(page(place < 5 ? [`${++place}`] : [])))
      const run = (options: WalkOptions, count: number) =>
        Companies.use(({ scroll }) =>
          scroll.pages({}, options).pipe(
            Stream.take(count),
            Stream.tap(() => Scripted.settle),
            Stream.runCollect
          )
        ).pipe(Effect.provide(server.layer(layer)), Scripted.elapse)
      const before = yield* run({ prefetch: 3 }, 2)
      assert.lengthOf(server.sent, 2)
      const after = yield* run({ from: before[1]?.cursor }, 9)
      assert.deepStrictEqual([...idsOf(before), ...idsOf(after)], ["1", "2", "3", "4", "5"])
      assert.strictEqual(server.sent[2]?.path, "/companies/scroll?scroll_param=s")
    })
  )

  it.effect("are not sent again when their fate is unknown: the page would be the one after it", () =>
    Effect.gen(function* () {
      for (const [answer, tag] of [
        [Scripted.lost("ECONNRESET"), "TransportError"],
        [
          Scripted.errorList(500, { code: "server_error", message: "Please restart the scroll operation." }),
          "ServerError"
        ],
        [Scripted.status(503), "ServerError"],
        [Scripted.text(""), "DecodeError"]
      ] satisfies ReadonlyArray<readonly [Scripted.Answer, string]>) {
        for (const before of [[], [Scripted.json(page(["1"]))]]) {
          const { paths, reason } = yield* walk(Scripted.make([...before, answer]))
          assert.deepStrictEqual([reason?._tag, paths.length], [tag, before.length + 1])
        }
      }
    })
  )

  it.effect("are sent again when they were not processed", () =>
    Effect.gen(function* () {
      const full = Scripted.errorList(429, { code: "rate_limit_exceeded", message: "Exceeded rate limit" })
      const { ids } = yield* walk(
        Scripted.make([full, Scripted.json(page(["1"])), Scripted.lost("ECONNREFUSED"), full, Scripted.json(page([]))])
      )
      assert.deepStrictEqual(ids, ["1"])
    })
  )

  it.effect("tell that another one is open, and that one is gone", () =>
    Effect.gen(function* () {
      const exists = { code: "scroll_exists", message: "scroll already exists for this workspace" }
      const open = yield* walk(Scripted.make([Scripted.errorList(400, exists)]))
      assert(open.reason?._tag === "BadRequest")
      assert.deepStrictEqual(open.reason.errors, [exists])
      const missing = { code: "not_found", message: "scroll parameter not found" }
      const gone = yield* walk(Scripted.make([Scripted.errorList(404, missing)]), { from: Cursor.make("s") })
      assert.deepStrictEqual([gone.reason?._tag, gone.paths], ["NotFound", ["/companies/scroll?scroll_param=s"]])
    })
  )
})

describe("URLs", () => {
  const page = (id: string, next?: unknown) => Scripted.json(urlStyle.body([urlStyle.record(id)], next))
  const walkAt = (baseUrl: string, script: ReadonlyArray<Scripted.Answer>, from?: string) =>
    Effect.gen(function* () {
      const server = Scripted.make(script)
      const result = yield* urlStyle
        .pages(from === undefined ? {} : { from: Cursor.make(from) })
        .pipe(Stream.runCollect, Effect.result, Effect.provide(server.layer(layer, { baseUrl, retry: { times: 0 } })))
      return {
        ids: result._tag === "Success" ? idsOf(result.success) : result.failure.reason._tag,
        message: result._tag === "Success" ? "" : result.failure.reason.message,
        sent: server.sent.map(({ url }) => url.href)
      }
    })

  const elsewhere = [
    "https://evil.example/events?x=1",
    "https://api.intercom.io:8443/events",
    "https://api.intercom.io.evil.example/events",
    "https://api.intercom.io@evil.example/events",
    "//evil.example/events",
    "\\\\evil.example\\events",
    "/\\evil.example/events",
    "ftp://api.intercom.io/events",
    "https://api.intercom.io./events",
    "https://us.api.intercom.io/events",
    "javascript:alert(1)",
    "data:application/json,{}",
    "http://[bad"
  ]

  it.effect.each(elsewhere)("%s is refused before anything is sent", (next) =>
    Effect.gen(function* () {
      const walked = yield* walkAt("https://api.intercom.io", [page("1", next)])
      assert.deepStrictEqual([walked.ids, walked.sent.length], ["PaginationError", 1])
      const resumed = yield* walkAt("https://api.intercom.io", [], next)
      assert.deepStrictEqual([resumed.ids, resumed.sent], ["PaginationError", []])
      for (const { message } of [walked, resumed]) {
        assert.strictEqual(message, `The next page is neither on a host of the API nor at the base URL: ${next}.`)
      }
    })
  )

  it.effect.each(["https://api.intercom.io", "https://gateway.example/v1", "http://127.0.0.1:8080/"])(
    "%s: whatever the API sends as next, the token goes to its own origin only",
    (baseUrl) =>
      Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(
            fc.oneof(
              fc.webUrl({ withQueryParameters: true, withFragments: true }),
              fc.string(),
              fc
                .tuple(
                  fc.constantFrom(
                    "/",
                    "//",
                    "\\",
                    "https:",
                    "https:/",
                    "@",
                    "?",
                    "#",
                    "/..//",
                    "https://api.intercom.io"
                  ),
                  fc.webUrl()
                )
                .map((t) => t.join(""))
            ),
            (next) =>
              Effect.map(walkAt(baseUrl, [page("1", next), page("2")]), ({ sent }) => {
                for (const href of sent) assert.strictEqual(new URL(href).origin, new URL(baseUrl).origin)
              }).pipe(Effect.runPromise)
          ),
          { seed: 15, numRuns: 300 }
        )
      )
  )

  const hosts = [
    "https://api.intercom.io",
    "https://api.eu.intercom.io",
    "https://api.au.intercom.io",
    "http://api.intercom.io",
    "HTTPS://API.INTERCOM.IO:443"
  ]
  it.effect.each(hosts)("a link to %s is taken as relative to the base URL", (host) =>
    Effect.gen(function* () {
      for (const baseUrl of [
        "https://api.intercom.io",
        "https://api.eu.intercom.io",
        "https://gateway.example",
        "https://gateway.example/intercom",
        "http://127.0.0.1:8080/a/b/",
        // A path like one of the API's own.
        "https://gateway.example/events"
      ]) {
        const prefix = baseUrl.replace(/\/$/, "")
        const script = [page("1", `${host}/events?before=1`), page("2", `${host}/events/more?before=2`), page("3")]
        const { ids, sent } = yield* walkAt(baseUrl, script)
        assert.deepStrictEqual(ids, ["1", "2", "3"])
        assert.deepStrictEqual(sent.slice(1), [`${prefix}/events?before=1`, `${prefix}/events/more?before=2`])
        const resumed = yield* walkAt(baseUrl, [page("2")], `${host}/events?before=1`)
        assert.deepStrictEqual(resumed.sent, [`${prefix}/events?before=1`])
      }
    })
  )

  it.effect("a page of records without ids that comes twice is found out", () =>
    Effect.gen(function* () {
      const event = { type: "event", event_name: "e", created_at: 1 }
      const server = Scripted.make((_, index) =>
        Scripted.json(urlStyle.body([event, { ...event, created_at: Math.min(index, 3) }], urlStyle.next(index + 1)))
      )
      const { ids, reason } = yield* walk(urlStyle, server)
      assert.deepStrictEqual([ids.length, reason?._tag, server.sent.length], [8, "PaginationError", 5])
    })
  )

  it.effect("absolute and relative ones are followed, query and all", () =>
    Effect.gen(function* () {
      for (const next of [
        "https://api.intercom.io/events?a=1&b=%20%C3%A9&a=2",
        "/events?a=1&b=%20%C3%A9&a=2",
        "events?a=1&b=%20%C3%A9&a=2",
        "HTTPS://API.INTERCOM.IO:443/events?a=1&b=%20%C3%A9&a=2"
      ]) {
        const { ids, sent } = yield* walkAt("https://api.intercom.io", [page("1", next), page("2")])
        assert.deepStrictEqual(ids, ["1", "2"])
        const { pathname, searchParams } = new URL(sent[1] ?? "")
        assert.strictEqual(pathname, "/events")
        assert.deepStrictEqual(
          [...searchParams],
          [
            ["a", "1"],
            ["b", " é"],
            ["a", "2"]
          ]
        )
      }
    })
  )

  it.effect("a relative one is relative to the page it stands in", () =>
    Effect.gen(function* () {
      for (const baseUrl of [
        "https://api.intercom.io",
        "https://proxy.example/intercom",
        "https://proxy.example/a/b/"
      ]) {
        const base = baseUrl.replace(/\/$/, "")
        const script = [page("1", "?before=1"), page("2", "events/more?before=2"), page("3", "?before=3"), page("4")]
        const { ids, sent } = yield* walkAt(baseUrl, script)
        assert.deepStrictEqual(ids, ["1", "2", "3", "4"])
        assert.deepStrictEqual(sent.slice(1), [
          `${base}/events?before=1`,
          `${base}/events/more?before=2`,
          `${base}/events/more?before=3`
        ])
        const resumed = yield* walkAt(baseUrl, [page("2")], "?before=1")
        assert.deepStrictEqual(resumed.sent, [`${base}/events?before=1`])
      }
    })
  )

  it.effect.each([
    "https://proxy.example/other/events?x",
    "//proxy.example/events?x",
    "https://proxy.example/intercomx"
  ])("%s is beside a base URL with a path of its own, and refused", (next) =>
    Effect.gen(function* () {
      const { ids, sent } = yield* walkAt("https://proxy.example/intercom", [page("1", next)])
      assert.deepStrictEqual([ids, sent.length], ["PaginationError", 1])
    })
  )

  it.effect("the first request is the query, and a next page that is no URL is an error", () =>
    Effect.gen(function* () {
      const { message, sent } = yield* walkAt("https://api.intercom.io", [page("1", { page: 2, starting_after: "a" })])
      assert.strictEqual(message, "The next page is not a URL.")
      assert.deepStrictEqual(sent, ["https://api.intercom.io/events?type=user&user_id=u&per_page=2"])
    })
  )

  it.effect("a base URL with a path of its own keeps it, once", () =>
    Effect.gen(function* () {
      for (const baseUrl of ["https://proxy.example/intercom", "https://proxy.example/intercom/"]) {
        for (const next of ["https://proxy.example/intercom/events?a=1", "/intercom/events?a=1", "/events?a=1"]) {
          const { sent } = yield* walkAt(baseUrl, [page("1", next), page("2")])
          assert.deepStrictEqual(sent[1], "https://proxy.example/intercom/events?a=1")
        }
      }
    })
  )
})

describe("the query", () => {
  it.effect("is never changed: a frozen one walks, twice, the same way", () =>
    Effect.gen(function* () {
      const query = Object.freeze({ per_page: 2 })
      const paths: Array<ReadonlyArray<string>> = []
      for (let run = 0; run < 2; run++) {
        const server = listing(cursorStyle, ids(5), 2)
        const items = yield* Contacts.use(({ list }) => Stream.runCollect(list.items(query))).pipe(
          Effect.provide(server.layer(layer))
        )
        assert.strictEqual(items.length, 5)
        paths.push(server.sent.map(({ path }) => path))
      }
      assert.deepStrictEqual(paths[0], paths[1])
      assert.deepStrictEqual(query, { per_page: 2 })
    })
  )

  it.effect("a stream may be run twice: each run is a walk of its own", () =>
    Effect.gen(function* () {
      const server = listing(cursorStyle, ids(5), 2)
      const both = yield* Effect.gen(function* () {
        const { list } = yield* Contacts
        const items = list.items({ per_page: 2 })
        return [yield* Stream.runCollect(items), yield* Stream.runCollect(items)]
      }).pipe(Effect.provide(server.layer(layer)))
      assert.deepStrictEqual(both[0], both[1])
      assert.strictEqual(server.sent.length, 6)
    })
  )

  it.effect("a query that does not fit is an EncodeError, and nothing is sent", () =>
    Effect.gen(function* () {
      const server = Scripted.make([])
      const error = yield* Contacts.use(({ list }) => Stream.runDrain(list.items({ per_page: 151 }))).pipe(
        Effect.provide(server.layer(layer)),
        Effect.flip
      )
      assert.deepStrictEqual([error.reason._tag, server.sent.length], ["EncodeError", 0])
    })
  )
})

describe("the size of pages", () => {
  const empty = { type: "list", data: [], pages: null, total_count: 0 }
  const sizeIn = ({ body, url }: Scripted.Sent): unknown =>
    url.searchParams.get("per_page") ??
    (body as { readonly pagination?: { readonly per_page?: number } }).pagination?.per_page

  it.effect("has one name for every listing that has one", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json(empty))
      yield* Effect.gen(function* () {
        const contacts = yield* Contacts
        const companies = yield* Companies
        yield* Stream.runDrain(contacts.list.items({}, { pageSize: 7 }))
        yield* Stream.runDrain(contacts.list.items({ per_page: 150 }, { pageSize: 7 }))
        yield* Stream.runDrain(companies.list.pages({ page: 2 }, { pageSize: 7 }))
        yield* Stream.runDrain(contacts.search.items({ query: everyone }, { pageSize: 7 }))
        const query = { query: everyone, pagination: { starting_after: "c1" } }
        yield* Stream.runDrain(contacts.search.items(query, { pageSize: 7 }))
        assert.deepStrictEqual(query.pagination, { starting_after: "c1" })
      }).pipe(Effect.provide(server.layer(Layer.mergeAll(Contacts.layer, Companies.layer))))
      assert.deepStrictEqual(
        server.sent.map((sent) => Number(sizeIn(sent))),
        [7, 7, 7, 7, 7]
      )
      assert.deepStrictEqual(server.sent.at(-1)?.body, {
        query: { field: "role", operator: "!=", value: null },
        pagination: { starting_after: "c1", per_page: 7 }
      })
    })
  )

  it.effect("is refused where a listing has none, or not this one", () =>
    Effect.gen(function* () {
      const server = Scripted.make([])
      const refused = Effect.gen(function* () {
        const companies = yield* Companies
        const contacts = yield* Contacts
        return [
          yield* Effect.flip(Stream.runDrain(companies.scroll.items({}, { pageSize: 7 }))),
          yield* Effect.flip(Stream.runDrain(contacts.list.items({}, { pageSize: 151 })))
        ]
      })
      const errors = yield* Effect.provide(refused, server.layer(Layer.mergeAll(Contacts.layer, Companies.layer)))
      for (const { reason } of errors) {
        assert(reason._tag === "EncodeError")
        assert.deepStrictEqual(
          reason.mismatches.map(({ path }) => path),
          ["per_page"]
        )
      }
      assert.lengthOf(server.sent, 0)
    })
  )
})
