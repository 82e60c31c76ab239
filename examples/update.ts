// An operation of your own, here with the attributes of one workspace: declared, it is sent, repeated, checked and traced
// like any other.
import { Contact, ContactId, Endpoint, IntercomHttp, Resource, Wire } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Schema } from "effect"

class MyContacts extends Resource.Service<MyContacts>()("MyContacts", {
  /** Changes a contact. Of a field: left out, or `undefined`, it stays; null, it goes. */
  update: Endpoint.put("/contacts/:contact_id", {
    params: { contact_id: ContactId },
    payload: Schema.Struct({
      name: Wire.optional(Schema.NullOr(Schema.String)),
      custom_attributes: Wire.optional(Schema.Struct({ plan: Schema.Literals(["free", "pro"]) }))
    }),
    success: Contact
  })
}) {}

const program = Effect.gen(function* () {
  const { update } = yield* MyContacts
  const contact = yield* update(ContactId.make("65a1b2c3d4e5f6a7b8c9d0e1"), {
    name: "Zoë",
    custom_attributes: { plan: "pro" }
  })
  yield* Console.log(`${contact.id} is ${contact.name}`)
}).pipe(Effect.catchReason("IntercomError", "NotFound", ({ message }) => Console.error(message)))

const Http = IntercomHttp.layerEnv.pipe(Layer.provide(NodeHttpClient.layerUndici))

program.pipe(Effect.provide(MyContacts.layer.pipe(Layer.provide(Http))), NodeRuntime.runMain)
