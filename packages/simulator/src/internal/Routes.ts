/** The operations of all kinds, on the routes, parameters and bodies that their resources declare. */
import { Authorization, type Endpoint, groupOf, IntercomApi, Resource } from "@effect-intercom/core"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Alternatives from "./Alternatives.ts"
import * as ErrorList from "./ErrorList.ts"
import * as Request from "./Request.ts"
import { isVersion } from "./Version.ts"
import { collectionOf, type Kinds } from "./Workspaces.ts"
import type * as Kind from "../Kind.ts"

const authorization = (token: Redacted.Redacted) =>
  Layer.succeed(
    Authorization,
    Authorization.of({
      bearerAuth: (handler, { credential }) => {
        if (Redacted.value(credential) !== Redacted.value(token)) {
          return ErrorList.respond(401, { code: "unauthorized", message: "Access Token Invalid" })
        }
        return Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ headers }) => {
          const version = headers["intercom-version"]
          return version === undefined || isVersion(version)
            ? handler
            : ErrorList.respond(400, {
                code: "intercom_version_invalid",
                message: "The requested version could not be found"
              })
        })
      }
    })
  )

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse>

/** What is needed of HttpApi's builder of a group, whose types are tied to the names of its endpoints. */
interface Group {
  readonly handle: (name: string, handler: (call: never) => Answer) => unknown
  readonly handleRaw: (name: string, handler: (call: RawCall) => Answer) => unknown
}

/** A request whose body is not decoded. */
interface RawCall extends Omit<Kind.Call<Endpoint.Top>, "payload"> {}

/** The handlers of a kind, each with the place it works at. */
const group = (api: HttpApi.Top, name: string, kind: Kind.Top, workspace: Kind.Workspace) =>
  HttpApiBuilder.group(api, kind.resource.resource, (handlers) => {
    const group = handlers as unknown as Group
    const collection = collectionOf(workspace, kind.of ?? name)
    for (const [identifier, operations] of Resource.alternatives(kind.resource)) {
      const served = Arr.map(operations, (operation) => ({
        ...operation,
        // Each endpoint has its handler, by the types of kinds.
        handler: kind.handlers[Resource.methodOf(operation)] as Kind.Handler<never> | Kind.Raw,
        here: { workspace, name, kind, collection, endpoint: operation.endpoint }
      }))
      const [{ handler, here }] = served
      if (served.length > 1 || here.endpoint.strings !== undefined)
        group.handleRaw(identifier, (call) => dispatch(served, call))
      else if ("raw" in handler) group.handleRaw(identifier, ({ request }) => handler.raw(request, here))
      else group.handle(identifier, (call) => handler(call, here))
    }
    return handlers as never
  }) as unknown as Layer.Layer<HttpApiGroup.Service<string, string>, never, Authorization>

interface Served extends Resource.ResourceOperation {
  readonly handler: Kind.Handler<never> | Kind.Raw
  readonly here: Kind.Here
}

/** The handler of the alternative that the body is of. */
const dispatch = (served: Arr.NonEmptyReadonlyArray<Served>, call: RawCall): Answer =>
  Effect.flatMap(Request.bodyOf(call.request), (body) => {
    const [{ here }] = served
    return Result.match(Alternatives.choose(served, withNumbers(body, here.endpoint.strings)), {
      // As for any request that does not fit.
      onFailure: (error) => Effect.die(error),
      onSuccess: ({ alternative: { handler, here }, payload }) =>
        "raw" in handler
          ? handler.raw(call.request, here)
          : // Decoded by the schemas of its endpoint.
            handler({ ...call, payload } as never, here)
    })
  })

/** Numbers for the strings that newer versions of the API have in their place. */
const withNumbers = (body: unknown, strings: Endpoint.Strings | undefined): unknown =>
  strings === undefined || !Predicate.isObject(body)
    ? body
    : {
        ...body,
        ...Object.fromEntries(
          strings.fields.flatMap((field) => {
            const value: unknown = Reflect.get(body, field)
            return typeof value === "string" && /^\d+$/.test(value) ? [[field, Number(value)] as const] : []
          })
        )
      }

/** All routes. */
export const layer = (kinds: Kinds, workspace: Kind.Workspace, token: Redacted.Redacted) => {
  const entries = Object.entries(kinds)
  const own = entries.filter(([, { resource }]) => !(resource.resource in IntercomApi.groups))
  const api = own.reduce<HttpApi.Top>(
    // Their groups are made like those of the API, whatever their types.
    (api, [, { resource }]) => api.add(groupOf<Resource.Declared>(resource) as unknown as HttpApiGroup.Top),
    IntercomApi as unknown as HttpApi.Top
  )
  const groups = entries.map(([name, kind]) => group(api, name, kind, workspace))
  return HttpApiBuilder.layer(api).pipe(
    Layer.provide(Layer.mergeAll(Layer.empty, ...groups)),
    Layer.provide(authorization(token))
  )
}
