/** Where documents come from: a file, or a URL fetched without any credentials. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as Bundle from "./Bundle.ts"
import { collect, DocumentError, textOf, tooLarge } from "./DocumentFile.ts"
import { load, type Options } from "./EffectiveDocument.ts"

const patience = Duration.seconds(30)

/** A URL of http or https; anything else is the path of a file. */
export const urlOf = (spec: string): URL | undefined =>
  (/^https?:\/\//i.test(spec) ? URL.parse(spec) : undefined) ?? undefined

// User, password and query may be secrets.
const shown = ({ origin, pathname }: URL): string => origin + pathname

const describe = ({ reason }: HttpClientError.HttpClientError): string => {
  if (reason._tag === "StatusCodeError") return `the server answers with status ${reason.response.status}`
  return reason._tag === "TransportError"
    ? "cannot be reached"
    : reason._tag === "InvalidUrlError"
      ? "not a URL that can be fetched"
      : "the answer cannot be read"
}

const redirects = new Set([301, 302, 303, 307, 308])
const mostRedirects = 5

/** Where an answer sends who asked; `undefined` when it is none that does. */
const redirectOf = (url: URL, { headers, status }: HttpClientResponse.HttpClientResponse): URL | undefined => {
  const { location } = headers
  return redirects.has(status) && location !== undefined ? (URL.parse(location, url.href) ?? undefined) : undefined
}

/** Whether a redirect keeps to what it began with: the web, and encrypted if it was. */
const isSafe = (from: URL, to: URL): boolean =>
  to.protocol === "https:" || (to.protocol === "http:" && from.protocol === "http:")

/**
 * The text behind a URL, and where it was in the end. Fails with one sentence: not reached, a status that is no
 * success, redirected to where it may not go, too slow, too large, or no text.
 */
export const fetch = Effect.fn("DocumentSource.fetch")(function* (
  url: URL,
  permits: (url: URL) => boolean = () => true
) {
  const client = yield* HttpClient.HttpClient
  const fail = (description: string) => new DocumentError({ file: shown(url), description })
  const follow = Effect.gen(function* () {
    let at = url
    for (let hops = 0; hops <= mostRedirects; hops++) {
      const response = yield* Effect.mapError(client.get(at), (error) => fail(describe(error)))
      const next = redirectOf(at, response)
      if (next === undefined) {
        const answer = yield* Effect.mapError(HttpClientResponse.filterStatusOk(response), (error) =>
          fail(describe(error))
        )
        const bytes = yield* Effect.mapError(collect(answer.stream), (error) => fail(describe(error)))
        return { text: bytes === undefined ? yield* fail(tooLarge) : yield* textOf(shown(url), bytes), url: at }
      }
      if (!isSafe(at, next) || !permits(next))
        return yield* fail(`it redirects to ${shown(next)}, which is not followed`)
      at = next
    }
    return yield* fail(`more than ${mostRedirects} redirects`)
  })
  return yield* Effect.scoped(follow).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(fail(`no answer within ${Duration.format(patience)}`))
    })
  )
})

/** {@link load}, with `spec` a path or a URL. */
export const read = Effect.fn("DocumentSource.read")(function* (options: Options = {}) {
  const context = yield* Effect.context<HttpClient.HttpClient>()
  const also: Bundle.Fetch = (url, permits) =>
    Effect.provideContext(
      Effect.map(fetch(url, permits), ({ text }) => text),
      context
    )
  const url = options.spec === undefined ? undefined : urlOf(options.spec)
  if (url === undefined) return yield* load({ ...options, fetch: also })
  return yield* load({ ...options, ...(yield* fetch(url)), spec: shown(url), fetch: also })
})
