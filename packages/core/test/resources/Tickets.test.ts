import { ContactId } from "@effect-intercom/core/resources/Contacts"
import { Tickets } from "@effect-intercom/core/resources/Tickets"
import { TicketTypeId } from "@effect-intercom/core/resources/TicketTypes"
import * as Search from "@effect-intercom/core/Search"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scripted from "../Scripted.ts"
import { exchange, refuses, unchecked } from "./Exchange.ts"

const ticket_type_id = TicketTypeId.make("4000")
const id = ContactId.make("6657add46abd0167d9419cd2")
const page = Scripted.json({ type: "ticket.list", tickets: [], total_count: 0 })

describe("Tickets", () => {
  it.effect("create is for one contact, named in one way", () =>
    Effect.gen(function* () {
      const one = { id }
      yield* refuses(Tickets, ({ create }) => create({ ticket_type_id, contacts: [one, one] }), { path: "contacts" })
      const two = unchecked({ ticket_type_id, contacts: [{ id, email: "a@example.com" }] })
      yield* refuses(Tickets, ({ create }) => create(two), {})
    })
  )

  it.effect("search finds by an attribute's id, in the types, too", () =>
    Effect.gen(function* () {
      const query = Search.and(Search.ticket("ticket_attribute.12", "=", "3"), Search.ticket("open", "=", true))
      const { sent } = yield* exchange(Tickets, ({ search }) => search({ query }), page)
      assert.deepStrictEqual(sent.body, { query })
      // @ts-expect-error that is what contacts have
      Search.ticket("custom_attributes.size", "=", "M")
    })
  )
})
