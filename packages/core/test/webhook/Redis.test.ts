/**
 * The inbox in Redis, and clients that share a rate limit there. `.ci/redis` runs a server, and says where; without one, only
 * what needs none is run.
 */
import * as Webhook from "@effect-intercom/core/Webhook"
import * as RedisStore from "@effect-intercom/core/webhook/RedisStore"
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import * as Redis from "effect/persistence/Redis"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Schedule from "effect/Schedule"
import { execFileSync, spawn } from "node:child_process"
import { createHmac, randomUUID } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as NodePath from "node:path"
import { createInterface } from "node:readline"
import * as Samples from "./Samples.ts"

describe("dead letters in Redis", () => {
  it.effect("are in a hash", () => {
    const hash = new Map<string, string>()
    const commands: { readonly [command: string]: (key: string, value: string) => unknown } = {
      HGET: (key) => hash.get(key) ?? null,
      HSET: (key, value) => Number(hash.set(key, value).has(key)),
      HDEL: (key) => Number(hash.delete(key)),
      HLEN: () => hash.size,
      HKEYS: () => [...hash.keys()],
      DEL: () => hash.clear()
    }
    const Hash = Layer.effect(
      Redis.Redis,
      Redis.make({
        // The commands of a hash answer as they are asked for.
        send: <A>(command: string, name: string, key = "", value = "") =>
          Effect.sync(() => {
            assert.strictEqual(name, "letters")
            return commands[command]?.(key, value) as A
          }),
        subscribe: () => Effect.die("not used"),
        connect: Effect.die("not used")
      })
    )
    return Effect.gen(function* () {
      const store = yield* KeyValueStore.KeyValueStore
      yield* store.set("a", "1")
      yield* store.set("b", "2")
      yield* store.remove("b")
      assert.deepStrictEqual(
        [yield* store.get("a"), yield* store.get("b"), yield* store.keys, yield* store.size],
        ["1", undefined, ["a"], 1]
      )
      yield* store.clear
      assert.deepStrictEqual(yield* store.keys, [])
    }).pipe(Effect.provide(RedisStore.layer("letters")), Effect.provide(Hash))
  })
})

const { INTERCOM_TEST_REDIS_RESTART: restart, INTERCOM_TEST_REDIS_URL: server } = process.env

for (const url of server === undefined ? [] : [server]) {
  const quiet = Layer.succeed(References.MinimumLogLevel, "None")
  // It logs that the server is away.
  const Connection = NodeRedis.layer({ url }).pipe(Layer.provide(quiet))

  const body = (id: string) =>
    JSON.stringify(Samples.notification("conversation.user.replied", Samples.items["conversation.user.replied"], id))

  /** A worker, and what it handled. */
  const working = Effect.fnUntraced(function* (failures: Array<Effect.Effect<never, string>> = []) {
    const handled = yield* Queue.unbounded<string>()
    yield* Layer.build(
      Webhook.layerWorkers((_, { attempt, id }) =>
        Effect.andThen(
          Queue.offer(handled, `${id} ${attempt}`),
          Effect.suspend(() => failures.shift() ?? Effect.void)
        )
      )
    )
    return handled
  })

  /** A process of its own, and the lines it says. */
  const child = (...args: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const lines = yield* Queue.unbounded<string>()
      const running = yield* Effect.acquireRelease(
        Effect.sync(() =>
          spawn(process.execPath, [NodePath.join(import.meta.dirname, "RedisChild.ts"), ...args], {
            stdio: ["ignore", "pipe", "inherit"]
          })
        ),
        (running) => Effect.sync(() => running.kill("SIGKILL"))
      )
      createInterface(running.stdout).on("line", (line) => Queue.offerUnsafe(lines, line))
      return { lines, kill: Effect.sync(() => running.kill("SIGKILL")) }
    })

  const until = <A, E, R>(effect: Effect.Effect<A, E, R>, is: (value: A) => boolean) =>
    Effect.repeat(effect, { until: is, schedule: Schedule.spaced("5 millis") }).pipe(Effect.timeout("20 seconds"))

  /** Each has an inbox of its own. */
  const inbox = (name: string, options?: Webhook.StoredOptions) =>
    Webhook.layerInboxRedis({ name, retrySchedule: Schedule.spaced("1 milli"), ...options })

  describe("an inbox on a server of Redis", () => {
    it.live("has what was answered with 200, once, also after the server was killed", () => {
      const name = randomUUID()
      return Effect.gen(function* () {
        const around = yield* Effect.context<Webhook.Inbox>()
        const redis = yield* Redis.Redis
        const web = HttpRouter.toWebHandler(
          Webhook.route("/webhooks").pipe(
            Layer.provide(Layer.orDie(Webhook.layer({ clientSecret: Redacted.make("secret") }))),
            Layer.provide(Layer.succeedContext(around)),
            Layer.provideMerge([HttpServer.layerServices, quiet])
          ),
          { disableLogger: true }
        )
        yield* Effect.addFinalizer(() => Effect.promise(web.dispose))
        const post = (body: string) =>
          Effect.promise(async () => {
            const signature = `sha1=${createHmac("sha1", "secret").update(body).digest("hex")}`
            const headers = { "content-type": "application/json", "x-hub-signature": signature }
            return (await web.handler(new Request("http://a.test/webhooks", { method: "POST", body, headers }))).status
          })
        for (const id of ["a", "a", "b"]) assert.strictEqual(yield* post(body(id)), 200)
        assert.strictEqual(yield* redis.send("LLEN", `intercom:${name}`), 2)

        yield* Effect.sync(() => execFileSync("bash", [restart ?? ""]))
        yield* until(Effect.option(redis.send("PING")), ({ _tag }) => _tag === "Some")
        // Not kept again, though the scripts have to be loaded again.
        assert.strictEqual(yield* post(body("a")), 200)
        const handled = yield* working()
        assert.deepStrictEqual([yield* Queue.take(handled), yield* Queue.take(handled)], ["a 1", "b 1"])
        yield* until(redis.send("HLEN", `intercom:${name}:pending`), (length) => length === 0)
        assert.strictEqual(yield* post(body("b")), 200)
        assert.strictEqual(yield* redis.send("LLEN", `intercom:${name}`), 0)
      }).pipe(Effect.scoped, Effect.provide(inbox(name)), Effect.provide([Connection, quiet]))
    })

    it.live("tries again, and has dead letters that other processes see, and try again", () => {
      const name = randomUUID()
      const options = { attempts: 2 }
      return Effect.gen(function* () {
        const { deadLetters, keep } = yield* Webhook.Inbox
        // Strings of all kinds go there and come back.
        const text = body("ä\u2028\ud83d\ude00").replace("conversation.user.replied", "a topic, \\u0000 and \\ud800")
        yield* keep(body("a"))
        yield* keep(text)
        const failures = Array.from({ length: 4 }, () => Effect.fail("the database is away"))
        const handled = yield* working(failures)
        yield* until(deadLetters.list, ({ length }) => length === 2)
        assert.strictEqual(yield* Queue.size(handled), 4)
        yield* Effect.gen(function* () {
          const { deadLetters } = yield* Webhook.Inbox
          const letters = yield* deadLetters.list
          assert.sameMembers(
            letters.map(({ body }) => body),
            [body("a"), text]
          )
          assert.include(letters[0]?.failure, "the database is away")
          yield* deadLetters.discard(letters.find(({ id }) => id !== "a")?.id ?? "")
          assert.isTrue(yield* deadLetters.retry("a"))
          assert.isFalse(yield* deadLetters.retry("a"))
        }).pipe(Effect.provide(inbox(name, options)), Effect.provide(Connection))
        assert.strictEqual((yield* Queue.takeN(handled, 5)).at(-1), "a 1")
        assert.deepStrictEqual(yield* deadLetters.list, [])
      }).pipe(Effect.scoped, Effect.provide(inbox(name, options)), Effect.provide([Connection, quiet]))
    })

    it.live("has what a killed worker had handled by another, though the server refused to look for it once", () => {
      const name = randomUUID()
      return Effect.gen(function* () {
        const { keep } = yield* Webhook.Inbox
        const redis = yield* Redis.Redis
        const dying = yield* child("worker", name)
        yield* keep(body("a"))
        assert.strictEqual(yield* Queue.take(dying.lines), "a 1")
        yield* redis.send("ACL", "LOG", "RESET")
        yield* redis.send("ACL", "SETUSER", "default", "-hgetall")
        const handled = yield* working()
        yield* until(redis.send<ReadonlyArray<unknown>>("ACL", "LOG"), ({ length }) => length > 0)
        yield* redis.send("ACL", "SETUSER", "default", "+hgetall")
        yield* dying.kill
        assert.strictEqual(yield* Queue.take(handled), "a 2")
      }).pipe(
        Effect.scoped,
        Effect.provide(inbox(name, { lockExpiration: "600 millis" })),
        Effect.provide([Connection, quiet])
      )
    })
  })

  describe("processes that share a rate limit in Redis", () => {
    it.live("send together what one of them may, and leave no token there", () => {
      const name = `${randomUUID()}:`
      return Effect.gen(function* () {
        const redis = yield* Redis.Redis
        let arrived = 0
        const server = yield* Effect.acquireRelease(
          Effect.callback<ReturnType<typeof createServer>>((resume) => {
            const server = createServer((_, response) => {
              arrived++
              response.setHeader("content-type", "application/json").end('{"type":"contact","id":"1"}')
            }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
          }),
          (server) => Effect.sync(() => server.close())
        )
        // A server that listens at a port has such an address.
        const { port } = server.address() as AddressInfo
        for (let count = 0; count < 2; count++) yield* child("client", name, `http://127.0.0.1:${port}`)
        // Of the calls of both, ten may leave within the hour; the others have asked, and wait.
        const [key = ""] = yield* until(
          redis.send<ReadonlyArray<string>>("KEYS", `${name}*`),
          (keys) => keys.length > 0
        )
        yield* until(redis.send("GET", key), (asked) => Number(asked) === 16)
        yield* until(
          Effect.sync(() => arrived),
          (count) => count >= 10
        )
        assert.strictEqual(arrived, 10)
        assert.notInclude(key, "shared-token")
      }).pipe(Effect.scoped, Effect.provide(Connection))
    })
  })
}
