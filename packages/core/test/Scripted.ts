/**
 * An Intercom in memory that plays a script: it gives one answer after another and remembers what it was asked, and
 * when. Nothing here touches a socket, so tests run on the TestClock.
 */
import type * as IntercomConfig from "@effect-intercom/core/IntercomConfig"
import { IntercomHttp } from "@effect-intercom/core/IntercomHttp"
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"

/** A request as it would go on the wire. */
export interface Sent {
  readonly method: string
  readonly url: URL
  /** `pathname` and `search` of the URL. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The body, parsed if it is JSON; `undefined` without one. */
  readonly body: unknown
  /** When it was sent, in milliseconds of the (test) clock. */
  readonly at: number
}

/** A response that is there at once, whole. */
interface Whole {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** One answer: what happens to a request. */
export type Answer = (request: Sent, signal: AbortSignal) => Effect.Effect<Whole | Response, unknown>

type Options = { readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
type Init = number | Options

const init = (init: Init | undefined): Options => (typeof init === "number" ? { status: init } : (init ?? {}))

/** A body of any text: HTML, cut-off JSON, nothing. */
export const text = (text: string, options?: Init): Answer => {
  const { headers = {}, status = 200 } = init(options)
  return () => Effect.succeed({ status, headers, text })
}

/** A JSON body. */
export const json = (body: unknown, options?: Init): Answer => {
  const given = init(options)
  return text(JSON.stringify(body), { ...given, headers: { "content-type": "application/json", ...given.headers } })
}

/** A status and headers without a body. */
export const status = (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  text("", { status, headers })

/** An `error.list` with one entry, or with those given. */
export const errorList = (
  status: number,
  errors: unknown,
  headers: Readonly<Record<string, string>> = {},
  request_id: string | null = "req-1"
): Answer =>
  json({ type: "error.list", request_id, errors: Array.isArray(errors) ? errors : [errors] }, { status, headers })

/** The connection fails with a system error, shaped like Node's. */
export const lost =
  (code: string, message = `${code} happened`): Answer =>
  () =>
    Effect.fail(Object.assign(new Error(message), { code }))

/** The transport fails with this cause, or with this error of its own. */
export const fails =
  (cause: unknown): Answer =>
  () =>
    Effect.fail(cause)

/** Never answers. */
export const silence: Answer = () => Effect.never

/** Status, headers and `start` of the body arrive; the rest never does. */
export const stall =
  (start: string, options?: Init, onCancel: () => void = () => {}): Answer =>
  (_, signal) =>
    Effect.sync(() => {
      const stream = new ReadableStream({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode(start))
          // As `fetch` does: an aborted request errors its body.
          signal.addEventListener("abort", () => {
            onCancel()
            controller.error(signal.reason)
          })
        },
        cancel: onCancel
      })
      return new Response(stream, init(options))
    })

/** Status, headers and `start` of the body arrive, then the connection is lost. */
export const cut =
  (start: string, code = "UND_ERR_SOCKET", options?: Init): Answer =>
  () =>
    Effect.sync(() => {
      let sent = false
      const stream = new ReadableStream({
        pull: (controller) => {
          if (sent) return controller.error(Object.assign(new Error("terminated"), { code }))
          sent = true
          controller.enqueue(new TextEncoder().encode(start))
        }
      })
      return new Response(stream, init(options))
    })

/** The same answer, later. */
export const after =
  (duration: Duration.Input, answer: Answer): Answer =>
  (request, signal) =>
    Effect.delay(answer(request, signal), duration)

/** A token that nothing else in a test looks like. */
export const token = "dG9rOnNlY3JldC0x+/tok_5ECR3T="

export interface Scripted {
  /** The requests so far. */
  readonly sent: ReadonlyArray<Sent>
  /** When they were sent. */
  readonly times: ReadonlyArray<number>
  readonly httpClient: Layer.Layer<HttpClient.HttpClient>
  /** The client's transport on this server. */
  readonly intercom: (options?: Partial<IntercomConfig.Options>) => Layer.Layer<IntercomHttp>
  /** `layer` (a resource's, say) on the client's transport on this server. */
  readonly layer: <A, E>(
    layer: Layer.Layer<A, E, IntercomHttp>,
    options?: Partial<IntercomConfig.Options>
  ) => Layer.Layer<A, E>
}

/**
 * A server that gives the answers of a list one by one (an unexpected request is a defect that names it), or what a
 * function makes of each request.
 */
export const make = (script: ReadonlyArray<Answer> | ((request: Sent, index: number) => Answer)): Scripted => {
  const sent: Array<Sent> = []
  const answerOf = (request: Sent, index: number): Answer => {
    const answer = typeof script === "function" ? script(request, index) : script[index]
    return (
      answer ?? (() => Effect.die(new Error(`No answer for request ${index + 1}: ${request.method} ${request.path}`)))
    )
  }
  const httpClient = Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url, signal) =>
      Effect.gen(function* () {
        const seen = yield* record(request, url)
        const index = sent.push(seen) - 1
        const response = yield* answerOf(seen, index)(seen, signal).pipe(
          Effect.mapError((cause) =>
            cause instanceof HttpClientError.HttpClientError
              ? cause
              : new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
          )
        )
        return response instanceof Response ? HttpClientResponse.fromWeb(request, response) : whole(request, response)
      })
    )
  )
  const intercom = (options?: Partial<IntercomConfig.Options>) =>
    Layer.provide(Layer.orDie(IntercomHttp.layer({ accessToken: Redacted.make(token), ...options })), httpClient)
  return {
    sent,
    get times() {
      return sent.map(({ at }) => at)
    },
    httpClient,
    intercom,
    layer: (layer, options) => Layer.provide(layer, intercom(options))
  }
}

// Without the promises of a web body, whatever follows an answer happens at the very moment of the TestClock.
const whole = (request: HttpClientRequest.HttpClientRequest, { headers, status, text }: Whole) =>
  // Any status: a web response takes those from 200 to 599 only.
  Object.defineProperties(HttpClientResponse.fromWeb(request, new Response(null, { headers })), {
    status: { value: status },
    text: { value: Effect.succeed(text) }
  })

const record = (request: HttpClientRequest.HttpClientRequest, url: URL): Effect.Effect<Sent> =>
  Effect.map(Clock.currentTimeMillis, (at) => ({
    method: request.method,
    url,
    path: url.pathname + url.search,
    headers: { ...request.headers },
    body: bodyOf(request),
    at
  }))

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): unknown => {
  if (body._tag !== "Uint8Array") return undefined
  const text = new TextDecoder().decode(body.body)
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** Lets everything that needs no time happen, real promises (bodies being read) included. */
export const settle: Effect.Effect<void> = Effect.forEach(
  Array.from({ length: 4 }),
  () => Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve))),
  { discard: true }
)

/**
 * Runs an effect to its end on the TestClock, moving the time in steps so that sleeps begin at the moment they would.
 * A defect when it takes more than `limit` of test time.
 */
export const elapse = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  options: { readonly step?: Duration.Input; readonly limit?: Duration.Input } = {}
): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const step = Duration.fromInputUnsafe(options.step ?? "1 second")
    const limit = Duration.toMillis(Duration.fromInputUnsafe(options.limit ?? "20 minutes"))
    const started = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.forkChild(effect)
    for (;;) {
      yield* settle
      const exit = fiber.pollUnsafe()
      if (exit !== undefined) return yield* exit
      if ((yield* Clock.currentTimeMillis) - started > limit) {
        yield* Fiber.interrupt(fiber)
        return yield* Effect.die(new Error(`Not done after ${limit} ms of test time`))
      }
      yield* TestClock.adjust(step)
    }
  })

/** What an effect fails with, on the TestClock. */
export const failure = <A, E, R>(effect: Effect.Effect<A, E, R>, limit?: Duration.Input): Effect.Effect<E, A, R> =>
  Effect.flip(elapse(effect, limit === undefined ? {} : { limit }))

/** The cause an effect ends with, on the TestClock. */
export const causeOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<Cause.Cause<E>, Error, R> =>
  Effect.flatMap(Effect.exit(elapse(effect)), (exit) =>
    Exit.isFailure(exit) ? Effect.succeed(exit.cause) : Effect.fail(new Error("it succeeded"))
  )

/** A contact as small as the API may send it. */
export const contact = (id: string, fields: object = {}) => ({ type: "contact", id, ...fields })

/** A page of contacts. */
export const contacts = (ids: ReadonlyArray<string>, next?: string, fields: object = {}) => ({
  type: "list",
  data: ids.map((id) => contact(id)),
  pages: { type: "pages", ...(next === undefined ? undefined : { next: { starting_after: next } }) },
  ...fields
})
