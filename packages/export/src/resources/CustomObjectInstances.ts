/**
 * The instances of custom objects that companies, contacts, conversations and tickets refer to, of every type: nothing lists
 * instances. Each is asked for once.
 */
import { type Companies } from "@effect-intercom/core/resources/Companies"
import type { Contacts } from "@effect-intercom/core/resources/Contacts"
import type { Conversations } from "@effect-intercom/core/resources/Conversations"
import {
  CustomObjectInstance,
  type CustomObjectInstanceId,
  CustomObjectInstances
} from "@effect-intercom/core/resources/CustomObjectInstances"
import type { Tickets } from "@effect-intercom/core/resources/Tickets"
import * as Stream from "effect/Stream"
import * as Completion from "../Completion.ts"
import { fieldsOf, make, type Options } from "../Definition.ts"
import * as Keys from "../internal/Keys.ts"
import * as Searched from "../Searched.ts"
import type { Received } from "../Table.ts"
import * as Walk from "../Walk.ts"
import * as Company from "./Companies.ts"
import * as Contact from "./Contacts.ts"
import * as Conversation from "./Conversations.ts"
import * as Ticket from "./Tickets.ts"

type Parents = Companies | Contacts | Conversations | Tickets

/** Every record that can refer to an instance. Companies first, as a scroll that breaks off starts over. */
const parents = Walk.inTurn<Options, Parents>(
  { name: "companies", resumes: Company.resumes, walk: ({ from }) => Company.scrolled(from) },
  { name: "contacts", resumes: Searched.resumes, walk: Contact.parents },
  { name: "conversations", resumes: Searched.resumes, walk: Conversation.parents },
  { name: "tickets", resumes: Searched.resumes, walk: Ticket.parents }
)

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

/** An attribute's value that refers to instances: `{type: "Order.list", instances: [{type: "Order", id, …}]}`. */
const referencesIn = (value: unknown): ReadonlyArray<string> => {
  const { instances, type: listed } = fieldsOf(value)
  return listOf(instances).flatMap((instance) => {
    const fields = fieldsOf(instance)
    const type = fields["type"] ?? (typeof listed === "string" ? listed.replace(/\.list$/, "") : undefined)
    return typeof type === "string" && Walk.hasId(instance) ? [`${type}/${Completion.idOf(fields)}`] : []
  })
}

/** The type and id of each instance that a record refers to, as `Order/65f0…`. */
const references = (record: Received): ReadonlyArray<string> =>
  ["custom_attributes", "ticket_attributes"].flatMap((attributes) =>
    Object.values(fieldsOf(record[attributes])).flatMap(referencesIn)
  )

const idIn = (reference: string) => reference.slice(reference.indexOf("/") + 1)

const completion: Completion.Completion<CustomObjectInstances> = {
  what: "record",
  operation: {
    operation: "CustomObjectInstances.get",
    method: "GET",
    path: "/custom_object_instances/{custom_object_type_identifier}/{custom_object_instance_id}"
  },
  complete: Completion.detailed({
    get: (reference) =>
      CustomObjectInstances.use(({ get }) =>
        get({
          custom_object_type_identifier: reference.slice(0, reference.indexOf("/")),
          // What references have.
          custom_object_instance_id: idIn(reference) as CustomObjectInstanceId
        })
      ),
    missing: () => []
  })
}

export const customObjectInstances = make<CustomObjectInstances | Parents>({
  name: "customObjectInstances",
  about: "instances of custom objects that other records refer to",
  schema: CustomObjectInstance,
  changes: "filter",
  pageSize: 150,
  largestPage: 150,
  requests: [
    "GET /custom_object_instances/{custom_object_type_identifier}/{custom_object_instance_id}",
    "GET /companies/scroll",
    "GET /companies",
    "POST /contacts/search",
    "GET /contacts",
    "POST /conversations/search",
    "GET /conversations",
    "POST /tickets/search"
  ],
  cost: { perRecord: 1 },
  uncompared: "nothing lists them; what no record refers to is not asked for",
  permissions: [
    "Read and write custom object instances",
    "Read and list users and companies",
    "Read conversations",
    "Read tickets"
  ],
  resumes: parents.resumes,
  walk: (options) =>
    Stream.suspend(() => {
      const met = Keys.make()
      const referred = Stream.map(parents.walk(options), (step): Walk.Step => {
        if (step.startOver === true) met.clear()
        const found = step.records
          .flatMap(references)
          .filter(
            (reference) => met.add(reference) && (step.startOver === true || !options.known({ id: idIn(reference) }))
          )
        return {
          records: found.map((id) => ({ id })),
          invalid: [],
          read: found.length,
          position: step.position,
          startOver: step.startOver
        }
      })
      return Walk.accepted(Completion.completing(options, completion, referred), options.accepts)
    })
})
