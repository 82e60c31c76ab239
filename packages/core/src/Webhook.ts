/**
 * Notifications that Intercom posts to an endpoint of yours: who sent them is checked, and what they say becomes one of a
 * union, told apart by its topic.
 *
 * @example
 * ```ts
 * import { Webhook } from "@effect-intercom/core"
 * import { Effect, Match } from "effect"
 *
 * const told = Match.type<Webhook.Event>().pipe(
 *   Match.tag("contact.user.created", ({ item }) => `${item.email} signed up`),
 *   Match.tag("conversation.user.replied", ({ item }) => `There is a reply in ${item.id}`),
 *   Match.tag("Unknown", ({ topic }) => `This program does not know ${topic}`),
 *   Match.orElse(({ _tag }) => `Nothing to do for ${_tag}`)
 * )
 *
 * // Of the body as it came, and its X-Hub-Signature.
 * const receive = (body: Uint8Array, signature: string | undefined) =>
 *   Webhook.receive(body, signature).pipe(
 *     Effect.flatMap((event) => Effect.log(told(event))),
 *     Effect.provide(Webhook.layerEnv)
 *   )
 * ```
 */
import * as Effect from "effect/Effect"
import { decode } from "./webhook/Notification.ts"
import { Verifier } from "./webhook/Signature.ts"

export * from "./webhook/Inbox.ts"
export * as Item from "./webhook/Item.ts"
export * from "./webhook/Notification.ts"
export * from "./webhook/Route.ts"
export * from "./webhook/Signature.ts"
export * from "./webhook/Signed.ts"
export { isTopic, type ItemOf, table, topics, type Declaration, type Topic } from "./webhook/Topic.ts"

/** Checks the signature over the bytes of a body, as they came, and decodes it. */
export const receive = Effect.fn("Webhook.receive")(function* (body: Uint8Array, signature: string | undefined) {
  yield* (yield* Verifier).verify(body, signature)
  return yield* decode(body)
})
