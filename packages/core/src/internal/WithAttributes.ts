/** Services of resources whose records have attributes of one's own: the same operations, with other types and requests. */
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Attributes from "../Attributes.ts"
import type * as Endpoint from "../Endpoint.ts"
import * as Resource from "../Resource.ts"
import * as Search from "../Search.ts"
import * as Words from "../search/Words.ts"
import { optional } from "../Wire.ts"

/** A record, with the attributes of a schema in its field `Key`. */
export type RecordWith<T, Key extends Attributes.Key, S extends Attributes.Any> = {
  readonly [Name in keyof T]: Name extends Key ? Attributes.Received<S> | null : T[Name]
}

type ListWith<T, R, Key extends Attributes.Key, S extends Attributes.Any> =
  T extends ReadonlyArray<infer A> ? (A extends R ? ReadonlyArray<RecordWith<A, Key, S>> : T) : T

/** An answer: a record, or a page of them. */
type AnswerWith<T, R, Key extends Attributes.Key, S extends Attributes.Any> = T extends R
  ? RecordWith<T, Key, S>
  : { readonly [Name in keyof T]: ListWith<T[Name], R, Key, S> }

/** A request: with attributes, or a search for them. */
export type RequestWith<T, Key extends Attributes.Key, S extends Attributes.Any, Filter extends Search.Filter> = {
  readonly [Name in keyof T]: Name extends Key
    ? Attributes.Sent<S> | undefined
    : Name extends "query"
      ? Search.Query<Filter>
      : T[Name]
}

type SchemaWith<S extends Schema.Top, Type> = [S] extends [never] ? never : Schema.Codec<Type, S["Encoded"]>

type EndpointWith<
  E extends Endpoint.Top,
  R,
  Key extends Attributes.Key,
  S extends Attributes.Any,
  Filter extends Search.Filter
> = Endpoint.Endpoint<
  E["params"],
  Endpoint.Query<E>,
  SchemaWith<Endpoint.Payload<E>, RequestWith<Endpoint.Payload<E>["Type"], Key, S, Filter>>,
  SchemaWith<Endpoint.Success<E>, AnswerWith<Endpoint.Success<E>["Type"], R, Key, S>>,
  E["error"][number],
  SchemaWith<Endpoint.Item<E>, AnswerWith<Endpoint.Item<E>["Type"], R, Key, S>>,
  Endpoint.AlternativeOf<E>
>

/** Homomorphic, so that the documentation of an endpoint is that of its method. */
export type EndpointsWith<
  Es extends Resource.Endpoints,
  R,
  Key extends Attributes.Key,
  S extends Attributes.Any,
  Filter extends Search.Filter = never
> = { readonly [Name in keyof Es]: EndpointWith<Es[Name], R, Key, S, Filter> }

type GivenWith<T, R, Key extends Attributes.Key, S extends Attributes.Any> =
  T extends Option.Option<infer A>
    ? Option.Option<A extends R ? RecordWith<A, Key, S> : A>
    : { readonly [Name in keyof T]: T[Name] extends R ? RecordWith<T[Name], Key, S> : T[Name] }

/** Methods that take several operations. */
export type OwnWith<Own, R, Key extends Attributes.Key, S extends Attributes.Any> = {
  readonly [Name in keyof Own]: Own[Name] extends (...args: infer Args) => Effect.Effect<infer A, infer E>
    ? (
        ...args: { readonly [Index in keyof Args]: RequestWith<Args[Index], Key, S, never> }
      ) => Effect.Effect<GivenWith<A, R, Key, S>, E>
    : Own[Name]
}

type NameOf<Field extends string> = Field extends `${Attributes.Key}.${infer Name}` ? Name : never

/** What a field is called on the wire: attributes of tickets are searched by their ids. */
type WireField<Field extends string, Ids> =
  NameOf<Field> extends infer Name
    ? Field extends `custom_attributes.${string}`
      ? Field
      : Name extends keyof Ids
        ? `ticket_attribute.${Ids[Name] & string}`
        : never
    : never

/** The fields that attributes are searched by. */
type SearchedBy<S extends Attributes.Any, Key extends Attributes.Key, Ids> = Key extends "custom_attributes"
  ? `custom_attributes.${keyof S["Type"] & string}`
  : `ticket_attributes.${keyof S["Type"] & keyof Ids & string}`

type SentOf<S extends Attributes.Any, Name> = Name extends keyof S["Encoded"] ? NonNullable<S["Encoded"][Name]> : never
type TypeOf<S extends Attributes.Any, Name> = Name extends keyof S["Type"] ? NonNullable<S["Type"][Name]> : never

/** A comparison of a field of the table, or of an attribute. */
export type FilterWith<Table extends Search.Fields, S extends Attributes.Any, Key extends Attributes.Key, Ids = {}> =
  | Search.FilterOn<Table, never>
  | {
      readonly [Field in SearchedBy<S, Key, Ids>]: Search.FilterOnAttribute<
        WireField<Field, Ids>,
        SentOf<S, NameOf<Field>>
      >
    }[SearchedBy<S, Key, Ids>]

/** Makes a filter of a field, or of an attribute, with a word that goes with it. */
export interface Where<Table extends Search.Fields, S extends Attributes.Any, Key extends Attributes.Key, Ids = {}> {
  <const Field extends keyof Table & string>(field: Field): Words.Words<Table, Field>
  <const Field extends SearchedBy<S, Key, Ids>>(
    field: Field
  ): Words.OfAttribute<WireField<Field, Ids>, TypeOf<S, NameOf<Field>>, SentOf<S, NameOf<Field>>>
}

interface Options {
  readonly key: Attributes.Key
  /** The fields that are searched, where they are. */
  readonly fields?: Search.Fields | undefined
  /** The ids of attributes, by which those of tickets are searched. */
  readonly ids?: { readonly [name: string]: string | undefined } | undefined
}

const fieldOf = ({ ids = {}, key }: Options, name: string): string | undefined => {
  if (key === "custom_attributes") return `custom_attributes.${name}`
  return Object.hasOwn(ids, name) ? `ticket_attribute.${ids[name]}` : undefined
}

/** A payload with this schema for attributes; `undefined` where it has none. */
const withSent = (payload: Schema.Top, key: Attributes.Key, sent: Schema.Top): Schema.Top | undefined => {
  // The payloads of these resources are structs.
  const struct = payload as Schema.Struct<Schema.Struct.Fields>
  if (!Object.hasOwn(struct.fields, key)) return undefined
  // What is checked beside is not about attributes.
  return struct.mapFields((fields) => ({ ...fields, [key]: optional(sent) }), { unsafePreserveChecks: true })
}

/** The endpoints, with requests that know attributes. What is received is checked as ever: types say what it may be. */
export const endpoints = (
  declared: Resource.Endpoints,
  schema: Attributes.Any,
  options: Options
): Resource.Endpoints => {
  const sent = Attributes.sent(schema)
  return Record.map(declared, (endpoint, method) => {
    if (method === "search" && options.fields !== undefined) {
      return { ...endpoint, payload: Schema.Struct(Search.requestWith(options.fields, searched(schema, options))) }
    }
    const payload = endpoint.payload === undefined ? undefined : withSent(endpoint.payload, options.key, sent)
    return payload === undefined ? endpoint : { ...endpoint, payload }
  })
}

/** What attributes are on the wire, by the fields they are searched by. */
const searched = (schema: Attributes.Any, options: Options): { readonly [field: string]: Schema.Top } =>
  Object.fromEntries(
    Object.entries(schema.fields).flatMap(([name, field]) => {
      const searched = fieldOf(options, name)
      return searched === undefined ? [] : [[searched, Schema.toEncoded(Schema.toCodecJson(field))]]
    })
  )

const where = (schema: Attributes.Any, options: Options) => (field: string) => {
  const [, name] = /^(?:custom|ticket)_attributes\.(.+)$/s.exec(field) ?? []
  const attribute = name !== undefined && Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined
  if (name === undefined || attribute === undefined) return Words.words(field)
  const encode = Schema.encodeUnknownResult(Schema.toCodecJson(attribute) as unknown as Schema.Encoder<Words.Scalar>)
  // What cannot be encoded is refused with the query it is in.
  return Words.words(fieldOf(options, name) ?? field, (value) => Result.getOrElse(encode(value), () => value))
}

/** A class like that of a resource, with attributes. */
export const make = (
  key: string,
  declared: Resource.Top & { readonly "~own": object | undefined },
  schema: Attributes.Any,
  options: Options
): object =>
  Object.assign(
    Resource.serviceOf<never>()(
      key,
      declared.resource,
      endpoints(declared.endpoints, schema, options),
      // They are made of the same methods.
      declared["~own"] as Resource.Composed<Resource.Endpoints, object> | undefined
    ),
    { attributes: Attributes.make(schema, options.key), where: where(schema, options) }
  )

/** The class of a resource. */
interface Declared {
  readonly resource: string
  readonly endpoints: Resource.Endpoints
  readonly Service: object
}

/** The class of a service like that of the class `C`, whose records `R` have attributes. */
export interface ClassWith<
  Self,
  Id extends string,
  C extends Declared,
  R,
  Key extends Attributes.Key,
  S extends Attributes.Any,
  Filter extends Search.Filter = never
> extends Resource.ResourceClass<
  Self,
  C["resource"],
  EndpointsWith<C["endpoints"], R, Key, S, Filter>,
  OwnWith<Omit<C["Service"], keyof C["endpoints"]>, R, Key, S>,
  Id
> {
  /** Checks and decodes the attributes of records, and encodes attributes. */
  readonly attributes: Attributes.Attributes<S>
}

/** Such a class, where attributes are searched by. */
export interface SearchedWith<
  Self,
  Id extends string,
  C extends Declared,
  R,
  Key extends Attributes.Key,
  S extends Attributes.Any,
  Table extends Search.Fields,
  Ids = {},
  Loose extends Search.Filter = never
> extends ClassWith<Self, Id, C, R, Key, S, FilterWith<Table, S, Key, Ids> | Loose> {
  /** A filter of a search, in words: `where("custom_attributes.plan").equals("pro")`. */
  readonly where: Where<Table, S, Key, Ids>
}
