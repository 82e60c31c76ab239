/**
 * How one operation of the API looks on the wire. A record of endpoints is a resource: see {@link "./Resource".Service}.
 *
 * @example
 * ```ts
 * import { ContactId, Endpoint, Wire } from "@effect-intercom/core"
 * import { Schema } from "effect"
 *
 * const archive = Endpoint.post("/contacts/:contact_id/archive", {
 *   params: { contact_id: ContactId },
 *   success: Wire.open({ id: ContactId, archived: Schema.Boolean }),
 *   idempotent: true
 * })
 * ```
 */
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Arr from "effect/Array"
import * as Schema from "effect/Schema"
import * as Pagination from "./Pagination.ts"
import type { Permission } from "./Permission.ts"
import { listing, noParameters } from "./Wire.ts"

/**
 * What a success answers with: JSON, nothing, or either; text; bytes, which are streamed; or the address of a redirect.
 */
export type Body = "json" | "none" | "optional" | "text" | "bytes" | "location"

/** A schema that says, too, that the body is no JSON. */
export interface NoJson<Kind extends Body, Type> extends Schema.Codec<Type> {
  readonly "~body": Kind
}

const noJson = <Kind extends Body, Type>(kind: Kind, schema: Schema.Codec<Type>): NoJson<Kind, Type> =>
  Object.assign(schema.annotate({}), { "~body": kind })

/** The `success` of an operation whose body is text. */
export const Text = noJson("text", Schema.String)
export type Text = typeof Text

/**
 * The `success` of an operation whose body is bytes: its method is a stream of them. The request is sent when the stream is
 * run, and again, like any other, when its fate is unknown; a body that breaks off once its answer has begun, even before the
 * first byte, is not asked for again. The timeout is for the answer to begin, and then from one chunk to the next.
 */
export const Bytes = noJson<"bytes", Uint8Array>("bytes", Schema.Uint8Array)
export type Bytes = typeof Bytes

/**
 * The `success` of an operation that answers with a redirect: its method gives the address, which is not asked for. It may
 * be on another host, which the token is none of the business of.
 */
export const Location = noJson<"location", URL>("location", Schema.URL)
export type Location = typeof Location

/** Fields of a body that are numbers before a version of the API, and strings from it on. */
export interface Strings {
  readonly since: string
  readonly fields: ReadonlyArray<string>
}

/** The declaration of an operation. */
export interface Endpoint<
  out Params extends Schema.Struct.Fields = {},
  out Query extends Schema.Top = never,
  out Payload extends Schema.Top = never,
  out Success extends Schema.Top = Schema.Void,
  out Error extends Schema.Top = never,
  out Item extends Schema.Top = never,
  out Of extends string = never
> {
  readonly method: HttpMethod.HttpMethod
  /** With a colon before each parameter: `/contacts/:contact_id`. */
  readonly path: string
  readonly params: Params
  readonly query: Query | undefined
  readonly payload: Payload | undefined
  /** What is in the body of a success; nothing, where there is none. */
  readonly success: Success | undefined
  /** The status of a success. */
  readonly status: number
  readonly body: Body
  /** The errors it is known to answer with, beside those any operation has. */
  readonly error: ReadonlyArray<Error>
  /** Whether sending it twice does what sending it once does (RFC 9110): such a request is repeated when its fate is unknown. */
  readonly idempotent: boolean
  /** Its name in the published document, where that does not follow from its name here. */
  readonly operationId: string | undefined
  /** The permission an app needs for it; `undefined` where no document names one. */
  readonly permission: string | undefined
  /** How its pages are walked. */
  readonly pages: Pagination.Walk<Item> | undefined
  readonly strings: Strings | undefined
  /** The operation it is one alternative of, where several endpoints have the same method and path. */
  readonly alternativeOf: Of | undefined
}

/** Any endpoint. */
export interface Top extends Endpoint<
  Schema.Struct.Fields,
  Schema.Top,
  Schema.Top,
  Schema.Top,
  Schema.Top,
  Schema.Top,
  string
> {}

/** Its query, if it has one. */
export type Query<E extends Top> = Exclude<E["query"], undefined>

/** Its body, if it has one. */
export type Payload<E extends Top> = Exclude<E["payload"], undefined>

/** What it answers with. */
export type Success<E extends Top> = Exclude<E["success"], undefined>

/** The operation it is one alternative of. */
export type AlternativeOf<E extends Top> = Exclude<E["alternativeOf"], undefined>

/** What it lists, if it is a listing. */
export type Item<E extends Top> = Exclude<E["pages"], undefined>["item"]

/** The parameters in a path. */
type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never

interface Options<
  Params extends Schema.Struct.Fields,
  Query extends Schema.Top,
  Payload extends Schema.Top,
  Success extends Schema.Top,
  Error extends Schema.Top,
  Item extends Schema.Top,
  Of extends string
> {
  /** The schemas of the parameters in the path. */
  readonly params?: Params | undefined
  readonly query?: Query | undefined
  readonly payload?: Payload | undefined
  /** The schema of the body; an operation without one answers with nothing. Nothing in it may transform. */
  readonly success?: Success | undefined
  /** @default 200; 204 where nothing is in the body, 302 for a redirect */
  readonly status?: number | undefined
  /** `optional` where a success may have no body: its value is `undefined` then. */
  readonly body?: "optional" | undefined
  readonly error?: Error | ReadonlyArray<Error> | undefined
  /** @default true, but for POST and PATCH (RFC 9110) */
  readonly idempotent?: boolean | undefined
  readonly operationId?: string | undefined
  /** The permission an app needs for it, as Intercom's Developer Hub calls it: the error of a 403 names it. */
  readonly permission?: Permission | (string & {}) | undefined
  readonly pages?: Pagination.Walk<Item> | undefined
  readonly strings?: Strings | undefined
  /**
   * The name of the operation this is one alternative of: the API has one path for several things to do, told apart by the
   * body (`conversations.replyAsAdmin` and `replyAsContact` are `reply`). Bodies of alternatives must not fit each other.
   */
  readonly alternativeOf?: Of | undefined
}

/** Whatever is in the path is in `params`. */
type Parameters<Path extends string> = [ParamNames<Path>] extends [never]
  ? unknown
  : { readonly params: { readonly [Name in ParamNames<Path>]: Schema.Top } }

const bodyOf = (success: Schema.Top | undefined): Body | undefined => {
  if (success === undefined) return "none"
  // Only the schemas above have it.
  return "~body" in success ? (success["~body"] as Body) : undefined
}

const statusOf = (success: Schema.Top | undefined): number => {
  if (success === undefined) return 204
  return bodyOf(success) === "location" ? 302 : 200
}

const make =
  (method: HttpMethod.HttpMethod) =>
  <
    const Path extends `/${string}`,
    Params extends Schema.Struct.Fields = {},
    Query extends Schema.Top = never,
    Payload extends Schema.Top = never,
    Success extends Schema.Top = Schema.Void,
    Error extends Schema.Top = never,
    Item extends Schema.Top = never,
    const Of extends string = never
  >(
    path: Path,
    options: Options<Params, Query, Payload, Success, Error, Item, Of> & Parameters<Path>
    // What is left out is what it is by default, whatever is expected where the endpoint stands.
  ): Endpoint<
    NoInfer<Params>,
    NoInfer<Query>,
    NoInfer<Payload>,
    NoInfer<Success>,
    NoInfer<Error>,
    NoInfer<Item>,
    NoInfer<Of>
  > => ({
    method,
    path,
    // Where the path has no parameters, `Params` is `{}`.
    params: (options.params ?? {}) as Params,
    query: options.query,
    payload: options.payload,
    success: options.success,
    status: options.status ?? statusOf(options.success),
    body: bodyOf(options.success) ?? options.body ?? "json",
    error: options.error === undefined ? [] : Arr.ensure(options.error),
    idempotent: options.idempotent ?? (method !== "POST" && method !== "PATCH"),
    operationId: options.operationId,
    permission: options.permission,
    pages: options.pages,
    strings: options.strings,
    alternativeOf: options.alternativeOf
  })

/** A `GET`. */
export const get = make("GET")
/** A `POST`: not idempotent, unless it says so. */
export const post = make("POST")
/** A `PUT`. */
export const put = make("PUT")
/** A `PATCH`: not idempotent, unless it says so. */
export const patch = make("PATCH")
/** A `DELETE`; one with a `payload` sends it as its body. */
export const del = make("DELETE")

/** What a listing answers with that has its records under `Key`. */
export type Listing<Key extends string, Item extends Schema.Top> = ReturnType<
  typeof listing<{ readonly [_ in Key]: Schema.$Array<Item> }>
>

/**
 * A `GET` of all records there are, in one answer and without parameters: the field they are in, their schema, and the
 * permission it needs.
 *
 * @example
 * ```ts
 * import { Endpoint, Wire } from "@effect-intercom/core"
 * import { Schema } from "effect"
 *
 * const list = Endpoint.all("/badges", "data", Wire.open({ id: Schema.String }))
 * ```
 */
export const all = <const Path extends `/${string}`, const Key extends string, Item extends Schema.Top>(
  path: Path & ([ParamNames<Path>] extends [never] ? unknown : never),
  key: Key,
  item: Item,
  permission?: Permission | (string & {})
): Endpoint<{}, typeof noParameters, never, Listing<Key, Item>, never, Item> => {
  // A computed key is any string to the compiler.
  const fields = { [key]: Schema.Array(item) } as { readonly [_ in Key]: Schema.$Array<Item> }
  return {
    ...get("/", { query: noParameters, success: listing(fields), pages: Pagination.single(key, item), permission }),
    path
  }
}
