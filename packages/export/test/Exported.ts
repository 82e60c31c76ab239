/** What exports of a simulated workspace are to come to, resource by resource, told by other means than an export. */
import { Admins, Calls, Companies, Contacts, Tickets } from "@effect-intercom/core"
import type { CompanyId } from "@effect-intercom/core/resources/Common"
import type { ContactId } from "@effect-intercom/core/resources/Contacts"
import type * as Resource from "@effect-intercom/export/Resource"
import { defaultCounts, Simulator } from "@effect-intercom/simulator/Simulator"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

type Name = Resource.ResourceName

const parsed = (line: string) => JSON.parse(line) as { readonly [field: string]: unknown; readonly id: string }

type Exported = Parameters<Simulator["Service"]["records"]>[0]

const recordsOf = (resource: Exported) =>
  Simulator.use(({ records }) => Effect.map(Stream.runCollect(records(resource)), (lines) => lines.map(parsed)))

const ofEach = <A, E, R>(resource: Exported, list: (id: string) => Stream.Stream<A, E, R>) =>
  Effect.flatMap(recordsOf(resource), (all) =>
    Effect.map(
      Effect.forEach(all, ({ id }) => Effect.map(Stream.runCollect(list(id)), (found) => ({ id, found }))),
      (each) => each.flatMap(({ found, id }) => found.map((child) => ({ parent: id, child })))
    )
  )

const related =
  (as: string) => (all: ReadonlyArray<{ readonly parent: string; readonly child: { readonly id: string } }>) =>
    all.map(({ child, parent }) => ({ id: `${parent}:${child.id}`, contact_id: parent, [as]: child }))

/** Of resources that no kind of the simulator is, or not as it is listed. */
const others = {
  conversations: recordsOf("conversationDetails"),
  contactSegments: Effect.map(
    ofEach("contacts", (id) =>
      Stream.unwrap(Contacts.useSync((contacts) => contacts.listSegments.items(id as ContactId)))
    ),
    related("segment")
  ),
  contactSubscriptions: Effect.map(
    ofEach("contacts", (id) =>
      Stream.unwrap(Contacts.useSync((contacts) => contacts.listSubscriptions.items(id as ContactId)))
    ),
    related("subscription")
  ),
  notes: Effect.zipWith(
    ofEach("companies", (id) => Stream.unwrap(Companies.useSync((all) => all.listNotes.items(id as CompanyId)))),
    ofEach("contacts", (id) => Stream.unwrap(Contacts.useSync((all) => all.listNotes.items(id as ContactId)))),
    (ofCompanies, ofContacts) => [...ofCompanies, ...ofContacts].map(({ child }) => child)
  ),
  activityLogs: Effect.suspend(() =>
    Admins.use(({ listActivityLogs }) => Stream.runCollect(listActivityLogs.items({ created_at_after: 0 })))
  ),
  calls: Effect.flatMap(recordsOf("calls"), (all) =>
    Effect.forEach(all, ({ conversation_id, id, ...call }) =>
      Effect.map(
        Calls.use(({ search }) => search({ conversation_ids: [String(conversation_id)] })),
        ({ data }) => {
          const found = data.find((one) => one.id === id)
          const said = { transcript: found?.transcript, transcript_status: found?.transcript_status }
          return { ...call, id, conversation_id, ...(call["transcription_url"] === null ? undefined : said) }
        }
      )
    )
  ),
  /** Those that a conversation refers to: the test's own, see {@link referring}. */
  customObjectInstances: recordsOf("customObjectInstances"),
  deliveries: Effect.map(recordsOf("conversations"), (all) =>
    all.map(({ created_at, id, source }) => ({
      id: [`receipt-${id}`, (source as { readonly id?: string } | null)?.id].filter((part) => part != null).join("/"),
      content_type: "conversation",
      received_at: created_at
    }))
  ),
  tickets: Effect.flatMap(recordsOf("tickets"), (all) =>
    Effect.forEach(all, ({ id }) => Tickets.use(({ get }) => get(id as never)))
  )
}

const isOther = (name: string): name is keyof typeof others => Object.hasOwn(others, name)

/** Lets a conversation and a contact refer to the seeded instances of custom objects. */
export const referring = Effect.gen(function* () {
  const { update } = yield* Simulator
  const instances = yield* recordsOf("customObjectInstances")
  const [first, ...others] = instances.map(({ external_id, id, type }) => ({ type, id, external_id }))
  const refer = (resource: "contacts" | "conversations", of: ReadonlyArray<unknown>) =>
    Effect.flatMap(recordsOf(resource), (all) =>
      update(resource, all[0]?.id ?? "", {
        custom_attributes: { plan: "pro", orders: { type: "Order.list", instances: of } },
        updated_at: all[0]?.["updated_at"]
      })
    )
  yield* refer("contacts", [first])
  // One of them twice.
  yield* refer("conversations", [first, ...others])
})

/** The kinds that the simulator lists. */
export const kinds = Object.keys(defaultCounts) as ReadonlyArray<Exported>

const isKind = (name: string): name is Exported => name in defaultCounts

/** The records of a resource, in the API's order. */
export const expected = (name: Name) =>
  isOther(name)
    ? others[name]
    : isKind(name)
      ? recordsOf(name)
      : Effect.die(new Error(`nothing tells what ${name} are`))
