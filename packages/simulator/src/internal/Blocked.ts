/** Contacts that may write no more. */
import * as Function from "effect/Function"
import type { Workspace } from "../Kind.ts"
import type { Row } from "./Collection.ts"
import * as State from "./ConversationState.ts"
import * as ErrorList from "./ErrorList.ts"
import * as Listing from "./Listing.ts"
import * as Threads from "./Threads.ts"

const blockedIn = Function.memoize<Workspace, Set<string>>(() => new Set())

export const isBlocked = (workspace: Workspace, { id }: Row): boolean => blockedIn(workspace).has(id)

/** Blocks a contact, at a time in Unix milliseconds: their conversations are closed. */
export const block = (workspace: Workspace, contact: Row, at: number): void => {
  blockedIn(workspace).add(contact.id)
  for (const row of Listing.rows(workspace.collections.conversations)) {
    if (row["state"] === "closed" || !State.contactsOf(row).some(({ id }) => id === contact.id)) continue
    Threads.grow(workspace, row, { type: "close", author: Threads.operator, change: State.closed(undefined) }, at)
  }
}

/** What is said of a message from one of them. The words are a guess: no document has any. */
export const refusal = ErrorList.respond(403, { code: "action_forbidden", message: "This contact is blocked" })
