/** Where documents come from: a file, or a URL fetched without any credentials. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import { DocumentError, load, type Options } from "./EffectiveDocument.ts"

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

/** The text behind a URL. Fails with one sentence: not reached, a status that is no success, or too slow. */
export const fetch = Effect.fn("Source.fetch")(function* (url: URL) {
  const client = yield* HttpClient.HttpClient
  const fail = (description: string) => new DocumentError({ file: shown(url), description })
  return yield* HttpClient.followRedirects(client)
    .get(url)
    .pipe(
      Effect.flatMap(HttpClientResponse.filterStatusOk),
      Effect.flatMap((response) => response.text),
      Effect.mapError((error) => fail(describe(error))),
      Effect.timeoutOrElse({
        duration: patience,
        orElse: () => Effect.fail(fail(`no answer within ${Duration.format(patience)}`))
      })
    )
})

/** {@link load}, with `spec` a path or a URL. */
export const read = Effect.fn("Source.read")(function* (options: Options = {}) {
  const url = options.spec === undefined ? undefined : urlOf(options.spec)
  if (url === undefined) return yield* load(options)
  return yield* load({ ...options, spec: shown(url), text: yield* fetch(url) })
})
