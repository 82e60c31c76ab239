import { Contacts, IntercomHttp } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Stream } from "effect"

const program = Effect.gen(function* () {
  const contacts = yield* Contacts
  const { total_count } = yield* contacts.list({ per_page: 1 }) // one page
  yield* Console.log(`${total_count} contacts`)
  yield* contacts.list.items({ per_page: 150 }).pipe(
    // every contact, page after page
    Stream.take(3),
    Stream.runForEach(({ email, id }) => Console.log(id, email))
  )
}).pipe(Effect.catchReason("IntercomError", "Unauthorized", ({ message }) => Console.error(message)))

const ContactsLive = Contacts.layer.pipe(
  Layer.provide(IntercomHttp.layerEnv), // INTERCOM_ACCESS_TOKEN, INTERCOM_REGION
  Layer.provide(NodeHttpClient.layerUndici)
)

program.pipe(Effect.provide(ContactsLive), NodeRuntime.runMain)
