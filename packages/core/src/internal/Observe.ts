/** Tells what came of an attempt: whoever listens to answers. */
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import type { Failure, Operation, Reply } from "../Attempt.ts"
import { OnResponse } from "./CallPolicy.ts"
import type { Scrub } from "./Scrub.ts"
import type * as Stage from "./Stage.ts"

type Response = NonNullable<Stage.Noted["response"]>

const replyOf = (
  { method, name, path }: Operation,
  { headers, status }: Response,
  attempt: number,
  scrub: Scrub
): Reply => {
  const told = Headers.fromInput(Object.entries(headers).map(([name, value]) => [name, scrub(value)] as const))
  return { operation: name, method, path, status, headers: told, requestId: told["x-request-id"], attempt }
}

/** Tells of an attempt when it is over; one that never left, or is interrupted, is none. */
export const attempt =
  (operation: Operation, noted: Stage.Noted, scrub: Scrub) =>
  <A, R>(answer: Effect.Effect<A, Failure, R>): Effect.Effect<A, Failure, R> => {
    const told = Effect.gen(function* () {
      const { left, response } = noted
      if (left === undefined || response === undefined) return
      const onResponse = yield* OnResponse
      if (onResponse === undefined) return
      // Calls of its own would call it without end.
      yield* Effect.provideService(onResponse(replyOf(operation, response, left.number, scrub)), OnResponse, undefined)
    })
    return answer.pipe(
      Effect.tapError(() => told),
      Effect.tap(() => told)
    )
  }
