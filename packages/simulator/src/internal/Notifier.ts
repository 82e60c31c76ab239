/** What happens in a workspace, for those who want to hear of it. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type * as Operations from "./Operations.ts"
import * as Request from "./Request.ts"
import * as Topics from "../Topics.ts"

/** Hears what there is to tell, and when it happened, in Unix milliseconds. */
export type Listener = (told: Topics.Told, at: number) => void

export interface Notifier {
  /** A record changed. */
  readonly changed: (change: Topics.Change) => void
  /** Tells what changed since, by itself. */
  readonly settle: Effect.Effect<void>
  /** Tells what operations did, each by itself. */
  readonly around: <E, R>(
    operations: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
    find: Operations.Find
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, HttpServerRequest.HttpServerRequest | R>
  /** Adds a listener; gives what takes it away. */
  readonly listen: (listener: Listener) => () => void
}

const jsonOf = ({ body }: HttpServerResponse.HttpServerResponse): unknown =>
  body._tag === "Uint8Array"
    ? Result.getOrUndefined(Result.try(() => JSON.parse(new TextDecoder().decode(body.body)) as unknown))
    : undefined

export const make = (find: Topics.Find): Notifier => {
  const listeners = new Set<Listener>()
  let changes: Array<Topics.Change> = []

  const tell = (asked: Topics.Asked | undefined) =>
    Effect.map(Clock.currentTimeMillis, (at) => {
      const told = Topics.told(changes, asked, find)
      changes = []
      for (const listener of listeners) for (const each of told) listener(each, at)
    })

  return {
    changed: (change) => {
      if (listeners.size > 0) changes.push(change)
    },
    settle: tell(undefined),
    around: (operations, findOperation) =>
      Effect.tap(operations, (response) => {
        if (listeners.size === 0) return Effect.void
        return Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          if (request.method === "GET" || response.status >= 300) return yield* tell(undefined)
          const body = yield* Request.bodyOf(request)
          const operation = findOperation(request.method, Request.urlOf(request).pathname, body)?.name ?? ""
          yield* tell({ operation, body, answer: jsonOf(response) })
        })
      }),
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}
