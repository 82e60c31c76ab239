import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

/** A key the API may leave out or send as `null`: the rule for every received field but ids and `type`. */
export const nullish = <S extends Schema.Constraint>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** An object that keeps the fields this schema does not name. */
export const open = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])

/** A field nothing relies on, so that whatever is in it is no reason to refuse what it is in. */
export const unchecked = Schema.optionalKey(Schema.Unknown)

/**
 * The body of a listing. The client relies on its list and its cursor; counts come as numbers or texts, by endpoint and by
 * age, and one of a third kind must not cost a page of records.
 */
export const listing = <const Fields extends Schema.Struct.Fields>(fields: Fields) =>
  open({ type: unchecked, ...fields })

/** A number that some answers have as text. */
export const LooseNumber = Schema.Union([Schema.Finite, Schema.String])

/** A string whose known values are suggested by the type; the API adds values without notice, so any is accepted. */
export const openEnum = <const Known extends ReadonlyArray<string>>(...known: Known) =>
  // The cast narrows what editors suggest, never what is accepted.
  Schema.String.annotate({ examples: known }) as unknown as Schema.Codec<Known[number] | (string & {}), string>

/**
 * A key that may be left out of a request; an explicit `undefined` counts as left out.
 * (`Schema.optional` would send it as `null`.)
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

/** Seconds since 1970-01-01T00:00:00Z, as the API sends and takes every time. */
export const UnixSeconds = Schema.Int.annotate({ description: "Unix time in seconds" })

/** An id the API writes as a string in one place and as a number in another. */
export const LooseId = Schema.Union([Schema.String, Schema.Finite])

/** Free-form data of the workspace: names and value kinds are whatever its administrators defined. */
export const CustomAttributes = Schema.Record(Schema.String, Schema.Unknown)

/** Free-form data in a request. */
export const JsonObject = Schema.Record(Schema.String, Schema.Json)

// "." and ".." are resolved away by URL parsers, and a lone surrogate cannot be percent-encoded.
const isPathSegment = Schema.makeFilter<string>((id) => id !== "" && id !== "." && id !== ".." && id.isWellFormed(), {
  expected: 'an id that can stand in a URL path: not empty, not "." or "..", no lone surrogates',
  arbitraryConstraint: { minLength: 1 }
})

/** The same id, where it becomes a segment of a URL path. */
export const pathSegment = <S extends Schema.Codec<string, string>>(id: S) => id.check(isPathSegment)

// URLs are UTF-8, which has no lone surrogates: one would silently become another character, and ask for another thing.
const isWellFormed = Schema.makeFilter<string>((text) => text.isWellFormed(), {
  expected: "a text that can stand in a URL: no lone surrogates"
})

/** The same text, where it becomes a parameter of a query. */
export const queryText = <S extends Schema.Codec<string, string>>(text: S) => text.check(isWellFormed)

/** The query of an operation that has no parameters. (An empty `Struct` would take any.) */
export const noParameters = Schema.Record(Schema.String, Schema.Never)
