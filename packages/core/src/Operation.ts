/**
 * From the declaration of an endpoint to a call: encode, send, check, decode. Declare a resource as an `HttpApiGroup`,
 * annotate each endpoint with {@link annotations}, and {@link client} makes its calls.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as UndefinedOr from "effect/UndefinedOr"
import { regions } from "./IntercomConfig.ts"
import { DecodeError, EncodeError, IntercomError, PaginationError, type Reason } from "./IntercomError.ts"
import { countDecodeFailure, Failure, IntercomHttp, type Operation, type Replay, type Reply } from "./IntercomHttp.ts"
import { flawOf } from "./internal/Declaration.ts"
import { guard, isOverflow } from "./internal/Guard.ts"
import { mismatchesOf, mismatchesOfIssue } from "./internal/Mismatches.ts"
import type { Scrub } from "./internal/Scrub.ts"
import { notSegments, withoutUndefined } from "./internal/Request.ts"
import * as Json from "./Json.ts"

/** The replay rule of an endpoint; without it, `GET`, `PUT` and `DELETE` are safe and `POST` never is. */
export class ReplayRule extends Context.Service<ReplayRule, Replay>()("@effect-intercom/core/Operation/ReplayRule") {}

/** What an endpoint says of itself: its name in the published document, and whether it may be sent twice. */
export const annotations = (options: {
  readonly operationId: string
  /** Only where the method does not tell: a search by `POST` is safe, a scroll by `GET` is not. */
  readonly replay?: Replay
}): Context.Context<never> => {
  const identifier = OpenApi.annotations({ identifier: options.operationId })
  return options.replay === undefined ? identifier : Context.add(identifier, ReplayRule, options.replay)
}

/** Reads what a declared endpoint says of itself. */
export const describe = (
  group: Pick<HttpApiGroup.Top, "identifier">,
  endpoint: Pick<HttpApiEndpoint.Top, "identifier" | "annotations" | "method" | "path" | "success">
): Operation => ({
  name: `${group.identifier}.${endpoint.identifier}`,
  operationId:
    Context.getOrUndefined(endpoint.annotations, OpenApi.Identifier) ?? `${group.identifier}.${endpoint.identifier}`,
  method: endpoint.method,
  path: endpoint.path.replaceAll(/:(\w+)/g, "{$1}"),
  replay: Context.getOrUndefined(endpoint.annotations, ReplayRule) ?? (endpoint.method === "POST" ? "never" : "safe"),
  empty: [...endpoint.success].every((schema) => HttpApiSchema.isNoContent(schema.ast)),
  mayBeEmpty: [...endpoint.success].some((schema) => HttpApiSchema.isNoContent(schema.ast))
})

/** The parts of a request, as the endpoint declares them. */
export type Request<Endpoint extends HttpApiEndpoint.ConstraintRequest> = ([Endpoint["~Params"]] extends [never]
  ? unknown
  : { readonly params: Endpoint["~Params"]["Type"] }) &
  ([Endpoint["~Query"]] extends [never] ? unknown : { readonly query: Endpoint["~Query"]["Type"] }) &
  ([Endpoint["~Payload"]] extends [never] ? unknown : { readonly payload: Endpoint["~Payload"]["Type"] })

/** One operation, ready to be called. */
export interface Call<in Request, out Success> {
  (request: Request): Effect.Effect<Success, IntercomError>
  readonly operation: Operation
  /** Tells the current span which operation runs in it and how it ends. The call itself does so; parts of it do not. */
  readonly traced: <A, R>(effect: Effect.Effect<A, IntercomError, R>) => Effect.Effect<A, IntercomError, R>
  /** Sends the request; the body of the reply is not checked yet. */
  readonly send: (request: Request) => Effect.Effect<Reply, IntercomError>
  /** The same operation at a URL that {@link Call.resolve} gave. */
  readonly sendUrl: (url: URL) => Effect.Effect<Reply, IntercomError>
  /** Whether the body fits as it is. */
  readonly fits: (body: unknown) => body is Success
  /** Checks the body; what it returns is the body itself, unknown fields included. */
  readonly decode: (reply: Reply) => Effect.Effect<Success, IntercomError>
  /**
   * A URL the API gave, absolute or relative to the page at `from` (this operation's first, when left out), at the base
   * URL: links to the API's own hosts, and paths without a host, are taken as relative to it, as a gateway passes them on
   * unchanged. `undefined` when it is anywhere else.
   */
  readonly resolve: (url: string, from?: string) => URL | undefined
  /** Counts a record that did not fit. */
  readonly countInvalid: Effect.Effect<void>
  /** The error for a body, or a part of one, that does not fit `schema`. */
  readonly decodeError: (schema: Schema.Top, reply: Reply, value: unknown) => IntercomError
  /** An error of this operation. */
  readonly fail: (reason: Reason) => IntercomError
}

/** The calls of a group, by endpoint. */
export type Client<Group extends HttpApiGroup.Constraint> = {
  readonly [
    Endpoint in HttpApiGroup.Endpoints<Group> as Endpoint["identifier"]
  ]: Endpoint extends HttpApiEndpoint.ConstraintRequest ? Call<Request<Endpoint>, Endpoint["~Success"]["Type"]> : never
}

// A misspelt field must not vanish silently, and one error should name every problem.
const strict = { onExcessProperty: "error", errors: "all", reportInput: true } as const

/** The declaration of an operation that could never work: `client` dies with it, so that it shows when a program starts. */
export class DeclarationError extends Data.TaggedError("DeclarationError")<{
  /** `Contacts.update`, say. */
  readonly operation: string
  readonly description: string
}> {
  override get message(): string {
    return `${this.operation} is declared so that it cannot work: ${this.description}.`
  }
}

/**
 * Makes the calls of a group, on the shared transport. They do what the built-in ones do: input is encoded strictly (a
 * misspelt field, an id that is no segment of a path: `EncodeError`, and nothing is sent; a field that is `undefined` is
 * left out), what is safe is repeated, an answer has to fit one of the success schemas, and is handed over as it came.
 *
 * A declaration that cannot work is a defect, {@link DeclarationError}: a success schema that transforms, or a path with a
 * parameter that `params` lacks.
 *
 * @example
 * ```ts
 * import { Contact, ContactId, Operation, Wire } from "@effect-intercom/core"
 * import { Effect, Schema } from "effect"
 * import { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
 *
 * const Own = HttpApiGroup.make("Own").add(
 *   HttpApiEndpoint.put("updateContact", "/contacts/:contact_id", {
 *     params: { contact_id: Wire.pathSegment(ContactId) },
 *     payload: Schema.Struct({ name: Wire.optional(Schema.NullOr(Schema.String)) }),
 *     success: Contact
 *   }).annotateMerge(Operation.annotations({ operationId: "updateContact" }))
 * )
 *
 * const rename = Effect.fn("rename")(function* (contact_id: ContactId, name: string) {
 *   const own = yield* Operation.client(Own)
 *   return yield* own.updateContact({ params: { contact_id }, payload: { name } })
 * })
 * ```
 */
export const client = Effect.fnUntraced(function* <Group extends HttpApiGroup.Constraint>(group: Group) {
  const http = yield* IntercomHttp
  // HttpApi's types tie a client to the names of its groups; here the group is any.
  const api = HttpApi.make("intercom")
    .add(group as unknown as HttpApiGroup.Top)
    .annotate(HttpApi.ParamsParseOptions, strict)
    .annotate(HttpApi.QueryParseOptions, strict)
    .annotate(HttpApi.PayloadParseOptions, strict) as unknown as HttpApi.Top
  const calls: Record<string, Call<never, unknown>> = {}
  const endpoints: Array<{ readonly endpoint: HttpApiEndpoint.Top; readonly operation: Operation }> = []
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, group }) => endpoints.push({ endpoint, operation: describe(group, endpoint) })
  })
  for (const { endpoint, operation } of endpoints) {
    const description = flawOf(endpoint)
    if (description !== undefined) {
      return yield* Effect.die(new DeclarationError({ operation: operation.name, description }))
    }
    // Authorization asks nothing of a client, which the type of an unknown group cannot tell.
    const send = yield* HttpApiClient.endpoint(api, {
      group: group.identifier,
      endpoint: endpoint.identifier,
      httpClient: http.attempt(operation)
    }) as unknown as Effect.Effect<Send>
    calls[endpoint.identifier] = makeCall(http, endpoint, operation, send)
  }
  // Built from the group's own endpoints, so the keys and types are those of `Client`.
  return calls as unknown as Client<Group>
})

/** What HttpApiClient makes of an endpoint, less its types: they leave out that encoding can fail. */
type Send = (
  request: object & { readonly responseMode: "response-only" }
) => Effect.Effect<HttpClientResponse.HttpClientResponse, unknown>

const makeCall = (
  http: IntercomHttp["Service"],
  endpoint: HttpApiEndpoint.Top,
  operation: Operation,
  sendOnce: Send
): Call<object, unknown> => {
  const bodies = [...endpoint.success].filter(({ ast }) => !HttpApiSchema.isNoContent(ast))
  const [first = Schema.Void, ...others] = bodies
  const success: Schema.Top = others.length === 0 ? first : Schema.Union(bodies)
  // Nothing on the response side is transformed, so a value that fits its type is decoded already.
  const isBody = operation.empty ? Predicate.isUnknown : guard(success)
  const fits = (body: unknown): body is unknown => (body === undefined && operation.mayBeEmpty === true) || isBody(body)
  const attempts = http.attempt(operation)

  const fail = (reason: Reason) =>
    new IntercomError({
      operation: operation.name,
      method: operation.method,
      path: operation.path,
      reason: reason._tag === "PaginationError" ? withoutSecret(reason, http.scrub) : reason
    })

  const traced = <A, R>(effect: Effect.Effect<A, IntercomError, R>) =>
    Effect.andThen(
      Effect.annotateCurrentSpan({
        "http.request.method": operation.method,
        "url.template": operation.path,
        "server.address": http.config.baseUrl.hostname,
        "intercom.operation_id": operation.operationId
      }),
      Effect.tapError(effect, ({ reason }) =>
        Effect.annotateCurrentSpan({ "error.type": reason._tag, ...answered(reason) })
      )
    )

  const reply = (attempt: Effect.Effect<HttpClientResponse.HttpClientResponse, Failure>) =>
    Effect.tap(http.reply(operation, attempt), (reply) => Effect.annotateCurrentSpan(answered(reply)))

  const send = (request: Partial<Parts>) =>
    reply(
      Effect.suspend(() =>
        Effect.andThen(
          checkSegments(request.params),
          sendOnce({ ...request, ...sent(request), responseMode: "response-only" })
        )
      ).pipe(
        Effect.catchDefect((defect) => (isOverflow(defect) ? Effect.fail(defect) : Effect.die(defect))),
        Effect.mapError((error) => failureOf(error, http.scrub))
      )
    )

  const encodeParams = UndefinedOr.map(endpoint.params, (params) =>
    // Parameters of paths are texts, and need no services.
    Schema.encodeUnknownEffect(params as unknown as Schema.Encoder<Record<string, unknown>>, strict)
  )

  const checkSegments = (params: unknown) =>
    encodeParams === undefined
      ? Effect.void
      : Effect.flatMap(encodeParams(params), (encoded) => {
          const mismatches = notSegments(encoded, http.scrub)
          return mismatches.length === 0
            ? Effect.void
            : Effect.fail(new Failure({ reason: new EncodeError({ mismatches }) }))
        })

  const { baseUrl } = http.config
  const prefix = prefixOf(baseUrl)
  const start = new URL(prefix + operation.path, baseUrl)
  const resolve = (url: string, from?: string): URL | undefined => {
    const resolved = URL.parse(url, from === undefined ? start : resolve(from))
    if (resolved === null) return undefined
    if (resolved.origin === baseUrl.origin && resolved.pathname.startsWith(`${prefix}/`)) return resolved
    return isOfApi(resolved) || !namesHost(url, baseUrl)
      ? Object.assign(new URL(baseUrl), { pathname: prefix + resolved.pathname, search: resolved.search })
      : undefined
  }

  const sendUrl = (url: URL) =>
    reply(attempts.execute(HttpClientRequest.make(endpoint.method as HttpMethod.HttpMethod)(relative(url, baseUrl))))

  const decodeError = (schema: Schema.Top, reply: Reply, value: unknown) =>
    fail(
      new DecodeError({
        status: reply.status,
        ...(reply.requestId === undefined ? undefined : { requestId: reply.requestId }),
        kind: "invalid",
        mismatches: mismatchesOf(schema, value, http.scrub),
        body: http.scrub(value === undefined ? "undefined" : Json.stringify(value), 8192)
      })
    )

  const countInvalid = countDecodeFailure(operation)

  const decode = (reply: Reply) =>
    fits(reply.body)
      ? Effect.succeed(reply.body)
      : Effect.andThen(countInvalid, Effect.fail(decodeError(success, reply, reply.body)))

  return Object.assign((request: object) => traced(Effect.flatMap(send(request), decode)), {
    operation,
    traced,
    send,
    sendUrl,
    fits,
    decode,
    resolve,
    countInvalid,
    decodeError,
    fail
  })
}

/** The parts of a request, whatever their types. */
interface Parts {
  readonly params: unknown
  readonly query: unknown
  readonly payload: unknown
}

const sent = ({ payload, query }: Partial<Parts>): Partial<Parts> => ({
  // A stream has no fields of a request.
  ...(payload === undefined || Stream.isStream(payload) ? undefined : { payload: withoutUndefined(payload) }),
  ...(query === undefined ? undefined : { query: withoutUndefined(query) })
})

// Behind a gateway, the API's links still name the API's own hosts.
const hosts: ReadonlySet<string> = new Set(Object.values(regions).map((url) => new URL(url).host))
const isOfApi = ({ host, protocol }: URL): boolean => hosts.has(host) && /^https?:$/.test(protocol)

/** Whether a URL says whose it is, or is relative to whatever it stands in. */
const namesHost = (url: string, { protocol }: URL): boolean =>
  URL.parse(url, `${protocol}//host.invalid`)?.host !== "host.invalid"

/** The path of a base URL, as it stands before the API's paths. */
const prefixOf = ({ pathname }: URL): string => pathname.replace(/\/$/, "")

/** What stands behind the base URL, which may have a path of its own. */
const relative = ({ pathname, search }: URL, base: URL): string => {
  const prefix = prefixOf(base)
  return (pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname) + search
}

// It quotes what the API gave as the next page.
const withoutSecret = ({ cursor, description }: PaginationError, scrub: Scrub) =>
  new PaginationError({
    description: scrub(description, 500),
    ...(cursor === undefined ? undefined : { cursor: scrub(cursor, 500) })
  })

/** What a span says of an answer, if there was one. */
const answered = (from: object) => ({
  ...("status" in from ? { "http.response.status_code": from.status } : undefined),
  ...("requestId" in from && from.requestId !== undefined ? { "intercom.request_id": from.requestId } : undefined)
})

const failureOf = (error: unknown, scrub: Scrub): Failure => {
  if (error instanceof Failure) return error
  const mismatches = Schema.isSchemaError(error)
    ? mismatchesOfIssue(error.issue, scrub)
    : [{ path: "", expected: "a request that can be written down as JSON", actual: "one that cannot" }]
  return new Failure({ reason: new EncodeError({ mismatches }) })
}
