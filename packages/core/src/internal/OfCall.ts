/** What a call says of its own, by the names of the references that say it. */
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { EncodeError, type Mismatch } from "../IntercomError.ts"
import { Failure } from "../Attempt.ts"
import * as CallPolicy from "./CallPolicy.ts"
import { mismatchesOf } from "./Mismatches.ts"
import * as Patience from "./Patience.ts"
import type { Scrub } from "./Scrub.ts"
import { Version } from "./Settings.ts"

const Said = Schema.Struct({
  RetryPolicy: Patience.Retry,
  Timeout: Schema.optional(Patience.Span),
  Version: Schema.optional(Version)
})
const isSaid = Schema.is(Said)

/** What the client says itself, and what is the transport's. */
const reserved: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "authorization",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "intercom-version",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade"
])

const isName = (name: string): boolean => /^[!#$%&'*+.^_`|~\w-]+$/.test(name)
// RFC 9110, less the bytes that are no ASCII.
const isValue = (value: unknown): boolean =>
  typeof value === "string" && /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/.test(value)

/** What is wrong with headers. Their values may be secrets: none is shown. */
const wrongHeaders = (input: unknown, scrub: Scrub): ReadonlyArray<Mismatch> => {
  if (!Predicate.isObject(input)) return [{ path: "Headers", expected: "headers by their names", actual: typeof input }]
  // By its type; what is in it is looked at here.
  return Object.entries(Headers.fromInput(input as Headers.Input)).flatMap(([name, value]) => {
    const path = `Headers.${scrub(name, 100)}`
    if (!isName(name)) return [{ path, expected: "the name of a header", actual: "another text" }]
    if (name === "intercom-version")
      return [{ path, expected: "no such header: it is IntercomHttp.Version", actual: "one" }]
    if (reserved.has(name)) return [{ path, expected: "no header that the client sends itself", actual: "one" }]
    return isValue(value)
      ? []
      : [{ path, expected: "visible ASCII characters, and spaces between them", actual: "others" }]
  })
}

/** What the references say where a call is made; what makes no sense is told before anything is sent. */
export const ofCall = Effect.fnUntraced(function* (scrub: Scrub) {
  const said: unknown = {
    RetryPolicy: yield* CallPolicy.RetryPolicy,
    Timeout: yield* CallPolicy.Timeout,
    Version: yield* CallPolicy.Version
  }
  const wrong = wrongHeaders(yield* CallPolicy.Headers, scrub)
  if (isSaid(said) && wrong.length === 0) return said
  const mismatches = [...(isSaid(said) ? [] : mismatchesOf(Said, said, scrub)), ...wrong]
  return yield* Effect.fail(new Failure({ reason: new EncodeError({ mismatches }) }))
})
