/** From the parts of a request, as a program gives them, to what goes on the wire. */
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as UrlParams from "effect/http/UrlParams"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import type * as Endpoint from "../Endpoint.ts"
import { EncodeError, type Mismatch } from "../IntercomError.ts"
import { Failure } from "../Attempt.ts"
import { fill } from "./Ids.ts"
import { isAtLeast } from "../ApiVersion.ts"
import { isOverflow } from "./TypeGuard.ts"
import { mismatchesOfIssue } from "./Mismatches.ts"
import { notSegments, withoutUndefined } from "./Request.ts"
import type { Scrub } from "./Scrub.ts"

/** The parts of a request, whatever their types. */
export interface Parts {
  readonly params?: unknown
  readonly query?: unknown
  readonly payload?: unknown
}

type Encoder = (
  parts: Parts,
  scrub: Scrub,
  version: string
) => Effect.Effect<HttpClientRequest.HttpClientRequest, Failure>

// A misspelt field must not vanish silently, and one error should name every problem.
const strict = { onExcessProperty: "error", errors: "all", reportInput: true } as const

const encoders = new WeakMap<Endpoint.Top, Encoder>()

/** The encoder of an endpoint; it is made once, for all clients. */
export const encoder = (endpoint: Endpoint.Top): Encoder => {
  const known = encoders.get(endpoint)
  if (known !== undefined) return known
  const made = make(endpoint)
  encoders.set(endpoint, made)
  return made
}

type Encode<A> = (value: unknown) => Effect.Effect<A, Schema.SchemaError>

// What is sent needs no services.
const encode = <A>(schema: Schema.Top) =>
  Schema.encodeUnknownEffect(schema as unknown as Schema.Encoder<A>, strict) as Encode<A>

/** What is asked for where a success is no JSON; errors are JSON, whatever was asked for. Exports want nothing beside it. */
const accepted: { readonly [Kind in Endpoint.Body]?: string } = {
  text: "text/plain, application/json",
  bytes: "application/octet-stream"
}

const make = ({ body, method, params, path, payload, query, strings }: Endpoint.Top): Encoder => {
  const named = Object.keys(params).length > 0
  const encodeParams = named
    ? encode<Readonly<Record<string, string>>>(Schema.toCodecStringTree(Schema.Struct(params)))
    : undefined
  const encodeQuery = query && encode<UrlParams.Input>(Schema.toCodecStringTree(query))
  const encodePayload = payload && encode<Schema.Json>(Schema.toCodecJson(payload))
  const accept = accepted[body]
  const request = (url: string) =>
    HttpClientRequest.make(method)(url, accept === undefined ? {} : { headers: { accept } })
  return (parts, scrub, version) =>
    Effect.gen(function* () {
      let sent = request(
        encodeParams === undefined ? path : yield* urlOf(path, yield* encodeParams(parts.params), scrub)
      )
      if (encodePayload !== undefined) {
        const json = yield* encodePayload(withoutUndefined(parts.payload))
        sent = HttpClientRequest.setBody(sent, jsonBody(withStrings(json, strings, version)))
      }
      if (encodeQuery !== undefined) {
        sent = HttpClientRequest.appendUrlParams(sent, yield* encodeQuery(withoutUndefined(parts.query)))
      }
      return sent
    }).pipe(
      Effect.catchDefect((defect) => (isOverflow(defect) ? Effect.fail(defect) : Effect.die(defect))),
      Effect.mapError((error) => failureOf(error, scrub))
    )
}

/** The path with its parameters, which must be segments of it. */
const urlOf = (
  path: string,
  params: Readonly<Record<string, string>>,
  scrub: Scrub
): Effect.Effect<string, ReadonlyArray<Mismatch>> => {
  const mismatches = notSegments(params, scrub)
  if (mismatches.length > 0) return Effect.fail(mismatches)
  return Effect.succeed(fill(path, params))
}

const failureOf = (error: unknown, scrub: Scrub): Failure =>
  new Failure({ reason: new EncodeError({ mismatches: mismatchesIn(error, scrub) }) })

const mismatchesIn = (error: unknown, scrub: Scrub): ReadonlyArray<Mismatch> => {
  if (Array.isArray(error)) return error as ReadonlyArray<Mismatch>
  return Schema.isSchemaError(error)
    ? mismatchesOfIssue(error.issue, scrub)
    : [{ path: "", expected: "a request that can be written down as JSON", actual: "one that cannot" }]
}

/** The body, with strings for numbers where this version of the API has strings. */
const withStrings = (body: Schema.Json, strings: Endpoint.Strings | undefined, version: string): Schema.Json => {
  if (strings === undefined || !isAtLeast(version, strings.since)) return body
  // It is a body with fields.
  const fields = body as Schema.JsonObject
  return Record.map(fields, (value, name) =>
    typeof value === "number" && strings.fields.includes(name) ? String(value) : value
  )
}

const jsonBody = (value: Schema.Json): HttpBody.HttpBody => HttpBody.text(JSON.stringify(value), "application/json")
