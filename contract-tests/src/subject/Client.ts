/** The client under test: its declared operations, and the services whose methods make them. */
import * as Effect from "effect/Effect"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApi from "effect/http-api/HttpApi"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import {
  Authorization,
  type Endpoint,
  groupOf,
  Intercom,
  type IntercomError,
  IntercomHttp,
  type Pagination,
  Resource,
  type Resources as IntercomResources,
  resources as intercomResources,
  Search
} from "@effect-intercom/core"
import * as Document from "../document/Document.ts"
import * as Exchange from "./Exchange.ts"
import * as JsonNode from "../schema/JsonNode.ts"

/** A part of a request or answer: the schema, and the JSON Schema it stands for. */
export interface Part {
  readonly schema: Schema.Top
  readonly node: JsonNode.Node
  /** Whether a value is one the client's types allow. */
  readonly accepts: (value: unknown) => boolean
}

export interface ClientOperation {
  /** `Contacts.create`. */
  readonly name: string
  /** What it is matched with operations of the document by. */
  readonly key: string
  readonly method: string
  readonly path: string
  readonly params: Part | undefined
  readonly query: Part | undefined
  readonly payload: Part | undefined
  /** The media type of the payload. */
  readonly contentType: string | undefined
  /** What a success answers with. */
  readonly body: Endpoint.Body
  /** What a success is decoded with; `undefined` when it is no JSON. */
  readonly success: Part | undefined
  readonly successStatus: number
  /** The statuses of declared errors. */
  readonly errors: ReadonlyArray<number>
  /** Their bodies, by status. */
  readonly errorBodies: ReadonlyMap<number, Part>
  /** Whether a token is declared to be needed. */
  readonly secured: boolean
  /** Whether asking twice does what asking once does. */
  readonly idempotent: boolean
  /** The operation it is one alternative of, where several methods are, told apart by their bodies. */
  readonly alternativeOf: string | undefined
}

/** The parts of a request, as the caller gives them. */
export interface Request {
  readonly params?: { readonly [name: string]: unknown }
  readonly query?: unknown
  readonly payload?: unknown
}

/** The walks of a listing. */
export interface Listing {
  readonly items: (query?: object, options?: Walk) => Stream.Stream<unknown, IntercomError>
  readonly pages: (query?: object, options?: Walk) => Stream.Stream<Pagination.Page<unknown>, IntercomError>
}

type Walk = Pick<Pagination.WalkOptions, "from" | "prefetch" | "onInvalid">

/** What can be called. */
export interface Calls {
  /** `Contacts.list`, …: what the services really offer. */
  readonly methods: ReadonlyArray<string>
  /** Calls the method of that name. */
  readonly call: (name: string, request: Request) => Effect.Effect<unknown, IntercomError>
  /** The walks of the method of that name, with these ids in its path; `undefined` when it lists nothing. */
  readonly listing: (name: string, params?: Request["params"]) => Listing | undefined
  /** What queries of the method of that name are built with; `undefined` when it is no search. */
  readonly builder: (name: string) => Builder | undefined
}

export interface Client extends Calls {
  readonly operations: ReadonlyArray<ClientOperation>
}

/** What queries of a search are built with. */
export interface Builder {
  readonly fields: Search.Fields
  readonly filter: (field: string, operator: Search.Operator, value: unknown) => unknown
}

/** A set of resources: their declarations, and the services that call them, by the names of the resources. */
export interface Resources {
  readonly resources: ReadonlyArray<Resource.Top>
  readonly services: Effect.Effect<{ readonly [resource: string]: object }, never, Services>
  /** The builders of searches, by method. */
  readonly builders?: { readonly [method: string]: Builder }
}

/** What a client under test can be made of. */
export type Services = Intercom | IntercomResources | IntercomHttp

/** The resources of `@effect-intercom/core`. */
export const intercom: Resources = {
  resources: Object.values(intercomResources),
  // Resources are called like their services, `Contacts`; the service of services has them in lower case.
  services: Effect.map(Intercom, (services) =>
    Object.fromEntries(
      Object.entries(services).map(([name, service]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, service])
    )
  ),
  // The types of the builders tie fields to operators; here every combination is tried.
  builders: {
    "Contacts.search": { fields: Search.contactFields, filter: Search.contact as Builder["filter"] },
    "Conversations.search": { fields: Search.conversationFields, filter: Search.conversation as Builder["filter"] }
  }
}

/** Some methods of a client, by the names of their operations: `Contacts.list`. */
export const only = ({ resources, services, ...others }: Resources, methods: ReadonlyArray<string>): Resources => {
  const of = <A>(resource: string, all: { readonly [method: string]: A }): { readonly [method: string]: A } =>
    Object.fromEntries(Object.entries(all).filter(([method]) => methods.includes(`${resource}.${method}`)))
  return {
    ...others,
    resources: resources
      .map(({ composed, endpoints, make, resource }) => ({
        resource,
        composed,
        make,
        endpoints: of(resource, endpoints)
      }))
      .filter(({ endpoints }) => Object.keys(endpoints).length > 0),
    services: Effect.map(services, (all) => {
      const some = Object.entries(all).map(
        ([resource, service]) => [resource, of<unknown>(resource, { ...service })] as const
      )
      return Object.fromEntries(some.filter(([, service]) => Object.keys(service).length > 0))
    })
  }
}

const partOf = (schema: Schema.Top | undefined): Part | undefined => {
  if (schema === undefined) return undefined
  const { definitions, schema: json } = Schema.toJsonSchemaDocument(schema)
  return {
    schema,
    node: JsonNode.make({ ...json, $defs: definitions } as Schema.Json),
    accepts: Schema.is(schema)
  }
}

/**
 * The query as the caller gives it: on the wire everything is text. What can be left out is what can be left out
 * there; `null` stands for an explicit `undefined`, which a query has none of.
 */
const queryOf = (schema: Schema.Top | undefined): Part | undefined => {
  const wire = partOf(schema)
  const typed = partOf(schema && Schema.toType(schema))
  if (schema === undefined || wire === undefined || typed === undefined) return undefined
  const properties = JsonNode.child(typed.node, "properties")
  const present = (properties === undefined ? [] : JsonNode.children(properties)).map(([name, node]) => {
    const { anyOf } = JsonNode.record(node)
    const some = Array.isArray(anyOf)
      ? anyOf.filter((one) => !JsonNode.isRecord(one) || one["type"] !== "null")
      : undefined
    return [name, some === undefined ? node.value : { anyOf: some }] as const
  })
  return {
    ...wire,
    node: JsonNode.make({
      ...JsonNode.record(typed.node),
      required: JsonNode.record(wire.node)["required"] ?? [],
      properties: Object.fromEntries(present)
    })
  }
}

const operationOf = (
  { body, endpoint: declared, idempotent, method, name, path }: Resource.ResourceOperation,
  endpoint: HttpApiEndpoint.Top,
  errors: ReadonlyMap<number, readonly [Schema.Top, ...Array<Schema.Top>]>
): ClientOperation => {
  const [[contentType, payload] = []] = [...endpoint.payload]
  return {
    name,
    key: Document.keyOf(method, path),
    method,
    path,
    params: partOf(endpoint.params),
    query: queryOf(endpoint.query),
    payload: partOf(payload?.schemas[0]),
    contentType,
    body,
    success: body === "json" || body === "optional" ? partOf(declared.success) : undefined,
    successStatus: declared.status,
    errors: [...errors.keys()],
    errorBodies: new Map(
      [...errors].flatMap(([status, [schema]]) => {
        const part = partOf(schema)
        return part === undefined ? [] : [[status, part] as const]
      })
    ),
    secured: [...endpoint.middlewares].some((middleware) => middleware.key === Authorization.key),
    idempotent,
    alternativeOf: declared.alternativeOf
  }
}

/** An operation by itself: alternatives of one would be a single endpoint of their group. */
const reflected = (resource: string, operation: Resource.ResourceOperation): ClientOperation => {
  const endpoints = { [Resource.methodOf(operation)]: operation.endpoint }
  const found: Array<ClientOperation> = []
  HttpApi.reflect(HttpApi.make("client").add(groupOf<Resource.Declared>({ resource, endpoints })), {
    onGroup: () => {},
    onEndpoint: ({ endpoint, errors }) => found.push(operationOf(operation, endpoint, errors))
  })
  // One endpoint makes one operation.
  return found[0] as ClientOperation
}

type Method = (...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, IntercomError>

/** A method whose bytes are collected: what a stream of them comes to. */
const collecting =
  (method: (...args: ReadonlyArray<unknown>) => unknown): Method =>
  (...args) => {
    const given = method(...args)
    // What is no effect is a stream of bytes.
    return Effect.isEffect(given)
      ? (given as ReturnType<Method>)
      : Effect.map(Stream.runCollect(given as Stream.Stream<Uint8Array, IntercomError>), (chunks) =>
          Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))
        )
  }

const isMethod = (value: unknown): value is (...args: ReadonlyArray<unknown>) => unknown => typeof value === "function"

/** The ids of a path as a method takes them: one by itself, several as an object. */
const idsOf = (params: NonNullable<Request["params"]>): ReadonlyArray<unknown> =>
  Object.keys(params).length > 1 ? [params] : Object.values(params)

type Walks = { readonly [Name in keyof Listing]: (...args: ReadonlyArray<unknown>) => ReturnType<Listing[Name]> }

const isListing = (value: unknown): value is Walks =>
  Predicate.hasProperty(value, "items") &&
  Predicate.hasProperty(value, "pages") &&
  typeof value.items === "function" &&
  typeof value.pages === "function"

/** The methods of the services. */
export const calls = Effect.fn("Client.calls")(function* (resources: Resources) {
  const services = yield* resources.services
  // What takes several operations is none.
  const isComposed = (group: string, name: string) =>
    resources.resources.some(({ composed, resource }) => resource === group && composed.includes(name))
  const methods = new Map<string, (...args: ReadonlyArray<unknown>) => unknown>(
    Object.entries(services).flatMap(([group, service]) =>
      Object.entries(service).flatMap(([name, method]) =>
        isMethod(method) && !isComposed(group, name) ? [[`${group}.${name}`, method] as const] : []
      )
    )
  )
  const calls: Calls = {
    methods: [...methods.keys()],
    builder: (name) => resources.builders?.[name],
    listing: (name, params = {}) => {
      const method: unknown = methods.get(name)
      if (!isListing(method)) return undefined
      const ids = idsOf(params)
      return {
        items: (query, options) => method.items(...ids, query, options),
        pages: (query, options) => method.pages(...ids, query, options)
      }
    },
    // Ids come first, several of them as an object, then the body, then the query.
    call: (name, { params = {}, payload, query }) => {
      const method = methods.get(name)
      if (method === undefined) return Effect.die(new Error(`The client has no method ${name}`))
      return collecting(method)(
        ...idsOf(params),
        ...(payload === undefined ? [] : [payload]),
        ...(query === undefined ? [] : [query])
      )
    }
  }
  return calls
})

/** Reads declarations and services. */
export const make = Effect.fn("Client.make")(function* (resources: Resources) {
  const operations = resources.resources.flatMap((resource) =>
    Resource.operations(resource).map((operation) => reflected(resource.resource, operation))
  )
  const client: Client = { operations, ...(yield* calls(resources)) }
  return client
})

/** A token that is none, and that a check can look for. */
export const token = "dG9rOjAwMDAwMDAwX2NvbnRyYWN0"

/** What the client under test is configured with. */
export interface Settings {
  readonly token: string
  readonly baseUrl: string
  /** The client's own when left out. */
  readonly version?: string
  /** The client's own when left out. */
  readonly userAgent?: string
}

/** The client under test: no retries, no waiting for the rate limit, and requests go where a check sends them. */
export const layer = (server: string): Layer.Layer<Services> => layerOf({ token, baseUrl: server })

/** {@link layer} with other settings. */
export const layerOf = (settings: Settings): Layer.Layer<Services> =>
  Intercom.layerHttp.pipe(Layer.provideMerge(layerHttp(settings)))

const layerHttp = ({ baseUrl, token, userAgent, version }: Settings) =>
  IntercomHttp.layerShared({
    accessToken: Redacted.make(token),
    baseUrl,
    version,
    userAgent,
    timeout: "30 seconds",
    retry: { times: 0 },
    rateLimit: { limit: 1_000_000_000, window: "1 second" }
  }).pipe(Layer.provide(RateLimiter.layerStoreMemory), Layer.provide(Exchange.layer), Layer.orDie)
