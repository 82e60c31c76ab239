/** The requests a workspace was asked, the newest of them. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import type * as Scope from "effect/Scope"
import type * as Faults from "../Faults.ts"
import type * as Operations from "./Operations.ts"
import * as Request from "./Request.ts"

/** A request, and the status it was answered with. */
export interface Recorded extends Faults.Asked {
  /** Those of the request, but for its token. */
  readonly headers: { readonly [name: string]: string }
  /** `undefined`: there was no answer, as the connection broke, or there is none yet. */
  readonly status: number | undefined
  /** When it came, in Unix milliseconds. */
  readonly at: number
}

/** As it came: it is looked at when somebody asks. */
interface Entry {
  readonly request: HttpServerRequest.HttpServerRequest
  body: string | undefined
  readonly at: number
  status: number | undefined
}

/** Those of an operation, by its name, or those for which a predicate is true. */
export type Where = Faults.OperationName | ((request: Recorded) => boolean)

export interface Recording {
  /** Records the requests to an app. */
  readonly around: <E, R>(
    app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, HttpServerRequest.HttpServerRequest | Scope.Scope | R>
  readonly requests: (where?: Where) => Effect.Effect<ReadonlyArray<Recorded>>
}

export const make = (most: number, find: Operations.Find): Recording => {
  let entries: Array<Entry> = []

  const recorded = ({ at, body, request, status }: Entry): Recorded => {
    const { authorization: _, ...headers } = request.headers
    return {
      ...Request.askedOf(request, body === undefined ? undefined : Request.parsed(body), find),
      headers,
      status,
      at
    }
  }

  return {
    around: (app) =>
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const entry: Entry = { request, body: undefined, at: yield* Clock.currentTimeMillis, status: undefined }
        entries.push(entry)
        if (entries.length > 2 * most) entries = entries.slice(-most)
        // Beside the app: a body that never ends is in nobody's way.
        if (request.method !== "GET") {
          yield* request.text.pipe(
            Effect.map((text) => void (entry.body = text)),
            Effect.ignore,
            Effect.forkScoped({ startImmediately: true })
          )
        }
        const response = yield* app
        entry.status = response.status
        return response
      }),
    requests: (where) =>
      Effect.sync(() => {
        const all = (most === 0 ? [] : entries.slice(-most)).map(recorded)
        if (where === undefined) return all
        return all.filter((each) => (typeof where === "string" ? each.operation === where : where(each)))
      })
  }
}
