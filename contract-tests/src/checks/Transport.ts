/**
 * What goes with every request: to the base URL and nowhere else, with the token that was given, in the version that was
 * asked for. A call that is never answered ends, and leaves its input as it was.
 */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { Timeout } from "@effect-intercom/core/IntercomHttp"
import * as Client from "../subject/Client.ts"
import { distinct, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import { reasonIn } from "./Errors.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Malformed from "./Malformed.ts"
import * as MalformedBodies from "./MalformedBodies.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import type { Checked } from "./Requests.ts"
import * as Subject from "../subject/Subject.ts"

/** A place below an operation, and what is wrong there. */
type Wrong = readonly [keys: ReadonlyArray<string>, message: string]

const findings = ({ operation }: Subject.Pair, wrong: ReadonlyArray<Wrong>): ReadonlyArray<Finding> =>
  wrong.map(([keys, message]) => ({
    class: "breaking",
    pointer: JsonNode.below(operation.node.pointer, ...keys),
    through: operation.node.through,
    message
  }))

const isVersion = /^(\d+\.\d+|Preview|Unstable)$/

const isAgent = /^effect-intercom\/\d+\.\d+\.\d+/

/** What a client asks for, by what a success answers with. */
const wanted: { readonly [Kind in Client.ClientOperation["body"]]?: string } = {
  text: "text/plain",
  bytes: "application/octet-stream"
}

/** What is wrong with what goes with a request, by what the client was given. */
export const judge = (
  { baseUrl, token, userAgent, version }: Client.Settings,
  { headers, sent = "", url }: Exchange.Exchange,
  body: Client.ClientOperation["body"] = "json"
): ReadonlyArray<Wrong> => {
  const type = wanted[body] ?? "application/json"
  const { "intercom-version": asked, "user-agent": agent, accept = "", authorization, ...others } = headers
  const elsewhere = [url.href, sent, ...Object.values(others)].some((text) => text.includes(token))
  const accepts = accept.split(",").some((one) => Document.takes(one, type))
  const isNamed = userAgent === undefined ? isAgent.test(agent ?? "") : agent === userAgent
  const isAsked = version === undefined ? isVersion.test(asked ?? "") : asked === version
  return [
    ...(url.href.startsWith(`${baseUrl}/`)
      ? []
      : [[["servers"], "the client sends it elsewhere than to its base URL"] as const]),
    ...(authorization === `Bearer ${token}`
      ? []
      : [[["security"], "the client sends another token than it was given"] as const]),
    ...(elsewhere
      ? [[["security"], "the client sends its token in another place than the header for it"] as const]
      : []),
    ...(accepts
      ? []
      : [
          [
            ["responses"],
            `the client asks for ${accept || "no media type"}, not for ${wanted[body] ?? "JSON"}`
          ] as const
        ]),
    ...(isNamed ? [] : [[["parameters"], `the client calls itself ${agent ?? "nothing"} in its User-Agent`] as const]),
    ...(isAsked
      ? []
      : [
          [
            ["parameters"],
            `the client asks for version ${asked ?? "none"}${version === undefined ? "" : `, not for the ${version} it was given`}`
          ] as const
        ])
  ]
}

/** Makes a call, and looks at what was sent, and at what became of its input. */
const sends = (
  client: Client.Calls,
  settings: Client.Settings,
  { body, name }: Client.ClientOperation,
  request: Client.Request
) =>
  Effect.suspend(() => {
    const before = structuredClone(request)
    return Effect.map(
      Exchange.through(client.call(name, request), Exchange.canned(200, "{}")),
      ({ exchanges }): ReadonlyArray<Wrong> => [
        ...exchanges.flatMap((exchange) => judge(settings, exchange, body)),
        ...(Equal.equals(before, structuredClone(request))
          ? []
          : [[["requestBody"], "the client changes the input it was given"] as const])
      ]
    )
  })

/** A status and the start of a body, of which nothing more comes. */
const stalled =
  (status: number): Exchange.Send =>
  (request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(
        request,
        new Response(new ReadableStream({ start: (body) => body.enqueue(new TextEncoder().encode("{")) }), {
          status,
          headers: { "content-type": "application/json" }
        })
      )
    )

const silent: Exchange.Send = () => Effect.never

/** A call that is not answered must end with a `TimeoutError`. */
const ends = Effect.fnUntraced(function* (call: Effect.Effect<unknown, unknown>, name: string, send: Exchange.Send) {
  const ended = yield* Malformed.end(Effect.provideService(call, Timeout, "2 millis"), send).pipe(
    Effect.provideService(Malformed.Patience, "2 seconds")
  )
  const reason = ended === Malformed.hangs ? "no end" : (reasonIn(ended)?._tag ?? "a success")
  const wrong: ReadonlyArray<Wrong> =
    reason === "TimeoutError" ? [] : [[["responses"], `${name}: comes to ${reason}, not to TimeoutError`]]
  return wrong
})

/** A redirect is an answer: whoever follows it sends a request, and maybe a token, where nobody meant it to go. */
const stays = Effect.fnUntraced(
  function* (call: Effect.Effect<unknown, unknown>) {
    const redirect =
      "HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    const { asked, origin } = yield* Malformed.listen([redirect])
    const client = yield* HttpClient.HttpClient
    yield* Malformed.end(call, Exchange.forward(client, origin))
    const wrong: ReadonlyArray<Wrong> = asked() === 1 ? [] : [[["responses"], "the client follows a redirect"]]
    return wrong
  },
  Effect.scoped,
  Effect.provide(FetchHttpClient.layer)
)

/** Makes one request with each client, and leaves some without an answer. */
export const check = Effect.fn("Transport.check")(function* (subject: Subject.Shape, pair: Subject.Pair) {
  const request = Subject.sample(pair.client, subject.seed)
  if (request === undefined) return { divergences: [], runs: 0 } satisfies Checked
  const { name } = pair.client
  const clients = [
    [subject.client, { token: Client.token, baseUrl: subject.document.server }],
    [subject.another, Subject.another]
  ] as const
  const sent = yield* Effect.forEach(clients, ([client, settings]) => sends(client, settings, pair.client, request))
  const call = Effect.suspend(() => subject.client.call(name, request))
  const endless = [
    ends(call, "no answer", silent),
    ...(MalformedBodies.isBodiless(pair.client.successStatus)
      ? []
      : [ends(call, "a body without an end", stalled(pair.client.successStatus))])
  ]
  // A client that comes to no end is waited for once.
  const unanswered = [...(yield* Effect.all(endless, { concurrency: "unbounded" })), yield* stays(call)]
  const found = distinct(findings(pair, [...sent, ...unanswered].flat()))
  const checked: Checked = {
    divergences: found.map((finding) => Subject.divergence(subject, pair, "request", finding)),
    runs: sent.length + unanswered.length
  }
  return checked
})
