/**
 * Schemas for what is on the wire, as the API's requests and answers need them: for operations of your own, declared for
 * {@link "./Operation".client}.
 *
 * @example
 * ```ts
 * import { Wire } from "@effect-intercom/core"
 * import { Schema } from "effect"
 *
 * // Received: what is not known is kept, nearly every field may be null or missing, and enums grow.
 * const Note = Wire.open({
 *   type: Wire.openEnum("note"),
 *   id: Schema.String,
 *   body: Wire.nullish(Schema.String),
 *   created_at: Wire.nullish(Wire.UnixSeconds)
 * })
 *
 * // Sent: what is left out, or `undefined`, is not sent.
 * const CreateNote = Schema.Struct({
 *   body: Schema.String,
 *   admin_id: Wire.optional(Schema.String)
 * })
 * ```
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

/**
 * A key the API may leave out or send as `null`: the rule for every received field but ids and `type`.
 *
 * @example
 * ```ts
 * import { Wire } from "@effect-intercom/core"
 * import { Schema } from "effect"
 *
 * const Tag = Wire.open({ id: Schema.String, name: Wire.nullish(Schema.String) })
 * const tags: ReadonlyArray<typeof Tag.Type> = [{ id: "1" }, { id: "2", name: null }, { id: "3", name: "vip" }]
 * ```
 */
export const nullish = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/**
 * An object that keeps the fields this schema does not name; they are `unknown`.
 *
 * @example
 * ```ts
 * import { Wire } from "@effect-intercom/core"
 * import { Schema } from "effect"
 *
 * const Tag = Wire.open({ id: Schema.String })
 * const tag: typeof Tag.Type = { id: "1", newer_than_this_program: true }
 * ```
 */
export const open = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])

/** A field nothing relies on, so that whatever is in it is no reason to refuse what it is in. */
export const unchecked = Schema.optionalKey(Schema.Unknown)

/**
 * The body of a listing. The client relies on its list and its cursor; counts come as numbers or strings, by endpoint and by
 * age, and one of a third kind must not cost a page of records.
 */
export const listing = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  open({ type: unchecked, ...fields })

/** A number that some answers have as a string. */
export const LooseNumber = Schema.Union([Schema.Finite, Schema.String])

/**
 * A string whose known values are suggested by the type; the API adds values without notice, so any is accepted.
 *
 * @example
 * ```ts
 * import { Wire } from "@effect-intercom/core"
 *
 * const State = Wire.openEnum("open", "closed", "snoozed")
 * const state: typeof State.Type = "archived"
 * ```
 */
export const openEnum = <const Known extends ReadonlyArray<string>>(...known: Known) =>
  // The cast narrows what editors suggest, never what is accepted.
  Schema.String.annotate({ examples: known }) as unknown as Schema.Codec<Known[number] | (string & {}), string>

/**
 * A key that may be left out of a request; an explicit `undefined` counts as left out.
 *
 * @example
 * ```ts
 * import { Wire } from "@effect-intercom/core"
 * import { Schema } from "effect"
 *
 * const UpdateContact = Schema.Struct({ name: Wire.optional(Schema.NullOr(Schema.String)) })
 * // Left alone, left alone, erased.
 * const updates: ReadonlyArray<typeof UpdateContact.Type> = [{}, { name: undefined }, { name: null }]
 * ```
 */
export const optional = <S extends Schema.Top>(schema: S) => {
  const type = Schema.toType(schema)
  return Schema.optionalKey(schema).pipe(
    Schema.decodeTo(Schema.optional(type), {
      decode: SchemaGetter.passthrough({ strict: false }),
      encode: SchemaGetter.transformOptional(Option.filter((value: S["Type"] | undefined) => value !== undefined))
    })
  )
}

/** A key of a request that is sent as `value` when it is left out or `undefined`. */
export const defaulted = <S extends Schema.Top>(schema: S, value: S["Type"]) =>
  schema.pipe(
    Schema.decodeTo(Schema.optional(Schema.toType(schema)), {
      decode: SchemaGetter.passthrough({ strict: false }),
      encode: SchemaGetter.withDefault(Effect.succeed(value))
    })
  )

/** A key of a request that has this one value: it is sent, and need not be said. */
export const fixed = <const Value extends string>(value: Value) => defaulted(Schema.Literal(value), value)

/**
 * A request has exactly one of some fields, as where something can be named in several ways. `fields` is how many it has at
 * least: that one, and those it always has.
 */
export const exactlyOne = (names: readonly [string, ...ReadonlyArray<string>], fields: number) =>
  Schema.makeFilter<{ readonly [name: string]: unknown }>(
    (value) => names.filter((name) => value[name] !== undefined).length === 1,
    {
      expected: `exactly one of ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`,
      arbitraryConstraint: { minProperties: fields }
    }
  )

/** Seconds since 1970-01-01T00:00:00Z, as the API sends and takes every time. */
export const UnixSeconds = Schema.Int.annotate({ description: "Unix time in seconds" })

/** A time that is Unix seconds in one answer, and a string (RFC 3339) in another. */
export const LooseTime = Schema.Union([UnixSeconds, Schema.String])

/** An id the API writes as a string in one place and as a number in another. */
export const LooseId = Schema.Union([Schema.String, Schema.Finite])

const digits = Schema.String.check(
  Schema.isPattern(/^(0|[1-9]\d{0,15})$/, { expected: "an id of digits, such as 814860" })
)

/** An id that a request has as a number. It is given as one, or as the digits that answers have: `me.id`. */
export const NumericId = Schema.Int.pipe(
  Schema.decodeTo(Schema.Union([Schema.Int, digits]), {
    decode: SchemaGetter.passthrough({ strict: false }),
    encode: SchemaGetter.transform(Number)
  })
)

/**
 * An item of a list, as attributes of tickets have it: a request names it by its id, and a program by its name. Received,
 * either is read.
 *
 * @example
 * ```ts
 * import { Wire } from "@effect-intercom/core"
 *
 * const Priority = Wire.listItem(["0f0e", "Low"], ["0f0f", "High"])
 * const priority: typeof Priority.Type = "High"
 * ```
 */
export const listItem = <const Name extends string>(
  ...items: readonly [readonly [id: string, name: Name], ...ReadonlyArray<readonly [id: string, name: Name]>]
) => {
  const names = new Map<string, Name>([...items.map(([, name]) => [name, name] as const), ...items])
  // Of several with a name, the first.
  const ids = new Map<string, string>(items.toReversed().map(([id, name]) => [name, id]))
  const codec: Schema.Codec<Name, string> = Schema.Literals([...names.keys()]).pipe(
    Schema.decodeTo(Schema.Literals([...new Set(names.values())]), {
      // Each of these has a name.
      decode: SchemaGetter.transform((item) => names.get(item) as Name),
      encode: SchemaGetter.transform((name) => ids.get(name) ?? name)
    })
  )
  return codec
}

/**
 * A number that some answers have as a string, as those of tickets do; it is sent as a number.
 *
 * @example
 * ```ts
 * import { Wire } from "@effect-intercom/core"
 * import { Schema } from "effect"
 *
 * const Seats = Wire.numberOrString(Schema.Int)
 * const seats: typeof Seats.Type = 43
 * const received: typeof Seats.Encoded = "43"
 * ```
 */
export const numberOrString = (number: Schema.Codec<number>): Schema.Codec<number, number | string> =>
  LooseNumber.pipe(
    Schema.decodeTo(number, {
      // A string without digits is no number.
      decode: SchemaGetter.transform((value) => (value === "" ? Number.NaN : Number(value))),
      encode: SchemaGetter.passthrough({ strict: false })
    })
  )

/** Free-form data of the workspace: names and value kinds are whatever its administrators defined. */
export const CustomAttributes = Schema.Record(Schema.String, Schema.Unknown)

/** Free-form data in a request. */
export const JsonObject = Schema.Record(Schema.String, Schema.Json)

/**
 * Whether a string can be a segment of a URL's path. "." and ".." are resolved away by URL parsers, nothing at all asks for
 * the collection, and a lone surrogate cannot be percent-encoded.
 */
export const isPathSegment = (id: string): boolean => id !== "" && id !== "." && id !== ".." && id.isWellFormed()

/** What {@link isPathSegment} expects, in words. */
export const segment = 'an id that can stand in a URL path: not empty, not "." or "..", no lone surrogates'

const segmentCheck = Schema.makeFilter<string>(isPathSegment, {
  expected: segment,
  arbitraryConstraint: { minLength: 1 }
})

/**
 * The same id, where it becomes a segment of a URL path. A call checks what it sends in any case; the schema tells servers
 * and documents, too.
 *
 * @example
 * ```ts
 * import { ContactId, Wire } from "@effect-intercom/core"
 *
 * const params = { contact_id: Wire.pathSegment(ContactId) }
 * ```
 */
export const pathSegment = <S extends Schema.Codec<string, string>>(id: S) => id.check(segmentCheck)

// URLs are UTF-8, which has no lone surrogates: one would silently become another character, and ask for another thing.
const isWellFormed = Schema.makeFilter<string>((text) => text.isWellFormed(), {
  expected: "a text that can stand in a URL: no lone surrogates"
})

/** The same string, where it becomes a parameter of a query. */
export const queryText = <S extends Schema.Codec<string, string>>(text: S) => text.check(isWellFormed)

/** The query of an operation that has no parameters. (An empty `Struct` would take any.) */
export const noParameters = Schema.Record(Schema.String, Schema.Never)

const fromOne = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/**
 * The query of a listing by page numbers, of which documents say nothing: `page` counts from 1, and no maximum of
 * `per_page` is known.
 */
export const pageNumbers = { page: optional(fromOne), per_page: optional(fromOne) }
