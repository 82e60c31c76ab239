/** Calls that are announced to Fin, each once. */
import { FinVoice } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import type { Row } from "../internal/Collection.ts"
import * as ErrorList from "../internal/ErrorList.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as Kind from "../Kind.ts"

const shown = (row: Row | undefined) =>
  row === undefined ? Crud.missing({ message: "Call not found" }) : Effect.succeed(Listing.value(Crud.numbered(row)))

const last = ({ collection }: Kind.Here, field: string, value: string) =>
  shown(Listing.rows(collection).findLast((row) => row[field] === value))

export const finVoice = Kind.make(FinVoice, {
  handlers: {
    register: ({ payload: { call_id, phone_number } }, { collection, workspace: { world } }) => {
      const known = Listing.rows(collection).some(({ external_call_id }) => external_call_id === call_id)
      if (known) return ErrorList.respond(409, { code: "conflict", message: "The call is registered already" })
      return Effect.map(Crud.time, ({ at, now }) => {
        const row = {
          id: collection.nextId(now),
          app_id: Prng.hash(world.seed, 0),
          user_phone_number: phone_number,
          status: "registered",
          intercom_call_id: null,
          external_call_id: call_id,
          intercom_conversation_id: null,
          call_transcript: [],
          call_summary: "",
          intent: []
        }
        collection.add(row, at)
        return Listing.value(Crud.numbered(row))
      })
    },
    get: ({ params }, { collection }) => shown(collection.find(params.id)),
    getByExternalId: ({ params }, here) => last(here, "external_call_id", params.external_id),
    getByPhoneNumber: ({ params }, here) => last(here, "user_phone_number", params.phone_number),
    listOfConversation: ({ params }, { collection }) =>
      Effect.succeed(
        Listing.value(
          Listing.rows(collection)
            .filter(({ intercom_conversation_id }) => intercom_conversation_id === params.conversation_id)
            .map(Crud.numbered)
        )
      )
  }
})
