/** Finds contacts, creates or updates them: by what names them, whoever else does the same at the same time. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { EncodeError, IntercomError, type Reason } from "../IntercomError.ts"
import { ContactId } from "../resources/Common.ts"
import type { Contact } from "../resources/Contact.ts"
import * as Search from "../Search.ts"

/**
 * The details name two contacts: `contact` has one of them, `other` has another. Merge the two, or leave one of the details
 * out.
 */
export class Ambiguous extends Schema.TaggedError<Ambiguous>()("Ambiguous", {
  contact: ContactId,
  other: ContactId
}) {
  override get message(): string {
    return `The details belong to two contacts, ${this.contact} and ${this.other}: merge them, or leave one of the details out.`
  }
}

/** What names a contact. */
export type ContactKey = { readonly email: string } | { readonly external_id: string }

/** What names a contact, of what is given of one. */
interface Named {
  readonly email?: string | undefined
  readonly external_id?: string | null | undefined
}

/** The calls it is made of, for contacts of which `Input` is given. */
export interface Calls<Input> {
  readonly create: (input: Input) => Effect.Effect<Contact, IntercomError>
  readonly update: (id: ContactId, input: Input) => Effect.Effect<Contact, IntercomError>
  readonly unarchive: (id: ContactId) => Effect.Effect<unknown, IntercomError>
  readonly search: (request: {
    readonly query: ReturnType<typeof byEmail>
    readonly pagination: { readonly per_page: number }
  }) => Effect.Effect<{ readonly data?: ReadonlyArray<Contact> | null }, IntercomError>
  readonly getByExternalId: (externalId: string) => Effect.Effect<Contact, IntercomError>
}

const byEmail = (email: string) => Search.contact("email", "=", email)

const whenFound = (effect: Effect.Effect<Contact, IntercomError>) =>
  effect.pipe(
    Effect.asSome,
    Effect.catchReason("IntercomError", "NotFound", () => Effect.succeedNone)
  )

/** The user with this email, or else the first of the leads that have it. */
const findByEmail = (calls: Pick<Calls<never>, "search">, email: string) =>
  Effect.map(calls.search({ query: byEmail(email), pagination: { per_page: 150 } }), ({ data }) => {
    // What a search finds need not be what was asked for, and would be overwritten by an upsert.
    const contacts = (data ?? []).filter((contact) => contact.email?.toLowerCase() === email.toLowerCase())
    return Option.fromUndefinedOr(contacts.find(({ role }) => role === "user") ?? contacts[0])
  })

/** A key that names nobody is refused before anything is sent. */
const named = (operation: "Contacts.find" | "Contacts.upsert", key: Named): Effect.Effect<void, IntercomError> => {
  const empty = (["email", "external_id"] as const).filter((name) => key[name] === "")
  if (empty.length === 0) return Effect.void
  const mismatches = empty.map((path) => ({ path, expected: "a string that is not empty", actual: '""' }))
  const path = operation === "Contacts.find" ? "/contacts/search" : "/contacts"
  return Effect.fail(new IntercomError({ operation, method: "POST", path, reason: new EncodeError({ mismatches }) }))
}

export const find = (calls: Pick<Calls<never>, "search" | "getByExternalId">, key: ContactKey) =>
  Effect.andThen(
    named("Contacts.find", key),
    Effect.suspend(() => look(calls, key))
  )

const look = (
  calls: Pick<Calls<never>, "search" | "getByExternalId">,
  key: ContactKey
): Effect.Effect<Option.Option<Contact>, IntercomError> =>
  "external_id" in key
    ? Effect.map(
        whenFound(calls.getByExternalId(key.external_id)),
        Option.filter((contact: Contact) => contact.external_id === key.external_id)
      )
    : findByEmail(calls, key.email)

/** What an upsert comes to. */
export interface Upserted {
  readonly contact: Contact
  /** Whether there was none before. */
  readonly created: boolean
}

export interface UpsertOptions {
  /**
   * Whether an archived contact with the same details is brought back. Otherwise it fails with the `Conflict`.
   *
   * @default true
   */
  readonly unarchive?: boolean | undefined
}

/** What passes: the contact was deleted or merged between two calls, or cannot be found yet. */
const passes: ReadonlySet<Reason["_tag"]> = new Set(["NotFound", "Gone", "Conflict"])

const isArchived = (reason: Reason) =>
  reason._tag === "Conflict" && reason.errors.some(({ message }) => /^an archived contact/i.test(message ?? ""))

export const upsert = <Input extends Named>(
  calls: Calls<Input>,
  input: Input,
  { unarchive = true }: UpsertOptions = {}
): Effect.Effect<Upserted, IntercomError | Ambiguous> => {
  /** The contact in the way, where the conflict does not say. Searches lag behind: to find none is no proof. */
  const holder = Effect.gen(function* () {
    const { email, external_id } = input
    const keys: ReadonlyArray<ContactKey> = [
      ...(typeof external_id === "string" ? [{ external_id }] : []),
      ...(email === undefined ? [] : [{ email }])
    ]
    for (const key of keys) {
      const found = yield* find(calls, key)
      if (Option.isSome(found)) return found.value.id
    }
    return undefined
  })

  /** It stays archived. */
  const isAway = (reason: Reason) => isArchived(reason) && !unarchive

  const update = (id: ContactId) =>
    calls.update(id, input).pipe(
      Effect.map((contact): Upserted => ({ contact, created: false })),
      // Another contact has another of the details.
      Effect.catchReason(
        "IntercomError",
        "Conflict",
        ({ existingId }, error): Effect.Effect<never, IntercomError | Ambiguous> =>
          existingId === undefined || existingId === id
            ? Effect.fail(error)
            : Effect.fail(new Ambiguous({ contact: id, other: ContactId.make(existingId) }))
      )
    )

  const attempt = Effect.andThen(
    named("Contacts.upsert", input),
    Effect.suspend(() => calls.create(input))
  )
  return attempt.pipe(
    Effect.map((contact): Upserted => ({ contact, created: true })),
    Effect.catchReason(
      "IntercomError",
      "Conflict",
      Effect.fnUntraced(function* (conflict, error) {
        if (isAway(conflict)) return yield* Effect.fail(error)
        const { existingId } = conflict
        const id = existingId === undefined ? yield* holder : ContactId.make(existingId)
        if (id === undefined) return yield* Effect.fail(error)
        if (isArchived(conflict)) yield* calls.unarchive(id)
        return yield* update(id)
      })
    ),
    Effect.retry({
      times: 4,
      schedule: Schedule.exponential("250 millis").pipe(Schedule.jittered),
      while: (error) => error._tag === "IntercomError" && passes.has(error.reason._tag) && !isAway(error.reason)
    })
  )
}
