/**
 * Attributes of one's own: a schema for the `custom_attributes` of a workspace's records, or for the `ticket_attributes` of a
 * type of ticket. `Contacts.withAttributes` and its kin are the services with them; `intercom codegen attributes` writes the
 * schemas from a workspace.
 *
 * @example
 * ```ts
 * import { Attributes, type Contact, Wire } from "@effect-intercom/core"
 * import { Effect, Schema } from "effect"
 *
 * const attributes = Attributes.make(
 *   Schema.Struct({ plan: Wire.nullish(Schema.Literals(["free", "pro"])), seats: Wire.nullish(Schema.Int) })
 * )
 *
 * const seats = (contact: Contact) => Effect.map(attributes.decode(contact), ({ seats }) => seats ?? 0)
 * ```
 */
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { Mismatch } from "./IntercomError.ts"
import { mismatchesOfIssue } from "./internal/Mismatches.ts"
import { scrubber } from "./internal/Scrub.ts"
import { withoutUndefined } from "./internal/Request.ts"

/**
 * A schema of attributes: a `Schema.Struct` of them by name. What it encodes to is on the wire: strings, numbers, booleans,
 * and times in Unix seconds. Any attribute may not be set, so that `Wire.nullish` is the rule.
 */
export interface Any extends Schema.Top {
  readonly fields: Schema.Struct.Fields
  readonly DecodingServices: never
  readonly EncodingServices: never
}

/** The field of records that has the attributes. */
export type Key = "custom_attributes" | "ticket_attributes"

declare const misfit: unique symbol

/**
 * A value that is not as the schema of attributes says. Nothing has this type by itself: it stands among the types of a
 * received attribute, so that a value may be compared with those it should have, and is used as one of them only when
 * `decode` has taken it.
 */
export interface Misfit {
  readonly [misfit]: never
}

type Encoded<S extends Any> = { readonly [Name in keyof S["Encoded"]]: S["Encoded"][Name] }

/** What every object has. */
type Inherited = typeof Object.prototype

/**
 * The attributes of a record, as they came. Each may be missing, null, or a {@link Misfit}; those the schema does not name
 * are `unknown`, and so are those called like what every object has (`toString`), which is there when they are missing.
 */
export type Received<S extends Any> = {
  readonly [Name in keyof Encoded<S>]?: Name extends keyof Inherited ? unknown : Encoded<S>[Name] | Misfit | null
} & { readonly [name: string]: unknown }

/** Attributes in a request: those that are left out, or `undefined`, stay. */
export type Sent<S extends Any> = {
  // Of one called `toString`, every object has something.
  readonly [Name in keyof S["Type"]]?:
    | S["Type"][Name]
    | (Name extends keyof Inherited ? Inherited[Name] : never)
    | undefined
}

/** Attributes are not as their schema says: each at its path, such as `custom_attributes.plan`. */
export class AttributesError extends Schema.TaggedError<AttributesError>()("AttributesError", {
  /** The record's, if it has one. */
  id: Schema.optionalKey(Schema.String),
  mismatches: Schema.Array(Mismatch)
}) {
  override get message(): string {
    const of = this.id === undefined ? "" : ` of ${this.id}`
    const lines = this.mismatches.map(({ actual, expected, path }) => `${path}: expected ${expected}, got ${actual}`)
    return (
      `Attributes${of} are not as their schema says: ${lines.join("; ")}. Correct the record or the schema; ` +
      "`intercom codegen attributes` writes it from the workspace."
    )
  }
}

/** A record that has attributes. */
export type Record = { readonly id?: unknown } & { readonly [Name in Key]?: unknown }

/** What a schema of attributes is good for. */
export interface Attributes<S extends Any> {
  readonly schema: S
  /**
   * The attributes of a record, checked and decoded: all of them fit, or {@link AttributesError} tells each that does not.
   * The record has them as they came in any case.
   */
  readonly decode: (record: Record) => Effect.Effect<S["Type"], AttributesError>
  /** {@link Attributes.decode}, at once. */
  readonly decodeResult: (record: Record) => Result.Result<S["Type"], AttributesError>
  /** Attributes as they are sent, where a request's have no types of their own. A name the schema does not have is refused. */
  readonly encode: (attributes: Sent<S>) => Effect.Effect<{ readonly [name: string]: Schema.Json }, AttributesError>
}

// Nothing in a record is a secret of this program.
const scrub = scrubber("")

const errorOf = (key: Key, id: unknown) => (error: Schema.SchemaError) =>
  new AttributesError({
    ...(typeof id === "string" ? { id } : undefined),
    mismatches: mismatchesOfIssue(error.issue, scrub).map((mismatch) => ({
      ...mismatch,
      path: mismatch.path === "" ? key : `${key}.${mismatch.path}`
    }))
  })

/** Whether some are called `toString`, or like anything else that every object has: there, schemas would find that. */
const isInherited = (schema: Any): boolean => Object.keys(schema.fields).some((name) => name in Object.prototype)

/** An object with what is its own, and nothing else. */
const bare = (value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.assign(Object.create(null) as object, value)

/** Attributes in a request: what is left out stays. */
export const sent = <S extends Any>(schema: S): Schema.Codec<Sent<S>> => {
  const struct = Schema.Struct(
    Object.fromEntries(Object.entries(schema.fields).map(([name, field]) => [name, Schema.optionalKey(field)]))
  )
  const encoder = isInherited(schema)
    ? Schema.decodeTo(Schema.Unknown, {
        decode: SchemaGetter.passthrough({ strict: false }),
        encode: SchemaGetter.transform(bare)
      })(Schema.toCodecJson(struct) as unknown as Schema.Codec<unknown>)
    : struct
  // Each is what the schema has, and may be left out.
  return encoder as unknown as Schema.Codec<Sent<S>>
}

const strict = { errors: "all", reportInput: true, onExcessProperty: "error" } as const

/** Makes use of a schema of attributes, those in the field `key` of records. */
export const make = <S extends Any>(schema: S, key: Key = "custom_attributes"): Attributes<S> => {
  // On the wire they are JSON; the schema needs no services.
  const codec = Schema.toCodecJson(schema) as unknown as Schema.Codec<S["Type"], Schema.Json>
  const own: (value: unknown) => unknown = isInherited(schema) ? bare : identity
  const decode = Schema.decodeUnknownResult(codec, { errors: "all", reportInput: true })
  // What is encoded is an object.
  const encoder = Schema.toCodecJson(sent(schema)) as unknown as Schema.Codec<Sent<S>, Schema.JsonObject>
  const encode = Schema.encodeUnknownEffect(encoder, strict)
  const decodeResult = (record: Record) =>
    Result.mapBoth(decode(own(record[key] ?? {})), {
      onFailure: errorOf(key, record.id),
      // What is not set is not there.
      onSuccess: own as (value: S["Type"]) => S["Type"]
    })
  return {
    schema,
    decodeResult,
    decode: (record) => Effect.fromResult(decodeResult(record)),
    encode: (attributes) => Effect.mapError(encode(withoutUndefined(attributes)), errorOf(key, undefined))
  }
}
