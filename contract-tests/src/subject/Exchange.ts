/** What goes over the wire, recorded, and sent wherever the check wants it sent. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { IntercomConfig } from "@effect-intercom/core"
import type * as Document from "../document/Document.ts"

/** A request and its answer. */
export interface Exchange {
  readonly method: string
  readonly url: URL
  readonly headers: { readonly [name: string]: string }
  /** The body as sent. */
  readonly sent: string | undefined
  readonly status: number
  readonly received: { readonly [name: string]: string }
  /** The body of the answer. */
  readonly body: string
}

/** Where requests go, and where what went is written down. */
interface Route {
  readonly send: Send
  readonly exchanges: Array<Exchange>
}

/** Answers a request, wherever it was meant to go. */
export type Send = (
  request: HttpClientRequest.HttpClientRequest,
  url: URL
) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

const nowhere: Send = (request) =>
  Effect.fail(
    new HttpClientError.HttpClientError({
      reason: new HttpClientError.TransportError({ request, description: "no route" })
    })
  )

const CurrentRoute = Context.Reference<Route>("@effect-intercom/contract-tests/Exchange/CurrentRoute", {
  defaultValue: () => ({ send: nowhere, exchanges: [] })
})

/** The body of a request as sent. */
export const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): string | undefined =>
  body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : body._tag === "Raw" ? String(body.body) : undefined

/** Headers as a server sees them, those of the body included. */
const headersOf = (request: HttpClientRequest.HttpClientRequest): Exchange["headers"] => {
  const contentType = request.body._tag === "Empty" ? undefined : request.body.contentType
  return { ...(contentType === undefined ? undefined : { "content-type": contentType }), ...request.headers }
}

const client = HttpClient.make((request, url) =>
  Effect.gen(function* () {
    const { exchanges, send } = yield* CurrentRoute
    const response = yield* send(request, url)
    exchanges.push({
      method: request.method,
      url,
      headers: headersOf(request),
      sent: bodyOf(request),
      status: response.status,
      received: response.headers,
      body: yield* Effect.orElseSucceed(response.text, () => "")
    })
    return readAlready(response)
  })
)

/** A response whose body was read can be streamed all the same. */
const readAlready = (response: HttpClientResponse.HttpClientResponse): HttpClientResponse.HttpClientResponse =>
  // Everything else is the response's own.
  Object.create(response, {
    stream: {
      get: () =>
        Stream.unwrap(
          Effect.map(response.arrayBuffer, (bytes) => Stream.succeed(new Uint8Array(bytes)))
        ) satisfies HttpClientResponse.HttpClientResponse["stream"]
    }
  }) as HttpClientResponse.HttpClientResponse

/** The `HttpClient` of the client under test: it sends where {@link through} says. */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.succeed(HttpClient.HttpClient, client)

/** Sends a request that no method of a client makes. */
export const execute = client.execute

/** How a call ended, and what it exchanged. */
export interface Outcome<out A, out E> {
  readonly exit: Exit.Exit<A, E>
  readonly exchanges: ReadonlyArray<Exchange>
}

/** Runs a call of the client with its requests sent by `send`. */
export const through = <A, E, R>(call: Effect.Effect<A, E, R>, send: Send): Effect.Effect<Outcome<A, E>, never, R> =>
  Effect.suspend(() => {
    const exchanges: Array<Exchange> = []
    return call.pipe(
      Effect.provideService(CurrentRoute, { send, exchanges }),
      Effect.exit,
      Effect.map((exit) => ({ exit, exchanges }))
    )
  })

/** A connection that breaks, with the system's code; by the code it is known whether the request left. */
export const broken =
  (code: string, syscall: string): Send =>
  (request) =>
    Effect.fail(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({
          request,
          cause: Object.assign(new Error(`${syscall} ${code}`), { code, syscall })
        })
      })
    )

/** An answer made up here. A status without a body is sent without one. */
export const canned =
  (
    status: number,
    body: string | Uint8Array<ArrayBuffer> | undefined,
    headers: { readonly [name: string]: string } = {}
  ): Send =>
  (request) =>
    Effect.succeed(
      HttpClientResponse.fromWeb(
        request,
        new Response(body ?? null, {
          status,
          headers: {
            ...(body === undefined ? { "content-length": "0" } : { "content-type": "application/json" }),
            ...headers
          }
        })
      )
    )

/** Sends to a server at another origin, with further headers. */
export const forward =
  (client: HttpClient.HttpClient, origin: string, headers: { readonly [name: string]: string } = {}): Send =>
  (request, url) =>
    client.execute(
      request.pipe(
        HttpClientRequest.updateUrl((meant) => origin + meant.slice(url.origin.length)),
        HttpClientRequest.setHeaders(headers)
      )
    )

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

const shown = new Set(["accept", "content-type", "intercom-version"])

const known: ReadonlySet<string> = new Set(Object.values(IntercomConfig.regions))

/** The token, for Intercom's own hosts: a document may come from anybody, and name any other. */
const token = (url: string): ReadonlyArray<string> =>
  known.has(URL.parse(url)?.origin ?? "") ? ['-H "Authorization: Bearer $INTERCOM_ACCESS_TOKEN"'] : []

/** The request as a line for a shell; the token is the shell's own. */
export const curl = ({ headers, method, sent, url }: Pick<Exchange, "headers" | "method" | "sent" | "url">): string =>
  [
    `curl -X ${method} ${quote(url.href)}`,
    ...token(url.href),
    ...Object.entries(headers)
      .filter(([name]) => shown.has(name))
      .map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(sent === undefined ? [] : [`--data-raw ${quote(sent)}`])
  ].join(" ")

/** The line for an operation of which nothing is known but what the document says. */
export const curlOf = ({ method, path }: Pick<Document.Operation, "method" | "path">, address: string): string =>
  [`curl -g -X ${method} ${quote(address + path)}`, ...token(address)].join(" ")
