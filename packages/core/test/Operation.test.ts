import { IntercomHttp, OnInvalid } from "@effect-intercom/core/IntercomHttp"
import type { Invalid } from "@effect-intercom/core/Pagination"
import * as Endpoint from "@effect-intercom/core/Endpoint"
import * as Resource from "@effect-intercom/core/Resource"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { Events } from "@effect-intercom/core/resources/Events"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { execFile } from "node:child_process"
import * as Call from "@effect-intercom/core/internal/Call"
import * as Scripted from "./Scripted.ts"

const get = Contacts.use(({ get }) => get(ContactId.make("1")))

/** The calls of a resource, which tests look into. */
const callsOf = <Es extends Resource.Endpoints>({ endpoints, resource }: { resource: string; endpoints: Es }) =>
  Effect.map(IntercomHttp, (http) => {
    const calls = Resource.operations({ endpoints, resource }).map(({ endpoint, ...operation }) => [
      operation.name.slice(resource.length + 1),
      Call.make(http, operation, endpoint)
    ])
    // One for each endpoint.
    return Object.fromEntries(calls) as { readonly [Name in keyof Es]: Call.Call }
  }).pipe(Effect.provide(Scripted.make([]).intercom()))

const calls = callsOf(Contacts)
const answered = (body: unknown) => ({ status: 200, requestId: undefined, body })

describe("a declared endpoint", () => {
  it("tells its name, path, and whether it may be sent twice", () => {
    assert.includeDeepMembers(
      Resource.operations(Contacts).map(({ idempotent, name, operationId, path }) => [
        name,
        operationId,
        path,
        idempotent
      ]),
      [
        ["Contacts.list", "listContacts", "/contacts", true],
        ["Contacts.create", "createContact", "/contacts", false],
        ["Contacts.get", "getContact", "/contacts/{contact_id}", true],
        ["Contacts.search", "searchContacts", "/contacts/search", true]
      ]
    )
    assert.includeDeepMembers(
      Resource.operations(Events).map(({ body, operationId }) => [operationId, body]),
      [
        ["submitEvent", "none"],
        ["listEvents", "json"]
      ]
    )
    const { body, idempotent, status } = Endpoint.del("/x", {})
    assert.deepStrictEqual([body, idempotent, status], ["none", true, 204])
    assert.isFalse(Endpoint.patch("/x", {}).idempotent)
  })
})

describe("a body that fits", () => {
  it.effect("is handed out itself: the same object, unknown fields and all", () =>
    Effect.gen(function* () {
      const { get, list } = yield* calls
      const contact = { type: "contact", id: "1", brand_new: { deep: [1, { er: true }] }, name: null }
      assert.strictEqual(yield* get.decode(answered(contact)), contact as never)
      const page = { type: "list", data: [contact], brand_new: 1, pages: { next: { starting_after: "x", more: [] } } }
      const decoded = yield* list.decode(answered(page))
      assert.strictEqual(decoded, page as never)
      assert.strictEqual((decoded as typeof page).data[0], contact)
    })
  )

  it.effect("fits exactly when Schema.is says so", () =>
    Effect.gen(function* () {
      const { list } = yield* calls
      const is = Schema.is(Contacts.endpoints.list.success ?? Schema.Never)
      const value = fc.oneof(
        fc.jsonValue(),
        fc.record({ starting_after: fc.jsonValue() }, { requiredKeys: [] }),
        fc.constantFrom(null, undefined, "", 0, -0, 1.5, 1e300, Infinity, Number.NaN, [], {}, true)
      )
      const contact = fc.record(
        {
          type: value,
          id: fc.oneof(fc.string(), value),
          name: value,
          created_at: value,
          avatar: value,
          tags: value,
          custom_attributes: value
        },
        { requiredKeys: [] }
      )
      const likely = fc.record({
        type: fc.constant("contact"),
        id: fc.string(),
        tags: fc.record({ data: fc.array(value) })
      })
      const page = fc.record(
        { type: value, data: fc.oneof(value, fc.array(fc.oneof(contact, likely))), total_count: value, pages: value },
        { requiredKeys: [] }
      )
      let fitting = 0
      fc.assert(
        fc.property(fc.oneof(page, fc.record({ data: fc.array(likely) }), value), (body) => {
          if (is(body)) fitting++
          assert.strictEqual(list.fits(body), is(body))
        }),
        { seed: 15, numRuns: 3_000 }
      )
      assert.isAbove(fitting, 100)
    })
  )
})

describe("odd bodies", () => {
  const decode = (text: string) => Effect.provide(get, Scripted.make([Scripted.text(text)]).layer(Contacts.layer))

  it.effect("__proto__ and constructor are names like any other, and no prototype changes", () =>
    Effect.gen(function* () {
      const text =
        '{"type":"contact","id":"1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},' +
        '"custom_attributes":{"__proto__":{"polluted":1},"hasOwnProperty":1}}'
      const contact = yield* decode(text)
      assert.strictEqual(JSON.stringify(contact), text)
      assert.strictEqual(Object.getPrototypeOf(contact), Object.prototype)
      assert.notProperty({}, "polluted")
    })
  )

  it.effect("nor do they in a page with a record set aside", () =>
    Effect.gen(function* () {
      const bad = '{"type":"contact","id":5,"__proto__":{"polluted":1}}'
      const text = `{"type":"list","__proto__":{"pages":{"next":{"starting_after":"x"}}},"data":[${bad},{"type":"contact","id":"1"}]}`
      const server = Scripted.make([Scripted.text(text)])
      const invalid: Array<string> = []
      const items = yield* Contacts.use(({ list }) =>
        Stream.runCollect(
          list.items({}, { onInvalid: ({ raw }) => Effect.sync(() => invalid.push(JSON.stringify(raw))) })
        )
      ).pipe(Effect.provide(server.layer(Contacts.layer)))
      assert.deepStrictEqual([items.length, invalid], [1, [bad]])
      assert.notProperty({}, "polluted")
    })
  )

  it.effect("they are sent as they are, too", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.json(Scripted.contact("1"))])
      const text = '{"__proto__":{"polluted":1},"constructor":2}'
      yield* Contacts.use(({ create }) => create({ email: "a", custom_attributes: JSON.parse(text) as never })).pipe(
        Effect.provide(server.layer(Contacts.layer))
      )
      const body = server.sent[0]?.body as { readonly custom_attributes: object }
      assert.strictEqual(JSON.stringify(body.custom_attributes), text)
      assert.notProperty({}, "polluted")
    })
  )

  it.effect("numbers that JSON allows and integers do not are typed errors", () =>
    Effect.gen(function* () {
      for (const number of ["1e400", "-1e400", "12345678901234567890", "1.5", '"1"', "true"]) {
        const { reason } = yield* Effect.flip(decode(`{"type":"contact","id":"1","created_at":${number}}`))
        assert(reason._tag === "DecodeError", number)
        assert.strictEqual(reason.mismatches[0]?.path, "created_at")
      }
      for (const number of ["0", "-0", "1e3", "1700000000.0", "9007199254740991", "null"]) {
        assert.strictEqual(String((yield* decode(`{"type":"contact","id":"1","created_at":${number}}`)).id), "1")
      }
    })
  )

  it.effect("a BOM, spaces and any unicode are fine", () =>
    Effect.gen(function* () {
      const name = "Zoë 👩‍👩‍👧 \u2028 \ud800"
      const text = JSON.stringify({ type: "contact", id: "1", name })
      const server = Scripted.make([() => Effect.sync(() => new Response(`\ufeff \n${text}\n`))])
      const contact = yield* Effect.provide(get, server.layer(Contacts.layer))
      assert.strictEqual(contact.name, name)
    })
  )

  it.effect("one nested beyond reason is a typed error where it does not fit, and a value where it does", () =>
    Effect.gen(function* () {
      const deep = "[".repeat(200_000) + "]".repeat(200_000)
      const { reason } = yield* Effect.flip(decode(`{"type":"contact","id":${deep}}`))
      assert(reason._tag === "DecodeError")
      assert.match(reason.body, /^\{"type":"contact","id":\[{8000,}… \(400024 characters in all\)$/)
      assert.strictEqual(String((yield* decode(`{"type":"contact","id":"1","new":${deep}}`)).id), "1")
    })
  )

  it.effect("an operation without a body takes whatever comes", () =>
    Effect.gen(function* () {
      const submit = Events.use(({ submit }) => submit({ event_name: "e", created_at: 1, user_id: "u" }))
      for (const answer of [Scripted.status(202), Scripted.text("ok", 202), Scripted.json({}, 200)]) {
        const server = Scripted.make([answer])
        assert.strictEqual(yield* Effect.provide(submit, server.layer(Events.layer)), undefined)
      }
    })
  )
})

describe("ids in paths", () => {
  it.effect("are one segment, whatever is in them", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.string({ minLength: 1 }),
            fc.string({ unit: "binary", minLength: 1 }),
            fc.constantFrom(
              "%",
              "/",
              "?",
              "#",
              "a/../b",
              "../..",
              "%2e%2e",
              "%2F",
              "a b",
              "é",
              "\\",
              "..;",
              "{id}",
              ":id"
            )
          ),
          (id) => {
            fc.pre(id !== "." && id !== ".." && id.isWellFormed())
            const server = Scripted.make(() => Scripted.json(Scripted.contact("1")))
            return Contacts.use(({ get }) => get(ContactId.make(id))).pipe(
              Effect.provide(server.layer(Contacts.layer)),
              Effect.map(() => {
                const url = server.sent[0]?.url
                const segments = url?.pathname.split("/") ?? []
                assert.deepStrictEqual([segments.length, segments[1], url?.search, url?.hash], [3, "contacts", "", ""])
                assert.strictEqual(decodeURIComponent(segments[2] ?? ""), id)
              }),
              Effect.runPromise
            )
          }
        ),
        { seed: 15, numRuns: 300 }
      )
    )
  )
})

describe("where code generation is forbidden", () => {
  const program = `
    import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
    import { Contacts } from "@effect-intercom/core/resources/Contacts"
    import { Effect, Layer, Redacted } from "effect"
    import { HttpClient, HttpClientResponse } from "effect/http"
    const bodies = [{ type: "list", data: [{ type: "contact", id: "1", more: 1 }] }, { type: "list", data: [{ id: 5 }] }]
    const transport = Layer.succeed(HttpClient.HttpClient, HttpClient.make((request) =>
      Effect.sync(() => HttpClientResponse.fromWeb(request, Response.json(bodies.shift())))))
    const layer = Contacts.layer.pipe(
      Layer.provide(IntercomHttp.layer({ accessToken: Redacted.make("t") })), Layer.provide(transport))
    let forbidden = false
    try { new Function("return 1")() } catch { forbidden = true }
    await Effect.runPromise(Effect.gen(function* () {
      const { list } = yield* Contacts
      const page = yield* list()
      const error = yield* Effect.flip(list())
      console.log(JSON.stringify({ forbidden, page, paths: error.reason.mismatches.map(({ path }) => path) }))
    }).pipe(Effect.provide(layer)))
  `

  it.live("decoding works all the same", () =>
    Effect.gen(function* () {
      const output = yield* Effect.callback<string>((resume) => {
        execFile(
          process.execPath,
          ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", program],
          { cwd: new URL("..", import.meta.url) },
          (error, stdout) => resume(error === null ? Effect.succeed(stdout) : Effect.die(error))
        )
      })
      assert.deepStrictEqual(JSON.parse(output), {
        forbidden: true,
        page: { type: "list", data: [{ type: "contact", id: "1", more: 1 }] },
        paths: ["data[0].type", "data[0].id"]
      })
    })
  )
})

describe("a call", () => {
  it.effect("hands an answer that does not fit to OnInvalid, if there is one, and succeeds with it as it came", () =>
    Effect.gen(function* () {
      const body = { type: "contact", id: "1", role: { not: "a role" }, new: true }
      const server = Scripted.make([
        Scripted.json(body),
        Scripted.json({ type: "contact", id: "1" }),
        Scripted.json(body)
      ])
      const taken: Array<Invalid> = []
      const onInvalid = (one: Invalid) => Effect.sync(() => void taken.push(one))
      yield* Effect.gen(function* () {
        const lenient = Effect.provideService(get, OnInvalid, onInvalid)
        assert.deepStrictEqual<unknown>(yield* lenient, body)
        yield* lenient
        assert.deepStrictEqual(
          taken.map(({ error, raw }) => [raw, error.reason._tag === "DecodeError" && error.reason.mismatches[0]?.path]),
          [[body, "role"]]
        )
        assert.strictEqual((yield* Effect.flip(get)).reason._tag, "DecodeError")
      }).pipe(Effect.provide(server.layer(Contacts.layer)))
    })
  )

  it.effect("tells where a part of a body does not fit, whatever the part", () =>
    Effect.gen(function* () {
      const { list } = yield* calls
      const answer = answered(undefined)
      const { reason } = list.decodeError(Schema.Array(Schema.Struct({ id: Schema.String })), answer, [{}, { id: 5 }])
      assert(reason._tag === "DecodeError")
      assert.deepStrictEqual(reason.mismatches, [
        { path: "[0].id", expected: "a value", actual: "nothing" },
        { path: "[1].id", expected: "string", actual: "5" }
      ])
      const nothing = list.decodeError(Schema.String, answer, undefined).reason
      assert(nothing._tag === "DecodeError")
      assert.strictEqual(nothing.body, "undefined")
      const sentence = Schema.String.check(Schema.makeFilter(() => "a sentence of its own"))
      const other = list.decodeError(sentence, answer, "text").reason
      assert(other._tag === "DecodeError")
      assert.deepStrictEqual(other.mismatches, [
        { path: "", expected: "a sentence of its own", actual: "another value" }
      ])
      const transforming = list.decodeError(Schema.NumberFromString, answer, "1").reason
      assert(transforming._tag === "DecodeError")
      assert.deepStrictEqual(transforming.mismatches, [
        {
          path: "",
          expected: "a value that is of the schema's type as it came",
          actual: "one that would have to be transformed"
        }
      ])
    })
  )
})

describe("a resource of one's own", () => {
  class Own extends Resource.Service<Own>()("Owns", {
    send: Endpoint.post("/own", { payload: Schema.Unknown, success: Schema.Unknown })
  }) {}

  it.effect("takes its names from the declaration where nothing else is said, and sends what JSON can hold", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.json([1]), Scripted.json(null)])
      assert.deepStrictEqual(
        Resource.operations(Own).map(({ idempotent, name, operationId }) => [name, operationId, idempotent]),
        [["Owns.send", "sendOwn", false]]
      )
      yield* Effect.gen(function* () {
        const { send } = yield* Own
        assert.deepStrictEqual<unknown>(yield* send({ a: 1 }), [1])
        assert.strictEqual(yield* send(null), null)
        const { reason } = yield* Effect.flip(send(10n))
        assert(reason._tag === "EncodeError")
        assert.deepStrictEqual(reason.mismatches, [{ path: "", expected: "JSON value", actual: "10n" }])
      }).pipe(Effect.provide(server.layer(Own.layer)))
      assert.deepStrictEqual(
        server.sent.map(({ body }) => body),
        [{ a: 1 }, null]
      )
    })
  )

  it.effect("compiles nothing before it is called, and an endpoint once for all clients", () =>
    Effect.gen(function* () {
      let looked = 0
      const success = Schema.suspend(() => {
        looked++
        return Schema.String
      })
      class Lazy extends Resource.Service<Lazy>()("Lazy", { get: Endpoint.get("/lazy", { success }) }) {}
      for (const [index] of [1, 2].entries()) {
        yield* Effect.gen(function* () {
          const { get } = yield* Lazy
          assert.strictEqual(looked > 0, index > 0)
          const before = looked
          assert.strictEqual(yield* get(), "a")
          if (index > 0) assert.isAtMost(looked, before + 1)
        }).pipe(Effect.provide(Scripted.make([Scripted.json("a")]).layer(Lazy.layer)))
      }
    })
  )
})

describe("a call of a type that contains itself", () => {
  it.effect("tells that a body is too deep, where it cannot tell more", () =>
    Effect.gen(function* () {
      interface Nested extends ReadonlyArray<Nested> {}
      const Nested: Schema.Codec<Nested> = Schema.Array(Schema.suspend(() => Nested))
      const { get } = yield* callsOf({ resource: "Own", endpoints: { get: Endpoint.get("/own", { success: Nested }) } })
      const body: unknown = JSON.parse(`${"[".repeat(200_000)}5${"]".repeat(200_000)}`)
      const { reason } = yield* Effect.flip(get.decode(answered(body)))
      assert(reason._tag === "DecodeError")
      assert.deepStrictEqual(reason.mismatches, [
        { path: "", expected: "a value that fits", actual: "one too deep to show" }
      ])
      assert.match(reason.body, /^\[{8000,}… \(400001 characters in all\)$/)
    })
  )
})

describe("the service", () => {
  it.effect("is public: an operation of one's own on the same transport", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.status(503), Scripted.status(503), Scripted.json({ anything: 1 })])
      const { answer, failure } = yield* Effect.gen(function* () {
        const http = yield* IntercomHttp
        const operation = {
          name: "Tags.list",
          operationId: "listTags",
          method: "GET",
          path: "/tags",
          idempotent: true,
          body: "json"
        } as const
        const attempt = http.attempt(operation).get("/tags")
        const failure = yield* Effect.flip(attempt)
        return { answer: yield* http.execute(operation, attempt), failure }
      }).pipe(Effect.provide(server.intercom()), Scripted.elapse)
      assert.deepStrictEqual([failure._tag, failure.reason._tag], ["Failure", "ServerError"])
      assert.deepStrictEqual([answer.status, answer.body], [200, { anything: 1 }])
      assert.deepStrictEqual(
        server.sent.map(({ path }) => path),
        ["/tags", "/tags", "/tags"]
      )
    })
  )
})
