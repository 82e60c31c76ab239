/** Tells what came of an attempt: the span of its call, the metrics, and whoever listens to answers. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type { Failure, Operation, Reply } from "../Attempt.ts"
import type { IntercomConfig } from "../IntercomConfig.ts"
import * as IntercomMetrics from "../IntercomMetrics.ts"
import { OnResponse } from "./CallPolicy.ts"
import * as Monotonic from "./Monotonic.ts"
import { numberOf } from "./RateLimit.ts"
import type { Scrub } from "./Scrub.ts"
import type * as Stage from "./Stage.ts"

type Response = NonNullable<Stage.Noted["response"]>

/** Who answers, as OpenTelemetry's conventions have it. */
export const serverOf = ({ hostname, port, protocol }: URL) => ({
  "server.address": hostname,
  "server.port": port === "" ? (protocol === "http:" ? 80 : 443) : Number(port)
})

const replyOf = (
  { method, name, path }: Operation,
  { headers, status }: Response,
  attempt: number,
  scrub: Scrub
): Reply => {
  const told = Headers.fromInput(Object.entries(headers).map(([name, value]) => [name, scrub(value)] as const))
  return {
    operation: name,
    method,
    path,
    status,
    headers: told,
    requestId: told["x-request-id"],
    attempt
  }
}

/** The rate limit, as far as an answer tells. */
const budget = ({ headers }: Response, address: string): Effect.Effect<void> =>
  Effect.forEach(
    [
      [IntercomMetrics.remaining, "x-ratelimit-remaining"],
      [IntercomMetrics.limit, "x-ratelimit-limit"]
    ] as const,
    ([metric, header]) => {
      const value = numberOf(headers[header])
      return value === undefined
        ? Effect.void
        : Metric.update(Metric.withAttributes(metric, { "server.address": address }), value)
    },
    { discard: true }
  )

/** Tells of attempts when they are over; one that never left, or is interrupted, is none. */
export const make = ({ baseUrl }: IntercomConfig, scrub: Scrub) => {
  const server = serverOf(baseUrl)
  const address = server["server.address"]

  const tell = Effect.fnUntraced(function* (
    { method, name, path }: Operation,
    left: NonNullable<Stage.Noted["left"]>,
    response: Response | undefined,
    failure: Failure | undefined
  ) {
    const id = response?.headers["x-request-id"]
    const seconds = ((yield* Monotonic.millis) - left.at) / 1000
    const error = failure === undefined ? undefined : { "error.type": failure.reason._tag }
    yield* Metric.update(
      Metric.withAttributes(IntercomMetrics.duration, {
        operation: name,
        "http.request.method": method,
        "url.template": path,
        "server.address": address,
        "server.port": String(server["server.port"]),
        ...(response === undefined ? undefined : { "http.response.status_code": String(response.status) }),
        ...error
      }),
      seconds
    )
    if (response !== undefined) yield* budget(response, address)
    const span = yield* Effect.option(Effect.currentSpan)
    if (Option.isNone(span)) return
    span.value.event("http.client.attempt", yield* Clock.currentTimeNanos, {
      "http.request.resend_count": left.number - 1,
      "http.client.request.duration": seconds,
      ...(response === undefined ? undefined : { "http.response.status_code": response.status }),
      ...(id === undefined ? undefined : { "intercom.request_id": scrub(id, 200) }),
      ...error
    })
  })

  return (operation: Operation, noted: Stage.Noted) =>
    <A, R>(answer: Effect.Effect<A, Failure, R>): Effect.Effect<A, Failure, R> => {
      const over = Effect.fnUntraced(function* (failure?: Failure) {
        const { left, response } = noted
        if (left === undefined) return
        yield* tell(operation, left, response, failure)
        const onResponse = yield* OnResponse
        if (response === undefined || onResponse === undefined) return
        // Calls of its own would call it without end.
        yield* Effect.provideService(
          onResponse(replyOf(operation, response, left.number, scrub)),
          OnResponse,
          undefined
        )
      })
      return answer.pipe(
        Effect.tapError(over),
        Effect.tap(() => over())
      )
    }
}
