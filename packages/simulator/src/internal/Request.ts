/** What a request asks for, as faults look at it. */
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type * as Faults from "../Faults.ts"
import type * as Operations from "./Operations.ts"

/** The URL of a request as its sender wrote it, so that links lead back to the same host. */
export const urlOf = ({ originalUrl }: HttpServerRequest.HttpServerRequest): URL =>
  URL.parse(originalUrl, "http://localhost") ?? new URL("http://localhost")

/** The JSON of its body, which stays readable; `undefined` when there is none. */
export const bodyOf = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<unknown> =>
  Effect.orElseSucceed(request.json, () => undefined)

/** The JSON of a text; `undefined` when it is none. */
export const parsed = (text: string): unknown => Result.getOrUndefined(Result.try(() => JSON.parse(text) as unknown))

/** What a request with this body asks for. */
export const askedOf = (
  request: HttpServerRequest.HttpServerRequest,
  body: unknown,
  find: Operations.Find
): Faults.Asked => {
  const { pathname, searchParams } = urlOf(request)
  const pagination = Predicate.isObject(body) ? body["pagination"] : undefined
  const perPage = searchParams.get("per_page") ?? (Predicate.isObject(pagination) ? pagination["per_page"] : undefined)
  return {
    method: request.method,
    path: pathname,
    operation: find(request.method, pathname, body)?.name,
    query: Object.fromEntries(searchParams),
    body,
    perPage: perPage === undefined || perPage === null ? undefined : Number(perPage)
  }
}

export const asked = (
  request: HttpServerRequest.HttpServerRequest,
  find: Operations.Find
): Effect.Effect<Faults.Asked> =>
  Effect.map(request.method === "GET" ? Effect.succeed(undefined) : bodyOf(request), (body) =>
    askedOf(request, body, find)
  )
