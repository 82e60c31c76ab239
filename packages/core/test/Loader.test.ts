import * as Loader from "@effect-intercom/core/Loader"
import { IntercomHttp, OnInvalid, withTimeout } from "@effect-intercom/core/IntercomHttp"
import * as Json from "@effect-intercom/core/Json"
import { AdminLoader } from "@effect-intercom/core/loaders/AdminLoader"
import { BrandLoader } from "@effect-intercom/core/loaders/BrandLoader"
import { CompanyLoader } from "@effect-intercom/core/loaders/CompanyLoader"
import { ContactLoader } from "@effect-intercom/core/loaders/ContactLoader"
import { HelpCenterLoader } from "@effect-intercom/core/loaders/HelpCenterLoader"
import { SegmentLoader } from "@effect-intercom/core/loaders/SegmentLoader"
import { TagLoader } from "@effect-intercom/core/loaders/TagLoader"
import { TeamLoader } from "@effect-intercom/core/loaders/TeamLoader"
import { TicketTypeLoader } from "@effect-intercom/core/loaders/TicketTypeLoader"
import { Intercom } from "@effect-intercom/core/Intercom"
import { AdminId, CompanyId, ContactId, SegmentId, TagId, TeamId } from "@effect-intercom/core/resources/Common"
import { BrandId } from "@effect-intercom/core/resources/Brands"
import { HelpCenterId } from "@effect-intercom/core/resources/HelpCenters"
import { TicketTypeId } from "@effect-intercom/core/resources/TicketType"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as Observed from "./Observed.ts"
import * as Scripted from "./Scripted.ts"

const ids = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ContactId.make(String(from + index)))

/** What a search for ids asks for. */
const askedOf = ({ body }: Scripted.Sent): ReadonlyArray<string> => Object(body).query?.value ?? []

const notFound = Scripted.errorList(404, { code: "not_found" })

/** A workspace with contacts of ids up to `last`, whose searches know those up to `known`. */
const workspace = ({ known = Infinity, last = Infinity }: { readonly known?: number; readonly last?: number } = {}) =>
  Scripted.make((sent) =>
    sent.method === "POST"
      ? Scripted.json(Scripted.contacts(askedOf(sent).filter((id) => Number(id) <= Math.min(known, last))))
      : Number(sent.path.split("/").at(-1)) <= last
        ? Scripted.json(Scripted.contact(sent.path.split("/").at(-1) ?? ""))
        : notFound
  )

const elapse = <A, E, R>(effect: Effect.Effect<A, E, R>) => Scripted.elapse(effect, { step: "10 millis" })

/** With a loader of contacts on a server. */
const loading = <A, E>(
  server: Scripted.Scripted,
  use: (loader: Loader.Loader<ContactId, { readonly id: string }>) => Effect.Effect<A, E>,
  options?: Loader.Options
) =>
  Effect.flatMap(ContactLoader, use).pipe(
    Effect.provide(ContactLoader.layer(options).pipe(Layer.provide(server.layer(Intercom.layerHttp)))),
    elapse
  )

const requests = ({ sent }: Scripted.Scripted) => sent.map(({ method, path }) => `${method} ${path}`)

describe("ContactLoader", () => {
  it.effect("makes of many gets a search for every 50, each asked for once", () =>
    Effect.gen(function* () {
      const server = workspace()
      const asked = [...ids(1, 120), ...ids(1, 120)]
      const got = yield* loading(server, ({ getAll }) => getAll(asked))
      assert.deepStrictEqual(
        got.map(({ id }) => id),
        asked
      )
      assert.deepStrictEqual(
        requests(server),
        Array.from({ length: 3 }, () => "POST /contacts/search")
      )
      assert.deepStrictEqual(
        server.sent.map((sent) => askedOf(sent).length),
        [50, 50, 20]
      )
      // All that are asked for fit on a page.
      for (const { body } of server.sent) assert.strictEqual(Object(body).pagination.per_page, 50)
      assert.sameMembers(server.sent.flatMap(askedOf), ids(1, 120))
    })
  )

  it.effect("collects what fibers ask for within ten milliseconds, and asks for one alone by itself", () =>
    Effect.gen(function* () {
      const server = workspace()
      yield* loading(server, ({ get }) =>
        Effect.gen(function* () {
          const [one = ContactId.make(""), two = one, three = one] = ids(1, 3)
          yield* Effect.all([get(one), Effect.delay(get(two), "5 millis")], { concurrency: 2 })
          yield* get(three)
        })
      )
      assert.deepStrictEqual(requests(server), ["POST /contacts/search", "GET /contacts/3"])
    })
  )

  it.effect("asks alone for what a search does not know; what is not there is not found, and the others are", () =>
    Effect.gen(function* () {
      const server = workspace({ known: 2, last: 3 })
      const got = yield* loading(server, ({ get }) =>
        Effect.forEach(ids(1, 4), (id) => Effect.result(get(id)), { concurrency: "unbounded" })
      )
      assert.deepStrictEqual(
        got.map((one) => (one._tag === "Success" ? one.success.id : one.failure.reason._tag)),
        ["1", "2", "3", "NotFound"]
      )
      assert.deepStrictEqual(requests(server), ["POST /contacts/search", "GET /contacts/3", "GET /contacts/4"])
    })
  )

  it.effect("keeps a record for its time, and a failure not at all", () =>
    Effect.gen(function* () {
      const server = workspace({ last: 2 })
      yield* loading(
        server,
        ({ get, getAll }) =>
          Effect.gen(function* () {
            const [one = ContactId.make("")] = ids(1, 1)
            yield* getAll(ids(1, 2))
            yield* Effect.sleep("290 millis")
            yield* getAll(ids(1, 2))
            assert.lengthOf(server.sent, 1)
            yield* Effect.sleep("10 millis")
            yield* get(one)
            assert.lengthOf(server.sent, 2)
            const missing = ContactId.make("3")
            yield* Effect.flip(get(missing))
            yield* Effect.flip(get(missing))
            assert.lengthOf(server.sent, 4)
          }),
        { timeToLive: "300 millis" }
      )
    })
  )

  it.effect.each([
    [2.5, 2],
    [1, 1],
    [0.9, 0],
    [0, 0],
    [-1, 0],
    [Number.NaN, 0]
  ] as const)("with a capacity of %d keeps %d", ([capacity, kept]) =>
    Effect.gen(function* () {
      const server = workspace()
      yield* loading(
        server,
        ({ getAll }) =>
          Effect.gen(function* () {
            assert.lengthOf(yield* getAll(ids(1, 4)), 4)
            yield* getAll(ids(kept === 2 ? 3 : 4, 4))
          }),
        { capacity }
      )
      assert.lengthOf(server.sent, kept === 0 ? 2 : 1)
    })
  )

  it.effect("forgets what it is told to, and asks anew", () =>
    Effect.gen(function* () {
      const server = workspace()
      yield* loading(server, ({ get, invalidate, invalidateAll, refresh }) =>
        Effect.gen(function* () {
          const [one = ContactId.make(""), two = one] = ids(1, 2)
          yield* Effect.all([get(one), get(two)])
          yield* invalidate(one)
          yield* Effect.all([get(one), get(two)])
          yield* refresh(two)
          yield* invalidateAll
          yield* Effect.all([get(one), get(two)])
        })
      )
      assert.deepStrictEqual(
        requests(server),
        ["1", "2", "1", "2", "1", "2"].map((id) => `GET /contacts/${id}`)
      )
    })
  )

  it.effect("asks for each alone where searches fail, and says so in the log, without the token", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const server = Scripted.make((sent) =>
        sent.method === "POST"
          ? Scripted.errorList(403, { code: "api_plan_restricted", message: Scripted.token })
          : Scripted.json(Scripted.contact(sent.path.split("/").at(-1) ?? ""))
      )
      const got = yield* observed.watch(loading(server, ({ getAll }) => getAll(ids(1, 3))))
      assert.lengthOf(got, 3)
      assert.deepStrictEqual(requests(server), [
        "POST /contacts/search",
        ...["1", "2", "3"].map((id) => `GET /contacts/${id}`)
      ])
      const said = observed.messages.filter((message) => message.includes("at once failed"))
      assert.lengthOf(said, 1)
      assert.match(said[0] ?? "", /^Debug: Contacts: 3 at once failed, .*403/)
      assert.notInclude(said[0] ?? "", Scripted.token)
    })
  )

  it.effect("asks for each alone where a page has no list", () =>
    Effect.gen(function* () {
      const server = Scripted.make((sent) =>
        Scripted.json(sent.method === "POST" ? { type: "list", data: null } : Scripted.contact("1"))
      )
      yield* loading(server, ({ getAll }) => getAll(ids(1, 2)))
      assert.deepStrictEqual(requests(server), ["POST /contacts/search", "GET /contacts/1", "GET /contacts/2"])
    })
  )

  it.effect.each([
    ["Unauthorized", Scripted.errorList(401, { code: "token_revoked" })],
    ["RateLimited", Scripted.errorList(429, { code: "rate_limit_exceeded" }, { "retry-after": "3600" })]
  ] as const)("does not try each alone what no other request could cure: %s", ([tag, answer]) =>
    Effect.gen(function* () {
      const server = Scripted.make(() => answer)
      const got = yield* loading(server, ({ get }) =>
        Effect.forEach(ids(1, 3), (id) => Effect.flip(get(id)), { concurrency: "unbounded" })
      )
      assert.deepStrictEqual(
        got.map(({ reason }) => reason._tag),
        [tag, tag, tag]
      )
      assert.lengthOf(server.sent, 1)
    })
  )

  it.effect("asks for others' sake where one that waits with them is interrupted", () =>
    Effect.gen(function* () {
      const server = workspace()
      const got = yield* loading(server, ({ get }) =>
        Effect.gen(function* () {
          const [one = ContactId.make("")] = ids(1, 1)
          const first = yield* Effect.forkChild(get(one))
          const second = yield* Effect.forkChild(get(one))
          yield* Effect.sleep("2 millis")
          yield* Fiber.interrupt(first)
          return yield* Fiber.join(second)
        })
      )
      assert.strictEqual(got.id, "1")
      assert.lengthOf(server.sent, 1)
    })
  )

  const failing = [
    ["headers that cannot be sent", Effect.provideService(IntercomHttp.Headers, { authorization: "x" })],
    ["a callback that dies", Effect.provideService(IntercomHttp.OnResponse, () => Effect.die("callback"))]
  ] as const
  it.effect.each(failing)("fails none but who asked with %s", ([, own]) =>
    Effect.gen(function* () {
      const server = workspace()
      const outcomes = yield* loading(server, ({ get }) => {
        const [one = ContactId.make(""), two = one] = ids(1, 2)
        return Effect.all([Effect.exit(own(get(one))), Effect.exit(get(two)), Effect.exit(get(one))], {
          concurrency: "unbounded"
        })
      })
      assert.deepStrictEqual(
        outcomes.map((outcome) => (outcome._tag === "Success" ? outcome.value.id : outcome._tag)),
        ["Failure", "2", "1"]
      )
    })
  )

  it.effect("asks once for all who fail in the same manner, and together for those whose settings are equal", () =>
    Effect.gen(function* () {
      const server = workspace({ known: 0, last: 1 })
      const missing = ContactId.make("9")
      const own = withTimeout("5 seconds")
      yield* loading(server, ({ get }) =>
        Effect.forEach([get(missing), get(missing), own(get(missing)), own(get(missing))], Effect.flip, {
          concurrency: "unbounded"
        })
      )
      assert.deepStrictEqual(requests(server), ["GET /contacts/9", "GET /contacts/9"])
      const headers = () => Effect.provideService(IntercomHttp.Headers, { "x-a": "1" })
      yield* loading(server, ({ get }) =>
        Effect.forEach(
          ids(1, 2).map((id) => headers()(get(id))),
          Effect.exit,
          { concurrency: "unbounded" }
        )
      )
      assert.deepStrictEqual(requests(server).slice(2), ["POST /contacts/search", "GET /contacts/1", "GET /contacts/2"])
    })
  )

  it.effect("keeps versions of the API apart, and asks each for its own", () =>
    Effect.gen(function* () {
      const server = workspace()
      yield* loading(server, ({ getAll }) =>
        Effect.all(
          [
            getAll(ids(1, 2)),
            Effect.provideService(getAll(ids(1, 2)), IntercomHttp.Version, "2.16"),
            getAll(ids(1, 2))
          ],
          { concurrency: "unbounded" }
        )
      )
      assert.deepStrictEqual(server.sent.map(({ headers }) => headers["intercom-version"]).toSorted(), ["2.15", "2.16"])
    })
  )

  const takes = () => Effect.void
  it.effect.each([
    ["another version", () => Effect.provideService(IntercomHttp.Version, "2.16")],
    ["other headers", () => Effect.provideService(IntercomHttp.Headers, { "x-brand": "b" })],
    ["what takes an answer that does not fit", () => Effect.provideService(OnInvalid, takes)],
    ["digits kept", () => Effect.provideService(Json.Lossless, true)]
  ] as ReadonlyArray<readonly [string, () => <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>]>)(
    "keeps a record of its own for who asks with %s; it is forgotten, and asked for again, for all",
    ([, own]) =>
      Effect.gen(function* () {
        const server = workspace()
        const [id = ContactId.make(""), other = id] = ids(1, 2)
        yield* loading(server, ({ get, invalidate, refresh }) =>
          Effect.gen(function* () {
            yield* get(other)
            for (let times = 0; times < 2; times++) {
              yield* get(id)
              yield* own()(get(id))
            }
            assert.lengthOf(server.sent, 3)
            yield* own()(refresh(id))
            yield* own()(get(id))
            assert.lengthOf(server.sent, 4)
            yield* get(id)
            assert.lengthOf(server.sent, 5)
            yield* invalidate(id)
            yield* get(id)
            yield* own()(get(id))
            assert.lengthOf(server.sent, 7)
            yield* get(other)
            assert.lengthOf(server.sent, 7)
          })
        )
      })
  )

  it.effect("keeps no digits for others, and nothing that does not fit", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() =>
        Scripted.text('{"type":"contact","id":"1","custom_attributes":{"n":12345678901234567890},"email":7}', {
          headers: { "content-type": "application/json" }
        })
      )
      const id = ContactId.make("1")
      yield* loading(server, ({ get }) =>
        Effect.gen(function* () {
          const taken = yield* Effect.provideService(get(id), OnInvalid, takes)
          assert.include(Json.stringify(taken), "12345678901234567000")
          assert.strictEqual((yield* Effect.flip(get(id))).reason._tag, "DecodeError")
          const exact = yield* get(id).pipe(
            Effect.provideService(OnInvalid, takes),
            Effect.provideService(Json.Lossless, true)
          )
          assert.include(Json.stringify(exact), "12345678901234567890")
        })
      )
    })
  )
})

describe("loaders of lists", () => {
  const record = (id: string) => ({ type: "x", id })
  const list = {
    type: "list",
    ...Object.fromEntries(["data", "admins", "teams", "segments"].map((key) => [key, [record("1"), record("2")]]))
  }
  const server = () =>
    Scripted.make(({ path }) =>
      /\/\w+\/\d+$/.test(path) && !path.endsWith("/9")
        ? Scripted.json(record(path.split("/").at(-1) ?? ""))
        : path.endsWith("/9")
          ? notFound
          : Scripted.json(list)
    )
  type Any = Loader.Loader<string, { readonly id: string }>
  // What an id is branded with is no matter here.
  const any = (loader: unknown) => loader as Any
  const kinds = {
    AdminLoader: [AdminLoader, AdminId.make("1")],
    BrandLoader: [BrandLoader, BrandId.make("1")],
    HelpCenterLoader: [HelpCenterLoader, HelpCenterId.make("1")],
    SegmentLoader: [SegmentLoader, SegmentId.make("1")],
    TagLoader: [TagLoader, TagId.make("1")],
    TeamLoader: [TeamLoader, TeamId.make("1")],
    TicketTypeLoader: [TicketTypeLoader, TicketTypeId.make("1")]
  } as const

  it.effect.each(Object.keys(kinds) as ReadonlyArray<keyof typeof kinds>)(
    "%s asks for one list, and alone for what is not in it",
    (name) =>
      Effect.gen(function* () {
        const api = server()
        const [Kind] = kinds[name]
        const outcome = yield* Effect.gen(function* () {
          // The services differ by their types alone.
          const loader = any(yield* Kind as unknown as Effect.Effect<unknown>)
          const first = yield* loader.getAll(["1", "2", "1"])
          const later = yield* loader.get("2")
          const alone = yield* loader.get("3")
          const missing = yield* Effect.flip(loader.get("9"))
          yield* loader.invalidate("1")
          const again = yield* loader.get("1")
          const fresh = yield* loader.refresh("2")
          return [...first, later, alone, again, fresh]
            .map(({ id }) => id)
            .concat((missing as IntercomError).reason._tag)
        }).pipe(
          Effect.provide(
            (Kind.layer() as unknown as Layer.Layer<never>).pipe(Layer.provide(api.layer(Intercom.layerHttp)))
          ),
          elapse
        )
        assert.deepStrictEqual(outcome, ["1", "2", "1", "2", "3", "1", "2", "NotFound"])
        const [listed = "", ...rest] = requests(api)
        assert.deepStrictEqual(rest, [`${listed}/3`, `${listed}/9`, listed, listed])
      })
  )

  it.effect("a list that fails by a callback fails none but whose it is", () =>
    Effect.gen(function* () {
      const api = server()
      const outcomes = yield* Effect.gen(function* () {
        const { get } = yield* AdminLoader
        const dying = Effect.provideService(IntercomHttp.OnResponse, () => Effect.die("callback"))
        return yield* Effect.forEach(
          [dying(get(AdminId.make("1"))), get(AdminId.make("2")), get(AdminId.make("1"))],
          Effect.exit,
          { concurrency: "unbounded" }
        )
      }).pipe(Effect.provide(AdminLoader.layer().pipe(Layer.provide(api.layer(Intercom.layerHttp)))), elapse)
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        ["Failure", "Success", "Success"]
      )
    })
  )

  it.effect("a list that failed is not kept", () =>
    Effect.gen(function* () {
      const api = Scripted.make([
        Scripted.errorList(403, { code: "forbidden" }),
        Scripted.json(record("1")),
        Scripted.json(list)
      ])
      yield* Effect.gen(function* () {
        const { get } = yield* AdminLoader
        assert.strictEqual((yield* get(AdminId.make("1"))).id, "1")
        assert.strictEqual((yield* get(AdminId.make("2"))).id, "2")
      }).pipe(Effect.provide(AdminLoader.layer().pipe(Layer.provide(api.layer(Intercom.layerHttp)))), elapse)
      assert.deepStrictEqual(requests(api), ["GET /admins", "GET /admins/1", "GET /admins"])
    })
  )
})

it.effect("what is asked for alone is asked for eight at a time", () =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const one = () =>
      Effect.delay(
        Effect.map(Clock.currentTimeMillis, (now) => times.push(now)),
        "100 millis"
      )
    const { getAll } = yield* Loader.make({ name: "x", one })
    yield* Scripted.elapse(getAll(Array.from({ length: 20 }, (_, id) => String(id))), { step: "10 millis" })
    assert.deepStrictEqual(
      [...Map.groupBy(times, (time) => time)].map(([time, { length }]) => [time, length]),
      [
        [110, 8],
        [210, 8],
        [310, 4]
      ]
    )
  })
)

it.effect("CompanyLoader asks for each once, and keeps it", () =>
  Effect.gen(function* () {
    const api = Scripted.make(({ path }) => Scripted.json({ type: "company", id: path.split("/").at(-1) }))
    yield* Effect.gen(function* () {
      const { getAll } = yield* CompanyLoader
      const some = ["1", "2", "1"].map((id) => CompanyId.make(id))
      yield* getAll(some)
      yield* getAll(some)
    }).pipe(Effect.provide(CompanyLoader.layer().pipe(Layer.provide(api.layer(Intercom.layerHttp)))), elapse)
    assert.deepStrictEqual(requests(api), ["GET /companies/1", "GET /companies/2"])
  })
)

it.effect("loads are spans, linked with those that asked", () =>
  Effect.gen(function* () {
    const observed = Observed.make()
    yield* TestClock.setTime(0)
    yield* observed.watch(
      loading(workspace(), ({ get }) =>
        Effect.all(
          ids(1, 2).map((id) => Effect.withSpan(get(id), `asker ${id}`)),
          { concurrency: 2 }
        )
      )
    )
    const load = observed.spans.find(({ name }) => name === "Contacts.load")
    assert.deepStrictEqual(
      load?.links.map(({ span }) => "name" in span && span.name),
      ["asker 1", "asker 2"]
    )
    assert.isTrue(observed.spans.some(({ name }) => name === "Contacts.search"))
  })
)
