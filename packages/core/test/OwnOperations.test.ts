/** Operations of one's own: what could go wrong with them is handled, or told. */
import { operations } from "@effect-intercom/core/IntercomApi"
import * as Endpoint from "@effect-intercom/core/Endpoint"
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import * as Resource from "@effect-intercom/core/Resource"
import { Contact, ContactId } from "@effect-intercom/core/resources/Contacts"
import * as Wire from "@effect-intercom/core/Wire"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { flawOf } from "@effect-intercom/core/internal/Declaration"
import * as Scripted from "./Scripted.ts"

/** A resource with one operation. */
const own = <E extends Endpoint.Top>(endpoint: E) => {
  class Own extends Resource.Service<Own>()("Own", { call: endpoint }) {}
  return Own
}

describe("a field that is undefined", () => {
  class Address extends Schema.Class<Address>("Address")({
    city: Schema.String,
    zip: Schema.optional(Schema.String)
  }) {}
  class Own extends Resource.Service<Own>()("Own", {
    update: Endpoint.put("/contacts/:contact_id", {
      params: { contact_id: ContactId },
      query: Schema.Struct({ expand: Schema.optional(Schema.String) }),
      payload: Schema.Struct({
        name: Schema.optional(Schema.NullOr(Schema.String)),
        phone: Wire.optional(Schema.NullOr(Schema.String)),
        nested: Schema.optional(Schema.Struct({ a: Schema.optional(Schema.Int), b: Schema.optionalKey(Schema.Int) })),
        list: Schema.optional(Schema.Array(Schema.Struct({ a: Schema.optional(Schema.Int) }))),
        address: Schema.optional(Address),
        custom_attributes: Schema.optional(Schema.Record(Schema.String, Schema.UndefinedOr(Schema.Json)))
      }),
      success: Contact
    })
  }) {}

  it.effect("is not sent: as null it would erase what is there", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json(Scripted.contact("1")))
      const payload = {
        name: undefined,
        phone: undefined,
        nested: { a: undefined, b: 1 },
        list: [{ a: undefined }, { a: 2 }],
        address: new Address({ city: "Zürich", zip: undefined }),
        custom_attributes: { plan: undefined, seats: null }
      }
      yield* Effect.gen(function* () {
        const { update } = yield* Own
        yield* update(ContactId.make("1"), payload, { expand: undefined })
        yield* update(ContactId.make("1"), { name: null })
      }).pipe(Effect.provide(server.layer(Own.layer)))
      assert.deepStrictEqual(
        server.sent.map(({ body, url }) => [body, url.search]),
        [
          [
            { nested: { b: 1 }, list: [{}, { a: 2 }], address: { city: "Zürich" }, custom_attributes: { seats: null } },
            ""
          ],
          [{ name: null }, ""]
        ]
      )
      // What was given is not changed.
      assert.isTrue("name" in payload && "zip" in payload.address)
    })
  )

  it.effect("is told where a value is needed", () =>
    Effect.gen(function* () {
      const Own = own(
        Endpoint.post("/own", {
          payload: Schema.Struct({ name: Schema.UndefinedOr(Schema.String) }),
          success: Schema.Unknown
        })
      )
      const server = Scripted.make([])
      const { reason } = yield* Effect.flip(Own.use(({ call }) => call({ name: undefined }))).pipe(
        Effect.provide(server.layer(Own.layer))
      )
      assert(reason._tag === "EncodeError")
      assert.deepStrictEqual(reason.mismatches, [{ path: "name", expected: "a value", actual: "nothing" }])
      assert.lengthOf(server.sent, 0)
    })
  )
})

describe("a request nested beyond reason", () => {
  it.effect("is an EncodeError, and nothing is sent", () =>
    Effect.gen(function* () {
      const Own = own(Endpoint.post("/own", { payload: Schema.Json, success: Schema.Unknown }))
      const server = Scripted.make([])
      const payload = JSON.parse("[".repeat(200_000) + "]".repeat(200_000)) as Schema.Json
      const { reason } = yield* Effect.flip(Own.use(({ call }) => call(payload))).pipe(
        Effect.provide(server.layer(Own.layer))
      )
      assert(reason._tag === "EncodeError")
      assert.deepStrictEqual(reason.mismatches, [
        { path: "", expected: "a request that can be written down as JSON", actual: "one that cannot" }
      ])
      assert.lengthOf(server.sent, 0)
    })
  )
})

describe("an id that is no segment of a path", () => {
  const Own = own(
    Endpoint.put("/contacts/:contact_id/parts/:part", {
      params: { contact_id: ContactId, part: Schema.NumberFromString },
      success: Schema.Unknown
    })
  )

  it.effect.each(["", ".", "..", "\ud800", "a\udc00"])(
    "%o is an EncodeError that names it, and nothing is sent",
    (id) =>
      Effect.gen(function* () {
        const server = Scripted.make([])
        const { reason } = yield* Effect.flip(
          Own.use(({ call }) => call({ contact_id: ContactId.make(id), part: 1 }))
        ).pipe(Effect.provide(server.layer(Own.layer)))
        assert(reason._tag === "EncodeError")
        assert.deepStrictEqual(reason.mismatches, [
          { path: "contact_id", expected: Wire.segment, actual: JSON.stringify(id) }
        ])
        assert.lengthOf(server.sent, 0)
      })
  )

  it.effect.each(["%2e%2e", "..;", "a/../b", "%", "é", " "])("%o is one segment, whatever it looks like", (id) =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.json({})])
      yield* Own.use(({ call }) => call({ contact_id: ContactId.make(id), part: 1 })).pipe(
        Effect.provide(server.layer(Own.layer))
      )
      const segments = server.sent[0]?.url.pathname.split("/") ?? []
      assert.deepStrictEqual([segments.length, decodeURIComponent(segments[2] ?? ""), segments[4]], [5, id, "1"])
    })
  )

  const withParams = operations.filter(({ endpoint }) => Object.keys(endpoint.params).length > 0)
  it.effect.each(withParams.map(({ name, ...operation }) => [name, operation] as const))(
    "is one for %s too",
    ([, { endpoint }]) =>
      Effect.gen(function* () {
        const names = Object.keys(endpoint.params)
        for (const id of ["", ".", "..", "\ud800"]) {
          const server = Scripted.make([])
          // The input is wrong in one way only.
          const body = endpoint.body === "bytes" ? "text" : endpoint.body
          class Own extends Resource.Service<Own>()("Own", { call: { ...endpoint, body, payload: undefined } }) {}
          const ids = names.length > 1 ? Object.fromEntries(names.map((name) => [name, id])) : id
          const { reason } = yield* Effect.flip(
            Own.use(({ call }) => (call as (ids: unknown) => Effect.Effect<unknown, IntercomError>)(ids))
          ).pipe(Effect.provide(server.layer(Own.layer)))
          assert(reason._tag === "EncodeError")
          assert.deepStrictEqual(
            reason.mismatches.map(({ path }) => path),
            names
          )
          assert.lengthOf(server.sent, 0)
        }
      })
  )
})

describe("several kinds of answers", () => {
  const A = Wire.open({ type: Schema.Literal("a"), a: Schema.Int })
  const B = Wire.open({ type: Schema.Literal("b"), b: Schema.Int })
  const Own = own(Endpoint.get("/own", { success: Schema.Union([A, B]), body: "optional" }))

  it.effect("all count, none included", () =>
    Effect.gen(function* () {
      const server = Scripted.make([
        Scripted.json({ type: "a", a: 1, more: 2 }),
        Scripted.json({ type: "b", b: 1 }, 201),
        Scripted.status(204),
        Scripted.json({ type: "c" })
      ])
      yield* Effect.gen(function* () {
        const { call } = yield* Own
        assert.deepStrictEqual<unknown>(
          [yield* call(), yield* call(), yield* call()],
          [{ type: "a", a: 1, more: 2 }, { type: "b", b: 1 }, undefined]
        )
        const { reason } = yield* Effect.flip(call())
        assert(reason._tag === "DecodeError")
        assert.isAbove(reason.mismatches.length, 0)
      }).pipe(Effect.provide(server.layer(Own.layer)))
    })
  )
})

describe("a declaration that cannot work", () => {
  class Named extends Schema.Class<Named>("Named")({ name: Schema.String }) {}
  const transforming: Readonly<Record<string, Schema.Top>> = {
    NumberFromString: Schema.Struct({ n: Schema.NumberFromString }),
    Date: Wire.open({ at: Schema.Date }),
    DateFromString: Schema.Array(Schema.DateFromString),
    Trim: Schema.Struct({ n: Wire.nullish(Schema.Trim) }),
    "a class": Named,
    "a default": Schema.Struct({ n: Schema.Int.pipe(Schema.withDecodingDefaultKey(Effect.succeed(1))) }),
    "optional of requests": Schema.Struct({ n: Wire.optional(Schema.Int) })
  }

  const diesWith = Effect.fnUntraced(function* (endpoint: Endpoint.Top) {
    const Own = own(endpoint)
    // What it would be called with does not matter.
    const call = Own.use(({ call }) => (call as unknown as () => Effect.Effect<unknown, IntercomError>)())
    const exit = yield* Effect.exit(Effect.provide(call, Scripted.make([]).layer(Own.layer)))
    assert(Exit.isFailure(exit))
    const error = Cause.squash(exit.cause)
    assert(error instanceof Resource.DeclarationError, String(error))
    return error.message
  })

  it.effect.each(Object.entries(transforming))("is a success schema that transforms: %s", ([, success]) =>
    Effect.gen(function* () {
      const message = yield* diesWith(Endpoint.get("/own", { success }))
      assert.match(
        message,
        /^Own\.call is declared so that it cannot work: its success schema transforms .*on the wire/
      )
    })
  )

  it.effect("is a path with a parameter that params lacks, which the types refuse, too", () =>
    Effect.gen(function* () {
      const params = { contact: Schema.String }
      for (const endpoint of [
        // @ts-expect-error there is no id
        Endpoint.get("/own/:id", { success: Schema.String }),
        // @ts-expect-error there is no id
        Endpoint.get("/own/:id", { params, success: Schema.String })
      ]) {
        assert.match(yield* diesWith(endpoint), /^Own\.call .*: its path has :id, its params have no id\.$/)
      }
    })
  )

  it.effect("is a body for a method without one", () =>
    Effect.gen(function* () {
      const endpoint = Endpoint.get("/own", { payload: Schema.String, success: Schema.String })
      assert.match(yield* diesWith(endpoint), /: a GET has no body: its payload would not be sent\.$/)
    })
  )

  it.effect("is none of those there are, nor one with types that JSON has", () =>
    Effect.gen(function* () {
      interface Tree {
        readonly children: ReadonlyArray<Tree>
      }
      const Tree = Schema.Struct({ children: Schema.Array(Schema.suspend((): Schema.Codec<Tree> => Tree)) })
      const success = Schema.Struct({
        any: Schema.Any,
        unknown: Schema.Unknown,
        json: Schema.Json,
        number: Schema.Number,
        int: Schema.Int,
        maybe: Schema.optional(Schema.Finite),
        pair: Schema.Tuple([Schema.String, Schema.Null]),
        tree: Tree,
        id: ContactId,
        literal: Schema.Literals(["a", 1, true])
      })
      const body = {
        any: 1,
        unknown: null,
        json: {},
        number: 1.5,
        int: 1,
        pair: ["a", null],
        tree: { children: [] },
        id: "1",
        literal: 1
      }
      const endpoints = { own: Endpoint.get("/own", { success }) }
      const all = [...Resource.operations({ resource: "Own", endpoints }), ...operations]
      for (const { endpoint, name } of all) assert.isUndefined(flawOf(endpoint), name)
      class Own extends Resource.Service<Own>()("Own", endpoints) {}
      const server = Scripted.make([Scripted.json(body)])
      assert.deepStrictEqual<unknown>(
        yield* Effect.provide(
          Own.use(({ own }) => own()),
          server.layer(Own.layer)
        ),
        body
      )
    })
  )
})
