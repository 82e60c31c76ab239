import * as E from "@effect-intercom/core/IntercomError"
import type * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Scripted from "./Scripted.ts"

const get = Contacts.use((contacts) => contacts.get(ContactId.make("1")))
const create = Contacts.use((contacts) => contacts.create({ email: "a@b.c" }))

/** What one answer makes of a call that is not repeated. */
const errorOf = (answer: Scripted.Answer, call: Effect.Effect<unknown, E.IntercomError, Contacts> = get) =>
  Scripted.failure(
    Effect.provide(call, Scripted.make([answer]).layer(Contacts.layer, { retry: { times: 0 }, timeout: "5 seconds" }))
  )

const statuses = [
  [400, "BadRequest"],
  [401, "Unauthorized"],
  [402, "UnexpectedStatus"],
  [403, "Forbidden"],
  [404, "NotFound"],
  [405, "UnexpectedStatus"],
  [408, "UnexpectedStatus"],
  [409, "Conflict"],
  [410, "Gone"],
  [422, "UnprocessableEntity"],
  [429, "RateLimited"],
  [500, "ServerError"],
  [503, "ServerError"],
  [599, "ServerError"],
  [600, "UnexpectedStatus"],
  [199, "UnexpectedStatus"],
  [300, "UnexpectedStatus"],
  [304, "UnexpectedStatus"]
] as const

const html = `<html><body>${"<p>Bad gateway</p>".repeat(1000)}</body></html>`

describe("an answer that is no success", () => {
  for (const [status, tag] of statuses) {
    it.effect(`${status} is ${tag}, with code, field, message, status and request id`, () =>
      Effect.gen(function* () {
        const problem = { code: "parameter_invalid", message: "email is not an email", field: "email" }
        const error = yield* errorOf(
          Scripted.errorList(status, problem, { "x-request-id": "from-header" }, "from-body")
        )
        assert.deepStrictEqual(
          [error._tag, error.operation, error.method, error.path],
          ["IntercomError", "Contacts.get", "GET", "/contacts/{contact_id}"]
        )
        assert.strictEqual(error.reason._tag, tag)
        assert("errors" in error.reason)
        assert.strictEqual(error.reason.status, status)
        assert.strictEqual(error.reason.requestId, "from-body")
        assert.deepStrictEqual(error.reason.errors, [problem])
        assert.strictEqual(error.reason.body, undefined)
      })
    )

    it.effect(`${status} with an HTML body is ${tag}, with the start of the body`, () =>
      Effect.gen(function* () {
        const { reason } = yield* errorOf(
          Scripted.text(html, { status, headers: { "content-type": "text/html", "x-request-id": "from-header" } })
        )
        assert.strictEqual(reason._tag, tag)
        assert("errors" in reason)
        assert.strictEqual(reason.requestId, "from-header")
        assert.deepStrictEqual(reason.errors, [])
        assert(reason.body !== undefined)
        assert(reason.body.startsWith("<html><body>"))
        assert.isBelow(reason.body.length, 2_100)
        assert.include(reason.body, `${html.length} characters in all`)
      })
    )

    it.effect(`${status} with an empty body is ${tag}`, () =>
      Effect.gen(function* () {
        const { reason } = yield* errorOf(Scripted.status(status))
        assert.strictEqual(reason._tag, tag)
        assert("errors" in reason)
        assert.deepStrictEqual([reason.errors, reason.body, reason.requestId], [[], undefined, undefined])
      })
    )
  }
})

describe("an error", () => {
  it.effect("tells whether the same call may succeed later", () =>
    Effect.gen(function* () {
      const list = (code: string) => Scripted.errorList(429, { code, message: "pending message data export jobs" })
      const answers: ReadonlyArray<readonly [Scripted.Answer, boolean]> = [
        [Scripted.status(429), true],
        [list("rate_limit_exceeded"), false],
        [Scripted.status(503), true],
        [Scripted.status(501), false],
        [Scripted.status(404), false],
        [Scripted.silence, true],
        [Scripted.lost("ECONNRESET"), true],
        [Scripted.lost("CERT_HAS_EXPIRED"), false],
        [Scripted.text("{"), true],
        [Scripted.json({ id: 5 }), false]
      ]
      for (const [answer, expected] of answers) {
        const error = yield* errorOf(answer)
        assert.strictEqual(error.isRetryable, expected, error.message)
      }
    })
  )

  it.effect("tells whether the API gave a code", () =>
    Effect.gen(function* () {
      const error = yield* errorOf(Scripted.errorList(400, [{ code: "a" }, { code: "scroll_exists" }]))
      assert.isTrue(E.hasCode(error, "scroll_exists"))
      assert.isTrue(E.hasCode(error, "b", "a"))
      assert.isFalse(E.hasCode(error, "b"))
      assert.isFalse(E.hasCode(yield* errorOf(Scripted.silence), "a"))
    })
  )
})

describe("the body of an error", () => {
  const bodies: ReadonlyArray<{
    readonly what: string
    readonly body: unknown
    readonly errors: ReadonlyArray<E.Problem>
    readonly kept?: boolean
  }> = [
    {
      what: "several errors are all kept, in order",
      body: {
        type: "error.list",
        errors: [
          { code: "a", field: "x" },
          { code: "b", message: "B" }
        ]
      },
      errors: [
        { code: "a", field: "x" },
        { code: "b", message: "B" }
      ]
    },
    {
      what: "the `type` of old answers is the code",
      body: { type: "error.list", errors: [{ type: "not_found", message: "No such user" }] },
      errors: [{ code: "not_found", message: "No such user" }]
    },
    {
      what: "nulls are as good as nothing",
      body: { type: null, request_id: null, errors: [{ code: "a", message: null, field: null }] },
      errors: [{ code: "a" }]
    },
    {
      what: "without code and type it is unknown",
      body: { errors: [{ message: "?" }] },
      errors: [{ code: "unknown", message: "?" }]
    },
    { what: "an empty list is kept as such", body: { type: "error.list", errors: [] }, errors: [] },
    { what: "JSON of another shape is kept as text", body: { error: "nope" }, errors: [], kept: true },
    { what: "a number is as good as a string", body: { errors: [{ code: 5 }] }, errors: [{ code: "5" }] },
    {
      what: "a field of another kind hides no other",
      body: {
        errors: [
          { code: "a", message: "A", field: { x: 1 } },
          { code: ["b"], message: "B", field: "b" }
        ]
      },
      errors: [
        { code: "a", message: "A" },
        { code: "unknown", message: "B", field: "b" }
      ]
    },
    {
      what: "an entry that says nothing hides no other",
      body: { errors: [null, {}, "x", [], { code: null }, { code: "a" }] },
      errors: [{ code: "a" }]
    },
    { what: "entries that say nothing are kept as text", body: { errors: [null, "bad"] }, errors: [], kept: true },
    { what: "errors that are no list are kept as text", body: { errors: { code: "a" } }, errors: [], kept: true },
    { what: "null is kept as text", body: null, errors: [], kept: true }
  ]
  for (const { body, errors, kept, what } of bodies) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { reason } = yield* errorOf(Scripted.json(body, 400))
        assert(reason._tag === "BadRequest")
        assert.deepStrictEqual(reason.errors, errors)
        assert.strictEqual(reason.body, kept === true ? JSON.stringify(body) : undefined)
      })
    )
  }

  it.effect("a request id of another kind hides nothing, and a number is one", () =>
    Effect.gen(function* () {
      const message = "Exceeded rate limit of 1 pending message data export jobs"
      for (const [request_id, expected] of [
        [7, "7"],
        [{}, "from-header"]
      ] as const) {
        const body = { type: "error.list", request_id, errors: [{ code: "rate_limit_exceeded", message }] }
        const { reason } = yield* errorOf(
          Scripted.json(body, { status: 429, headers: { "x-request-id": "from-header" } })
        )
        assert(reason._tag === "RateLimited")
        assert.deepStrictEqual([reason.requestId, reason.scope], [expected, "job"])
      }
    })
  )

  it.effect("a text is cut where it is too long, not before", () =>
    Effect.gen(function* () {
      for (const [length, expected] of [
        [2_048, "x".repeat(2_048)],
        [2_049, `${"x".repeat(2_048)}… (2049 characters in all)`]
      ] as const) {
        const { reason } = yield* errorOf(Scripted.text("x".repeat(length), 400))
        assert(reason._tag === "BadRequest")
        assert.strictEqual(reason.body, expected)
      }
    })
  )

  it.effect("nothing in it makes the error large", () =>
    Effect.gen(function* () {
      const long = "x".repeat(100_000)
      // Long ones, many, and more than anyone reads.
      for (const [count, size, expected] of [
        [3, 100_000, 3],
        [1_000, 100, 50],
        [20, 100_000, 0]
      ] as const) {
        const part = long.slice(0, size)
        const problems = Array.from({ length: count }, () => ({ code: part, message: part, field: part }))
        const error = yield* errorOf(Scripted.errorList(400, problems, { "x-request-id": long }, part))
        assert(error.reason._tag === "BadRequest")
        assert.strictEqual(error.reason.errors.length, expected)
        assert.isBelow(JSON.stringify(error).length, 150_000)
      }
      const { reason } = yield* errorOf(Scripted.text(long))
      assert(reason._tag === "DecodeError")
      assert.isBelow(reason.body.length, 8_300)
      const invalid = yield* errorOf(Scripted.json({ type: "contact", id: { [long]: long }, name: 5, [long]: long }))
      assert(invalid.reason._tag === "DecodeError")
      assert.isBelow(invalid.reason.body.length, 8_300)
      assert.isBelow(invalid.message.length, 2_000)
    })
  )
})

describe("what a reason knows besides", () => {
  const conflict = (message: string) => Scripted.errorList(409, { code: "conflict", message })

  it.effect("Conflict: the id of what exists, archived or not", () =>
    Effect.gen(function* () {
      for (const kind of ["A contact", "An archived contact"]) {
        const { reason } = yield* errorOf(
          conflict(`${kind} matching those details already exists with id=5ba682d23d7cf92bef87bfd4`),
          create
        )
        assert(reason._tag === "Conflict")
        assert.strictEqual(reason.existingId, "5ba682d23d7cf92bef87bfd4")
        assert.include(reason.message, "Use the existing object, 5ba682d23d7cf92bef87bfd4.")
      }
      for (const answer of [conflict("Something exists"), Scripted.errorList(409, { code: "conflict" })]) {
        const { reason } = yield* errorOf(answer, create)
        assert(reason._tag === "Conflict")
        assert.notProperty(reason, "existingId")
      }
      const several = [{ code: "conflict" }, { code: "conflict", message: "exists with id=b-2" }]
      const { reason } = yield* errorOf(Scripted.errorList(409, several), create)
      assert(reason._tag === "Conflict")
      assert.strictEqual(reason.existingId, "b-2")
    })
  )

  it.effect("Gone: the contact it was merged into", () =>
    Effect.gen(function* () {
      const gone = (headers: Readonly<Record<string, string>>) =>
        Effect.map(errorOf(Scripted.errorList(410, { code: "contact_merged" }, headers)), ({ reason }) => {
          assert(reason._tag === "Gone")
          return [reason.mergedInto, reason.message]
        })
      for (const link of [
        "</contacts/5ba682d23d7cf92bef87bfd4>",
        "/contacts/5ba682d23d7cf92bef87bfd4",
        '<https://api.intercom.io/contacts/5ba682d23d7cf92bef87bfd4?a=1>; rel="canonical"'
      ]) {
        assert.deepStrictEqual(yield* gone({ link }), [
          "5ba682d23d7cf92bef87bfd4",
          "HTTP 410 contact_merged [request req-1]. It was merged into another object: use that, 5ba682d23d7cf92bef87bfd4."
        ])
      }
      for (const headers of [{}, { link: "</contacts/1/notes>" }, { link: "</articles/1>" }]) {
        assert.deepStrictEqual(yield* gone(headers), [
          undefined,
          "HTTP 410 contact_merged [request req-1]. The object no longer exists."
        ])
      }
    })
  )

  it.effect("a redirect: the base URL it suggests, where nothing but that changed", () =>
    Effect.gen(function* () {
      for (const [baseUrl, location, movedTo] of [
        ["https://gateway.example", "https://other.example/contacts/1", "https://other.example"],
        ["http://gateway.example/a", "https://gateway.example/b/contacts/1?x=1", "https://gateway.example/b"],
        ["https://gateway.example/a/", "/b/contacts/1", "https://gateway.example/b"],
        ["https://gateway.example", "https://other.example/contacts/1/", undefined],
        ["https://gateway.example", "ftp://other.example/contacts/1", undefined],
        ["https://gateway.example", "/login", undefined]
      ] as const) {
        const layer = Scripted.make([Scripted.status(308, { location })]).layer(Contacts.layer, { baseUrl })
        const { reason } = yield* Effect.flip(Effect.provide(get, layer))
        assert(reason._tag === "UnexpectedStatus")
        assert.strictEqual(reason.movedTo, movedTo)
        const advice =
          movedTo === undefined
            ? "Check INTERCOM_BASE_URL."
            : `If the API answers there, set INTERCOM_BASE_URL to ${movedTo}.`
        const where =
          new URL(location, baseUrl).host === "gateway.example"
            ? "on the same host; redirects are not followed"
            : "where the token is not sent"
        assert.strictEqual(reason.message, `HTTP 308. It redirects to ${reason.location}, ${where}. ${advice}`)
      }
    })
  )

  it.effect("a redirect to what was asked: no other base URL, something stands before the API", () =>
    Effect.gen(function* () {
      for (const [baseUrl, location] of [
        ["https://gateway.example", "https://gateway.example/contacts/1"],
        ["https://gateway.example/a/", "/a/contacts/1?session=2"],
        ["https://gateway.example/a", "?login=1"]
      ] as const) {
        const layer = Scripted.make([Scripted.status(302, { location })]).layer(Contacts.layer, { baseUrl })
        const { reason } = yield* Effect.flip(Effect.provide(get, layer))
        assert(reason._tag === "UnexpectedStatus")
        assert.strictEqual(reason.movedTo, undefined)
        assert.strictEqual(
          reason.message,
          `HTTP 302. It redirects to ${reason.location}, which is what was asked: a login or a gateway before the API may want something else first. Ask who runs gateway.example.`
        )
      }
    })
  )

  it.effect("RateLimited: window or job, and when the window ends", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_699_999_990_000)
      const limited = (headers: Readonly<Record<string, string>>, message?: string) =>
        Effect.map(
          errorOf(Scripted.errorList(429, { code: "rate_limit_exceeded", message }, headers)),
          ({ reason }) => {
            assert(reason._tag === "RateLimited")
            return "resetAt" in reason ? [reason.scope, reason.resetAt] : reason.scope
          }
        )
      const message = "Exceeded rate limit of 83 in 10_000_ms"
      assert.deepStrictEqual(
        [
          yield* limited({ "x-ratelimit-reset": "1700000000" }, message),
          yield* limited({ "x-ratelimit-reset": "1699999980" }, message),
          yield* limited({ "x-ratelimit-reset": "2023-11-14T22:13:20Z" }, message),
          yield* limited({ "x-ratelimit-reset": "10" }, message),
          yield* limited({ "retry-after": "7" }),
          yield* limited({ "retry-after": "1.5" }),
          yield* limited({}, message),
          yield* limited({}),
          yield* limited({}, "Exceeded rate limit of 1 pending message data export job"),
          yield* limited({}, "Exceeded rate limit of 5 pending reporting dataset export jobs")
        ],
        [
          ["window", 1_700_000_000],
          ["window", 1_699_999_980],
          ["window", 1_700_000_000],
          ["window", 1_700_000_000],
          ["window", 1_699_999_997],
          ["window", 1_699_999_992],
          "window",
          "window",
          "job",
          "job"
        ]
      )
      for (const senseless of ["0", "-5", "1699999999.5", "9007199254740993", "soon", "", "2023-99-99T00:00:00Z"]) {
        assert.strictEqual(yield* limited({ "x-ratelimit-reset": senseless }), "window")
      }
      // Longer than anyone can say when it ends.
      assert.strictEqual(yield* limited({ "retry-after": "9".repeat(30) }), "window")
    })
  )

  it.effect("Forbidden: whether it is the plan", () =>
    Effect.gen(function* () {
      const plan = yield* errorOf(Scripted.errorList(403, { code: "api_plan_restricted" }))
      const scope = yield* errorOf(Scripted.errorList(403, { code: "forbidden" }))
      assert.include(plan.message, "plan does not include")
      assert.include(scope.message, "Developer Hub")
    })
  )

  it.effect("DecodeError: the path of each mismatch, what was expected and what came", () =>
    Effect.gen(function* () {
      const page = { ...Scripted.contacts(["1", "2"]), total_count: "many" }
      const bad = { ...page, data: [...page.data, { type: "contact", name: 5, "odd key": 1 }] }
      const error = yield* errorOf(
        Scripted.json(bad, { headers: { "x-request-id": "r" } }),
        Contacts.use((c) => c.list())
      )
      assert(error.reason._tag === "DecodeError")
      const { body, kind, mismatches, requestId, status } = error.reason
      assert.deepStrictEqual([kind, requestId, status], ["invalid", "r", 200])
      assert.deepStrictEqual(JSON.parse(body), bad)
      assert.deepStrictEqual(
        mismatches.map(({ path }) => path).toSorted(),
        // Nothing relies on the total.
        ["data[2].id", "data[2].name"]
      )
      const at = (path: string) => mismatches.find((mismatch) => mismatch.path === path)
      assert.deepStrictEqual(at("data[2].id"), { path: "data[2].id", expected: "a value", actual: "nothing" })
      assert.include(at("data[2].name")?.expected, "string")
      assert.strictEqual(at("data[2].name")?.actual, "5")
      assert.include(error.message, "data[2].name: expected ")
    })
  )

  it.effect("DecodeError: of a body that is no JSON, whether it is empty, and which request it was", () =>
    Effect.gen(function* () {
      for (const [text, actual] of [
        ["", "an empty body"],
        ["<html>", "text that is not JSON"]
      ] as const) {
        const mismatches = [{ path: "", expected: "a JSON body", actual }]
        const expected = { _tag: "DecodeError", status: 200, kind: "malformed", mismatches, body: text }
        const { reason } = yield* errorOf(Scripted.text(text))
        assert.deepStrictEqual<object>({ ...reason }, expected)
        const named = yield* errorOf(Scripted.text(text, { headers: { "x-request-id": "r" } }))
        assert.deepStrictEqual<object>({ ...named.reason }, { ...expected, requestId: "r" })
      }
    })
  )

  it.effect("DecodeError: twenty mismatches are enough", () =>
    Effect.gen(function* () {
      const records = Array.from({ length: 30 }, () => ({ type: "contact", id: 5 }))
      const { reason } = yield* errorOf(
        Scripted.json({ type: "list", data: records }),
        Contacts.use((c) => c.list())
      )
      assert(reason._tag === "DecodeError")
      assert.deepStrictEqual(
        reason.mismatches.map(({ path }) => path),
        Array.from({ length: 20 }, (_, index) => `data[${index}].id`)
      )
    })
  )

  it.effect("DecodeError of a value as a whole", () =>
    Effect.gen(function* () {
      for (const body of [null, [], "text", 5, true]) {
        const { reason } = yield* errorOf(Scripted.json(body))
        assert(reason._tag === "DecodeError")
        assert.strictEqual(reason.kind, "invalid")
        assert.isAtLeast(reason.mismatches.length, 1)
      }
    })
  )

  it.effect("EncodeError: every problem of the input, and nothing is sent", () =>
    Effect.gen(function* () {
      const server = Scripted.make([])
      // What a program in JavaScript may pass.
      const input = { per_page: 500, starting_afer: "typo" } as { per_page: number }
      const error = yield* Scripted.failure(
        Contacts.use((contacts) => contacts.list(input)).pipe(Effect.provide(server.layer(Contacts.layer)))
      )
      assert(error.reason._tag === "EncodeError")
      assert.sameDeepMembers(Array.from(error.reason.mismatches), [
        { path: "per_page", expected: "a value between 1 and 150", actual: "500" },
        { path: "starting_afer", expected: "no such field", actual: '"typo"' }
      ])
      assert.strictEqual(server.sent.length, 0)
    })
  )

  it.effect("EncodeError: what JSON cannot hold, and nothing is sent again and again", () =>
    Effect.gen(function* () {
      const cyclic: { self?: unknown } = {}
      cyclic.self = cyclic
      for (const value of [
        10n,
        cyclic,
        {
          toJSON: () => {
            throw new Error("no")
          }
        }
      ]) {
        const server = Scripted.make([])
        const error = yield* Scripted.failure(
          Contacts.use((contacts) =>
            contacts.create({ email: "a", custom_attributes: { value: value as never } })
          ).pipe(Effect.provide(server.layer(Contacts.layer)))
        )
        assert.strictEqual(error.reason._tag, "EncodeError")
        assert.strictEqual(server.sent.length, 0)
      }
    })
  )

  it.effect("EncodeError: an id that cannot stand in a path", () =>
    Effect.gen(function* () {
      for (const id of ["", ".", "..", "\ud800"]) {
        const server = Scripted.make([])
        const error = yield* Scripted.failure(
          Contacts.use((contacts) => contacts.get(ContactId.make(id))).pipe(
            Effect.provide(server.layer(Contacts.layer))
          )
        )
        assert(error.reason._tag === "EncodeError", id)
        const [mismatch] = error.reason.mismatches
        assert.deepStrictEqual(mismatch, {
          path: "contact_id",
          expected: 'an id that can stand in a URL path: not empty, not "." or "..", no lone surrogates',
          actual: JSON.stringify(id)
        })
        assert.strictEqual(server.sent.length, 0)
      }
    })
  )

  it.effect("TransportError: the system's code and words, however deep", () =>
    Effect.gen(function* () {
      const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" })
      for (const cause of [refused, new TypeError("fetch failed", { cause: refused })]) {
        const { reason } = yield* errorOf(Scripted.fails(cause))
        assert(reason._tag === "TransportError")
        assert.deepStrictEqual(
          [reason.sent, reason.code, reason.description],
          [false, "ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1"]
        )
      }
      const lost = { code: "ECONNRESET", message: "read ECONNRESET", syscall: "read" }
      for (const [cause, code, description] of [
        // The innermost code counts; what is none is passed over.
        [{ code: "OUTER", message: "outer", cause: lost }, "ECONNRESET", "read ECONNRESET"],
        [{ code: "OUTER", message: "outer", errors: [lost, refused] }, "ECONNRESET", "read ECONNRESET"],
        [{ code: "OUTER", message: "outer", errors: "none", cause: lost }, "ECONNRESET", "read ECONNRESET"],
        [{ code: "OUTER", message: "outer", cause: new Error("deep") }, "OUTER", "outer"],
        [{ ...lost, message: 5 }, "ECONNRESET", "for no reason given (TransportError)"],
        [Object.assign(new Error("aborted"), { code: 20 }), undefined, "aborted"],
        [null, undefined, "for no reason given (TransportError)"]
      ] as const) {
        const { reason } = yield* errorOf(Scripted.fails(cause))
        assert(reason._tag === "TransportError")
        assert.deepStrictEqual([reason.sent, reason.code, reason.description], [true, code, description])
      }
      // What no transport could send was not sent.
      for (const Unsendable of [HttpClientError.InvalidUrlError, HttpClientError.EncodeError]) {
        const request = HttpClientRequest.get("/")
        const cause = new HttpClientError.HttpClientError({
          reason: new Unsendable({ request, description: "no way" })
        })
        const { reason } = yield* errorOf(Scripted.fails(cause))
        assert(reason._tag === "TransportError")
        assert.deepStrictEqual([reason.sent, reason.code, reason.description], [false, undefined, "no way"])
      }
      const loop = new Error("round and round")
      loop.cause = loop
      const { reason } = yield* errorOf(Scripted.fails(loop))
      assert(reason._tag === "TransportError")
      assert.deepStrictEqual([reason.sent, reason.code, reason.description], [true, undefined, "round and round"])
    })
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// all of them
// ---------------------------------------------------------------------------------------------------------------------

const id = { requestId: "r1" }
const answer = { status: 400, errors: [{ code: "c", message: "m", field: "f" }], ...id, body: "b" }
const mismatches = [{ path: "a.b[0]", expected: "string", actual: "5" }]
const reasons: ReadonlyArray<E.Reason> = [
  new E.BadRequest(answer),
  new E.Unauthorized({ status: 401, errors: [] }),
  new E.Forbidden(answer),
  new E.NotFound(answer),
  new E.Conflict({ ...answer, existingId: "5" }),
  new E.Gone(answer),
  new E.UnprocessableEntity(answer),
  new E.RateLimited({ ...answer, scope: "window", resetAt: 1_700_000_000 }),
  new E.RateLimited({ ...answer, scope: "job" }),
  new E.ServerError(answer),
  new E.UnexpectedStatus(answer),
  new E.TransportError({ sent: true, code: "ECONNRESET", description: "read ECONNRESET" }),
  new E.TransportError({ sent: false, description: "nothing listens" }),
  new E.TimeoutError({ afterMillis: 60_000 }),
  new E.EncodeError({ mismatches }),
  new E.DecodeError({ status: 200, ...id, kind: "invalid", mismatches, body: "{}" }),
  new E.DecodeError({ status: 200, kind: "malformed", mismatches: [], body: "" }),
  new E.BodyTooLargeError({ status: 200, limit: 1_000 }),
  new E.PaginationError({ description: "The API gave the cursor x twice: the walk would never end", cursor: "x" })
]

/** What a person reads. */
const sentences: ReadonlyArray<readonly [E.Reason, string]> = [
  [new E.BadRequest({ status: 400, errors: [] }), "HTTP 400. It does not tell what is wrong."],
  [
    new E.BadRequest({ ...answer, errors: [{ code: "a" }, { code: "b", message: "B" }, { code: "c", field: "f" }] }),
    "HTTP 400 a; b: B; c (field f) [request r1]. Correct the named parameter and send the request again."
  ],
  [
    new E.Unauthorized({ ...answer, status: 401 }),
    "HTTP 401 c (field f): m [request r1]. Check the access token (INTERCOM_ACCESS_TOKEN) and its region " +
      "(INTERCOM_REGION: us, eu or au)."
  ],
  [
    new E.Forbidden({ status: 403, errors: [{ code: "other" }, { code: "api_plan_restricted" }] }),
    "HTTP 403 other; api_plan_restricted. The workspace's plan does not include this operation."
  ],
  [
    new E.Forbidden({ status: 403, errors: [] }),
    "HTTP 403. It does not tell why: the app may lack the permission (Intercom's Developer Hub), or something before the " +
      "API refused it."
  ],
  [
    new E.Forbidden({ status: 403, errors: [{ code: "forbidden" }] }),
    "HTTP 403 forbidden. If the app lacks the permission, give it in Intercom's Developer Hub."
  ],
  [
    new E.NotFound({ status: 404, errors: [] }),
    "HTTP 404. Check the id; a deleted or merged object is not found either."
  ],
  [new E.Conflict({ status: 409, errors: [] }), "HTTP 409. Look the existing object up."],
  [new E.Conflict({ status: 409, errors: [], existingId: "5" }), "HTTP 409. Use the existing object, 5."],
  [new E.Gone({ status: 410, errors: [] }), "HTTP 410. The object no longer exists."],
  [new E.UnprocessableEntity({ status: 422, errors: [] }), "HTTP 422. It does not tell what is wrong."],
  [new E.RateLimited({ status: 429, errors: [], scope: "job" }), "HTTP 429. Wait for the running job to end."],
  [
    new E.RateLimited({ status: 429, errors: [], scope: "window" }),
    "HTTP 429. It does not say how long to wait. Send fewer requests."
  ],
  [
    new E.RateLimited({ status: 429, errors: [], scope: "window", resetAt: 1_700_000_000 }),
    "HTTP 429. Wait until 2023-11-14T22:13:20Z. Send fewer requests."
  ],
  [
    new E.RateLimited({ status: 429, errors: [], scope: "window", resetAt: Number.MAX_SAFE_INTEGER }),
    "HTTP 429. It does not say how long to wait. Send fewer requests."
  ],
  [
    new E.ServerError({ status: 500, errors: [] }),
    "HTTP 500. Try again later. A write may have been processed: look before sending it again."
  ],
  [
    new E.ServerError({ status: 502, errors: [], body: "<html>", contentType: "text/html" }),
    "HTTP 502. The answer is not in the API's format (text/html): something failed. Try again later. A write may have " +
      "been processed: look before sending it again."
  ],
  [
    new E.UnexpectedStatus({ status: 408, errors: [] }),
    "HTTP 408. Try again later. A write may have been processed: look before sending it again."
  ],
  [
    new E.UnexpectedStatus({ status: 418, errors: [] }),
    "HTTP 418. The API answered with a status this client does not know."
  ],
  [
    new E.TransportError({ sent: true, code: "ECONNRESET", description: "the peer left" }),
    "The connection failed: the peer left (ECONNRESET). The request may have been processed: look before sending a " +
      "write again."
  ],
  [
    new E.TransportError({ sent: false, description: "connect failed" }),
    "The connection failed: connect failed. Nothing was sent: check the network, INTERCOM_REGION and INTERCOM_BASE_URL."
  ],
  [
    new E.TransportError({ sent: true, description: "lost" }),
    "The connection failed: lost. The request may have been processed: look before sending a write again."
  ],
  [
    new E.TimeoutError({ afterMillis: 5 }),
    "No complete answer within 5 ms. The request may have been processed: look before sending a write again. If answers " +
      "take that long, ask for smaller pages, or raise the timeout."
  ],
  [
    new E.EncodeError({ mismatches: [...mismatches, { path: "", expected: "a", actual: "b" }] }),
    "Nothing was sent, the input does not fit: a.b[0]: expected string, got 5; the value: expected a, got b."
  ],
  [
    new E.DecodeError({ status: 200, ...id, kind: "invalid", mismatches, body: "{}" }),
    "HTTP 200 [request r1], but the body does not fit: a.b[0]: expected string, got 5."
  ],
  [
    new E.DecodeError({ status: 200, kind: "invalid", mismatches, body: "{}" }),
    "HTTP 200, but the body does not fit: a.b[0]: expected string, got 5."
  ],
  [
    new E.DecodeError({
      status: 200,
      kind: "malformed",
      mismatches: [{ path: "", expected: "a JSON body", actual: "an empty body" }],
      body: ""
    }),
    "HTTP 200, but the body does not fit: the value: expected a JSON body, got an empty body. A write was probably " +
      "processed: look before sending it again."
  ],
  [
    new E.BodyTooLargeError({ status: 200, limit: 1_000 }),
    "HTTP 200, but the body has more than 1000 bytes, the limit. Ask for smaller pages, or raise maxBodySize."
  ],
  [new E.PaginationError({ description: "It ended" }), "It ended."]
]

describe("what became of a request that only reads", () => {
  const reasons = [
    new E.ServerError({ status: 500, errors: [] }),
    new E.TransportError({ sent: true, description: "lost" }),
    new E.TimeoutError({ afterMillis: 5 }),
    new E.DecodeError({ status: 200, kind: "malformed", mismatches: [], body: "" })
  ]
  for (const reason of reasons) {
    it(`is not asked: ${reason._tag}`, () => {
      const says = (method: string, path: string) =>
        new E.IntercomError({ operation: "Things.act", method, path, reason }).message
      assert.include(says("POST", "/things"), "look before sending")
      for (const read of [says("GET", "/things"), says("POST", "/things/search"), says("POST", "/things/list")]) {
        assert.notInclude(read, "processed")
        assert.include(read, "Nothing was changed: asking again does no harm.")
      }
    })
  }
})

describe("what to do", () => {
  const own = "https://gateway.example/intercom"
  const says = (answer: Scripted.Answer, options: Partial<IntercomConfig.Options> = {}) =>
    Effect.map(
      Effect.flip(
        Effect.provide(get, Scripted.make([answer]).layer(Contacts.layer, { retry: { times: 0 }, ...options }))
      ),
      ({ reason }) => reason.message
    )
  const page = (status: number, headers: Readonly<Record<string, string>> = {}) =>
    Scripted.text("<html>no</html>", { status, headers: { "content-type": "text/html; charset=utf-8", ...headers } })
  const code = (status: number, code: string, message?: string) => Scripted.errorList(status, { code, message })
  const system = (code: string) => Scripted.lost(code, `it says ${code}`)

  const rows: ReadonlyArray<
    readonly [what: string, Scripted.Answer, told: ReadonlyArray<string>, options?: Partial<IntercomConfig.Options>]
  > = [
    [
      "a firewall's page",
      page(403, { server: "cloudflare" }),
      ["text/html", "calls itself cloudflare", "api.intercom.io", "firewall", "userAgent"]
    ],
    [
      "a gateway's login",
      page(401, { "www-authenticate": 'Basic realm="x"' }),
      ["gateway.example", "(Basic)"],
      { baseUrl: own }
    ],
    [
      "a page for an unknown address",
      page(404),
      ["text/html", "gateway.example", "INTERCOM_BASE_URL"],
      { baseUrl: own }
    ],
    ["a proxy that fails", page(502, { server: "nginx" }), ["text/html", "nginx", "Try again later."]],
    ["a page for a 400", page(400), ["text/html", "does not tell what is wrong"]],
    ["an encoding", Scripted.text("\u001f", { status: 418, headers: { "content-encoding": "zip" } }), ["418"]],
    [
      "a refused token",
      code(401, "unauthorized"),
      ["INTERCOM_ACCESS_TOKEN", "another region than eu", "us or au"],
      { region: "eu" }
    ],
    [
      "a refused token behind a gateway",
      code(401, "unauthorized"),
      ["where gateway.example passes it on"],
      { baseUrl: own }
    ],
    ["a blocked token", code(403, "token_blocked"), ["INTERCOM_ACCESS_TOKEN"]],
    ["a missing permission", code(403, "forbidden"), ["Developer Hub"]],
    ["a scroll under way", code(400, "scroll_exists"), ["Another scroll", "a minute after its last request"]],
    ["a scroll under way, as 404", code(404, "scroll_exists"), ["Another scroll", "a minute after its last request"]],
    [
      "a scroll that is over",
      code(404, "not_found", "scroll parameter not found"),
      ["The scroll is over", "Start a new one"]
    ],
    ["a version", code(400, "intercom_version_invalid"), ["INTERCOM_VERSION"]],
    [
      "a redirect",
      Scripted.status(301, { location: `https://u:p@elsewhere.example:8443/a/${Scripted.token}/b?secret=1#x` }),
      ["It redirects to https://elsewhere.example:8443/a/<redacted>/b,", "INTERCOM_BASE_URL"]
    ],
    [
      "a relative redirect",
      Scripted.status(302, { location: "/login?next=1" }),
      ["https://gateway.example/login,"],
      { baseUrl: own }
    ],
    ["a redirect to nowhere", Scripted.status(302), ["does not say where"]],
    ["a redirect in a browser", Scripted.status(0), ["a browser does not tell where"]],
    ["a page in place of JSON", page(200), ["text/html", "INTERCOM_BASE_URL"]],
    [
      "a self-signed certificate",
      system("DEPTH_ZERO_SELF_SIGNED_CERT"),
      ["certificate of gateway.example", "NODE_EXTRA_CA_CERTS"],
      { baseUrl: own }
    ],
    ["an unknown authority", system("SELF_SIGNED_CERT_IN_CHAIN"), ["api.intercom.io", "NODE_EXTRA_CA_CERTS"]],
    ["an unknown issuer", system("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), ["NODE_EXTRA_CA_CERTS"]],
    [
      "a certificate of another",
      system("ERR_TLS_CERT_ALTNAME_INVALID"),
      ["is not for gateway.example"],
      { baseUrl: own }
    ],
    ["an expired certificate", system("CERT_HAS_EXPIRED"), ["clock"]],
    ["a server without TLS", system("ERR_SSL_WRONG_VERSION_NUMBER"), ["does not speak TLS", "http or https"]],
    [
      "an unknown name",
      system("ENOTFOUND"),
      ["the name of gateway.example was not found", "INTERCOM_BASE_URL"],
      { baseUrl: own }
    ],
    ["a refused connection", system("ECONNREFUSED"), ["nothing listens at gateway.example"], { baseUrl: own }],
    ["a refused connection to the API", system("ECONNREFUSED"), ["firewall"]],
    [
      "a network that went in the middle",
      Scripted.fails(Object.assign(new Error("read EHOSTUNREACH"), { code: "EHOSTUNREACH", syscall: "read" })),
      ["no way to api.intercom.io", "look before sending a write again"]
    ],
    [
      "a garbled record of TLS",
      Scripted.fails(Object.assign(new Error("garbled"), { code: "ERR_SSL_PACKET_LENGTH_TOO_LONG", syscall: "read" })),
      ["does not speak TLS", "look before sending a write again"]
    ],
    ["no way", system("ENETUNREACH"), ["no way to api.intercom.io"]],
    ["no connection in time", system("UND_ERR_CONNECT_TIMEOUT"), ["did not take the connection in time"]],
    ["a lost connection", system("ECONNRESET"), ["look before sending a write again"]],
    ["a browser's refusal", Scripted.fails(new TypeError("Failed to fetch")), ["a server of yours"]]
  ]

  it.effect.each(rows)("%s", ([what, answer, told, options]) =>
    Effect.gen(function* () {
      const message = yield* says(answer, options)
      for (const part of told) assert.include(message, part, what)
      // Advice that does not fit what is known.
      if (!told.includes("Developer Hub")) assert.notInclude(message, "Developer Hub")
      if (/certificate/i.test(message)) assert.notInclude(message, "check host and port")
      assert.notInclude(message, "secret")
      assert.match(message, /\.$/)
    })
  )

  it.effect("a refused certificate is told at once: none changes in a minute", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => system("CERT_HAS_EXPIRED"))
      yield* Scripted.failure(Effect.provide(get, server.layer(Contacts.layer)))
      assert.lengthOf(server.sent, 1)
    })
  )
})

describe("what a person reads", () => {
  it.each(sentences)("%s: %s", (reason, sentence) => {
    assert.strictEqual(reason.message, sentence)
  })
})

describe("every reason", () => {
  it("is covered here", () => {
    assert.deepStrictEqual(
      [...new Set(reasons.map(({ _tag }) => _tag))].toSorted(),
      E.Reason.members.map((member) => member.fields._tag.schema.literal).toSorted()
    )
  })

  for (const reason of reasons) {
    const error = new E.IntercomError({
      operation: "Contacts.update",
      method: "PUT",
      path: "/contacts/{contact_id}",
      reason
    })

    it(`${reason._tag}: a sentence a person can act on`, () => {
      assert.match(reason.message, /^[A-Z].*\w.*\.$/)
      assert.strictEqual(
        error.message,
        `Contacts.update (PUT /contacts/{contact_id}): ${reason._tag}: ${reason.message}`
      )
      assert.notInclude(error.message, "undefined")
      assert.notInclude(error.message, "[object")
      assert(error instanceof Error && reason instanceof Error)
      assert.strictEqual(error.name, "IntercomError")
    })

    it.effect(`${reason._tag}: survives JSON`, () =>
      Effect.gen(function* () {
        const codec = Schema.toCodecJson(E.IntercomError)
        const wire: unknown = JSON.parse(JSON.stringify(yield* Schema.encodeEffect(codec)(error)))
        const back = yield* Schema.decodeUnknownEffect(codec)(wire)
        assert(back instanceof E.IntercomError)
        assert.strictEqual(back.reason.constructor, reason.constructor)
        assert.strictEqual(back.message, error.message)
        assert.deepStrictEqual({ ...back.reason }, { ...reason })
      })
    )
  }
})

describe("an error read back from JSON", () => {
  const codec = Schema.toCodecJson(E.IntercomError)
  const error = (reason: E.Reason) =>
    new E.IntercomError({ operation: "Contacts.get", method: "GET", path: "/contacts/{contact_id}", reason })

  it.effect.each([
    [new E.BadRequest(answer), { errors: [{ code: 5 }] }],
    [new E.BadRequest(answer), { errors: [{ code: "c", field: 5 }] }],
    [new E.BadRequest(answer), { errors: [{ code: "c", message: null }] }],
    [new E.EncodeError({ mismatches }), { mismatches: [{ path: "a" }] }]
  ] satisfies ReadonlyArray<readonly [E.Reason, object]>)("%s is none with %j", ([reason, wrong]) =>
    Effect.gen(function* () {
      const wire = yield* Schema.encodeEffect(codec)(error(reason))
      // An object, as it is of a class.
      const { reason: encoded, ...rest } = wire as { readonly reason: object }
      const bad = yield* Effect.exit(Schema.decodeUnknownEffect(codec)({ ...rest, reason: { ...encoded, ...wrong } }))
      assert.strictEqual(bad._tag, "Failure")
    })
  )
})

describe("handling", () => {
  it.effect("Effect.catchReason picks one reason, typed, and leaves the others", () =>
    Effect.gen(function* () {
      const existing = create.pipe(
        Effect.map(({ id }): string => id),
        Effect.catchReason("IntercomError", "Conflict", (conflict) => {
          // Compiles only if the reason is narrowed.
          const existingId: string | undefined = conflict.existingId
          return Effect.succeed(existingId ?? "none")
        })
      )
      const run = (answer: Scripted.Answer) =>
        Effect.provide(existing, Scripted.make([answer]).layer(Contacts.layer, { retry: { times: 0 } }))
      assert.strictEqual(yield* run(Scripted.errorList(409, { code: "conflict", message: "exists with id=77" })), "77")
      assert.strictEqual(yield* run(Scripted.json(Scripted.contact("5"))), "5")
      const error = yield* Effect.flip(run(Scripted.status(500)))
      assert.strictEqual(error.reason._tag, "ServerError")
    })
  )

  it.effect("Effect.catchReasons picks several, Effect.unwrapReason takes them out", () =>
    Effect.gen(function* () {
      const run = (answer: Scripted.Answer) =>
        Effect.provide(get, Scripted.make([answer]).layer(Contacts.layer, { retry: { times: 0 } }))
      const name = (answer: Scripted.Answer) =>
        run(answer).pipe(
          Effect.as("found"),
          Effect.catchReasons("IntercomError", {
            NotFound: () => Effect.succeed("not found"),
            Gone: () => Effect.succeed("gone")
          })
        )
      assert.strictEqual(yield* name(Scripted.status(404)), "not found")
      assert.strictEqual(yield* name(Scripted.status(410)), "gone")
      const reason = yield* Effect.flip(Effect.unwrapReason(run(Scripted.status(401)), "IntercomError"))
      assert.strictEqual(reason._tag, "Unauthorized")
    })
  )
})
