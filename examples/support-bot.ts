// A support bot: it answers what is new, hands what is urgent to a team, puts the rest away until tomorrow, and makes a
// ticket of what asks for a refund. Whatever it did it tags, so that it does it once.
import { type AdminId, type Conversation, Intercom, Search, type TagId, type TicketTypeId } from "@effect-intercom/core"
import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { Clock, Console, Effect, Stream } from "effect"

/** Whom the bot speaks for, and what it needs to know of the workspace. */
interface Desk {
  readonly admin_id: AdminId
  readonly team: string
  readonly tag: TagId
  readonly ticketType: TicketTypeId
}

const answer = Effect.fn("answer")(function* (conversation: Conversation, { admin_id, tag, team, ticketType }: Desk) {
  const { conversations } = yield* Intercom
  const { id, source } = conversation
  const question = source?.body?.toLowerCase() ?? ""
  // First, so that a bot that is stopped in between says nothing twice.
  yield* conversations.attachTag(id, { id: tag, admin_id })
  yield* conversations.replyAsAdmin(id, { message_type: "comment", admin_id, body: "Thank you, we are on it." })
  if (question.includes("refund")) {
    yield* conversations.convertToTicket(id, { ticket_type_id: ticketType })
    return "ticket"
  }
  if (question.includes("urgent")) {
    yield* conversations.assign(id, { type: "team", admin_id, assignee_id: team })
    return "assigned"
  }
  const now = yield* Clock.currentTimeMillis
  yield* conversations.snooze(id, { admin_id, snoozed_until: Math.floor(now / 1000) + 86_400 })
  return "snoozed"
})

/** What is open and has no tag of the bot's. */
const unanswered = (tag: TagId) =>
  Stream.unwrap(
    Intercom.useSync(({ conversations }) =>
      conversations.search.items(
        { query: Search.and(Search.conversation("state", "=", "open"), Search.conversation("tag_ids", "!=", tag)) },
        { pageSize: 50 }
      )
    )
  )

const program = Effect.gen(function* () {
  const { admins, tags, teams, ticketTypes } = yield* Intercom
  const me = yield* admins.me()
  const { id: tag } = yield* tags.createOrUpdate({ name: "Answered by the bot" })
  const [team] = (yield* teams.list()).teams
  const [ticketType] = (yield* ticketTypes.list()).data
  if (team === undefined || ticketType === undefined) {
    return yield* Console.error("The workspace needs a team and a type of ticket.")
  }
  const desk = { admin_id: me.id, tag, team: team.id, ticketType: ticketType.id }
  const done = yield* unanswered(tag).pipe(
    Stream.take(5),
    Stream.mapEffect((conversation) => answer(conversation, desk), { concurrency: 2 }),
    Stream.runCollect
  )
  yield* Console.log(`${done.length} answered`)
})

program.pipe(Effect.provide(Intercom.layerEnv), Effect.provide(NodeHttpClient.layerUndici), NodeRuntime.runMain)
