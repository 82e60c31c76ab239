/** The parts that conversations got since they were seeded. */
import * as Function from "effect/Function"
import type * as Crud from "../Crud.ts"
import type * as Kind from "../Kind.ts"
import type { Row } from "./Collection.ts"
import * as State from "./ConversationState.ts"
import * as Parts from "./Parts.ts"

/** What was added to conversations, and which of their parts were redacted, by the ids of the conversations. */
export interface Thread {
  readonly added: ReadonlyArray<Row>
  readonly redacted: ReadonlySet<string>
}

export const noThread: Thread = { added: [], redacted: new Set() }

export const threadsOf = Function.memoize<Kind.Workspace, Map<string, Thread>>(() => new Map())

/** A new part of a conversation, and what becomes of the conversation. */
export interface Act {
  readonly type: string
  readonly author: object
  readonly fields?: Crud.Input | undefined
  readonly change: (row: Row, now: number) => Row
}

/** Who does what nobody did. */
export const operator = { type: "bot", id: "0", name: "Operator", email: null }

/** Changes a conversation, at a time in Unix milliseconds, with a part that says so. */
export const grow = (workspace: Kind.Workspace, row: Row, { author, change, fields, type }: Act, at: number): Row => {
  const now = Math.floor(at / 1000)
  const changed = change(State.grown(row, now), now)
  const { created_at = now, ...rest } = fields ?? {}
  const part = Parts.make(workspace, "conversation_part", type, Number(created_at), {
    author,
    state: changed["state"],
    ...rest
  })
  const threads = threadsOf(workspace)
  const { added, redacted } = threads.get(row.id) ?? noThread
  threads.set(row.id, { added: [...added, part], redacted })
  workspace.collections.conversations.replace(changed, at)
  return changed
}
