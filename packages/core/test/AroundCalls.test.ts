/** What a program sets around calls, and hears of them: the version, headers, each answer. */
import type { Reply } from "@effect-intercom/core/Attempt"
import { IntercomHttp, withReply } from "@effect-intercom/core/IntercomHttp"
import { AdminId } from "@effect-intercom/core/resources/Common"
import { ContactId, Contacts } from "@effect-intercom/core/resources/Contacts"
import { DataExportId, DataExports } from "@effect-intercom/core/resources/DataExports"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { inspect } from "node:util"
import * as Observed from "./Observed.ts"
import * as Scripted from "./Scripted.ts"

const id = ContactId.make("1")
const get = Contacts.use(({ get }) => get(id))
const ok = Scripted.json(Scripted.contact("1"), { headers: { "x-request-id": "req-7" } })
const twoPages = [Scripted.json(Scripted.contacts(["1"], "a")), Scripted.json(Scripted.contacts(["2"]))]
const layer = Layer.merge(Contacts.layer, DataExports.layer)

/** Runs a call with a listener, and tells what that heard. */
const heard = <A, E>(
  call: Effect.Effect<A, E, Contacts | DataExports>,
  script: ReadonlyArray<Scripted.Answer>,
  options: Parameters<Scripted.Scripted["intercom"]>[0] = {}
) =>
  Effect.gen(function* () {
    const replies: Array<Reply> = []
    const server = Scripted.make(script)
    const exit = yield* call.pipe(
      Effect.provideService(IntercomHttp.OnResponse, (reply) => Effect.sync(() => void replies.push(reply))),
      Effect.provide(server.layer(layer, options)),
      Effect.exit,
      Scripted.elapse
    )
    return { replies, exit, sent: server.sent }
  })

describe("IntercomHttp.Version", () => {
  it.effect("is asked for by the calls inside, their fibers and streams, and no others", () =>
    Effect.gen(function* () {
      const server = Scripted.make([ok, ...twoPages, ok, ok])
      const { list } = yield* Contacts.pipe(Effect.provide(server.layer(Contacts.layer)))
      yield* Effect.gen(function* () {
        yield* Effect.andThen(Effect.flatMap(Effect.forkChild(get), Fiber.join), Stream.runDrain(list.items())).pipe(
          Effect.provideService(IntercomHttp.Version, "2.16")
        )
        yield* get
        yield* get.pipe(
          Effect.provideService(IntercomHttp.Version, undefined),
          Effect.provideService(IntercomHttp.Version, "2.16")
        )
      }).pipe(Effect.provide(server.layer(Contacts.layer)))
      assert.deepStrictEqual(
        server.sent.map(({ headers }) => headers["intercom-version"]),
        ["2.16", "2.16", "2.16", "2.15", "2.15"]
      )
    })
  )

  it.effect("decides what is sent, and what an answer's version is compared with", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const answer = (version: string) =>
        Scripted.json(Scripted.contact("1"), { headers: { "intercom-version": version } })
      const server = Scripted.make([answer("2.16"), answer("2.15"), answer("2.15")])
      const update = Contacts.use(({ update }) => update(id, { owner_id: AdminId.make("7") }))
      yield* Effect.gen(function* () {
        yield* Effect.provideService(update, IntercomHttp.Version, "2.16")
        yield* update
        assert.lengthOf(observed.messages, 0)
        yield* Effect.provideService(update, IntercomHttp.Version, "2.16")
      }).pipe(Effect.provide(server.layer(Contacts.layer)), observed.watch)
      assert.deepStrictEqual(
        server.sent.map(({ body }) => body),
        [{ owner_id: "7" }, { owner_id: 7 }, { owner_id: "7" }]
      )
      assert.match(observed.messages.join(), /answered with version 2\.15 .* asked for 2\.16/)
    })
  )
})

describe("IntercomHttp.Headers", () => {
  it.effect("go with every request of the calls inside, repetitions and pages included", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.status(503), ...twoPages, ok])
      yield* Effect.gen(function* () {
        yield* Contacts.use(({ list }) => Stream.runDrain(list.items())).pipe(
          Effect.provideService(IntercomHttp.Headers, { "X-Gateway-Key": "k", "user-agent": "mine/1" })
        )
        yield* get
      }).pipe(Effect.provide(server.layer(Contacts.layer)), Scripted.elapse)
      assert.deepStrictEqual(
        server.sent.map(({ headers }) => [headers["x-gateway-key"], headers["user-agent"] === "mine/1"]),
        [...Array.from({ length: 3 }, () => ["k", true]), [undefined, false]]
      )
      assert.strictEqual(server.sent[0]?.headers["authorization"], `Bearer ${Scripted.token}`)
    })
  )

  it.effect("cannot be those of the client, nor be malformed; nothing is sent, and no value is shown", () =>
    Effect.gen(function* () {
      const server = Scripted.make([])
      const refused = {
        Authorization: "Bearer s3cret",
        host: "s3cret.example",
        "Intercom-Version": "s3cret",
        "content-length": "s3cret",
        accept: "s3cret",
        "a b": "s3cret",
        "x-a": "s3cret\r\nauthorization: x"
      }
      const error = yield* get.pipe(
        Effect.provideService(IntercomHttp.Headers, refused),
        Effect.provideService(IntercomHttp.Version, "latest"),
        Effect.provide(server.layer(Contacts.layer)),
        Effect.flip
      )
      assert(error.reason._tag === "EncodeError")
      assert.deepStrictEqual(
        error.reason.mismatches.map(({ path }) => path),
        ["Version", ...Object.keys(refused).map((name) => `Headers.${name.toLowerCase()}`)]
      )
      assert.include(error.message, "IntercomHttp.Version")
      assert.notInclude(inspect(error, { depth: 9 }), "s3cret")
      assert.lengthOf(server.sent, 0)
    })
  )

  it.effect("that are no headers at all are refused", () =>
    Effect.gen(function* () {
      for (const wrong of [null, "x: y", { "x-a": 1 }]) {
        const { reason } = yield* get.pipe(
          // As a program without types may have it.
          Effect.provideService(IntercomHttp.Headers, wrong as unknown as Record<string, string>),
          Effect.provide(Scripted.make([]).layer(Contacts.layer)),
          Effect.flip
        )
        assert.strictEqual(reason._tag, "EncodeError")
      }
    })
  )

  it.effect("do not follow a redirect to another host, as the token does not", () =>
    Effect.gen(function* () {
      const download = DataExports.use(({ download }) => Stream.runDrain(download(DataExportId.make("1"))))
      const redirectTo = (location: string) => Scripted.status(302, { location })
      for (const [location, key] of [
        ["https://bucket.example/file", undefined],
        ["https://api.intercom.io/file", "k"]
      ] as const) {
        const server = Scripted.make([redirectTo(location), Scripted.text("file")])
        yield* download.pipe(
          Effect.provideService(IntercomHttp.Headers, { "X-Gateway-Key": "k" }),
          Effect.provide(server.layer(DataExports.layer, { transformClient: HttpClient.followRedirects() }))
        )
        assert.deepStrictEqual(
          server.sent.map(({ headers, url }) => [url.host, headers["x-gateway-key"], "authorization" in headers]),
          [
            ["api.intercom.io", "k", true],
            [new URL(location).host, key, key !== undefined]
          ]
        )
      }
    })
  )
})

describe("IntercomHttp.OnResponse", () => {
  it.effect("is told of each attempt that was answered: what of, status, headers, request id, which", () =>
    Effect.gen(function* () {
      const { replies } = yield* heard(get, [
        Scripted.status(503, { "x-request-id": "req-6" }),
        Scripted.lost("ECONNRESET"),
        ok
      ])
      const common = { operation: "Contacts.get", method: "GET", path: "/contacts/{contact_id}" }
      assert.deepStrictEqual(
        replies.map(({ headers, ...reply }) => ({ ...reply, type: headers["content-type"] })),
        [
          { ...common, status: 503, requestId: "req-6", attempt: 1, type: undefined },
          { ...common, status: 200, requestId: "req-7", attempt: 3, type: "application/json" }
        ]
      )
    })
  )

  it.effect("is told of an answer whose body never came, of refusals, and of bytes when they begin", () =>
    Effect.gen(function* () {
      const stalled = yield* heard(get, [Scripted.stall("{"), ok], { timeout: "5 seconds" })
      assert.deepStrictEqual(
        stalled.replies.map(({ attempt, status }) => [attempt, status]),
        [
          [1, 200],
          [2, 200]
        ]
      )
      const refused = yield* heard(get, [Scripted.errorList(404, { code: "not_found" })])
      assert.deepStrictEqual(
        refused.replies.map(({ status }) => status),
        [404]
      )
      const bytes = yield* heard(
        DataExports.use(({ download }) => Stream.runDrain(download(DataExportId.make("1")))),
        [Scripted.text("file")]
      )
      assert.deepStrictEqual(
        bytes.replies.map(({ operation }) => operation),
        ["DataExports.download"]
      )
    })
  )

  it.effect("reaches walks and their fibers; concurrent calls count their own attempts", () =>
    Effect.gen(function* () {
      const walk = yield* heard(
        Contacts.use(({ list }) => Stream.runDrain(list.items())),
        twoPages
      )
      assert.deepStrictEqual(
        walk.replies.map(({ attempt, operation }) => [operation, attempt]),
        [
          ["Contacts.list", 1],
          ["Contacts.list", 1]
        ]
      )
      const both = yield* heard(Effect.all([get, get], { concurrency: 2 }), [ok, ok])
      assert.deepStrictEqual(
        both.replies.map(({ attempt }) => attempt),
        [1, 1]
      )
    })
  )

  it.effect("comes after the rate limit learned, and keeps no slot of it", () =>
    Effect.gen(function* () {
      const start = 1_700_000_000
      yield* TestClock.setTime(start * 1000)
      const full = { "x-ratelimit-limit": "100", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(start + 10) }
      const server = Scripted.make((_, index) =>
        Scripted.json(Scripted.contact("1"), index === 0 ? { headers: full } : {})
      )
      let told = 0
      yield* Effect.gen(function* () {
        const { get } = yield* Contacts
        yield* Effect.provideService(get(id), IntercomHttp.OnResponse, () => {
          told++
          return Effect.orDie(Effect.asVoid(get(id)))
        })
      }).pipe(Effect.provide(server.layer(Contacts.layer)), Scripted.elapse)
      assert.deepStrictEqual(
        server.times.map((at) => at - start * 1000),
        [0, 10_000]
      )
      // The callback's own call is not told of.
      assert.strictEqual(told, 1)
    })
  )

  it.effect("that dies ends the call with its defect, which is not repeated", () =>
    Effect.gen(function* () {
      const server = Scripted.make([Scripted.status(503), ok])
      const exit = yield* get.pipe(
        Effect.provideService(IntercomHttp.OnResponse, () => Effect.die(new Error("the disk is full"))),
        Effect.provide(server.layer(Contacts.layer)),
        Effect.exit,
        Scripted.elapse
      )
      assert(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      assert.include(Cause.pretty(exit.cause), "the disk is full")
      assert.lengthOf(server.sent, 1)
    })
  )

  it.effect("is never given the token, whatever a server echoes", () =>
    Effect.gen(function* () {
      const echo = Scripted.json(Scripted.contact("1"), {
        headers: { "x-request-id": Scripted.token, "x-echo": `Bearer ${encodeURIComponent(Scripted.token)}` }
      })
      const { replies } = yield* heard(get, [echo])
      assert.lengthOf(replies, 1)
      const shown = inspect(replies, { depth: 9, showHidden: true }) + JSON.stringify(replies)
      assert.include(shown, "Bearer <redacted>")
      assert.notInclude(shown, Scripted.token)
      assert.notInclude(shown, encodeURIComponent(Scripted.token))
    })
  )
})

describe("withReply", () => {
  it.effect("gives the value and the last answer, and whoever listens around it is told, too", () =>
    Effect.gen(function* () {
      const { exit, replies } = yield* heard(withReply(get), [Scripted.status(503), ok])
      assert(Exit.isSuccess(exit))
      const [contact, reply] = exit.value
      assert.strictEqual(contact.id, "1")
      assert.deepStrictEqual([reply?.status, reply?.requestId, reply?.attempt], [200, "req-7", 2])
      assert.lengthOf(replies, 2)
    })
  )

  it.effect("gives none where no call was made", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* withReply(Effect.succeed(1)), [1, undefined])
    })
  )
})
