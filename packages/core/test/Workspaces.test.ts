/** Many workspaces in one process: each call with its own workspace's token, one limit for a token, nothing kept that fails. */
import {
  ContactId,
  Contacts,
  type Credentials,
  type Intercom,
  type IntercomError,
  IntercomHttp,
  TokenStore,
  Workspaces,
  type WorkspacesOptions
} from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Hash from "effect/Hash"
import * as Layer from "effect/Layer"
import * as LayerMap from "effect/LayerMap"
import * as Random from "effect/Random"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import * as Observed from "./Observed.ts"
import * as Scripted from "./Scripted.ts"

/** Of contacts alone. */
class Tenants extends Workspaces.withClient<Tenants>()("test/Tenants", Contacts.layer) {}

const credentials = (accessToken: string, rest: Omit<Credentials, "accessToken"> = {}): Credentials => ({
  accessToken: Redacted.make(accessToken),
  ...rest
})

const tokenOf = (request: Scripted.Sent | undefined) => request?.headers["authorization"]?.replace("Bearer ", "")

/** A contact whose id tells whose it is. */
const ask = (workspace: string) => Contacts.use(({ get }) => get(ContactId.make(workspace)))

const contact = Scripted.json(Scripted.contact("1"))

/** A server that knows some tokens, and a store that can be looked into. */
const place = (tokens: Readonly<Record<string, string>>, answer: (request: Scripted.Sent) => Scripted.Answer) => {
  // Not at once, so that requests meet.
  const server = Scripted.make(
    (request) => (sent, signal) => Effect.andThen(Effect.yieldNow, answer(request)(sent, signal))
  )
  const found: Array<string> = []
  const kept = new Map(Object.entries(tokens))
  const store = Layer.succeed(
    TokenStore,
    TokenStore.make({
      find: (workspace) =>
        Effect.gen(function* () {
          found.push(workspace)
          yield* Effect.yieldNow
          const token = kept.get(workspace)
          return token === undefined ? undefined : credentials(token)
        })
    })
  )
  return {
    server,
    found,
    kept,
    run: <A, E>(effect: Effect.Effect<A, E, Tenants>, options?: WorkspacesOptions) =>
      effect.pipe(
        Effect.provide(Tenants.layer(options)),
        Effect.provide(store),
        Effect.provide(server.httpClient),
        Effect.scoped
      )
  }
}

describe("a client for each workspace", () => {
  it.effect("is made when it is asked for, and kept while it is used", () =>
    Effect.gen(function* () {
      const { found, run, server } = place({ acme: "a", globex: "g" }, () => contact)
      yield* run(
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* Tenants.keys, [])
          yield* Tenants.provide("globex")(ask("globex"))
          yield* Effect.all(
            [1, 2, 3].map(() => Tenants.provide("acme")(ask("acme"))),
            { concurrency: 3 }
          )
          assert.deepStrictEqual(yield* Tenants.keys, ["acme", "globex"])
          assert.deepStrictEqual(found, ["globex", "acme"])
          assert.deepStrictEqual(server.sent.map(tokenOf), ["g", "a", "a", "a"])
          // What is in use is not given up.
          const long = yield* Effect.forkChild(Tenants.provide("acme")(Effect.sleep("10 minutes")))
          yield* TestClock.adjust("5 minutes")
          assert.deepStrictEqual(yield* Tenants.keys, ["acme"])
          yield* TestClock.adjust("5 minutes")
          yield* Fiber.join(long)
          assert.deepStrictEqual(yield* Tenants.keys, ["acme"])
          yield* TestClock.adjust("2 minutes")
          assert.deepStrictEqual(yield* Tenants.keys, [])
          yield* Tenants.provide("acme")(ask("acme"))
          assert.deepStrictEqual(found, ["globex", "acme", "acme"])
        })
      )
    })
  )

  it.effect("is a layer too, and one for streams", () =>
    Effect.gen(function* () {
      const { run, server } = place({ acme: "a", globex: "g" }, () => Scripted.json(Scripted.contacts(["1", "2"])))
      const items = Stream.unwrap(Contacts.useSync(({ list }) => list.items()))
      const counts = yield* run(
        Effect.forEach(["acme", "globex"], (name) => Stream.runCount(Stream.provide(items, Tenants.get(name))))
      )
      assert.deepStrictEqual(counts, [2, 2])
      assert.deepStrictEqual(server.sent.map(tokenOf), ["a", "g"])
    })
  )

  it.effect("has every resource, where nothing else is chosen", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => Scripted.json({}))
      const all: Effect.Effect<unknown, unknown, Intercom | Contacts | IntercomHttp | Workspaces> = Effect.void
      yield* Effect.gen(function* () {
        const http = yield* IntercomHttp
        assert.strictEqual(http.config.baseUrl.host, "api.eu.intercom.io")
        yield* Effect.exit(Contacts.use(({ list }) => list()))
        yield* all
      }).pipe(
        Workspaces.provide("acme"),
        Effect.provide(Workspaces.layer()),
        Effect.provide(TokenStore.layerMemory({ acme: credentials("a", { region: "eu" }) })),
        Effect.provide(server.httpClient)
      )
      assert.deepStrictEqual(server.sent.map(tokenOf), ["a"])
    })
  )

  it.effect("takes what a workspace says of its own, and the rest from the options of all", () =>
    Effect.gen(function* () {
      const config = Effect.map(IntercomHttp, ({ config: { baseUrl, timeout, version } }) => [
        baseUrl.href,
        version,
        String(Duration.toMillis(timeout))
      ])
      const of = (options?: WorkspacesOptions) =>
        Effect.forEach(["plain", "region", "address", "version"], (name) => Tenants.provide(name)(config)).pipe(
          Effect.provide(Tenants.layer({ timeout: "7 seconds", ...options })),
          Effect.provide(
            TokenStore.layerMemory({
              plain: credentials("t"),
              region: credentials("t", { region: "au" }),
              address: credentials("t", { baseUrl: "https://own.example" }),
              version: credentials("t", { version: "2.14" })
            })
          ),
          Effect.provide(Scripted.make([]).httpClient)
        )
      const tables = [yield* of(), yield* of({ baseUrl: "https://gate.example", version: "2.16" })]
      assert.deepStrictEqual(
        tables.map((rows) => rows.map((row) => row.slice(0, 2).join(" "))),
        [
          [
            "https://api.intercom.io/ 2.15",
            "https://api.au.intercom.io/ 2.15",
            "https://own.example/ 2.15",
            "https://api.intercom.io/ 2.14"
          ],
          [
            "https://gate.example/ 2.16",
            "https://api.au.intercom.io/ 2.16",
            "https://own.example/ 2.16",
            "https://gate.example/ 2.14"
          ]
        ]
      )
      assert.isTrue(tables.flat().every(([, , timeout]) => timeout === "7000"))
    })
  )

  it.effect("is not made with options that are wrong for all", () =>
    Effect.gen(function* () {
      const built = Layer.build(Tenants.layer({ version: "two" })).pipe(
        Effect.provide(TokenStore.layerMemory()),
        Effect.provide(Scripted.make([]).httpClient),
        Effect.scoped
      )
      const error = yield* Effect.flip(built)
      assert.strictEqual(error._tag, "ConfigError")
      assert.include(error.message, "version")
    })
  )

  it.effect("is forgotten at once, whoever is at work with it", () =>
    Effect.gen(function* () {
      const { found, run } = place({ acme: "a" }, () => contact)
      yield* run(
        Effect.gen(function* () {
          const atWork = Effect.andThen(Tenants.invalidate("acme"), Tenants.keys)
          assert.deepStrictEqual(yield* Tenants.provide("acme")(atWork), [])
          yield* Tenants.provide("acme")(Effect.void)
          assert.deepStrictEqual(found, ["acme", "acme"])
        })
      )
    })
  )

  it.effect("takes a store that tells no changes", () =>
    Effect.gen(function* () {
      const { server } = place({}, () => contact)
      const { onChange: _, ...store } = TokenStore.make({ find: () => Effect.succeed(credentials("a")) })
      yield* Tenants.provide("acme")(ask("acme")).pipe(
        Effect.provide(Tenants.layer()),
        Effect.provide(Layer.succeed(TokenStore, store)),
        Effect.provide(server.httpClient),
        Effect.scoped
      )
      assert.deepStrictEqual(server.sent.map(tokenOf), ["a"])
    })
  )

  it.effect("is told in logs and spans by its name, and its token is not", () =>
    Effect.gen(function* () {
      const observed = Observed.make()
      const { run } = place({ acme: Scripted.token }, () => Scripted.status(401))
      yield* run(Effect.exit(Tenants.provide("acme")(Effect.tapError(ask("acme"), Effect.logError)))).pipe(
        observed.watch
      )
      const shown = [...observed.lines, ...observed.spans.map(Observed.textOf)]
      assert.isTrue(shown.every((text) => !text.includes(Scripted.token)))
      assert.isTrue(observed.lines.length > 0 && observed.lines.every((line) => line.includes("workspace=acme")))
      const call = observed.spans.find(({ name }) => name === "Contacts.get")
      assert.strictEqual(call?.attributes.get("intercom.workspace"), "acme")
    })
  )
})

describe("what fails", () => {
  it.effect("is not kept: a token that was not there may be there the next time", () =>
    Effect.gen(function* () {
      const { found, kept, run } = place({ bad: "a b" }, () => contact)
      yield* run(
        Effect.gen(function* () {
          const both = [1, 2].map(() => Effect.flip(Tenants.provide("acme")(ask("acme"))))
          for (const error of yield* Effect.all(both, { concurrency: 2 })) {
            assert.strictEqual(error._tag, "UnknownWorkspace")
          }
          assert.deepStrictEqual(found, ["acme"])
          assert.strictEqual((yield* Effect.flip(Tenants.provide("bad")(ask("bad"))))._tag, "TokenStoreError")
          assert.strictEqual((yield* Effect.flip(Tenants.provide("../x")(ask("x"))))._tag, "UnknownWorkspace")
          assert.deepStrictEqual(yield* Tenants.keys, [])
          kept.set("acme", "a")
          yield* Tenants.provide("acme")(ask("acme"))
          assert.deepStrictEqual(yield* Tenants.keys, ["acme"])
        })
      )
    })
  )

  it.effect("is not kept, if whoever asked did not wait for it", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => contact)
      let answers: ReadonlyArray<Effect.Effect<Credentials | undefined, Error>> = [
        Effect.delay(Effect.fail(new Error("the vault is sealed")), "1 second"),
        Effect.succeed(credentials("a"))
      ]
      const store = TokenStore.make({
        find: () =>
          Effect.suspend(() => {
            const [answer = Effect.succeed(undefined), ...rest] = answers
            answers = rest
            return answer
          })
      })
      yield* Effect.gen(function* () {
        const impatient = yield* Effect.forkChild(Tenants.provide("acme")(ask("acme")))
        yield* TestClock.adjust("500 millis")
        yield* Fiber.interrupt(impatient)
        yield* TestClock.adjust("1 second")
        yield* Tenants.provide("acme")(ask("acme"))
        assert.deepStrictEqual(server.sent.map(tokenOf), ["a"])
      }).pipe(
        Effect.provide(Tenants.layer()),
        Effect.provideService(TokenStore, store),
        Effect.provide(server.httpClient)
      )
    })
  )

  it.effect("is one workspace's", () =>
    Effect.gen(function* () {
      const { run } = place({ acme: "a", globex: "g", initech: "i", broken: "b" }, (request) =>
        tokenOf(request) === "g"
          ? Scripted.status(401)
          : tokenOf(request) === "b"
            ? () => Effect.die(new Error("a defect"))
            : contact
      )
      const names = ["acme", "globex", "unknown", "broken", "initech"]
      const exits = yield* run(
        Effect.forEach(names, (name) => Effect.exit(Tenants.provide(name)(ask(name))), { concurrency: 5 })
      )
      assert.deepStrictEqual(exits.map(Exit.isSuccess), [true, false, false, false, true])
    })
  )

  it.effect("with 401 says whose stored token it is, and nothing of variables that nobody reads", () =>
    Effect.gen(function* () {
      const { run } = place({ acme: "a" }, () => Scripted.errorList(401, { code: "unauthorized" }))
      const refused = (options?: WorkspacesOptions) =>
        run(Effect.flip(Tenants.provide("acme")(ask("acme"))), options).pipe(
          Effect.map((error) => {
            assert(error._tag === "IntercomError" && error.reason._tag === "Unauthorized")
            assert.strictEqual(error.reason.workspace, "acme")
            assert.notInclude(error.message, "INTERCOM_")
            return error.reason.message
          })
        )
      assert.strictEqual(
        yield* refused({ region: "eu" }),
        "HTTP 401 unauthorized [request req-1]. Check the token that is stored for the workspace acme; if it is right, the " +
          "workspace is in another region than eu: store it with its region (us or au)."
      )
      assert.include(
        yield* refused({ baseUrl: "https://gateway.example" }),
        "Check the token that is stored for the workspace acme, and the region or base URL beside it."
      )
    })
  )

  it.effect("advises about what is stored for it, and never about variables that nobody read", () =>
    Effect.gen(function* () {
      const page = { headers: { "content-type": "text/html" } }
      const answers: Readonly<Record<string, Scripted.Answer>> = {
        token: Scripted.errorList(401, { code: "token_revoked" }),
        version: Scripted.errorList(400, { code: "intercom_version_invalid" }),
        redirect: Scripted.status(301, { location: "https://gateway.example/elsewhere" }),
        moved: Scripted.status(301, { location: "https://gateway.example/contacts/1" }),
        method: Scripted.errorList(405, { code: "not_allowed" }),
        page: Scripted.text("<html>", { status: 404, ...page }),
        login: Scripted.text("<html>", page),
        ...Object.fromEntries(
          ["ENOTFOUND", "ECONNREFUSED", "ERR_TLS_CERT_ALTNAME_INVALID", "ERR_SSL_WRONG_VERSION_NUMBER"].map((code) => [
            code,
            Scripted.lost(code)
          ])
        )
      }
      const options = { baseUrl: "https://old.example", retry: { times: 0 } }
      for (const [name, answer] of Object.entries(answers)) {
        const { run } = place({ acme: "a" }, () => answer)
        const stored = (yield* run(Effect.flip(Tenants.provide("acme")(ask("acme"))), options)).message
        const single = (yield* Effect.flip(
          Effect.provide(ask("acme"), Scripted.make([answer]).layer(Contacts.layer, options))
        )).message
        assert.notInclude(stored, "INTERCOM_", name)
        // What names a variable of a client by itself, names a field here.
        assert.include(stored, "for the workspace acme", name)
        assert.include(single, "INTERCOM_", name)
      }
    })
  )

  it.effect(
    "has the token that the store has from now on, once that is set or removed; calls under way have theirs",
    () =>
      Effect.gen(function* () {
        const asked = yield* Deferred.make<void>()
        const answered = yield* Deferred.make<void>()
        const server = Scripted.make(
          (request) => (sent, signal) =>
            tokenOf(request) === "old"
              ? Deferred.succeed(asked, undefined).pipe(
                  Effect.andThen(Deferred.await(answered)),
                  Effect.andThen(contact(sent, signal))
                )
              : contact(sent, signal)
        )
        yield* Effect.gen(function* () {
          const { remove, set } = yield* TokenStore
          yield* set("acme", credentials("old"))
          const underWay = yield* Effect.forkChild(Tenants.provide("acme")(ask("acme")))
          yield* Deferred.await(asked)
          yield* set("acme", credentials("new"))
          yield* Tenants.provide("acme")(ask("acme"))
          yield* remove("acme")
          assert.strictEqual((yield* Effect.flip(Tenants.provide("acme")(ask("acme"))))._tag, "UnknownWorkspace")
          yield* Deferred.succeed(answered, undefined)
          yield* Fiber.join(underWay)
          assert.deepStrictEqual(server.sent.map(tokenOf), ["old", "new"])
        }).pipe(
          Effect.provide(Tenants.layer()),
          Effect.provide(TokenStore.layerMemory()),
          Effect.provide(server.httpClient)
        )
      })
  )

  it.effect("with 401 has its token looked up the next time, as it may have been replaced", () =>
    Effect.gen(function* () {
      const { found, kept, run, server } = place({ acme: "old", globex: "g" }, (request) =>
        tokenOf(request) === "old" ? Scripted.status(401) : contact
      )
      yield* run(
        Effect.gen(function* () {
          yield* Tenants.provide("globex")(ask("globex"))
          const calls = [1, 2, 3].map(() => Effect.exit(Tenants.provide("acme")(ask("acme"))))
          yield* Effect.all(calls, { concurrency: 3 })
          assert.deepStrictEqual(yield* Tenants.keys, ["globex"])
          kept.set("acme", "new")
          yield* Tenants.provide("acme")(ask("acme"))
          yield* Tenants.provide("acme")(ask("acme"))
          assert.deepStrictEqual(found, ["globex", "acme", "acme"])
          assert.deepStrictEqual(server.sent.map(tokenOf), ["g", "old", "old", "old", "new", "new"])
          assert.deepStrictEqual(yield* Tenants.keys, ["acme", "globex"])
        })
      )
    })
  )

  it.effect("with 401 late does not give up the client that took its place", () =>
    Effect.gen(function* () {
      const { found, kept, run } = place({ acme: "old" }, (request) =>
        tokenOf(request) === "old" ? Scripted.after("1 second", Scripted.status(401)) : contact
      )
      yield* run(
        Effect.gen(function* () {
          const late = yield* Effect.forkChild(Effect.exit(Tenants.provide("acme")(ask("acme"))))
          yield* TestClock.adjust("500 millis")
          kept.set("acme", "new")
          yield* Tenants.invalidate("acme")
          yield* Tenants.provide("acme")(ask("acme"))
          yield* TestClock.adjust("1 second")
          assert.isTrue(Exit.isFailure(yield* Fiber.join(late)))
          assert.deepStrictEqual(yield* Tenants.keys, ["acme"])
          yield* Tenants.provide("acme")(ask("acme"))
          assert.deepStrictEqual(found, ["acme", "acme"])
        })
      )
    })
  )

  it.effect("otherwise leaves the client as it is", () =>
    Effect.gen(function* () {
      const { found, run } = place({ acme: "a" }, () => Scripted.status(403))
      yield* run(
        Effect.gen(function* () {
          yield* Effect.exit(Tenants.provide("acme")(ask("acme")))
          yield* Effect.exit(Tenants.provide("acme")(ask("acme")))
          assert.deepStrictEqual(found, ["acme"])
        })
      )
    })
  )
})

describe("the rate limit", () => {
  /** Two requests in ten seconds for each token, told by headers. */
  const limited = (tokens: Readonly<Record<string, string>>) => {
    const used = new Map<string, number>()
    return place(tokens, (request) => {
      const window = Math.floor(request.at / 10_000)
      const key = `${tokenOf(request)} ${window}`
      const count = (used.get(key) ?? 0) + 1
      used.set(key, count)
      return Scripted.json(Scripted.contact("1"), {
        status: count > 2 ? 429 : 200,
        headers: {
          "x-ratelimit-limit": "2",
          "x-ratelimit-remaining": String(Math.max(0, 2 - count)),
          "x-ratelimit-reset": String((window + 1) * 10)
        }
      })
    })
  }
  const timed = (name: string) =>
    Effect.andThen(
      Tenants.provide(name)(ask(name)),
      Effect.map(Clock.currentTimeMillis, (at) => [name, at])
    )

  it.effect("is one for a token, whatever names it has", () =>
    Effect.gen(function* () {
      const { run, server } = limited({ acme: "same", twin: "same", other: "other" })
      const times = yield* Scripted.elapse(
        run(Effect.forEach(["acme", "twin", "acme", "other"], timed, { concurrency: 1 }))
      )
      assert.deepStrictEqual(times, [
        ["acme", 0],
        ["twin", 0],
        ["acme", 10_000],
        ["other", 10_000]
      ])
      assert.strictEqual(server.sent.length, 4)
    })
  )

  it.effect("is each token's own, whatever their hashes", () =>
    Effect.gen(function* () {
      const [one, other] = ["t8t", "tfj"]
      const hash = (token: string) => Hash.string(`https://api.intercom.io/ ${token}`)
      assert.strictEqual(hash(one), hash(other))
      const { run } = limited({ one, other })
      const times = yield* Scripted.elapse(
        run(Effect.forEach(["one", "one", "other", "other"], timed, { concurrency: 1 }))
      )
      // None waits for the next window.
      assert.isTrue(times.every(([, at]) => Number(at) < 10_000))
    })
  )

  it.effect("is known again to a client that is made again", () =>
    Effect.gen(function* () {
      const { run, server } = limited({ acme: "a" })
      const times = yield* Scripted.elapse(
        run(Effect.forEach([1, 2, 3], () => Effect.andThen(Tenants.invalidate("acme"), timed("acme"))))
      )
      assert.deepStrictEqual(times, [
        ["acme", 0],
        ["acme", 0],
        ["acme", 10_000]
      ])
      assert.strictEqual(server.sent.length, 3)
    })
  )

  it.effect("is counted in a store by token, where several processes share one", () =>
    Effect.gen(function* () {
      const server = Scripted.make(() => contact)
      const keys: Array<string> = []
      const store = Layer.effect(
        RateLimiter.RateLimiterStore,
        Effect.map(RateLimiter.RateLimiterStore, (store) =>
          RateLimiter.RateLimiterStore.of({
            ...store,
            fixedWindow: (options) => {
              keys.push(options.key)
              return store.fixedWindow(options)
            }
          })
        )
      ).pipe(Layer.provide(RateLimiter.layerStoreMemory))
      yield* Effect.forEach(["acme", "twin", "other"], (name) => Tenants.provide(name)(ask(name))).pipe(
        Effect.provide(Tenants.layerShared()),
        Effect.provide(
          TokenStore.layerMemory({
            acme: credentials(Scripted.token),
            twin: credentials(Scripted.token),
            other: credentials("other")
          })
        ),
        Effect.provide(store),
        Effect.provide(server.httpClient)
      )
      assert.strictEqual(keys.length, 3)
      assert.strictEqual(new Set(keys).size, 2)
      assert.isTrue(keys.every((key) => !key.includes(Scripted.token)))
    })
  )
})

/** A service of the user's own on top of a client, in a layer that is one object for all. */
class Audience extends Context.Service<
  Audience,
  { readonly ask: (workspace: string) => Effect.Effect<unknown, IntercomError> }
>()("test/Audience") {
  static built = 0
  static readonly shared = Layer.effect(
    this,
    Effect.map(Contacts, ({ get }) => {
      this.built++
      return { ask: (workspace: string) => get(ContactId.make(workspace)) }
    })
  )
}

class Audiences extends Workspaces.withClient<Audiences>()(
  "test/Audiences",
  Layer.provideMerge(Audience.shared, Contacts.layer)
) {}

describe("whatever way layers are composed, a request has the token of its own workspace", () => {
  type Program = Effect.Effect<void, unknown, Contacts | Audience | Audiences | TokenStore>

  /** The ways to be a workspace. */
  const ways = {
    provide: (name: string) => Audiences.provide(name),
    get: (name: string) => Effect.provide(Audiences.get(name)),
    "get, kept in a LayerMap": (name: string) => (program: Program) =>
      Effect.gen(function* () {
        const map = yield* LayerMap.make((yield* Audiences).get)
        yield* Effect.provide(program, map.get(name))
      }).pipe(Effect.scoped),
    "get, below a fresh layer": (name: string) =>
      Effect.provide(Layer.provideMerge(Layer.fresh(Audience.shared), Audiences.get(name))),
    "provide, around a layer that all share": (name: string) => (program: Program) =>
      Audiences.provide(name)(Effect.provide(program, Audience.shared))
  } satisfies Record<string, (name: string) => (program: Program) => Program>

  type Step =
    | { readonly _tag: "Contacts" | "Audience" }
    | { readonly _tag: "invalidate" | "rotate"; readonly name: string }
    | {
        readonly _tag: "as"
        readonly name: string
        readonly way: keyof typeof ways
        readonly together: boolean
        readonly steps: ReadonlyArray<Step>
      }

  const names = Array.from({ length: 1000 }, (_, index) => `w${index}`)
  const anyStep = fc.letrec<{ readonly as: Step; readonly step: Step }>((tie) => {
    // Mostly the same few, so that they meet.
    const name = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...names.slice(0, 4)) },
      { weight: 1, arbitrary: fc.constantFrom(...names) }
    )
    return {
      step: fc.oneof(
        { maxDepth: 3 },
        fc.record({ _tag: fc.constantFrom("Contacts" as const, "Audience" as const) }),
        fc.record({ _tag: fc.constantFrom("invalidate" as const, "rotate" as const), name }),
        tie("as")
      ),
      as: fc.record({
        _tag: fc.constant("as" as const),
        name,
        // The keys of the object, which types do not tell.
        way: fc.constantFrom(...(Object.keys(ways) as Array<keyof typeof ways>)),
        together: fc.boolean(),
        steps: fc.array(tie("step"), { minLength: 1, maxLength: 6 })
      })
    }
  })

  /** A program that does all this, and asks for contacts whose ids say as which workspace. */
  const programOf = (step: Step, current: string): Program => {
    switch (step._tag) {
      case "Contacts":
        return Effect.asVoid(ask(current))
      case "Audience":
        return Effect.asVoid(Audience.use(({ ask }) => ask(current)))
      case "invalidate":
        return Audiences.invalidate(step.name)
      case "rotate":
        return Effect.flatMap(Random.nextInt, (n) =>
          TokenStore.use(({ set }) => set(step.name, credentials(`${step.name}~${n}`)))
        )
      case "as":
        return ways[step.way](step.name)(
          Effect.forEach(step.steps, (inner) => programOf(inner, step.name), {
            concurrency: step.together ? "unbounded" : 1,
            discard: true
          })
        )
    }
  }

  /** Runs a program in a world of 1,000 workspaces; gives what each request says it is, and whose token it had. */
  const requestsOf = (program: Program) =>
    Effect.gen(function* () {
      const server = Scripted.make(() => (request, signal) => Effect.andThen(Effect.yieldNow, contact(request, signal)))
      const tokens = Object.fromEntries(names.map((name) => [name, credentials(`${name}~0`)]))
      yield* program.pipe(
        // A client around everything, as an application may have one.
        Effect.provide(Layer.provideMerge(Audience.shared, Contacts.layer)),
        Effect.provide(IntercomHttp.layer({ accessToken: Redacted.make("app~0") })),
        Effect.provide(Audiences.layer()),
        Effect.provide(TokenStore.layerMemory(tokens)),
        Effect.provide(server.httpClient)
      )
      return server.sent.map((request) => [request.path.replace("/contacts/", ""), tokenOf(request)?.split("~")[0]])
    })

  it("in any composition", () =>
    fc.assert(
      fc.asyncProperty(fc.array(anyStep.as, { minLength: 1, maxLength: 4 }), async (steps) => {
        const program = Effect.forEach(steps, (step) => programOf(step, "app"), { concurrency: 2, discard: true })
        for (const [meant, owner] of await Effect.runPromise(requestsOf(program))) assert.strictEqual(owner, meant)
      }),
      { numRuns: Number(process.env["INTERCOM_TEST_COMPOSITIONS"] ?? 25) }
    ))

  it("with 1,000 workspaces at once", async () => {
    Audience.built = 0
    // Some of them twice, at the same time.
    const each = Effect.forEach([...names, ...names.slice(0, 100)], (name) => Audiences.provide(name)(ask(name)), {
      concurrency: "unbounded",
      discard: true
    })
    const requests = await Effect.runPromise(requestsOf(each))
    assert.strictEqual(requests.length, 1100)
    for (const [meant, owner] of requests) assert.strictEqual(owner, meant)
    assert.deepStrictEqual(new Set(requests.map(([meant]) => meant)), new Set(names))
    // Once for each workspace, and once around them.
    assert.strictEqual(Audience.built, 1001)
  })
})
