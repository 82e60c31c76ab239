// Create a contact, or update the one there is, whoever else does the same at the same time.
import { Contacts, IntercomHttp } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"

const program = Effect.gen(function* () {
  const contacts = yield* Contacts
  const both = yield* Effect.all(
    [
      contacts.upsert({ role: "user", email: "ada@example.com", name: "Ada" }),
      contacts.upsert({ role: "user", email: "ada@example.com", phone: "+353 1 555 0100" })
    ],
    { concurrency: "unbounded" }
  )
  const ids = new Set(both.map(({ contact }) => contact.id))
  yield* Console.log(ids.size === 1 ? "one contact" : "two contacts")
})

const ContactsLive = Contacts.layer.pipe(
  Layer.provide(IntercomHttp.layerEnv),
  Layer.provide(NodeHttpClient.layerUndici)
)

program.pipe(Effect.provide(ContactsLive), NodeRuntime.runMain)
