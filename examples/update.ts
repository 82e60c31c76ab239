// An operation the client does not have: declared, it is sent, repeated, checked and traced like any other.
import { Contact, ContactId, IntercomHttp, Operation, Wire } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

const UpdateContact = Schema.Struct({
  name: Wire.optional(Schema.NullOr(Schema.String)), // left out, or `undefined`: it stays; null: it goes
  custom_attributes: Wire.optional(Schema.Record(Schema.String, Schema.Json))
})

const Own = HttpApiGroup.make("Own").add(
  HttpApiEndpoint.put("updateContact", "/contacts/:contact_id", {
    params: { contact_id: Wire.pathSegment(ContactId) },
    payload: UpdateContact,
    success: Contact
  }).annotateMerge(Operation.annotations({ operationId: "UpdateContact" }))
)

const program = Effect.gen(function* () {
  const { updateContact } = yield* Operation.client(Own)
  const contact = yield* updateContact({
    params: { contact_id: ContactId.make("65a1b2c3d4e5f6a7b8c9d0e1") },
    payload: { name: "Zoë", custom_attributes: { plan: "pro" } }
  })
  yield* Console.log(`${contact.id} is ${contact.name}`)
}).pipe(Effect.catchReason("IntercomError", "NotFound", ({ message }) => Console.error(message)))

const Http = IntercomHttp.layerConfig.pipe(Layer.provide(NodeHttpClient.layerUndici))

program.pipe(Effect.provide(Http), NodeRuntime.runMain)
