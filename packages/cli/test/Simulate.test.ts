import { assert, describe, it } from "@effect/vitest"
import * as Notify from "@effect-intercom/cli/Notify"
import type * as Notifications from "@effect-intercom/simulator/Notifications"
import { defaultCounts, Simulator } from "@effect-intercom/simulator/Simulator"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Str from "effect/String"
import * as TestConsole from "effect/testing/TestConsole"
import * as Command from "./Command.ts"

describe("intercom simulate", () => {
  it.live("prints what a client needs, answers, and ends with Ctrl-C", () =>
    Effect.gen(function* () {
      const flags = [
        "--contacts",
        "7",
        "--news-items",
        "3",
        "--rate-limit",
        "20/10s",
        "--timezone",
        "Asia/Tokyo",
        "--api-version",
        "2.16"
      ]
      const child = yield* Command.start(["simulate", ...flags], {}, Command.sources)
      yield* Command.until(Effect.sync(() => child.output.stdout.includes("intercom export")))
      const [, url = ""] = /export INTERCOM_BASE_URL=(\S+)/.exec(child.output.stdout) ?? []
      const [, token = ""] = /export INTERCOM_ACCESS_TOKEN=(\S+)/.exec(child.output.stdout) ?? []
      const response = yield* Effect.promise(() =>
        fetch(`${url}/contacts`, { headers: { authorization: `Bearer ${token}`, accept: "application/json" } })
      )
      assert.strictEqual(response.headers.get("x-ratelimit-limit"), "20")
      assert.strictEqual(response.headers.get("intercom-version"), "2.16")
      const page = (yield* Effect.promise(() => response.json())) as { readonly total_count: number }
      assert.strictEqual(page.total_count, 7)

      const me = yield* Effect.promise(() =>
        fetch(`${url}/me`, { headers: { authorization: `Bearer ${token}`, accept: "application/json" } })
      )
      assert.include(yield* Effect.promise(() => me.text()), '"timezone":"Asia/Tokyo"')

      const news = yield* Effect.promise(() =>
        fetch(`${url}/news/news_items`, { headers: { authorization: `Bearer ${token}`, accept: "application/json" } })
      )
      assert.include(yield* Effect.promise(() => news.text()), '"total_count":3')

      const second = yield* Command.inProcess(["simulate", "--port", new URL(url).port])
      assert.strictEqual(second.code, 1)
      assert.match(second.stderr.trim(), /^Port \d+ cannot be used: [^\n]*--port[^\n]*$/)

      const nowhere = yield* Command.inProcess(["simulate", "--timezone", "Mars/Base"])
      assert.notStrictEqual(nowhere.code, 0)
      assert.include(nowhere.stderr, 'Europe/Dublin, not "Mars/Base"')

      const never = yield* Command.inProcess(["simulate", "--api-version", "latest"])
      assert.notStrictEqual(never.code, 0)
      assert.include(never.stderr, "such as 2.16")

      yield* child.signal("SIGINT")
      const { code, stderr } = yield* child.result
      assert.strictEqual(code, 130)
      assert.strictEqual(stderr, "")
    })
  )

  it.effect("tells twice and out of order as it is asked to, with the first of several secrets", () =>
    Effect.gen(function* () {
      const asked: Array<Notifications.Options> = []
      const simulator = yield* Simulator
      yield* Notify.subscribe({
        notify: Option.some("http://app.test/webhooks"),
        notifySecretFile: Option.none(),
        duplicates: Option.some(0.2),
        reorder: Option.some(2000)
      }).pipe(
        Effect.provideService(Simulator, {
          ...simulator,
          notify: (options) =>
            Effect.andThen(
              Effect.sync(() => asked.push(options)),
              simulator.notify({ handler: () => Promise.resolve(new Response()) })
            )
        }),
        Effect.provideService(
          ConfigProvider.ConfigProvider,
          ConfigProvider.fromUnknown({ INTERCOM_CLIENT_SECRET: "new, old" })
        )
      )
      const [{ clientSecret, ...options } = {}] = asked
      assert.deepStrictEqual(options, {
        url: "http://app.test/webhooks",
        repeated: 0.2,
        disorder: Duration.seconds(2)
      })
      assert.strictEqual(clientSecret && Redacted.value(clientSecret), "new")
    }).pipe(
      Effect.scoped,
      Effect.provide([Simulator.layerClient({ contacts: 0 }), NodeServices.layer, TestConsole.layer])
    )
  )

  it.live("says what is wrong with whom it is to tell", () =>
    Effect.gen(function* () {
      const ended = (...args: ReadonlyArray<string>) =>
        Effect.map(Command.inProcess(["simulate", ...args]), ({ code, stderr }) => [code, stderr.split("\n")[0]])
      for (const [flag, value] of [
        ["--duplicates", "20%"],
        ["--reorder", "5"],
        ["--notify-secret-file", "secret"]
      ] as const) {
        assert.deepStrictEqual(yield* ended(flag, value), [
          64,
          `${flag} is about notifications: say where they go, with --notify`
        ])
      }
      assert.deepStrictEqual(yield* ended("--notify", "localhost:3000"), [
        64,
        '--notify takes an address such as http://localhost:3000/webhooks/intercom, not "localhost:3000".'
      ])
      assert.deepStrictEqual(yield* ended("--notify", "http://localhost:3000", "--duplicates", "101%"), [
        64,
        '--duplicates takes a percentage such as 20%, not "101%".'
      ])
      const [code, sentence] = yield* ended("--notify", "http://localhost:3000", "--notify-secret-file", "/nowhere")
      assert.strictEqual(code, 1)
      assert.match(String(sentence), /^--notify-secret-file: \/nowhere: no such file/)
    })
  )

  it.live("has a flag for each kind of record", () =>
    Effect.gen(function* () {
      const { stdout } = yield* Command.inProcess(["simulate", "--help"])
      for (const [name, count] of Object.entries(defaultCounts)) {
        assert.match(stdout, new RegExp(`--${Str.kebabCase(name)} .* ${count} when left out`))
      }
    })
  )
})
