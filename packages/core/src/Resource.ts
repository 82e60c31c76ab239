/** From a record of declared endpoints to a service: its methods, walks, spans and layer follow from the declaration. */
import * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Operation } from "./Attempt.ts"
import type * as Endpoint from "./Endpoint.ts"
import type { IntercomError } from "./IntercomError.ts"
import { IntercomHttp } from "./IntercomHttp.ts"
import * as Call from "./internal/Call.ts"
import { flawOf } from "./internal/Declaration.ts"
import { idsOf } from "./internal/Ids.ts"
import { operationIdOf } from "./internal/OperationId.ts"
import type { Parts } from "./internal/RequestEncoder.ts"
import * as Walker from "./internal/Walker.ts"
import type * as Pagination from "./Pagination.ts"

/** Endpoints, by the names of the methods they become. */
export interface Endpoints {
  readonly [method: string]: Endpoint.Top
}

/** The ids in a path: one by itself, several as an object, so that they cannot be swapped. */
type Ids<Params extends Schema.Struct.Fields> = [keyof Params] extends [never]
  ? []
  : IsUnion<keyof Params> extends true
    ? [ids: { readonly [Name in keyof Params]: Params[Name]["Type"] }]
    : [id: Params[keyof Params]["Type"]]

type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never

type Payload<S extends Schema.Top> = [S] extends [never]
  ? []
  : {} extends S["Type"]
    ? [payload?: S["Type"]]
    : [payload: S["Type"]]

type Query<S extends Schema.Top> = [S] extends [never] ? [] : Pagination.Optional<S["Type"]>

/** What says what to list: the query, or the body of a search. */
type Listed<E extends Endpoint.Top> = [Endpoint.Query<E>] extends [never]
  ? Endpoint.Payload<E> extends infer S extends Schema.Top
    ? [S] extends [never]
      ? { readonly [field: string]: never }
      : S["Type"]
    : never
  : Endpoint.Query<E>["Type"]

/** What a method gives: bytes as a stream, anything else at once. */
type Given<S extends Schema.Top> = S extends Endpoint.Bytes
  ? Stream.Stream<Uint8Array, IntercomError>
  : Effect.Effect<S["Type"], IntercomError>

type Method<E extends Endpoint.Top> = [Endpoint.Item<E>] extends [never]
  ? (
      ...args: [...Ids<E["params"]>, ...Payload<Endpoint.Payload<E>>, ...Query<Endpoint.Query<E>>]
    ) => Given<Endpoint.Success<E>>
  : Pagination.List<Listed<E>, Endpoint.Success<E>["Type"], Endpoint.Item<E>["Type"], Ids<E["params"]>>

/**
 * The methods of a resource: ids first, then the body, then the query; a listing can be walked. (Homomorphic, so that the
 * documentation of an endpoint is that of its method.)
 */
export type Methods<Es extends Endpoints> = { readonly [Name in keyof Es]: Method<Es[Name]> }

/** Methods that take several operations: each is made of the methods of these, on the transport they are on. */
export type Composed<Es extends Endpoints, Own extends object> = {
  readonly [Name in keyof Own]: (methods: Methods<Es>, http: IntercomHttp["Service"]) => Own[Name]
}

/** The class that {@link Service} makes. */
export interface ResourceClass<
  Self,
  Name extends string,
  Es extends Endpoints,
  Own extends object = {},
  Key extends string = `@effect-intercom/core/${Name}`
> extends Context.ServiceClass<Self, Key, Methods<Es> & Own> {
  readonly resource: Name
  readonly endpoints: Es
  /** The methods that are no operation by themselves. */
  readonly composed: ReadonlyArray<string>
  readonly "~own": Composed<Es, Own> | undefined
  /** The service on the transport of a client. */
  readonly make: (http: IntercomHttp["Service"]) => Methods<Es> & Own
  /**
   * The service on an `IntercomHttp`. It is fresh: what is built inside another's scope never sends the other's token.
   */
  readonly layer: Layer.Layer<Self, never, IntercomHttp>
}

/** The declaration of a resource. */
export interface Declared {
  readonly resource: string
  readonly endpoints: Endpoints
}

/** Any resource. */
export interface Top extends Declared {
  readonly composed: ReadonlyArray<string>
  readonly make: (http: IntercomHttp["Service"]) => object
}

/** The declaration of an operation that could never work: it is a defect, when its method is called first. */
export class DeclarationError extends Data.TaggedError("DeclarationError")<{
  /** `Contacts.update`, say. */
  readonly operation: string
  readonly description: string
}> {
  override get message(): string {
    return `${this.operation} is declared so that it cannot work: ${this.description}.`
  }
}

/** An operation, with the declaration it comes from. */
export interface ResourceOperation extends Operation {
  readonly endpoint: Endpoint.Top
}

/** What is known of an operation of a resource. */
const operationOf = (resource: string, method: string, endpoint: Endpoint.Top): Operation => ({
  name: `${resource}.${method}`,
  operationId: endpoint.operationId ?? operationIdOf(resource, endpoint.alternativeOf ?? method),
  method: endpoint.method,
  path: endpoint.path.replaceAll(/:(\w+)/g, "{$1}"),
  idempotent: endpoint.idempotent,
  body: endpoint.body,
  permission: endpoint.permission
})

/** The operations of a resource, in the order of declaration. */
export const operations = ({ endpoints, resource }: Declared): ReadonlyArray<ResourceOperation> =>
  Object.entries(endpoints).map(([method, endpoint]) => ({ ...operationOf(resource, method, endpoint), endpoint }))

/** The method of an operation: `list` of `Tags.list`. */
export const methodOf = ({ name }: Operation): string => name.slice(name.lastIndexOf(".") + 1)

/**
 * The operations of a resource, by their names in an HttpApi: one each, but for the alternatives of one, which a server tells
 * apart by the body.
 */
export const alternatives = (resource: Declared): ReadonlyMap<string, Arr.NonEmptyReadonlyArray<ResourceOperation>> => {
  const all = Object.entries(resource.endpoints).map(([method, endpoint]) => ({
    name: endpoint.alternativeOf ?? method,
    operation: { ...operationOf(resource.resource, method, endpoint), endpoint }
  }))
  return new Map(
    Object.entries(Arr.groupBy(all, ({ name }) => name)).map(([name, of]) => [
      name,
      Arr.map(of, ({ operation }) => operation)
    ])
  )
}

/**
 * Makes a service of declared endpoints. Each becomes a method that does what the built-in ones do: input is encoded
 * strictly (a misspelt field, an id that is no segment of a path: `EncodeError`, and nothing is sent; a field that is
 * `undefined` is left out), what is idempotent is repeated, an answer has to fit its schema, and is handed over as it
 * came, in a span of the method's name. A name must be that of one resource only.
 *
 * A declaration that cannot work is a defect, {@link DeclarationError}: a success schema that transforms, or a body for a
 * `GET`.
 *
 * What takes several operations is a method made of theirs, declared after the endpoints:
 * `{ find: (contacts) => (email: string) => … }`.
 *
 * @example
 * ```ts
 * import { Contact, ContactId, Endpoint, Resource, Wire } from "@effect-intercom/core"
 * import { Effect, Schema } from "effect"
 *
 * class MyContacts extends Resource.Service<MyContacts>()("MyContacts", {
 *   // Changes a contact; what is left out stays.
 *   update: Endpoint.put("/contacts/:contact_id", {
 *     params: { contact_id: ContactId },
 *     payload: Schema.Struct({ name: Wire.optional(Schema.NullOr(Schema.String)) }),
 *     success: Contact
 *   })
 * }) {}
 *
 * const rename = (id: ContactId, name: string) => MyContacts.use(({ update }) => update(id, { name }))
 * const program = rename(ContactId.make("1"), "Zoë").pipe(Effect.provide(MyContacts.layer))
 * ```
 */
export const Service =
  <Self>() =>
  <const Name extends string, const Es extends Endpoints, Own extends object = {}>(
    name: Name,
    endpoints: Es,
    own?: Composed<Es, Own>
  ): ResourceClass<Self, Name, Es, Own> =>
    serviceOf<Self>()(`@effect-intercom/core/${name}`, name, endpoints, own)

/** A service with a key of its own, whose operations have the name of a resource. */
export const serviceOf =
  <Self>() =>
  <const Key extends string, const Name extends string, const Es extends Endpoints, Own extends object = {}>(
    key: Key,
    name: Name,
    endpoints: Es,
    own?: Composed<Es, Own>
  ): ResourceClass<Self, Name, Es, Own, Key> => {
    const service = Context.Service<Self, Methods<Es> & Own>()(key)
    // What all clients share.
    const plans = Object.entries(endpoints).map(([method, endpoint]): readonly [string, Plan] => [
      method,
      { name: `${name}.${method}`, endpoint, operation: () => operationOf(name, method, endpoint) }
    ])
    const makers = Object.entries<Composed<Es, Own>[keyof Own]>(own ?? {})
    const make = (http: IntercomHttp["Service"]) => {
      // One method for each endpoint, of its type.
      const methods = Object.fromEntries(
        plans.map(([method, plan]) => [method, implement(http, plan)])
      ) as unknown as Methods<Es>
      const made = makers.map(([method, make]) => [method, within(`${name}.${method}`, make(methods, http))])
      // As they are made.
      return made.length === 0
        ? (methods as Methods<Es> & Own)
        : ({ ...methods, ...Object.fromEntries(made) } as Methods<Es> & Own)
    }
    return Object.assign(service, {
      resource: name,
      endpoints,
      composed: Object.keys(own ?? {}),
      "~own": own,
      make,
      layer: Layer.fresh(Layer.effect(service, Effect.map(IntercomHttp, make)))
    })
  }

/** An operation, as all clients have it. */
interface Plan {
  /** Of its span. */
  readonly name: string
  readonly endpoint: Endpoint.Top
  readonly operation: () => Operation
}

/** Nothing is compiled before it is called: a client of all operations costs next to nothing. */
const implement = (http: IntercomHttp["Service"], plan: Plan) => {
  const { body, pages } = plan.endpoint
  let made: Call.Call | undefined
  if (pages !== undefined) {
    return lazily(() => Walker.make(plan.name, () => (made ??= callOf(http, plan)), pages, plan.endpoint.path))
  }
  if (body === "bytes") {
    return (...args: ReadonlyArray<unknown>) =>
      Stream.withSpan(
        Stream.suspend(() => (made ??= callOf(http, plan)).stream(partsOf(plan.endpoint, args))),
        plan.name,
        { kind: "client" }
      )
  }
  return (...args: ReadonlyArray<unknown>) =>
    Effect.withSpan(
      Effect.suspend(() => (made ??= callOf(http, plan))(partsOf(plan.endpoint, args))),
      plan.name,
      { kind: "client" }
    )
}

/** A method that is several operations: they have one parent, as far as it is an effect or a stream. */
const within = (name: string, method: unknown): unknown => {
  if (!Predicate.isFunction(method)) return method
  const around = (...args: ReadonlyArray<unknown>): unknown => {
    const made: unknown = method(...args)
    if (Effect.isEffect(made)) return Effect.withSpan(made, name)
    return Stream.isStream(made) ? Stream.withSpan(made, name) : made
  }
  return Object.assign(around, method)
}

/** A listing that is made when it is first asked for anything. */
const lazily = (make: () => ReturnType<typeof Walker.make>): ReturnType<typeof Walker.make> => {
  let made: ReturnType<typeof Walker.make> | undefined
  const walker = () => (made ??= make())
  return Object.assign((...args: Array<unknown>) => walker()(...args), {
    pages: (...args: Array<unknown>) => walker().pages(...args),
    items: (...args: Array<unknown>) => walker().items(...args)
    // The types of what is consumed and failed with are those of the walker's own.
  }) as ReturnType<typeof Walker.make>
}

const callOf = (http: IntercomHttp["Service"], { endpoint, operation }: Plan): Call.Call => {
  const description = flawOf(endpoint)
  if (description === undefined) return Call.make(http, operation(), endpoint)
  throw new DeclarationError({ operation: operation().name, description })
}

/** Ids first, then the body, then the query. */
const partsOf = ({ path, payload, query }: Endpoint.Top, args: ReadonlyArray<unknown>): Parts => {
  const { params, rest } = idsOf(path, args)
  return {
    ...params,
    ...(payload === undefined ? undefined : { payload: orNothing(rest.shift()) }),
    ...(query === undefined ? undefined : { query: orNothing(rest.shift()) })
  }
}

/** What was left out has no fields; null is a value. */
const orNothing = (given: unknown): unknown => (given === undefined ? {} : given)
