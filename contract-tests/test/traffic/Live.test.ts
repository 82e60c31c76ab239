import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as Har from "@effect-intercom/contract-tests/traffic/Har"
import * as Live from "@effect-intercom/contract-tests/traffic/Live"
import * as Traffic from "@effect-intercom/contract-tests/traffic/Traffic"
import { operations } from "@effect-intercom/core/IntercomApi"
import { Simulator } from "@effect-intercom/simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as JsonPatch from "effect/JsonPatch"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { effective as own } from "../Subjects.ts"

const token = "dG9rOm9mX2Ffd29ya3NwYWNl"
const base = "http://workspace.test"

const edited = (patch: JsonPatch.JsonPatch) =>
  Effect.map(own, (source) => ({ ...source, document: JsonPatch.apply(patch, source.document) }))

interface Seen {
  readonly method: string
  readonly url: string
  readonly sent: string
  readonly status: number
  readonly body: string
  /** JSON, where nothing else is said. */
  readonly contentType?: string | undefined
}

/** A workspace that writes down what it is asked; `change` is what comes instead of an answer's body. */
const recording = (seen: Array<Seen>, change: (path: string, body: string) => string = (_, body) => body) =>
  Effect.map(HttpClient.HttpClient, (client) =>
    HttpClient.make((request, url) =>
      Effect.gen(function* () {
        const response = yield* client.execute(request)
        const body = change(url.pathname, yield* response.text)
        const sent = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
        seen.push({
          method: request.method,
          url: url.href,
          sent,
          status: response.status,
          body,
          contentType: response.headers["content-type"]
        })
        return HttpClientResponse.fromWeb(
          request,
          new Response(body, { status: response.status, headers: { ...response.headers } })
        )
      })
    )
  )

const config = { accessToken: Redacted.make(token), baseUrl: base, retry: { times: 0 } }

/** A run on a simulated workspace, and what it was asked. */
const live = (options: {
  readonly patch?: JsonPatch.JsonPatch
  readonly change?: (path: string, body: string) => string
  readonly values?: boolean
  readonly token?: string
}) =>
  Effect.gen(function* () {
    const seen: Array<Seen> = []
    const source = yield* edited(options.patch ?? [])
    const client = yield* recording(seen, options.change)
    const report = yield* Live.run(
      source,
      { ...config, accessToken: Redacted.make(options.token ?? token) },
      { values: options.values }
    ).pipe(Effect.provideService(HttpClient.HttpClient, client))
    return { report, seen }
  }).pipe(
    Effect.provide(Simulator.layerClient({ token: Redacted.make(token), seed: 7 })),
    Effect.provide(NodeServices.layer)
  )

const breaking = ({ divergences }: Contract.Report) => divergences.filter((one) => one.class === "breaking")

const parsed = (text: string) => JSON.parse(text) as { readonly [key: string]: Schema.Json }

/** What a body holds: of what is no JSON, the body itself. */
const json = (body: string) =>
  Result.getOrElse(
    Result.try(() => parsed(body)),
    () => body
  )

/** All texts of a value; keys are no values. */
const texts = (value: unknown): ReadonlyArray<string> =>
  typeof value === "string"
    ? [value]
    : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(texts)
      : []

describe("a real workspace", () => {
  it.effect("is asked what reads only, a few records at a time, and keeps to the document", () =>
    Effect.gen(function* () {
      const { report, seen } = yield* live({})
      assert.deepStrictEqual(breaking(report), [])
      assert.deepStrictEqual(
        seen.filter(({ method }) => method !== "GET"),
        []
      )
      // A few for each, and a scroll for none: it would be in the way of another.
      const reading = operations.filter(({ idempotent, method }) => method === "GET" && idempotent)
      assert.isAtMost(seen.length, 2 * reading.length)
      assert.isFalse(seen.some(({ url }) => url.includes("scroll")))
      for (const { url } of seen) assert.notMatch(url, /per_page=(?!5\b)/)
      // By the ids the listing gave.
      const contacts = seen.find(({ url }) => url.startsWith(`${base}/contacts?`))
      const ids = Live.idsIn(parsed(contacts?.body ?? "{}"))
      assert.strictEqual(ids.length, 5)
      assert.isTrue(seen.some(({ url }) => url === `${base}/contacts/${ids[0]}`))
      assert.isTrue(seen.some(({ url }) => url.includes(`intercom_user_id=${ids[0]}`)))
      assert.isTrue(seen.some(({ url }) => url === `${base}/contacts/${ids[0]}/notes?per_page=5`))
      // All but what needs an id no listing has; these need a time, and somebody's id.
      const listings = new Set(reading.map(({ path }) => path).filter((path) => !path.includes("{")))
      assert.deepStrictEqual(
        report.rows
          .filter(({ check, runs }) => check === "exchanges" && runs === 0)
          .map(({ operation }) => operation)
          .filter((operation) => listings.has(operation.replace(/^GET |\/\{.*/g, ""))),
        ["GET /admins/activity_logs", "GET /visitors"]
      )
      assert.lengthOf(
        report.rows.filter(({ check }) => check === "exchanges"),
        reading.length
      )
    })
  )

  it.effect("shows a kind the document does not have, and the client cannot read", () =>
    Effect.gen(function* () {
      const { report } = yield* live({
        change: (path, body) => (path === "/contacts" ? body.replaceAll('"role":"user"', '"role":7') : body)
      })
      const found = breaking(report)
      assert.isTrue(found.every(({ operation }) => operation === "GET /contacts"))
      assert.isTrue(found.some(({ message }) => message.startsWith("the answer: data[].role must be")))
      assert.isTrue(found.some(({ message }) => message.startsWith("data[].role: the client expects")))
      for (const { counterexample } of found) assert.strictEqual(counterexample, "integer")
    })
  )

  it.effect("shows a field the document does not have as drift, a status as well", () =>
    Effect.gen(function* () {
      const { report } = yield* live({
        change: (path, body) => (path === "/me" ? body.replace("{", '{"brand_new":"secret",') : body)
      })
      const found = report.divergences.find(({ operation }) => operation === "GET /me")
      assert.strictEqual(found?.class, "drift")
      assert.strictEqual(found?.message, "the answer: brand_new is not in the document")
      assert.strictEqual(found?.counterexample, "string")
    })
  )

  it.effect("is never shown: no value, no id, no token, unless values are asked for", () =>
    Effect.gen(function* () {
      const change = (_: string, body: string) =>
        body.replaceAll('"name":"', '"nom":"').replaceAll('"role":"user"', '"role":7')
      const { report, seen } = yield* live({ change })
      const shown = JSON.stringify(report.divergences)
      assert.isAbove(report.divergences.length, 5)
      const records = seen.flatMap(({ body }) => texts(json(body))).filter((text) => /[@ ]|\d{4}/.test(text))
      assert.isAbove(records.length, 50)
      for (const text of records) assert.notInclude(shown, JSON.stringify(text).slice(1, -1))
      assert.notInclude(shown, token)

      const open = yield* live({ change, values: true })
      const values = JSON.stringify(open.report.divergences)
      assert.isTrue(records.some((text) => values.includes(JSON.stringify(text).slice(1, -1))))
      assert.notInclude(values, token)
    })
  )

  it.effect("ends the run when it refuses the token", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(live({ token: "another" }))
      assert.strictEqual(error._tag, "IntercomError")
      assert.match(error.message, /Unauthorized/)
      assert.notInclude(error.message, "another")
    })
  )
})

describe("recorded traffic", () => {
  const entry = ({ body, contentType = "application/json", method, sent, status, url }: Seen) => ({
    startedDateTime: "2026-11-22T00:00:00Z",
    request: {
      method,
      url,
      headers: [
        { name: "Authorization", value: `Bearer ${token}` },
        { name: "Cookie", value: `session=${token}` },
        { name: "Content-Type", value: "application/json" }
      ],
      ...(sent === "" ? undefined : { postData: { mimeType: "application/json", text: sent } })
    },
    response: {
      status,
      headers: [{ name: "Set-Cookie", value: token }],
      content: {
        size: body.length,
        mimeType: contentType,
        text: Base64.encode(body),
        encoding: "base64"
      }
    }
  })

  const judge = (
    entries: ReadonlyArray<unknown>,
    options: Parameters<typeof Har.run>[2] & { readonly patch?: JsonPatch.JsonPatch } = {}
  ) =>
    Effect.gen(function* () {
      const recorded = yield* Effect.fromResult(
        Har.parse("x.har", JSON.stringify({ log: { version: "1.2", entries } }))
      )
      return yield* Har.run(yield* edited(options.patch ?? []), recorded, { origins: [base], ...options })
    })

  const traffic = Effect.gen(function* () {
    const { seen } = yield* live({})
    return seen
  })

  const known: Seen = {
    method: "GET",
    url: `${base}/admins`,
    sent: "",
    status: 200,
    body: '{"type":"admin.list","admins":[]}'
  }
  const post: Seen = {
    method: "POST",
    url: `${base}/contacts`,
    sent: '{"email":"ada@example.com"}',
    status: 200,
    body: '{"type":"contact","id":"1"}'
  }

  it.effect("of a simulated workspace keeps to the document, and is told by operation", () =>
    Effect.gen(function* () {
      const seen = yield* traffic
      const report = yield* judge(seen.map(entry))
      assert.deepStrictEqual(breaking(report), [])
      const exchanges = report.rows.filter(({ check }) => check === "requests").map(({ runs }) => runs)
      assert.strictEqual(
        exchanges.reduce((sum, runs) => sum + runs, 0),
        seen.length
      )
      // The document is what it is compared with.
      const strict = yield* judge(seen.map(entry), {
        patch: [{ op: "add", path: "/components/schemas/Contact/properties/id/minLength", value: 500 }]
      })
      assert.isAbove(breaking(strict).length, 0)
    })
  )

  it.effect("is judged as requests, too", () =>
    Effect.gen(function* () {
      const report = yield* judge([
        entry({ ...post, sent: '{"email":1,"colour":"red"}' }),
        entry({ ...known, url: `${base}/admins?colour=red` }),
        entry({ ...post, sent: "{" })
      ])
      const messages = report.divergences
        .filter(({ direction }) => direction === "request")
        .map(({ message }) => message)
      assert.isTrue(messages.some((message) => message.startsWith("email must be string")))
      assert.include(messages, "colour is not in the document")
      assert.include(messages, "query parameter colour is not in the document")
      assert.include(messages, "the body is no JSON")
      assert.notInclude(JSON.stringify(report.divergences), "red")
    })
  )

  it.effect("of an operation nobody knows is drift, of another host nothing", () =>
    Effect.gen(function* () {
      const report = yield* judge([
        entry({ ...known, url: `${base}/admins/123/secrets` }),
        entry({ ...known, url: "https://elsewhere.test/admins?x=1" }),
        entry({ ...known, url: "https://api.eu.intercom.io/admins?x=1" })
      ])
      assert.deepStrictEqual(
        report.divergences.map(({ message, operation }) => `${operation}: ${message}`),
        [
          "GET /admins/…: it was recorded, the document does not have it",
          "GET /admins: query parameter x is not in the document"
        ]
      )
    })
  )

  it.effect("keeps neither tokens nor cookies, and tells nothing of a body that was not recorded", () =>
    Effect.gen(function* () {
      const text = JSON.stringify({ log: { entries: [entry(known)] } })
      const [recorded] = yield* Effect.fromResult(Har.parse("x.har", text))
      assert.notInclude(JSON.stringify(recorded), token)
      const bare = { ...entry(known), response: { status: 200, headers: [] } }
      const failed = { ...entry(known), response: { status: 0, headers: [] } }
      const report = yield* judge([bare, failed, entry(known)])
      assert.deepStrictEqual(report.divergences, [])
      assert.strictEqual(report.rows.find(({ check }) => check === "requests")?.runs, 2)
      assert.strictEqual(report.rows.find(({ check }) => check === "responses")?.runs, 1)
      assert.strictEqual(
        report.traffic && Traffic.tell(report.traffic),
        "2 exchanges judged (1 of them with its answer), not judged: 1 without an answer"
      )
    })
  )

  it.effect("of which no answer can be judged is an error that says why", () =>
    Effect.gen(function* () {
      const elsewhere = (host: string) => entry({ ...known, url: `https://${host}.test/admins` })
      const bare = { ...entry(known), response: { status: 200, headers: [], content: { size: 0, text: "" } } }
      const socket = { ...entry(known), request: { ...entry(known).request, url: "wss://nexus.example/" } }
      for (const [entries, message] of [
        [[], "x.har: no exchange could be judged, so nothing is known of the client: 0 exchanges judged"],
        [
          [bare],
          "x.har: no answer could be judged, so nothing is known of the client: 1 exchange judged (0 of them with their answers)"
        ],
        [
          ["a", "b", "b", "c", "c", "d", "e"].map(elsewhere),
          "x.har: no exchange could be judged, so nothing is known of the client: 0 exchanges judged, not judged: " +
            "1 of another host (a.test), 2 of another host (b.test), 2 of another host (c.test), 2 of 2 further hosts"
        ],
        [
          [
            { ...socket, _webSocketMessages: [] },
            { ...bare, response: { status: 304, headers: [] } }
          ],
          "x.har: no exchange could be judged, so nothing is known of the client: 0 exchanges judged, not judged: " +
            "1 of another protocol than HTTP, 1 answered from a cache"
        ]
      ] as const) {
        const error = yield* Effect.flip(judge(entries, { file: "x.har" }))
        assert.instanceOf(error, Traffic.NothingJudgedError)
        assert.strictEqual(error.message, message)
      }
    })
  )

  it.effect("has names of the API's in its paths, which are nobody's id", () =>
    Effect.gen(function* () {
      const report = yield* judge([
        entry({ ...known, url: `${base}/contacts/scroll`, body: '{"type":"list","data":[],"scroll_param":"s"}' }),
        entry({ ...known, url: `${base}/contacts/merge`, status: 404, body: '{"type":"error.list","errors":[]}' }),
        entry({ ...known, url: `${base}/contacts/ada`, body: '{"type":"contact","id":"ada"}' }),
        entry({ ...known, url: `${base}/contacts/5ba682d23d7cf92bef87bfd4`, body: '{"type":"contact","id":"x"}' })
      ])
      assert.deepStrictEqual(breaking(report), [])
      assert.deepStrictEqual(
        report.divergences.map(({ message, operation }) => `${operation}: ${message}`),
        ["GET /contacts/…: it was recorded, the document does not have it"]
      )
      const rows = report.rows.filter(({ check, runs }) => check === "responses" && runs > 0)
      assert.deepStrictEqual(
        rows.map(({ operation, runs }) => [operation, runs]),
        [["GET /contacts/{contact_id}", 2]]
      )
      assert.deepStrictEqual([...(report.traffic?.skipped ?? [])], [["the document does not have", 2]])
    })
  )

  const recordedIn = (entries: ReadonlyArray<unknown>) => {
    const [first] = Result.getOrThrow(Har.parse("x.har", JSON.stringify({ log: { entries } })))
    if (first === undefined || !("exchange" in first)) return assert.fail("nothing was recorded")
    return first
  }

  it("may be packed, and written by HTTP/2", () => {
    for (const [encoding, pack] of [
      ["gzip", gzipSync],
      ["br", brotliCompressSync],
      ["deflate", deflateSync],
      ["zstd", zstdCompressSync]
    ] as const) {
      const { request, response } = entry(known)
      const packed = {
        request: { ...request, headers: [{ name: ":authority", value: "x" }, ...request.headers] },
        response: {
          ...response,
          headers: [{ name: "Content-Encoding", value: encoding }],
          content: { text: Base64.encode(pack(known.body)), encoding: "base64" }
        }
      }
      const recorded = recordedIn([packed])
      assert.isTrue(recorded.complete)
      assert.strictEqual(recorded.exchange.body, known.body, encoding)
      assert.notProperty(recorded.exchange.headers, ":authority")
    }
  })

  it("with bytes that are no text has no body", () => {
    const { request, response } = entry(known)
    const bytes = { ...response, content: { text: "//79", encoding: "base64" } }
    assert.isFalse(recordedIn([{ request, response: bytes }]).complete)
  })

  it("does not tell a token that is repeated elsewhere", () => {
    const spilt = entry({
      ...post,
      url: `${base}/contacts?access_token=dXJsOnRva2Vu&q=${token}`,
      sent: JSON.stringify({ name: token, email: "dXJsOnRva2Vu" }),
      body: `{"echo":"${token}"}`
    })
    const recorded = recordedIn([spilt])
    assert.notInclude(JSON.stringify(recorded), token)
    assert.notInclude(JSON.stringify(recorded), "dXJsOnRva2Vu")
    assert.include(recorded.exchange.body, "[redacted]")
  })

  it("must be a HAR file", () => {
    const error = (text: string) => {
      const result = Har.parse("x.har", text)
      return Result.isFailure(result) ? result.failure.message : ""
    }
    assert.strictEqual(error("<html>"), "x.har: not a HAR file: it is no JSON")
    const whole = JSON.stringify({ log: { entries: [entry(known)] } })
    assert.strictEqual(
      error(whole.slice(0, -20)),
      "x.har: not a whole HAR file: it ends in the middle, record or copy it again"
    )
    assert.strictEqual(error(`\ufeff${whole}`), "")
    assert.strictEqual(error("{}"), "x.har: not a HAR file: log is missing or of another type")
    assert.strictEqual(
      error('{"log":{"entries":[{"request":{"method":"GET","url":"x","headers":[]}}]}}'),
      "x.har: not a HAR file: log.entries.0.response is missing or of another type"
    )
  })
})

describe("shapes", () => {
  it("say what kind a value is, and no more", () => {
    assert.deepStrictEqual(
      ["x", 1, 1.5, true, null, {}, [], ["x"], [{ a: 1 }]].map((value) => Traffic.shapeOf(value)),
      ["string", "integer", "number", "boolean", "null", "object", "array", ["string"], ["object"]]
    )
  })
})
