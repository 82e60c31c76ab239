/** The operations of this client as one declaration: for servers, generated documents and contract suites. */
import * as Arr from "effect/Array"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Authorization } from "./Authorization.ts"
import type * as Endpoint from "./Endpoint.ts"
import * as Resource from "./Resource.ts"
import { resources } from "./resources/index.ts"
import { pathSegment } from "./Wire.ts"

type ParamsOf<Params extends Schema.Struct.Fields> = [keyof Params] extends [never] ? never : Schema.Struct<Params>

/** What HttpApi has for a body. */
type ApiSuccess<S extends Schema.Top> = S extends Endpoint.Bytes
  ? HttpApiSchema.StreamUint8Array
  : S extends Endpoint.Location
    ? Schema.Void
    : S

/** An endpoint as HttpApi has it, with a name, and with what any operation needs and may fail with. */
export type ApiEndpoint<Name extends string, E extends Endpoint.Top> = HttpApiEndpoint.AddMiddleware<
  HttpApiEndpoint.HttpApiEndpoint<
    Name,
    HttpMethod.HttpMethod,
    string,
    ParamsOf<E["params"]>,
    Endpoint.Query<E>,
    Endpoint.Payload<E>,
    never,
    ApiSuccess<Endpoint.Success<E>>,
    E["error"][number]
  >,
  Authorization
>

/** The name of an endpoint in HttpApi: its own, or that of the operation it is one alternative of. */
type NameOf<Es extends Resource.Endpoints, Method extends keyof Es> = [Endpoint.AlternativeOf<Es[Method]>] extends [
  never
]
  ? Method & string
  : Endpoint.AlternativeOf<Es[Method]>

type ApiEndpoints<Es extends Resource.Endpoints> = {
  readonly [Method in keyof Es]: ApiEndpoint<NameOf<Es, Method>, Es[Method]>
}[keyof Es]

/** A resource as a group of HttpApi. The alternatives of an operation are one endpoint, whose body is any of theirs. */
export type ApiGroup<R extends Resource.Declared> = HttpApiGroup.HttpApiGroup<
  R["resource"],
  ApiEndpoints<R["endpoints"]>
>

const union = (schemas: ReadonlyArray<Schema.Top | undefined>): Schema.Top | undefined => {
  const [first, ...others] = Arr.dedupe(schemas.filter(Predicate.isNotUndefined))
  return first === undefined || others.length === 0 ? first : Schema.Union([first, ...others])
}

/** The alternatives of an operation as one. */
const merge = (endpoints: Arr.NonEmptyReadonlyArray<Endpoint.Top>): Endpoint.Top => {
  const [first, ...others] = endpoints
  if (others.length === 0) return first
  return {
    ...first,
    payload: union(endpoints.map(({ payload }) => payload)),
    success: union(endpoints.map(({ success }) => success)),
    error: Arr.dedupe(endpoints.flatMap(({ error }) => error))
  }
}

const endpointOf = (
  alternatives: Arr.NonEmptyReadonlyArray<Resource.ResourceOperation>,
  name: string
): HttpApiEndpoint.Top => {
  const [{ operationId }] = alternatives
  const endpoint = merge(Arr.map(alternatives, ({ endpoint }) => endpoint))
  const { error, method, params, path, payload, query } = endpoint
  // HttpApi's types are tied to the literal method; here it is any.
  return HttpApiEndpoint.make(method)(
    name,
    path as `/${string}`,
    {
      params: Object.keys(params).length === 0 ? undefined : segments(params),
      query,
      payload,
      success: successOf(endpoint),
      error: error.length === 0 ? undefined : error
    } as object
  ).annotateMerge(OpenApi.annotations({ identifier: operationId })) as unknown as HttpApiEndpoint.Top
}

const successOf = ({ body, status, success = Schema.Void }: Endpoint.Top) => {
  const full = success.pipe(HttpApiSchema.status(status))
  switch (body) {
    case "none":
    case "location":
      return HttpApiSchema.Empty(status)
    case "bytes":
      return HttpApiSchema.StreamUint8Array()
    case "text":
      return Schema.String.pipe(HttpApiSchema.asText(), HttpApiSchema.status(status))
    case "optional":
      return [full, HttpApiSchema.NoContent]
    case "json":
      return full
  }
}

/** Servers and documents are told, too, what can stand in a path. */
const segments = (params: Schema.Struct.Fields) =>
  Object.fromEntries(
    Object.entries(params).map(([name, schema]) =>
      // Ids are strings; what is encoded to one is checked by the call alone.
      [
        name,
        Schema.toType(schema as Schema.Top).ast === (schema as Schema.Top).ast
          ? pathSegment(schema as Schema.Codec<string>)
          : schema
      ]
    )
  )

/** A resource, one of your own too, as a group of HttpApi: for servers and documents. */
export const groupOf = <R extends Resource.Declared>(resource: R): ApiGroup<R> => {
  const endpoints = Array.from(Resource.alternatives(resource), ([name, alternatives]) =>
    endpointOf(alternatives, name)
  )
  const [first, ...others] = endpoints
  const group = HttpApiGroup.make(resource.resource)
  const full = first === undefined ? group : group.add(first, ...others)
  // Built from the endpoints of the resource, so its names and types are those of `ApiGroup`.
  return full.middleware(Authorization) as unknown as ApiGroup<R>
}

type All = typeof resources

/** The groups of all resources. */
type Groups = { readonly [Name in keyof All]: ApiGroup<All[Name]> }[keyof All]

// One group for each resource.
const groups = Object.values(resources).map((resource) =>
  groupOf<Resource.Declared>(resource)
) as unknown as ReadonlyArray<Groups>

const api = groups.reduce<HttpApi.HttpApi<"intercom", Groups>>(
  (api, group) => api.add(group),
  // Empty yet.
  HttpApi.make("intercom") as unknown as HttpApi.HttpApi<"intercom", Groups>
)

/** The API: `OpenApi.fromApi(IntercomApi)` is its document, `HttpApiBuilder` makes servers of it. */
export class IntercomApi extends api.annotateMerge(
  OpenApi.annotations({
    title: "Intercom API",
    version: "2.15",
    servers: [
      { url: "https://api.intercom.io", description: "United States" },
      { url: "https://api.eu.intercom.io", description: "Europe" },
      { url: "https://api.au.intercom.io", description: "Australia" }
    ]
  })
) {}

/** An operation, with the declarations it comes from. */
export interface ApiOperation extends Resource.ResourceOperation {
  readonly resource: Resource.Top
}

/** Every operation of the client, in the order of declaration. */
export const operations: ReadonlyArray<ApiOperation> = Object.values(resources).flatMap((resource) =>
  Resource.operations(resource).map((operation) => ({ ...operation, resource }))
)
