import * as Webhook from "@effect-intercom/core/Webhook"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Arbitrary from "effect/Arbitrary"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { createHmac } from "node:crypto"
import { globSync, readFileSync } from "node:fs"
import { inspect } from "node:util"
import * as Samples from "./Samples.ts"

const { bytes } = Samples
const runs = { arbitrary: { runs: 10, seed: 12 } }
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const values = (schema: Schema.Top): Arbitrary.Arbitrary<unknown> => Arbitrary.schema(Schema.toType(schema))

/** A value, with another at a path of it that is none of a text, a number, a flag, or an object. */
const changed = (value: unknown, path: string): unknown => {
  const [, key = "", rest = ""] = /^\[?([^.[\]]+)\]?\.?(.*)$/.exec(path) ?? []
  if (key === "") return [{}]
  if (/^\d+$/.test(key)) return [changed({ id: "1" }, rest)]
  const object = (value ?? {}) as { readonly [name: string]: unknown }
  return { ...object, [key]: changed(object[key], rest) }
}

/** The topics of each kind of item, by the name of that. */
const byItem = new Map(
  Object.entries(Webhook.Item).flatMap(([name, item]) => {
    const topics = Webhook.topics.filter((topic) => Webhook.table[topic].item === item)
    return topics.length === 0 ? [] : [[name, { item: Webhook.table[topics[0]!].item, topics }] as const]
  })
)

describe("a topic", () => {
  for (const [name, { item, topics }] of byItem) {
    it.effect.prop(
      `of ${name} is told apart, and its item stays as it came`,
      [values(item)],
      ([item]) =>
        Effect.gen(function* () {
          for (const topic of topics) {
            const notification = plain(Samples.notification(topic, item))
            const event = yield* Webhook.decode(JSON.stringify(notification))
            assert.strictEqual(event._tag, topic)
            assert.deepStrictEqual(event.notification, notification as Webhook.Notification)
            assert.deepStrictEqual(event.item, plain(item))
          }
        }),
      runs
    )
  }

  it("is one of an item that has a name", () =>
    assert.deepStrictEqual(
      Array.from(byItem.values(), ({ topics }) => topics)
        .flat()
        .toSorted(),
      Webhook.topics.toSorted()
    ))

  it.effect("comes in the shapes that were seen", () =>
    Effect.gen(function* () {
      for (const [topic, item] of Object.entries(Samples.items)) {
        const event = yield* Webhook.decode(JSON.stringify(Samples.notification(topic, item)))
        assert.strictEqual(event._tag, topic, inspect(event, { depth: 5 }))
        assert.deepStrictEqual<unknown>(event.item, item)
      }
      // Of these two, no notification was ever seen.
      const unseen = Array.from(byItem).filter(([, { topics }]) => !topics.some((topic) => topic in Samples.items))
      assert.deepStrictEqual(
        unseen.map(([name]) => name),
        ["Call", "UserTag"]
      )
    })
  )

  it.effect("whose item does not fit is unknown, with the item and where it differs", () =>
    Effect.gen(function* () {
      for (const topic of Webhook.topics) {
        const item = [topic]
        const event = yield* Webhook.decode(JSON.stringify(Samples.notification(topic, item)))
        assert(event._tag === "Unknown", topic)
        assert.strictEqual(event.topic, topic)
        assert.deepStrictEqual(event.item, item)
        assert.isAbove(event.mismatches.length, 0)
      }
      const contact = { ...Samples.items["contact.user.created"], id: 7 }
      const event = yield* Webhook.decode(JSON.stringify(Samples.notification("contact.user.created", contact)))
      assert(event._tag === "Unknown")
      assert.deepStrictEqual(event.mismatches, [{ path: "id", expected: "string", actual: "7" }])
    })
  )

  it.effect.each<readonly [Webhook.Topic, ...paths: ReadonlyArray<string>]>([
    ["ping", "message"],
    ["admin.logged_in", "name"],
    ["admin.activity_log_event.created", "activity_type", "performed_by.email"],
    ["article.deleted", "title"],
    ["call.started", "state"],
    ["company.created", "name"],
    ["company.deleted", "external_id"],
    ["company.contact.attached", "company", "contact.email"],
    ["contact.user.created", "email"],
    ["contact.merged", "merged_from.id"],
    ["contact.archived", "external_id"],
    ["contact.user.tag.created", "tag.name", "contact"],
    ["contact.unsubscribed", "contact", "subscription_types.data[0].id"],
    ["content_stat.email", "content_stat", "content_stat.content_title", "contact.id", "company.id"],
    ["conversation.user.replied", "title", "source.subject", "contacts.contacts[0].id", "statistics.type"],
    ["conversation.user.replied", "conversation_parts.total_count"],
    [
      "conversation.user.replied",
      ...["body", "author.name"].map((of) => `conversation_parts.conversation_parts[0].${of}`)
    ],
    ["conversation.deleted", "conversation_id"],
    ["conversation.contact.attached", "contact", "conversation.id", "conversation.model.id"],
    ["event.created", "user_id"],
    ["job.completed", "url"],
    ["ticket.created", "category", "contacts.contacts[0].id", "ticket_parts.total_count"],
    ["ticket.contact.attached", "contact", "ticket.id"],
    ["visitor.signed_up", "email"],
    ["user.tag.created", "tag", "user.email"],
    ["api.request.completed", "request_id", "request.method", "response.status"]
  ])("is not that of an item of another kind: %s, at %s", ([topic, ...paths]) =>
    Effect.gen(function* () {
      for (const path of paths) {
        const item = changed({ id: "1", tag: { id: "7" }, ...Samples.items[topic] }, path)
        const event = yield* Webhook.decode(JSON.stringify(Samples.notification(topic, item)))
        assert(event._tag === "Unknown", path)
        assert.include(
          event.mismatches.map((mismatch) => mismatch.path),
          path
        )
      }
    })
  )

  it.effect.prop(
    "that nobody knows is unknown, whatever it is called and says",
    [Schema.String, Schema.Json],
    ([name, item]) =>
      Effect.gen(function* () {
        const topic = Webhook.isTopic(name) ? `${name}.new` : name
        const event = yield* Webhook.decode(JSON.stringify(Samples.notification(topic, item)))
        assert(event._tag === "Unknown")
        assert.strictEqual(event.topic, topic)
        assert.deepStrictEqual(event.item, plain(item))
        assert.deepStrictEqual(event.mismatches, [])
      }),
    runs
  )

  it.effect("of the prototype of objects is none", () =>
    Effect.gen(function* () {
      for (const topic of ["__proto__", "constructor", "toString", ""]) {
        assert.strictEqual((yield* Webhook.decode(JSON.stringify(Samples.notification(topic, {}))))._tag, "Unknown")
      }
    })
  )

  it("is in the README, with what its notifications are about and the permission it needs", () => {
    const rows = Array.from(byItem, ([name, { topics }]) => {
      const permissions = new Set(topics.map((topic) => Webhook.table[topic].permissions.join(", ")))
      return Array.from(permissions, (permission) => {
        const needing = topics.filter((topic) => Webhook.table[topic].permissions.join(", ") === permission)
        return `| ${needing.map((topic) => `\`${topic}\``).join(" ")} | \`Webhook.Item.${name}\` | ${permission || "none"} |`
      })
    })
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8").replaceAll(/ +\|/g, " |")
    for (const row of rows.flat()) assert.include(readme, row)
  })
})

describe("an envelope", () => {
  it.effect("is refused only without a topic, or when it is not JSON", () =>
    Effect.gen(function* () {
      const refused = (body: string | Uint8Array) =>
        Effect.flip(Effect.asVoid(Webhook.decode(body))).pipe(
          Effect.map((error) => {
            assert.strictEqual(error._tag, "NotificationError")
            return error.message
          })
        )
      assert.match(yield* refused(""), /: the body: expected JSON, got nothing/)
      assert.match(yield* refused("<html>"), /expected JSON, got "<html>"/)
      assert.match(yield* refused(bytes("[1]")), /no notification: the body: expected object, got \[1\]/)
      assert.match(yield* refused('{"data":{}}'), /topic: expected a value, got nothing/)
      assert.match(yield* refused("{}"), /topic: expected a value, got nothing; data: expected a value, got nothing\./)
      assert.match(yield* refused('{"topic":"ping"}'), /data: expected a value, got nothing/)
      assert.match(yield* refused('{"event_name":"fin_replied"}'), /Canvas Kit and Fin have endpoints of their own/)
    })
  )

  it.effect("of the documentation's example, and one with another id, are enough", () =>
    Effect.gen(function* () {
      const item = { type: "ping", message: "hello" }
      for (const envelope of [
        { topic: "ping", data: { item } },
        { ...Samples.notification("ping", item, null), id: null },
        { ...Samples.notification("ping", item), id: 7, delivered_at: {}, type: 1, self: "x", delivery_attempts: "2" }
      ]) {
        assert.strictEqual((yield* Webhook.decode(JSON.stringify(envelope)))._tag, "ping")
      }
    })
  )
})

describe("a time", () => {
  it("is read as ISO 8601 and as Unix seconds", () => {
    const iso = (time: Webhook.Item.Time | null | undefined) =>
      Option.getOrUndefined(Option.map(Webhook.Item.toDateTime(time), DateTime.formatIso))
    assert.deepStrictEqual(
      [iso("2026-01-10T04:22:28.240+00:00"), iso(1_768_018_948), iso(null), iso(undefined), iso("soon"), iso(1e300)],
      ["2026-01-10T04:22:28.240Z", "2026-01-10T04:22:28.000Z", undefined, undefined, undefined, undefined]
    )
  })
})

const schemes = {
  hub: Webhook.hubSignature,
  body: Webhook.bodySignature,
  fin: Webhook.finSignature
} as const

const hmac = ({ algorithm, prefix }: Webhook.Scheme, secret: string, body: Uint8Array) =>
  prefix + createHmac(algorithm.hash.name.replace("-", ""), secret).update(body).digest("hex")

const problemOf = (signatures: Webhook.Signatures, body: Uint8Array, header: string | undefined) =>
  Effect.match(signatures.verify(body, header), {
    onFailure: ({ problem }) => problem,
    onSuccess: () => "right" as const
  })

/** A secret with anything in it, but no spaces around it. */
const secretOf = (text: string): string => `s${text.toWellFormed()}t`

describe("a signature", () => {
  for (const [name, scheme] of Object.entries(schemes)) {
    it.effect.prop(
      `of ${name} is that of Node's crypto, and of no other bytes and no other secret`,
      [Schema.Array(Schema.Int), Schema.String, Schema.Int],
      ([numbers, text, at]) =>
        Effect.gen(function* () {
          const body = Uint8Array.from(numbers)
          const secret = secretOf(text)
          const signatures = yield* Webhook.signatures(scheme, Redacted.make(secret))
          const header = yield* signatures.sign(body)
          assert.strictEqual(header, hmac(scheme, secret, body))
          assert.strictEqual(yield* problemOf(signatures, body, header), "right")
          assert.strictEqual(yield* problemOf(signatures, body, header.toUpperCase()), "right")
          const index = Math.abs(at) % (body.length + 1)
          const other = index === body.length ? Uint8Array.of(...body, 0) : body.with(index, (body[index] ?? 0) ^ 1)
          assert.strictEqual(yield* problemOf(signatures, other, header), "wrong")
          assert.strictEqual(yield* problemOf(signatures, body, hmac(scheme, `${secret}x`, body)), "wrong")
          const both = yield* Webhook.signatures(scheme, [Redacted.make("new one"), Redacted.make(secret)])
          assert.strictEqual(yield* problemOf(both, body, header), "right")
          assert.strictEqual(yield* problemOf(both, body, yield* both.sign(body)), "right")
        }),
      runs
    )
  }

  it.effect("is that of RFC 2202 and RFC 4231", () =>
    Effect.gen(function* () {
      const body = bytes("what do ya want for nothing?")
      const secret = Redacted.make("Jefe")
      const hub = yield* Webhook.signatures(Webhook.hubSignature, secret)
      assert.strictEqual(yield* hub.sign(body), "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
      const other = yield* Webhook.signatures(Webhook.bodySignature, secret)
      assert.strictEqual(yield* other.sign(body), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    })
  )

  it.effect("that is missing or malformed is told from one that is wrong", () =>
    Effect.gen(function* () {
      const signatures = yield* Webhook.signatures(Webhook.hubSignature, Redacted.make("secret"))
      const body = bytes('{"a":1}')
      const [, hex = ""] = (yield* signatures.sign(body)).split("=")
      const problems = Effect.forEach(
        [
          undefined,
          "",
          hex,
          `sha256=${hex}`,
          `md5s=${hex}`,
          `sha1=${hex}0`,
          `sha1=${hex}00`,
          `sha1=${hex.slice(1)}`,
          `sha1=${hex.slice(2)}`,
          `sha1=g${hex.slice(1)}`,
          `sha1=${hex.slice(1)}g`,
          ` sha1=${hex}`
        ],
        (header) => problemOf(signatures, body, header)
      )
      assert.deepStrictEqual(yield* problems, ["missing", ...Array.from({ length: 11 }, () => "malformed")])
      assert.strictEqual(yield* problemOf(signatures, bytes('{"a": 1}'), `sha1=${hex}`), "wrong")
    })
  )

  it.effect("tells what to do, and never the secret", () =>
    Effect.gen(function* () {
      const secret = "0f9d3c1e-client-secret"
      const signatures = yield* Webhook.signatures(Webhook.hubSignature, [
        Redacted.make(secret),
        Redacted.make(`${secret}2`)
      ])
      const wrong = yield* Effect.flip(signatures.verify(bytes("{}"), `sha1=${"0".repeat(40)}`))
      assert.match(wrong.message, /x-hub-signature .* check that the secret is the client secret of the app/)
      const missing = yield* Effect.flip(signatures.verify(bytes("{}"), undefined))
      assert.match(missing.message, /has no x-hub-signature/)
      const malformed = yield* Effect.flip(signatures.verify(bytes("{}"), secret))
      assert.match(malformed.message, /expected "sha1=" and 40 hexadecimal digits/)
      const spaced = yield* Effect.flip(Webhook.signatures(Webhook.hubSignature, Redacted.make(`${secret}\n`)))
      const of = "Give the client secret of the app (Developer Hub, Basic information)."
      const message = `A secret to check signatures with has spaces or line breaks around it. ${of}`
      assert.strictEqual(spaced.message, message)
      const absent = yield* Effect.flip(Webhook.signatures(Webhook.hubSignature, []))
      assert.strictEqual(absent.message, `There is no secret to check signatures with. ${of}`)
      const empty = yield* Effect.flip(Webhook.signatures(Webhook.finSignature, Redacted.make("")))
      assert.strictEqual(
        empty.message,
        "A secret to check signatures with is empty. Give the secret that was shown when the callback URL of the Fin " +
          "Agent API was saved."
      )
      const fin = yield* Webhook.signatures(Webhook.finSignature, Redacted.make(secret))
      assert.strictEqual(
        (yield* Effect.flip(fin.parse("sha1="))).message,
        "The x-fin-agent-api-webhook-signature of the request is no signature: expected 64 hexadecimal digits."
      )
      for (const shown of [wrong, missing, malformed, spaced, signatures]) {
        assert.notInclude(`${inspect(shown, { depth: 9, showHidden: true })}${JSON.stringify(shown)}`, secret)
      }
    })
  )

  it.effect("is not checked without a secret", () =>
    Effect.gen(function* () {
      const problem = (...secrets: ReadonlyArray<string>) =>
        Effect.map(
          Effect.flip(
            Webhook.signatures(
              Webhook.hubSignature,
              secrets.map((secret) => Redacted.make(secret))
            )
          ),
          ({ problem }) => problem
        )
      assert.deepStrictEqual(
        [yield* problem(), yield* problem(""), yield* problem("one", ""), yield* problem(" "), yield* problem("one ")],
        ["absent", "empty", "empty", "empty", "spaced"]
      )
    })
  )

  it.effect("is checked with the secrets of the environment", () =>
    Effect.gen(function* () {
      const withEnv = (env: Record<string, string>) =>
        Effect.provide(
          Effect.provide(Webhook.receive(body, header), Webhook.layerEnv),
          ConfigProvider.layer(ConfigProvider.fromUnknown(env))
        )
      const body = bytes(JSON.stringify(Samples.notification("ping", { type: "ping" })))
      const header = hmac(Webhook.hubSignature, "old", body)
      assert.strictEqual((yield* withEnv({ INTERCOM_CLIENT_SECRET: "new, old" }))._tag, "ping")
      assert.strictEqual((yield* Effect.flip(withEnv({ INTERCOM_CLIENT_SECRET: "new" })))._tag, "SignatureError")
      assert.strictEqual((yield* Effect.flip(withEnv({ INTERCOM_CLIENT_SECRET: "new," })))._tag, "SecretError")
      assert.strictEqual((yield* Effect.flip(withEnv({})))._tag, "ConfigError")
    })
  )
})

describe("the modules of notifications", () => {
  it("are loaded by nobody who does not ask for them", () => {
    const source = new URL("../../src/", import.meta.url)
    const others = globSync("**/*.ts", { cwd: source }).filter(
      (path) => !/^(?:webhook\/|Webhook\.ts|index\.ts)/.test(path)
    )
    assert.isAbove(others.length, 30)
    for (const path of others) {
      assert.notMatch(readFileSync(new URL(path, source), "utf8"), /from ".*(?:webhook\/|Webhook\.ts)/, path)
    }
  })
})
