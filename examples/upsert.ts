// Find or create a contact: the conflict names the contact that is there already.
import { ContactId, Contacts, type CreateContact, IntercomHttp } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"

const findOrCreate = Effect.fn("findOrCreate")(function* (contact: CreateContact) {
  const contacts = yield* Contacts
  return yield* contacts
    .create(contact)
    .pipe(
      Effect.catchReason("IntercomError", "Conflict", (conflict, error) =>
        conflict.existingId === undefined ? Effect.fail(error) : contacts.get(ContactId.make(conflict.existingId))
      )
    )
})

const program = Effect.gen(function* () {
  const first = yield* findOrCreate({ role: "user", email: "ada@example.com", name: "Ada" })
  const second = yield* findOrCreate({ role: "user", email: "ada@example.com", name: "Ada" })
  yield* Console.log(first.id === second.id ? "one contact" : "two contacts")
})

const ContactsLive = Contacts.layer.pipe(
  Layer.provide(IntercomHttp.layerEnv),
  Layer.provide(NodeHttpClient.layerUndici)
)

program.pipe(Effect.provide(ContactsLive), NodeRuntime.runMain)
