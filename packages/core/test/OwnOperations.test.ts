/** Operations of one's own: what could go wrong with them is handled, or told. */
import { operations } from "@effect-intercom/core/IntercomApi"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import * as Operation from "@effect-intercom/core/Operation"
import { Contact, ContactId } from "@effect-intercom/core/resources/Contacts"
import * as Wire from "@effect-intercom/core/Wire"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as Scripted from "./Scripted.ts"

describe("a field that is undefined", () => {
  class Address extends Schema.Class<Address>("Address")({
    city: Schema.String,
    zip: Schema.optional(Schema.String)
  }) {}
  const Update = HttpApiGroup.make("Own").add(
    HttpApiEndpoint.put("update", "/contacts/:contact_id", {
      params: { contact_id: ContactId },
      query: { expand: Schema.optional(Schema.String) },
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
  )

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
        const { update } = yield* Operation.client(Update)
        yield* update({ params: { contact_id: ContactId.make("1") }, query: { expand: undefined }, payload })
        yield* update({ params: { contact_id: ContactId.make("1") }, query: {}, payload: { name: null } })
      }).pipe(Effect.provide(server.intercom()))
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
      const Own = HttpApiGroup.make("Own").add(
        HttpApiEndpoint.post("send", "/own", {
          payload: Schema.Struct({ name: Schema.UndefinedOr(Schema.String) }),
          success: Schema.Unknown
        })
      )
      const server = Scripted.make([])
      const { reason } = yield* Effect.flip(
        Effect.flatMap(Operation.client(Own), ({ send }) => send({ payload: { name: undefined } }))
      ).pipe(Effect.provide(server.intercom()))
      assert(reason._tag === "EncodeError")
      assert.deepStrictEqual(reason.mismatches, [{ path: "name", expected: "a value", actual: "nothing" }])
      assert.lengthOf(server.sent, 0)
    })
  )
})

describe("a request nested beyond reason", () => {
  it.effect("is an EncodeError, and nothing is sent", () =>
    Effect.gen(function* () {
      const Own = HttpApiGroup.make("Own").add(
        HttpApiEndpoint.post("send", "/own", { payload: Schema.Json, success: Schema.Unknown })
      )
      const server = Scripted.make([])
      const payload = JSON.parse("[".repeat(200_000) + "]".repeat(200_000)) as Schema.Json
      const { reason } = yield* Effect.flip(
        Effect.flatMap(Operation.client(Own), ({ send }) => send({ payload }))
      ).pipe(Effect.provide(server.intercom()))
      assert(reason._tag === "EncodeError")
      assert.deepStrictEqual(reason.mismatches, [
        { path: "", expected: "a request that can be written down as JSON", actual: "one that cannot" }
      ])
      assert.lengthOf(server.sent, 0)
    })
  )
})

describe("an id that is no segment of a path", () => {
  const Own = HttpApiGroup.make("Own").add(
    HttpApiEndpoint.put("update", "/contacts/:contact_id/parts/:part", {
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
          Effect.flatMap(Operation.client(Own), ({ update }) =>
            update({ params: { contact_id: ContactId.make(id), part: 1 } })
          )
        ).pipe(Effect.provide(server.intercom()))
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
      yield* Effect.flatMap(Operation.client(Own), ({ update }) =>
        update({ params: { contact_id: ContactId.make(id), part: 1 } })
      ).pipe(Effect.provide(server.intercom()))
      const segments = server.sent[0]?.url.pathname.split("/") ?? []
      assert.deepStrictEqual([segments.length, decodeURIComponent(segments[2] ?? ""), segments[4]], [5, id, "1"])
    })
  )

  const withParams = operations.filter(({ endpoint }) => endpoint.params !== undefined)
  it.effect.each(withParams.map(({ name, ...operation }) => [name, operation] as const))(
    "is one for %s too",
    ([, { endpoint, group, path }]) =>
      Effect.gen(function* () {
        const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name)
        assert.isAbove(names.length, 0)
        for (const id of ["", ".", "..", "\ud800"]) {
          const server = Scripted.make([])
          const params = Object.fromEntries(names.map((name) => [name, id]))
          // The keys of a client are its group's endpoints; the input is wrong in one way only.
          const calls = (yield* Effect.provide(Operation.client(group), server.intercom())) as Readonly<
            Record<string, Operation.Call<object, unknown>>
          >
          const { reason } = yield* Effect.flip(calls[endpoint.identifier]?.({ params, query: {} }) ?? Effect.void)
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

describe("several success schemas", () => {
  const A = Wire.open({ type: Schema.Literal("a"), a: Schema.Int })
  const B = Wire.open({ type: Schema.Literal("b"), b: Schema.Int }).pipe(HttpApiSchema.status(201))
  const Own = HttpApiGroup.make("Own").add(
    HttpApiEndpoint.get("get", "/own", { success: [A, B, HttpApiSchema.NoContent] })
  )

  it.effect("all count", () =>
    Effect.gen(function* () {
      const server = Scripted.make([
        Scripted.json({ type: "a", a: 1, more: 2 }),
        Scripted.json({ type: "b", b: 1 }, 201),
        Scripted.status(204),
        Scripted.json({ type: "c" })
      ])
      yield* Effect.gen(function* () {
        const { get } = yield* Operation.client(Own)
        assert.deepStrictEqual<unknown>(
          [yield* get({}), yield* get({}), yield* get({})],
          [{ type: "a", a: 1, more: 2 }, { type: "b", b: 1 }, undefined]
        )
        const { reason } = yield* Effect.flip(get({}))
        assert(reason._tag === "DecodeError")
        assert.isAbove(reason.mismatches.length, 0)
      }).pipe(Effect.provide(server.intercom()))
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

  const diesWith = Effect.fnUntraced(function* <Group extends HttpApiGroup.Constraint>(own: Group) {
    const exit = yield* Effect.exit(Effect.provide(Operation.client(own), Scripted.make([]).intercom()))
    assert(Exit.isFailure(exit))
    const error = Cause.squash(exit.cause)
    assert(error instanceof Operation.DeclarationError, String(error))
    return error.message
  })

  it.effect.each(Object.entries(transforming))("is a success schema that transforms: %s", ([, success]) =>
    Effect.gen(function* () {
      const message = yield* diesWith(HttpApiGroup.make("Own").add(HttpApiEndpoint.get("get", "/own", { success })))
      assert.match(message, /^Own\.get is declared so that it cannot work: its success schema transforms .*on the wire/)
    })
  )

  it.effect("is a path with a parameter that params lacks", () =>
    Effect.gen(function* () {
      const params = { contact: Schema.String }
      for (const own of [
        HttpApiGroup.make("Own").add(HttpApiEndpoint.get("get", "/own/:id", { success: Schema.String })),
        HttpApiGroup.make("Own").add(HttpApiEndpoint.get("get", "/own/:id", { params, success: Schema.String }))
      ]) {
        assert.match(yield* diesWith(own), /^Own\.get .*: its path has :id, its params have no id\.$/)
      }
    })
  )

  it.effect("is none of those there are, nor what HttpApi alone makes of one", () =>
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
      const { get } = yield* Effect.provide(
        Operation.client(HttpApiGroup.make("Own").add(HttpApiEndpoint.get("get", "/own", { success }))),
        Scripted.make([]).intercom()
      )
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
      assert.isTrue(get.fits(body))
      for (const { group } of operations) {
        yield* Effect.provide(Operation.client(group), Scripted.make([]).intercom())
      }
      assert.isDefined(IntercomHttp)
    })
  )

  it.effect("tells where a check is one that decoding would make true", () =>
    Effect.gen(function* () {
      const { get } = yield* Effect.provide(
        Operation.client(HttpApiGroup.make("Own").add(HttpApiEndpoint.get("get", "/own", { success: Schema.String }))),
        Scripted.make([]).intercom()
      )
      const { reason } = get.decodeError(Schema.NumberFromString, { status: 200, requestId: undefined, body: "1" }, "1")
      assert(reason._tag === "DecodeError")
      assert.deepStrictEqual(reason.mismatches, [
        {
          path: "",
          expected: "a value that is of the schema's type as it came",
          actual: "one that would have to be transformed"
        }
      ])
    })
  )
})
