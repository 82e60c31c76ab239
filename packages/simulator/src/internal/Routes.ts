/** The operations of all kinds, on the routes, parameters and bodies that their resources declare. */
import { Authorization, groupOf, IntercomApi, type Resource } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as ErrorList from "./ErrorList.ts"
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
  readonly handle: (method: string, handler: (call: never) => Answer) => unknown
  readonly handleRaw: (method: string, handler: (call: { readonly request: Request }) => Answer) => unknown
}

type Request = HttpServerRequest.HttpServerRequest

/** The handlers of a kind, each with the place it works at. */
const group = (api: HttpApi.Top, name: string, kind: Kind.Top, workspace: Kind.Workspace) =>
  HttpApiBuilder.group(api, kind.resource.resource, (handlers) => {
    const group = handlers as unknown as Group
    for (const [method, handler] of Object.entries(kind.handlers)) {
      const endpoint = kind.resource.endpoints[method]
      if (endpoint === undefined) continue
      const here: Kind.Here = { workspace, name, kind, collection: collectionOf(workspace, kind.of ?? name), endpoint }
      if ("raw" in handler) group.handleRaw(method, ({ request }) => handler.raw(request, here))
      else group.handle(method, (call) => handler(call, here))
    }
    // Each endpoint has its handler, by the types of kinds.
    return handlers as never
  }) as unknown as Layer.Layer<HttpApiGroup.Service<string, string>, never, Authorization>

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
