/** A client on a simulator: the real one, over a real socket or in this process. */
import { Intercom, type IntercomConfig } from "@effect-intercom/core"
import { Simulator } from "@effect-intercom/simulator"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as SimulatorOptions from "@effect-intercom/simulator/Simulator"

/** Retries without waiting: for real time. */
const impatient = { retry: { times: 20, base: "1 millis", cap: "4 millis" } } as const

/** Gives up on a stalled answer soon, where there may be one: a busy machine takes its time for any other. */
const timeoutFor = ({ faults }: SimulatorOptions.Options) =>
  faults === undefined ? undefined : ({ timeout: "400 millis" } as const)

const client = (simulator: SimulatorOptions.Options, options: Partial<IntercomConfig.Options>) =>
  Layer.unwrap(
    Simulator.useSync(({ token, url }) =>
      Intercom.layer({ accessToken: token, baseUrl: url, ...impatient, ...timeoutFor(simulator), ...options })
    )
  )

/** Over a socket, on a free port. */
export const overSocket = (simulator: SimulatorOptions.Options = {}, options: Partial<IntercomConfig.Options> = {}) =>
  client(simulator, options).pipe(
    Layer.provideMerge(Layer.mergeAll(Simulator.layer(simulator), NodeHttpClient.layerUndici))
  )

/** Without a socket, on whatever clock the test has. */
export const inProcess = (simulator: SimulatorOptions.Options = {}, options: Partial<IntercomConfig.Options> = {}) =>
  client(simulator, options).pipe(Layer.provideMerge(Simulator.layerClient(simulator)))

/** An answer, as it came. */
export interface Answer {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly text: string
  /** The text, parsed; `undefined` when it is not JSON. */
  readonly body: unknown
}

/** Sends a request as written, with the good token unless `headers` say otherwise. */
export const raw = Effect.fnUntraced(function* (
  method: HttpMethod.HttpMethod,
  path: string,
  options: { readonly headers?: { readonly [name: string]: string }; readonly body?: string } = {}
) {
  const { token, url } = yield* Simulator
  const request = HttpClientRequest.make(method)(`${url}${path}`).pipe(
    HttpClientRequest.setHeaders({ authorization: `Bearer ${Redacted.value(token)}`, ...options.headers }),
    options.body === undefined
      ? (request) => request
      : HttpClientRequest.bodyText(options.body, options.headers?.["content-type"] ?? "application/json")
  )
  const response = yield* HttpClient.execute(request)
  const headers: { readonly [name: string]: string } = { ...response.headers }
  const text = yield* response.text
  const body = yield* Effect.orElseSucceed(
    Effect.try(() => JSON.parse(text) as unknown),
    () => undefined
  )
  const answer: Answer = { status: response.status, headers, text, body }
  return answer
})

/** The `error.list` entries of an answer. */
export const errorsOf = ({ body }: Answer) =>
  (
    body as {
      readonly errors: ReadonlyArray<{ readonly code: string; readonly message: string; readonly field?: string }>
    }
  ).errors
