/** What is true of every operation: a body that names a record by its id is refused when there is no such record. */
import { type ApiOperation, operations } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import * as Records from "@effect-intercom/simulator/Records"
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type * as SimulatorShape from "@effect-intercom/simulator/Simulator"
import { inProcess, raw } from "./Client.ts"

interface Json {
  readonly [key: string]: unknown
}

const fieldsOf = (value: unknown): Json => (Predicate.isObject(value) ? { ...value } : {})

/** A merge is from one contact into another. */
const isId = (field: string) => /(^|_)ids?$|^(from|into)$/.test(field)

/** The places of ids in a body, whatever list they are in: fields of a schema that are named so, and hold no others. */
const placesOf = (schema: Schema.Top): ReadonlySet<string> => {
  const { definitions, schema: root } = Schema.toJsonSchemaDocument(schema)
  const places = new Set<string>()
  const walk = (node: Json, path: ReadonlyArray<string>, through: ReadonlyArray<unknown>): boolean => {
    const { $ref, anyOf, items, properties } = node
    if ($ref !== undefined) {
      return !through.includes($ref) && walk(fieldsOf(definitions[String($ref).slice(8)]), path, [...through, $ref])
    }
    const parts = [...(Array.isArray(anyOf) ? anyOf : []), ...(items === undefined ? [] : [items])].map(fieldsOf)
    const within = parts.map((part) => walk(part, path, through)).includes(true)
    for (const [name, inner] of Object.entries(fieldsOf(properties))) {
      // One language stands for all.
      if (path.at(-1) === "translated_content" && name !== "en") continue
      const at = [...path, name]
      if (!walk(fieldsOf(inner), at, through) && isId(name)) places.add(at.join("."))
    }
    return within || properties !== undefined
  }
  walk(fieldsOf(root), [], [])
  return places
}

/** Ids that are no record's, by the operations that have them. */
const free: { readonly [operation: string]: ReadonlyArray<string> } = {
  // Given by who asks: nobody has to know them.
  "Contacts.create": ["external_id"],
  "Contacts.update": ["external_id"],
  "Companies.createOrUpdate": ["company_id"],
  "ExternalPages.create": ["external_id"],
  "ExternalPages.update": ["external_id"],
  "CustomObjectInstances.createOrUpdate": ["external_id"],
  "FinAgent.start": ["conversation_id", "user.id"],
  "FinAgent.reply": ["user.id"],
  "FinVoice.register": ["call_id"],
  // Audiences are none of the API's.
  "ContentImportSources.create": ["audience_ids"],
  "ContentImportSources.update": ["audience_ids"],
  // A customer within a customer is in the document, and in nobody's requests.
  "Conversations.attachContact": ["customer.customer.intercom_user_id", "customer.customer.user_id"],
  // Conversations whose calls are looked for.
  "Calls.search": ["conversation_ids"],
  // A visitor becomes the user of this id, who may be new.
  "Visitors.convert": ["user.user_id"]
}

/** The first record of each kind that bodies name. */
const known = Effect.gen(function* () {
  const { records } = yield* Simulator
  const first = (kind: SimulatorShape.Exported, fits: (record: Json) => boolean = () => true) =>
    records(kind).pipe(
      Stream.map((text) => fieldsOf(JSON.parse(text))),
      Stream.filter(fits),
      Stream.runHead,
      Effect.map(Option.getOrElse(() => assert.fail(`no ${kind}`)))
    )
  const user = yield* first("contacts", ({ role }) => role === "user")
  const lead = yield* first("contacts", ({ role }) => role === "lead")
  const company = yield* first("companies")
  const conversation = yield* first("conversationDetails", ({ conversation_parts, source }) => {
    const { total_count } = fieldsOf(conversation_parts)
    return source !== null && Number(total_count) > 0
  })
  const [part] = Array.from(Object(conversation["conversation_parts"]).conversation_parts as ReadonlyArray<Json>)
  const visitor = yield* first("visitors")
  const other = yield* first("visitors", ({ id }) => id !== visitor["id"])
  return {
    admin: (yield* first("admins"))["id"],
    team: (yield* first("teams"))["id"],
    tag: (yield* first("tags"))["id"],
    reason: (yield* first("awayStatusReasons"))["id"],
    subscription: (yield* first("subscriptionTypes"))["id"],
    // Not in another one.
    collection: (yield* first("collections", ({ order }) => order === 0))["id"],
    helpCenter: (yield* first("helpCenters"))["id"],
    newsfeed: (yield* first("newsfeeds"))["id"],
    source: (yield* first("contentImportSources"))["id"],
    ticketType: (yield* first("ticketTypes"))["id"],
    ticketState: (yield* first("ticketStates"))["id"],
    user: user["id"],
    userId: user["external_id"],
    lead: lead["id"],
    contact: (yield* first("contacts"))["id"],
    company: company["id"],
    companyId: company["company_id"],
    conversation: conversation["id"],
    part: part?.["id"],
    source_id: fieldsOf(conversation["source"])["id"],
    visitor: visitor["id"],
    visitorId: visitor["user_id"],
    otherVisitorId: other["user_id"]
  }
})

type Known = Effect.Success<typeof known>

/** They are read once: it takes longer than the requests. */
class Named extends Context.Service<Named, Known>()("test/Named") {}

const number = (id: unknown) => Number(id)
const say = { message_type: "comment", body: "Hi" }
const turn = {
  conversation_id: "mine",
  user: { id: "7" },
  message: { author: "user", body: "Hi", timestamp: "2026-01-01T00:00:00Z" }
}
const times = { start_time: 0, end_time: 1 }
const ticketOf = ({ companyId, conversation, ticketType, admin, team }: Known, contact: Json) => ({
  ticket_type_id: ticketType,
  contacts: [contact],
  ticket_attributes: { _default_title_: "A" },
  company_id: companyId,
  conversation_to_link_id: conversation,
  assignment: { admin_assignee_id: admin, team_assignee_id: team }
})
const newsOf = ({ admin, newsfeed }: Known) => ({
  title: "A",
  sender_id: number(admin),
  newsfeed_assignments: [{ newsfeed_id: number(newsfeed) }]
})
const internalOf = ({ admin }: Known) => ({ title: "A", author_id: number(admin), owner_id: number(admin) })
const pageOf = ({ source }: Known) => ({
  title: "A",
  html: "A",
  source_id: number(source),
  locale: "en",
  external_id: "1"
})

/** Bodies that are taken, with every id that names something in one of them. */
const bodies: { readonly [operation: string]: (known: Known) => ReadonlyArray<Json> } = {
  "Admins.setAway": ({ reason }) => [
    { away_mode_enabled: true, away_mode_reassign: false, away_status_reason_id: number(reason) }
  ],
  "Contacts.create": ({ admin }) => [{ email: "new@example.com", owner_id: number(admin) }],
  "Contacts.update": ({ admin }) => [{ owner_id: number(admin) }],
  "Contacts.attachCompany": ({ company }) => [{ id: company }],
  "Contacts.attachTag": ({ tag }) => [{ id: tag }],
  "Contacts.attachSubscription": ({ subscription }) => [{ id: subscription, consent_type: "opt_in" }],
  "Contacts.createNote": ({ admin }) => [{ body: "A", admin_id: admin }],
  "Contacts.merge": ({ lead, user }) => [{ from: lead, into: user }],
  "Conversations.create": ({ user }) => [{ from: { type: "user", id: user }, body: "Hi" }],
  "Conversations.update": ({ company }) => [{ company_id: company }],
  "Conversations.replyAsAdmin": ({ admin }) => [{ ...say, type: "admin", admin_id: admin }],
  "Conversations.replyAsContact": ({ user, userId }) => [
    { ...say, type: "user", intercom_user_id: user },
    { ...say, type: "user", user_id: userId }
  ],
  "Conversations.close": ({ admin }) => [{ message_type: "close", type: "admin", admin_id: admin }],
  "Conversations.snooze": ({ admin }) => [{ message_type: "snoozed", admin_id: admin, snoozed_until: 10_000_000_000 }],
  "Conversations.open": ({ admin }) => [{ message_type: "open", admin_id: admin }],
  "Conversations.assign": ({ admin, team }) => [
    { message_type: "assignment", type: "admin", admin_id: admin, assignee_id: admin },
    { message_type: "assignment", type: "team", admin_id: admin, assignee_id: team }
  ],
  "Conversations.redactPart": ({ conversation, part }) => [
    { type: "conversation_part", conversation_id: conversation, conversation_part_id: part }
  ],
  "Conversations.redactSource": ({ conversation, source_id }) => [
    { type: "source", conversation_id: conversation, source_id }
  ],
  "Conversations.convertToTicket": ({ ticketType }) => [
    { ticket_type_id: ticketType, attributes: { _default_title_: "A" } }
  ],
  "Conversations.attachTag": ({ admin, tag }) => [{ id: tag, admin_id: admin }],
  "Conversations.detachTag": ({ admin }) => [{ admin_id: admin }],
  "Conversations.attachContact": ({ admin, contact, userId }) => [
    { admin_id: admin, customer: { intercom_user_id: contact } },
    { admin_id: admin, customer: { user_id: userId } }
  ],
  "Conversations.detachContact": ({ admin }) => [{ admin_id: admin }],
  "Articles.create": ({ admin, collection }) => [
    {
      title: "A",
      author_id: number(admin),
      parent_id: number(collection),
      translated_content: { en: { title: "A", author_id: number(admin) } }
    }
  ],
  "Articles.update": ({ admin, collection }) => [
    {
      author_id: number(admin),
      parent_id: String(collection),
      translated_content: { en: { title: "A", author_id: number(admin) } }
    }
  ],
  "Messages.create": ({ admin, user }) => {
    const to = { type: "user", id: user }
    const message = {
      message_type: "email",
      subject: "A",
      body: "A",
      template: "plain",
      from: { type: "admin", id: admin }
    }
    return [
      { ...message, to },
      { ...message, to: [to], cc: [to], bcc: [to] }
    ]
  },
  "Events.submit": ({ user, userId }) => [
    { event_name: "a", created_at: 1, id: user },
    { event_name: "a", created_at: 1, user_id: userId }
  ],
  "Events.submitSummary": ({ userId }) => [
    { user_id: userId, event_summaries: { event_name: "a", count: 1, first: 1, last: 1 } }
  ],
  "NewsItems.create": (known) => [newsOf(known)],
  "NewsItems.update": (known) => [newsOf(known)],
  "Tags.createOrUpdate": ({ tag }) => [{ id: tag, name: "A" }],
  "Tags.tagCompanies": ({ company, companyId }) => [
    { name: "A", companies: [{ id: company }] },
    { name: "A", companies: [{ company_id: companyId }] }
  ],
  "Tags.untagCompanies": ({ company, companyId }) => [
    { name: "A", companies: [{ id: company, untag: true }] },
    { name: "A", companies: [{ company_id: companyId, untag: true }] }
  ],
  "Tags.tagContacts": ({ user }) => [{ name: "A", users: [{ id: user }] }],
  "Collections.create": ({ collection, helpCenter }) => [
    { name: "A", parent_id: collection, help_center_id: number(helpCenter) }
  ],
  "Collections.update": ({ collection }) => [{ parent_id: collection }],
  "ExternalPages.create": (known) => [pageOf(known)],
  "ExternalPages.update": (known) => [{ ...pageOf(known), url: "https://example.com", fin_availability: true }],
  "InternalArticles.create": (known) => [internalOf(known)],
  "InternalArticles.update": (known) => [internalOf(known)],
  "ReportingExports.enqueue": () => [
    { dataset_id: "conversation", attribute_ids: ["conversation.conversation_id"], ...times }
  ],
  "Visitors.update": ({ visitor, visitorId }) => [
    { id: visitor, name: "A" },
    { user_id: visitorId, name: "A" }
  ],
  "Visitors.convert": ({ otherVisitorId, user, visitor }) => [
    { type: "user", user: { id: user }, visitor: { id: visitor } },
    { type: "user", user: { id: user }, visitor: { user_id: otherVisitorId } }
  ],
  "Tickets.create": (known) => [ticketOf(known, { id: known.user }), ticketOf(known, { external_id: known.userId })],
  "Tickets.enqueue": (known) => [ticketOf(known, { id: known.user }), ticketOf(known, { external_id: known.userId })],
  "Tickets.update": ({ admin, companyId, ticketState }) => [
    { ticket_state_id: ticketState, company_id: companyId, admin_id: number(admin), assignee_id: String(admin) }
  ],
  "Tickets.replyAsAdmin": ({ admin }) => [{ ...say, type: "admin", admin_id: admin }],
  "Tickets.replyAsContact": ({ user, userId }) => [
    { ...say, type: "user", intercom_user_id: user },
    { ...say, type: "user", user_id: userId }
  ],
  "Tickets.attachTag": ({ admin, tag }) => [{ id: tag, admin_id: admin }],
  "Tickets.detachTag": ({ admin }) => [{ admin_id: admin }],
  "FinAgent.start": () => [turn],
  "FinAgent.reply": () => [turn],
  "FinAgent.submitCsat": () => [{ conversation_id: "mine", rating: "good" }]
}

/** The ids in a body, each with its place and the body in which it names nothing. */
const strays = (body: unknown): ReadonlyArray<readonly [place: string, body: unknown]> => {
  if (Array.isArray(body)) {
    return body.flatMap((item, index) =>
      strays(item).map(([place, stray]) => [place, body.map((other, at) => (at === index ? stray : other))] as const)
    )
  }
  return Object.entries(fieldsOf(body)).flatMap(([name, value]) => {
    const within = (stray: unknown) => ({ ...fieldsOf(body), [name]: stray })
    if (isId(name) && !Predicate.isObject(value)) return [[name, within(strayOf(value))] as const]
    return strays(value).map(([place, stray]) => [`${name}.${place}`, within(stray)] as const)
  })
}

const strayOf = (id: unknown): unknown =>
  Array.isArray(id) ? id.map(strayOf) : typeof id === "number" ? 987_654_321 : "987654321"

const naming = operations.flatMap((operation) => {
  const { payload } = operation.endpoint
  const places = payload === undefined ? [] : [...placesOf(payload)]
  const naming = places.filter((place) => !(free[operation.name] ?? []).includes(place))
  return naming.length === 0 && bodies[operation.name] === undefined
    ? []
    : [[operation.name, operation, naming] as const]
})

/** Sends a body to an operation on records there are. */
const send = Effect.fnUntraced(function* (operation: ApiOperation, body: unknown) {
  const simulator = yield* Simulator
  const { endpoint, method, path, resource } = operation
  const ids = yield* Records.pathIds(simulator, resource.resource, Object.keys(endpoint.params))
  // Endpoints are declared with these methods.
  return yield* raw(
    method as HttpMethod.HttpMethod,
    path.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? ""),
    {
      body: JSON.stringify(body)
    }
  )
})

// In one workspace, one after the other: a tag is attached, and then detached.
layer(Layer.provideMerge(Layer.effect(Named, known), inProcess()))("an operation", (it) => {
  it.effect.each(naming)("%s is refused where an id of its body names nothing", ([name, operation, naming]) =>
    Effect.gen(function* () {
      const of = bodies[name] ?? assert.fail(`no body of ${name}, which names ${naming.join(", ")}`)
      const tried = new Set<string>()
      for (const body of of(yield* Named)) {
        for (const [place, stray] of strays(body)) {
          if ((free[name] ?? []).includes(place)) continue
          tried.add(place)
          const { status, text } = yield* send(operation, stray)
          assert.include([400, 404, 422], status, `${place}: ${text}`)
        }
        const { status, text } = yield* send(operation, body)
        assert.isBelow(status, 300, text)
      }
      assert.deepStrictEqual([...tried].toSorted(), naming.toSorted())
    })
  )
})
