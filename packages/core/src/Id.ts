/** The ids of records: strings that know whose they are, and how to be made of what comes from outside. */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { isPathSegment } from "./Wire.ts"

/** A branded string; {@link Id.from} makes one of whatever a program is given. */
export interface Id<Name extends string> extends Schema.brand<Schema.String, Name> {
  /**
   * The id that a value is, as paths have it: a string that can be part of a path. Where the API has the id as a number, a
   * number is one too, as its digits; 0, with which the API says nobody, is none. Anything else is none: null, an empty
   * string, `..`, an object.
   *
   * @example
   * ```ts
   * import { ContactId, type Conversation, TeamId } from "@effect-intercom/core"
   *
   * // Some, where a team has the conversation.
   * const teamOf = (conversation: Conversation) => TeamId.from(conversation.team_assignee_id)
   * // None: no id of a contact.
   * const contact = ContactId.from("../admins")
   * ```
   */
  readonly from: (value: unknown) => Option.Option<Id<Name>["Type"]>
}

/** What can be an id, and how it is written. */
type Read = (value: unknown) => string | undefined

const make = <const Name extends string>(name: Name, read: Read): Id<Name> => {
  // The check that a brand is one name, not a union of some, is of no use for a name that is not known here.
  const schema = Schema.String.pipe(Schema.brand(name as never)) as unknown as Schema.brand<Schema.String, Name>
  return Object.assign(schema, {
    from: (value: unknown) => Option.map(Option.fromUndefinedOr(read(value)), (id) => schema.make(id))
  })
}

const segment: Read = (value) =>
  // What is in a path is no parameter of it, nor a path of its own.
  Predicate.isString(value) && isPathSegment(value) && !/[/?#\s]/.test(value) ? value : undefined

const whole: Read = (value) =>
  Predicate.isNumber(value) && Number.isSafeInteger(value) && value > 0
    ? String(value)
    : Predicate.isBigInt(value) && value > 0n
      ? String(value)
      : undefined

/** Ids that the API has as strings, such as those of contacts. `name` is that of the brand. */
export const text = <const Name extends string>(name: Name): Id<Name> => make(name, segment)

/** Ids of digits, which the API has as strings or as numbers, such as those of teams. `name` is that of the brand. */
export const digits = <const Name extends string>(name: Name): Id<Name> =>
  make(name, (value) => (Predicate.isString(value) ? (/^[1-9]\d*$/.test(value) ? value : undefined) : whole(value)))

/** Ids of which nobody tells what they are made of: strings, or numbers as their digits. `name` is that of the brand. */
export const any = <const Name extends string>(name: Name): Id<Name> =>
  make(name, (value) => segment(value) ?? whole(value))
