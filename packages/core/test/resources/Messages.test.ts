import { AdminId } from "@effect-intercom/core/resources/Admins"
import { ContactId } from "@effect-intercom/core/resources/Contacts"
import { Messages } from "@effect-intercom/core/resources/Messages"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, misfits, refusal, refuses, tolerates, unchecked } from "./Exchange.ts"

const to = { type: "user", id: ContactId.make("6657add46abd0167d9419cd2") } as const
const from = { type: "admin", id: AdminId.make("493881") } as const
const inApp = { message_type: "inapp", body: "Hello", from, to } as const

const message = (fields: object = {}) => ({
  type: "admin_message",
  id: "403918351",
  created_at: 1_717_041_620,
  subject: "Greetings",
  body: "Hello",
  message_type: "inapp",
  conversation_id: null,
  owner: { type: "admin", id: "493881", name: "Ada" },
  ...fields
})

describe("Messages.create", () => {
  it.effect("posts a message to one contact", () =>
    Effect.gen(function* () {
      const { sent, value } = yield* exchange(
        Messages,
        (messages) => messages.create({ ...inApp, subject: undefined, created_at: undefined }),
        Scripted.json(message())
      )
      assert.strictEqual(`${sent.method} ${sent.path}`, "POST /messages")
      assert.deepStrictEqual(sent.body, inApp)
      assert.deepStrictEqual<unknown>(value, message())
    })
  )

  it.effect("posts an email to several, from an admin whose id is a number", () =>
    Effect.gen(function* () {
      const email = {
        message_type: "email",
        subject: "Greetings",
        body: "<p>Hello</p>",
        template: "plain",
        from: { type: "admin", id: 493881 },
        to: [to, { type: "lead", id: ContactId.make("6657add46abd0167d9419cd3") }],
        cc: to,
        bcc: [to],
        create_conversation_without_contact_reply: true
      } as const
      const { sent } = yield* exchange(Messages, (messages) => messages.create(email), Scripted.json(message()))
      assert.deepStrictEqual<unknown>(sent.body, email)
    })
  )

  it.effect("refuses a message that lacks what every message needs", () =>
    Effect.forEach(["message_type", "body", "from", "to"] as const, (path) =>
      refuses(Messages, (messages) => messages.create(unchecked({ ...inApp, [path]: undefined })), { path })
    )
  )

  it.effect("refuses recipients without an id", () =>
    refuses(Messages, (messages) => messages.create({ ...inApp, to: unchecked([to, { type: "user" }]) }), {
      path: "to[1].id"
    })
  )

  it.effect("takes an answer with nothing but type and id, and nulls elsewhere", () =>
    tolerates(
      Messages,
      (messages) => messages.create(inApp),
      { type: "user_message", id: "1" },
      Object.keys(message()).slice(2)
    )
  )

  it.effect("refuses an answer whose id is a number", () =>
    misfits(Messages, (messages) => messages.create(inApp), message({ id: 403918351 }), "id")
  )

  it.effect("refuses an empty answer, and is not sent again: the message may be on its way", () =>
    Effect.gen(function* () {
      const { reason, sent } = yield* refusal(Messages, (messages) => messages.create(inApp), Scripted.text(""))
      assert(reason._tag === "DecodeError")
      assert.strictEqual(reason.kind, "malformed")
      assert.lengthOf(sent, 1)
    })
  )

  it.effect("tells a value the API cannot take from a malformed request", () =>
    Effect.gen(function* () {
      const create = (messages: Messages["Service"]) => messages.create(inApp)
      const problem = { code: "parameter_invalid", message: "No such recipient" }
      const unprocessable = yield* refusal(Messages, create, Scripted.errorList(422, problem))
      assert.strictEqual(unprocessable.reason._tag, "UnprocessableEntity")
      const bad = yield* refusal(Messages, create, Scripted.errorList(400, problem))
      assert.strictEqual(bad.reason._tag, "BadRequest")
    })
  )
})
