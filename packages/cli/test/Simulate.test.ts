import { assert, describe, it } from "@effect/vitest"
import { defaultCounts } from "@effect-intercom/simulator/Simulator"
import * as Effect from "effect/Effect"
import * as Str from "effect/String"
import * as Command from "./Command.ts"

describe("intercom simulate", () => {
  it.live("prints what a client needs, answers, and ends with Ctrl-C", () =>
    Effect.gen(function* () {
      const flags = ["--contacts", "7", "--news-items", "3", "--rate-limit", "20/10s", "--timezone", "Asia/Tokyo"]
      const child = yield* Command.start(["simulate", ...flags], {}, Command.sources)
      yield* Command.until(Effect.sync(() => child.output.stdout.includes("intercom export")))
      const [, url = ""] = /export INTERCOM_BASE_URL=(\S+)/.exec(child.output.stdout) ?? []
      const [, token = ""] = /export INTERCOM_ACCESS_TOKEN=(\S+)/.exec(child.output.stdout) ?? []
      const response = yield* Effect.promise(() =>
        fetch(`${url}/contacts`, { headers: { authorization: `Bearer ${token}`, accept: "application/json" } })
      )
      assert.strictEqual(response.headers.get("x-ratelimit-limit"), "20")
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

      yield* child.signal("SIGINT")
      const { code, stderr } = yield* child.result
      assert.strictEqual(code, 130)
      assert.strictEqual(stderr, "")
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
