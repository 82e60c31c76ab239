/** Takes notifications, tells what they are, keeps them in a file, and passes them on. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Notification from "@effect-intercom/core/webhook/Notification"
import type { Signatures } from "@effect-intercom/core/webhook/Signature"
import { signed } from "@effect-intercom/core/webhook/Signed"
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Captured from "./Captured.ts"

export interface Options {
  readonly signatures: Signatures
  /** Where notifications are passed on to. */
  readonly forward: Option.Option<string>
  /** Whether they are printed as JSON, instead of what they are about. */
  readonly json: boolean
}

/** As long as Intercom waits. */
const patience = "5 seconds"

/** What an event is about, on a line; what does not fit, on lines of their own. */
const linesOf = (event: Notification.Event): ReadonlyArray<string> => {
  const { app_id, id, topic } = event.notification
  const about = [topic, id ?? "without an id", ...(app_id == null ? [] : [`workspace ${app_id}`])].join("  ")
  if (event._tag !== "Unknown") return [about]
  return event.mismatches.length === 0
    ? [`${about}  a topic this program does not know`]
    : [about, ...event.mismatches.map(({ actual, expected, path }) => `  ${path}: expected ${expected}, got ${actual}`)]
}

/** Prints a notification, or why it is none; true when it is one. */
const print = Effect.fnUntraced(function* (body: string, { json }: Options, ending: string) {
  if (json) {
    yield* Console.log(Printable.json(body.replaceAll(/[\r\n]+\s*/g, " ")))
    return true
  }
  const now = DateTime.formatIso(yield* DateTime.now)
  return yield* Effect.matchEffect(Notification.decode(body), {
    onFailure: ({ message }) => Effect.as(Console.log(`${now}  ${Printable.line(message)}${ending}`), false),
    onSuccess: (event) => {
      const [first = "", ...others] = linesOf(event).map(Printable.line)
      return Effect.as(Console.log([`${now}  ${first}${ending}`, ...others].join("\n")), true)
    }
  })
})

/** The system's code of a failure, or of what it was caused by. */
const codeOf = (error: unknown): string | undefined => {
  if (typeof error !== "object" || error === null) return undefined
  if ("code" in error && typeof error.code === "string") return error.code
  return codeOf("reason" in error ? error.reason : "cause" in error ? error.cause : undefined)
}

/** Why an address gave no answer, and what to do about it. */
const silence = (url: string, error: HttpClientError.HttpClientError | Cause.TimeoutError): string => {
  // No path: what is in it may be secret.
  const { origin } = new URL(url)
  if (error._tag === "TimeoutError") return `no answer from ${origin} within ${patience}: look at what it does`
  const code = codeOf(error)
  switch (code) {
    case "ECONNREFUSED":
      return `nothing listens at ${origin}: start the application there, or correct --forward`
    case "ENOTFOUND":
      return `the host of ${origin} is not known: correct --forward`
    default:
      return `the connection to ${origin} failed${code === undefined ? "" : ` (${code})`}: check --forward, and what answers there`
  }
}

/** Posts a body as Intercom does; true, and how it went, when it was taken. */
const pass = Effect.fnUntraced(function* (url: string, body: Uint8Array, { signatures }: Options) {
  const began = yield* Clock.currentTimeMillis
  const request = HttpClientRequest.post(url).pipe(
    HttpClientRequest.bodyUint8Array(body, "application/json"),
    HttpClientRequest.setHeader(signatures.scheme.header, yield* signatures.sign(body))
  )
  const status = yield* HttpClient.execute(request).pipe(
    Effect.flatMap((response) => Effect.as(Effect.ignore(response.text), response.status)),
    Effect.timeout(patience),
    Effect.mapError((error) => silence(url, error)),
    Effect.result
  )
  const millis = (yield* Clock.currentTimeMillis) - began
  return Result.match(status, {
    onSuccess: (status) => ({
      taken: status >= 200 && status < 300,
      told: `  → ${status} in ${millis} ms`,
      silence: undefined
    }),
    onFailure: (silence) => ({ taken: false, told: `  → ${silence}`, silence })
  })
})

const nowhere = { taken: true, told: "", silence: undefined }

/** Passes a notification on, and prints it; true when it is one, and was taken. `silence` is why there was no answer. */
export const handle = Effect.fnUntraced(function* (body: Uint8Array, options: Options) {
  const { silence, taken, told } = Option.isSome(options.forward)
    ? yield* pass(options.forward.value, body, options)
    : nowhere
  const isOne = yield* print(new TextDecoder().decode(body), options, told)
  return { taken, isOne, silence }
})

/**
 * Answers notifications that are signed: 200, or 502 when what they were passed on to did not take one, so that Intercom
 * sends it once more. What is not signed gets 401.
 */
export const answer = (options: Options & { readonly save: Option.Option<string> }) =>
  signed(options.signatures, (body) =>
    Effect.gen(function* () {
      if (Option.isSome(options.save)) {
        const at = DateTime.formatIso(yield* DateTime.now)
        yield* Captured.append(options.save.value, at, new TextDecoder().decode(body))
      }
      const { taken } = yield* handle(body, options)
      return HttpServerResponse.empty({ status: taken ? 200 : 502 })
    }).pipe(
      Effect.catchTag("PlatformError", ({ message }) =>
        Effect.as(Effect.logError(message), HttpServerResponse.empty({ status: 500 }))
      )
    )
  )
