/** What a notification says: an envelope, and an item that its topic tells the kind of. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Mismatch } from "../IntercomError.ts"
import { typeGuard } from "../internal/TypeGuard.ts"
import { mismatchesOf } from "../internal/Mismatches.ts"
import { printable } from "../internal/Printable.ts"
import { scrubber } from "../internal/Scrub.ts"
import { LooseId, LooseNumber, nullish, open, unchecked } from "../Wire.ts"
import { Time } from "./Item.ts"
import { isTopic, type ItemOf, table, type Topic } from "./Topic.ts"

/**
 * What a notification is in. `id` is the same when it comes again, and null for a ping; `app_id` is the workspace. Times
 * are Unix seconds.
 */
export class Notification extends Schema.Opaque<Notification>()(
  open({
    type: unchecked,
    topic: Schema.String,
    id: nullish(LooseId),
    app_id: nullish(LooseId),
    created_at: nullish(Time),
    first_sent_at: nullish(Time),
    delivery_attempts: nullish(LooseNumber),
    delivery_status: nullish(Schema.String),
    data: open({ type: unchecked, item: unchecked })
  })
) {}

/** A notification of a known topic. */
export interface Known<T extends Topic> {
  readonly _tag: T
  readonly item: ItemOf<T>
  readonly notification: Notification
}

/** One of a topic this program does not know, or whose item is not what its topic promises: `mismatches` tells where. */
export interface Unknown {
  readonly _tag: "Unknown"
  readonly topic: string
  readonly item: unknown
  readonly notification: Notification
  /** Empty for a topic that is not known. */
  readonly mismatches: ReadonlyArray<Mismatch>
}

/** A notification. The topic is its tag; what nobody knows is `Unknown`, so that none is lost. */
export type Event = { readonly [T in Topic]: Known<T> }[Topic] | Unknown

/** What was signed is no notification: not JSON, or without a topic. */
export class NotificationError extends Schema.TaggedError<NotificationError>()("NotificationError", {
  mismatches: Schema.Array(Mismatch)
}) {
  override get message(): string {
    const lines = this.mismatches.map(
      ({ actual, expected, path }) => `${path === "" ? "the body" : path}: expected ${expected}, got ${actual}`
    )
    return printable(
      `The body is no notification: ${lines.join("; ")}. If it is signed, it is of another kind: Canvas Kit and Fin have endpoints of their own.`
    )
  }
}

// Nothing in a notification is a secret of this program.
const scrub = scrubber("")
const isNotification = typeGuard(Notification)

/** The mismatch of a text that is no JSON. */
const malformed = (text: string): Mismatch => ({
  path: "",
  expected: "JSON",
  actual: text === "" ? "nothing" : JSON.stringify(scrub(text, 100))
})

/** The event of a notification that was parsed already. */
export const fromNotification = (notification: Notification): Event => {
  const { topic } = notification
  const { item } = notification.data
  const unknown = (mismatches: ReadonlyArray<Mismatch>): Unknown => ({
    _tag: "Unknown",
    topic,
    item,
    notification,
    mismatches
  })
  if (!isTopic(topic)) return unknown([])
  const schema = table[topic].item
  // The item is that of this topic: it was checked by the topic's schema.
  return typeGuard(schema)(item)
    ? ({ _tag: topic, item, notification } as Event)
    : unknown(mismatchesOf(schema, item, scrub))
}

/**
 * The event of a body whose signature was checked. Only the envelope can be refused; an item never is. Values stay as they
 * came, with the fields this program does not know.
 */
export const decode = (body: string | Uint8Array): Effect.Effect<Event, NotificationError> =>
  Effect.suspend(() => {
    const text = typeof body === "string" ? body : new TextDecoder().decode(body)
    const parsed = Result.try(() => JSON.parse(text) as unknown)
    if (Result.isFailure(parsed)) return Effect.fail(new NotificationError({ mismatches: [malformed(text)] }))
    return isNotification(parsed.success)
      ? Effect.succeed(fromNotification(parsed.success))
      : Effect.fail(new NotificationError({ mismatches: mismatchesOf(Notification, parsed.success, scrub) }))
  })
