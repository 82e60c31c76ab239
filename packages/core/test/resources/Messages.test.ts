import { AdminId } from "@effect-intercom/core/resources/Admins"
import { ContactId } from "@effect-intercom/core/resources/Contacts"
import { Messages } from "@effect-intercom/core/resources/Messages"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, refusal, refuses, unchecked } from "./Exchange.ts"

const to = { type: "user", id: ContactId.make("6657add46abd0167d9419cd2") } as const
const from = { type: "admin", id: AdminId.make("493881") } as const
const inApp = { message_type: "inapp", body: "Hello", from, to } as const

describe("Messages.create", () => {
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
      const { sent } = yield* exchange(
        Messages,
        (messages) => messages.create(email),
        Scripted.json({ type: "admin_message", id: "403918351" })
      )
      assert.deepStrictEqual<unknown>(sent.body, email)
    })
  )

  it.effect("refuses recipients without an id", () =>
    refuses(Messages, (messages) => messages.create({ ...inApp, to: unchecked([to, { type: "user" }]) }), {
      path: "to[1].id"
    })
  )

  it.effect("refuses an empty answer, and is not sent again: the message may be on its way", () =>
    Effect.gen(function* () {
      const { reason, sent } = yield* refusal(Messages, (messages) => messages.create(inApp), Scripted.text(""))
      assert(reason._tag === "DecodeError")
      assert.strictEqual(reason.kind, "malformed")
      assert.lengthOf(sent, 1)
    })
  )
})
