import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Loader from "../Loader.ts"
import type { ContactId } from "../resources/Common.ts"
import type { Contact } from "../resources/Contact.ts"
import { Contacts } from "../resources/Contacts.ts"
import * as Search from "../Search.ts"

// The longest list of values that is known to be taken; no limit is documented.
const most = 50

/**
 * Contacts by id: gets at about the same time become one search, which takes 50 ids, and what it does not find is asked for
 * alone. Searches lag behind writes by minutes: a contact that must be up to date is had by `contacts.get`. Where searches
 * fail, each contact is asked for alone.
 *
 * @example
 * ```ts
 * import { ContactId, ContactLoader, Contacts, type Conversation } from "@effect-intercom/core"
 * import { Array, Effect, Option } from "effect"
 *
 * // Those who began conversations, in a request for every 50 of them.
 * const authorsOf = Effect.fn(function* (conversations: ReadonlyArray<Conversation>) {
 *   const { getAll } = yield* ContactLoader
 *   return yield* getAll(Array.getSomes(conversations.map(({ source }) => ContactId.from(source?.author?.id))))
 * })
 * const layer = ContactLoader.layer({ timeToLive: "5 minutes" })
 * ```
 */
export class ContactLoader extends Context.Service<ContactLoader, Loader.Loader<ContactId, Contact>>()(
  "@effect-intercom/core/ContactLoader"
) {
  static readonly layer = (options?: Loader.Options): Layer.Layer<ContactLoader, never, Contacts> =>
    Loader.layer(
      this,
      Effect.flatMap(Contacts, ({ get, search }) =>
        Loader.make(
          {
            name: "Contacts",
            one: get,
            most,
            many: (ids) =>
              Effect.map(
                search({ query: Search.contact("id", "IN", ids), pagination: { per_page: most } }),
                ({ data }) => new Map(data?.map((contact) => [contact.id, contact]))
              )
          },
          options
        )
      )
    )
}
