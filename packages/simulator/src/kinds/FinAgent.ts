/** Conversations with Fin, by ids of the caller's. Fin thinks, and says nothing. */
import { FinAgent } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Crud from "../Crud.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"

interface Turn {
  readonly conversation_id: string
  readonly user: { readonly id: string }
}

const turn = ({ conversation_id, user }: Turn, at: number) =>
  Listing.value({
    conversation_id,
    user_id: user.id,
    status: "thinking",
    created_at_ms: new Date(at).toISOString(),
    sse_subscription_url: `https://fin.example.com/sse/${encodeURIComponent(conversation_id.toWellFormed())}`
  })

export const finAgent = Kind.make(FinAgent, {
  handlers: {
    start: ({ payload }, { collection }) =>
      Effect.map(Crud.time, ({ at }) => {
        const row = { id: payload.conversation_id }
        if (!collection.replace(row, at)) collection.add(row, at)
        return turn(payload, at)
      }),
    reply: ({ payload }, { collection }) =>
      collection.find(payload.conversation_id) === undefined
        ? ErrorList.respond(400, {
            code: "parameter_invalid",
            message: "The conversation was not started",
            field: "conversation_id"
          })
        : Effect.map(Crud.time, ({ at }) => turn(payload, at)),
    submitCsat: ({ payload: { conversation_id, rating } }, { collection }) =>
      Effect.succeed(
        collection.find(conversation_id) === undefined
          ? HttpServerResponse.setStatus(Listing.value({ errors: { conversation_id: "was not started" } }), 422)
          : Listing.value({ conversation_id, rating, status: "rated" })
      )
  }
})
