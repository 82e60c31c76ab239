import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import { createHmac } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as Command from "./Command.ts"

const env = { INTERCOM_CLIENT_SECRET: "client-secret" }
const sign = (body: string) => `sha1=${createHmac("sha1", "client-secret").update(body).digest("hex")}`
const notification = (topic: string, item: object, id: string | null = `notif_${topic}`) =>
  JSON.stringify({ type: "notification_event", topic, id, app_id: "ecahpwf5", data: { item } })

const created = notification("contact.user.created", { type: "contact", id: "1", email: "zoe@example.com" })
const odd = notification("contact.deleted", { type: "contact", id: null }, "notif_\u001b[2J")
const unheard = notification("nobody.knows.it", {}, null)

/** An application that takes what is signed, but for topics that have `refused` in them. */
const application = Effect.acquireRelease(
  Effect.promise(async () => {
    const taken: Array<string> = []
    const server = createServer((request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString()
        const isRight = request.headers["x-hub-signature"] === sign(body) && !body.includes("refused")
        if (isRight) taken.push(body)
        response.writeHead(isRight ? 200 : 410).end()
      })
    }).listen(0, "127.0.0.1")
    await once(server, "listening")
    // It listens on a port.
    return { server, taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks` }
  }),
  ({ server }) => Effect.sync(() => server.close().closeAllConnections())
)

/** A port nobody listens on. */
const freePort = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
})

describe("intercom listen", () => {
  it.live("takes what is signed, passes it on, and keeps it; what was not taken is to come again", () =>
    Effect.gen(function* () {
      const { taken, url } = yield* application
      const port = yield* freePort
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* Command.temporary}/notifications.ndjson`
      const fiber = yield* Effect.forkChild(
        Command.inProcess(["listen", "--port", String(port), "--forward", url, "--save", file], env)
      )
      const ask = (method: string, body?: string, signature = sign(body ?? "")) =>
        Effect.tryPromise(() =>
          fetch(`http://127.0.0.1:${port}/`, {
            method,
            ...(body === undefined ? undefined : { body, headers: { "x-hub-signature": signature } })
          })
        ).pipe(Effect.map(({ status }) => status))
      yield* Command.until(
        Effect.orElseSucceed(
          Effect.map(ask("HEAD"), (status) => status === 200),
          () => false
        )
      )
      const refused = notification("refused", {})
      assert.strictEqual(yield* ask("POST", created), 200)
      assert.strictEqual(yield* ask("POST", created, sign(odd)), 401)
      assert.strictEqual(yield* ask("POST", refused), 502)
      assert.strictEqual(yield* ask("GET"), 405)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(taken, [created])
      const kept = (yield* fs.readFileString(file)).trimEnd().split("\n")
      assert.deepStrictEqual(
        kept.map((line) => (JSON.parse(line) as { readonly body: string }).body),
        [created, refused]
      )

      // What was kept can be sent again.
      const { code, stderr, stdout } = yield* Command.inProcess(["listen", "--replay", file, "--forward", url], env)
      assert.strictEqual(code, 1)
      assert.match(stderr, /^Of 2 lines, 1 were not taken: /)
      assert.deepStrictEqual(taken, [created, created])
      assert.match(
        stdout,
        /^\S+Z {2}contact\.user\.created {2}notif_contact\.user\.created {2}workspace ecahpwf5 {2}→ 200 in \d+ ms\n/
      )
      assert.match(stdout, /\n\S+Z {2}refused {2}.* {2}a topic this program does not know {2}→ 410 in \d+ ms$/)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("replays notifications as they are, tells what does not fit, and prints nothing that could do harm", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = `${yield* Command.temporary}/lines`
      yield* fs.writeFileString(file, `${created}\n\n${odd}\n${unheard}\r\nno notification\n`)
      const { taken, url } = yield* application
      const { code, stderr, stdout } = yield* Command.inProcess(["listen", "--replay", file, "--forward", url], env)
      assert.strictEqual(code, 1)
      assert.match(stderr, /^Of 4 lines, 1 are no notifications: check the file\.$/)
      assert.lengthOf(taken, 4)
      const [first, second, mismatch, third, fourth] = stdout.split("\n")
      assert.include(first, "contact.user.created")
      assert.include(second, String.raw`contact.deleted  notif_\u001b[2J`)
      assert.strictEqual(mismatch, "  id: expected string | number, got null")
      assert.include(third, "nobody.knows.it  without an id  workspace ecahpwf5  a topic this program does not know")
      assert.include(fourth, "no notification")

      const json = yield* Command.inProcess(["listen", "--replay", file, "--json"], env)
      assert.deepStrictEqual(json.stdout.split("\n").slice(0, 2), [created, odd])
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("says what is missing or wrong", () =>
    Effect.gen(function* () {
      const ended = (args: ReadonlyArray<string>, secret = env) =>
        Effect.map(Command.inProcess(["listen", ...args], secret), ({ code, stderr }) => [code, stderr.split("\n")[0]])
      assert.deepStrictEqual(yield* ended([], {} as typeof env), [
        64,
        "INTERCOM_CLIENT_SECRET is not set: it takes the client secret of the app, from Intercom's Developer Hub (simulator-secret for notifications of a simulator)."
      ])
      assert.deepStrictEqual(yield* ended([], { INTERCOM_CLIENT_SECRET: "one," }), [
        64,
        "INTERCOM_CLIENT_SECRET is wrong: A secret to check signatures with is empty. Give the client secret of the app (Developer Hub, Basic information)."
      ])
      assert.deepStrictEqual(yield* ended(["--forward", "localhost:3000"]), [
        64,
        '--forward takes an address such as http://localhost:3000/webhooks/intercom, not "localhost:3000".'
      ])
      assert.deepStrictEqual(yield* ended(["--save", "a", "--replay", "b"]), [
        64,
        "--save is for what arrives: leave it out with --replay"
      ])
      assert.deepStrictEqual(yield* ended(["--replay", "/nowhere/notifications.ndjson"]), [
        1,
        "--replay: /nowhere/notifications.ndjson cannot be read: no such file or directory (ENOENT). Name the file that --save wrote, or one with a notification a line."
      ])
      assert.deepStrictEqual(yield* ended(["--save", "/nowhere/notifications.ndjson"]), [
        1,
        "--save: /nowhere/notifications.ndjson cannot be written: no such file or directory (ENOENT). Name a file in a directory that is there, and that may be written."
      ])
    })
  )

  it.live("takes what a simulated workspace tells, signed with a secret of a file", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* Command.temporary
      const file = `${directory}/notifications.ndjson`
      yield* fs.writeFileString(`${directory}/secret`, "client-secret\n")
      const [port, api] = [yield* freePort, yield* freePort]
      const endpoint = `http://127.0.0.1:${port}/webhooks`
      const simulate = ["simulate", "--port", String(api), "--contacts", "0", "--notify", endpoint]
      const early = yield* Command.inProcess(simulate)
      assert.deepStrictEqual(
        [early.code, early.stderr],
        [
          1,
          `--notify: ${endpoint} did not answer the HEAD request that checks an endpoint: it has to answer it with 200. Start what listens there, or correct it.`
        ]
      )
      yield* Effect.forkScoped(Command.inProcess(["listen", "--port", String(port), "--save", file], env))
      const isThere = Effect.tryPromise(() => fetch(endpoint, { method: "HEAD" }))
      yield* Command.until(Effect.orElseSucceed(Effect.as(isThere, true), () => false))
      yield* Effect.forkScoped(
        Command.inProcess(
          [...simulate, "--notify-secret-file", `${directory}/secret`, "--reorder", "5", "--duplicates", "100%"],
          // It is the file's that counts.
          { INTERCOM_CLIENT_SECRET: "another" }
        )
      )
      // It answers a little before it tells.
      let created = 0
      const create = Effect.tryPromise(() =>
        fetch(`http://127.0.0.1:${api}/contacts`, {
          method: "POST",
          headers: { authorization: "Bearer simulator-token", "content-type": "application/json" },
          body: JSON.stringify({ role: "user", email: `zoe-${created++}@example.com` })
        })
      )
      const kept = Effect.map(fs.readFileString(file), (text) => text.trimEnd())
      yield* Command.until(
        Effect.andThen(
          Effect.ignore(create),
          Effect.map(kept, (text) => text !== "")
        )
      )
      const { body } = JSON.parse((yield* kept).split("\n")[0] ?? "") as { readonly body: string }
      assert.include(body, '"topic":"contact.user.created"')
      assert.match(body, /zoe-\d+@example\.com/)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.live("says that its port is taken, and that nothing listens where it passes on to", () =>
    Effect.gen(function* () {
      const { url } = yield* application
      const taken = yield* Command.inProcess(["listen", "--port", new URL(url).port], env)
      assert.strictEqual(taken.code, 1)
      assert.match(taken.stderr, /^Port \d+ cannot be used: choose another with --port/)

      const file = `${yield* Command.temporary}/lines`
      yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(file, `${created}\n${created}\n`))
      const nowhere = `http://127.0.0.1:${yield* freePort}`
      const { code, stderr, stdout } = yield* Command.inProcess(
        ["listen", "--replay", file, "--forward", `${nowhere}/webhooks`],
        env
      )
      assert.strictEqual(code, 1)
      const why = `nothing listens at ${nowhere}: start the application there, or correct --forward`
      assert.strictEqual(stderr, `Of 2 lines, 2 were not taken: ${why}.`)
      assert.isTrue(stdout.split("\n").every((line) => line.endsWith(`  → ${why}`)))
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
