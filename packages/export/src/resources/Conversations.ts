/** All conversations with their parts, 500 at most: each is asked for by itself. */
import { Conversation, type ConversationId, Conversations } from "@effect-intercom/core/resources/Conversations"
import { conversationFields } from "@effect-intercom/core/Search"
import * as Stream from "effect/Stream"
import * as Completion from "../Completion.ts"
import { fieldsOf, make, type Options } from "../Definition.ts"
import * as Table from "../Table.ts"
import * as Searched from "../Searched.ts"

const searching: Searched.Searched<Conversations> = {
  search:
    ({ field, order, query, size }) =>
    (options) =>
      Stream.unwrap(
        Conversations.useSync(({ search }) =>
          search.pages({ query, sort: { field, order }, pagination: { per_page: size } }, options)
        )
      ),
  list: (size) => (options) =>
    Stream.unwrap(Conversations.useSync(({ list }) => list.pages({ per_page: size }, options)))
}

/** All of them as they are listed, for what is asked of each. */
export const parents = (options: Options) =>
  Searched.steps(searching, {
    ...options,
    windows: 1,
    since: undefined,
    accepts: () => true,
    known: Searched.isTimed
  })

const detail: Completion.Detail<Conversations> = {
  get: (id) => Conversations.use(({ get }) => get(id as ConversationId)),
  missing: (conversation) => {
    const parts = fieldsOf(conversation["conversation_parts"])
    return Completion.lacking(
      conversation,
      "parts",
      Completion.lengthOf(parts["conversation_parts"]),
      Math.max(
        Completion.wholeOf(fieldsOf(conversation["statistics"])["count_conversation_parts"]),
        Completion.wholeOf(parts["total_count"])
      )
    )
  }
}

export const conversations = make<Conversations>({
  name: "conversations",
  about: "conversations with their parts",
  schema: Conversation,
  table: Table.fromSchema("conversations", Conversation, {
    key: "id",
    lists: {
      of: "conversation",
      at: {
        conversation_parts: "conversation_parts.conversation_parts",
        conversation_tags: "tags.tags",
        conversation_contacts: "contacts.contacts"
      }
    }
  }),
  pageSize: 50,
  largestPage: 150,
  changes: "search",
  search: conversationFields,
  requests: ["POST /conversations/search", "GET /conversations", "GET /conversations/{conversation_id}"],
  cost: { perRecord: 1 },
  permissions: ["Read conversations"],
  resumes: Searched.resumes,
  walk: (options) =>
    Completion.completing(
      options,
      {
        what: "record",
        operation: { operation: "Conversations.get", method: "GET", path: "/conversations/{conversation_id}" },
        complete: Completion.detailed(detail)
      },
      Searched.steps(searching, { ...options, windows: 1 })
    ),
  count: Searched.count(searching),
  deletions: {
    listed: (options) => Searched.steps(searching, { ...options, windows: 1 }),
    get: (id) => Conversations.use(({ get }) => get(id as ConversationId)),
    requests: ["POST /conversations/search", "GET /conversations", "GET /conversations/{conversation_id}"],
    told: {
      version: "2.16",
      pageSize: 60,
      request: "GET /conversations/deleted",
      pages: (size) => (options) =>
        Stream.unwrap(
          Conversations.useSync(({ listDeleted }) => listDeleted.pages({ per_page: size, order: "desc" }, options))
        )
    }
  }
})
