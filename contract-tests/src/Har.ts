/**
 * Recorded traffic: HAR files, as browsers and proxies write them. Credentials are dropped as they are read: tokens and
 * cookies are in no exchange.
 */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { IntercomConfig } from "@effect-intercom/core"
import * as Client from "./Client.ts"
import type { Divergence } from "./Divergence.ts"
import * as Document from "./Document.ts"
import type { EffectiveDocument } from "./EffectiveDocument.ts"
import * as Exchange from "./Exchange.ts"
import { type Pair, permitted, sample } from "./Subject.ts"
import * as Traffic from "./Traffic.ts"

/** A file that is no HAR file. */
export class HarError extends Schema.TaggedError<HarError>()("HarError", {
  file: Schema.String,
  description: Schema.String
}) {
  override get message(): string {
    return `${this.file}: ${this.description}`
  }
}

const Headers = Schema.Array(Schema.Struct({ name: Schema.String, value: Schema.String }))

const Har = Schema.Struct({
  log: Schema.Struct({
    entries: Schema.Array(
      Schema.Struct({
        request: Schema.Struct({
          method: Schema.String,
          url: Schema.String,
          headers: Headers,
          postData: Schema.optional(Schema.NullOr(Schema.Struct({ text: Schema.optional(Schema.String) })))
        }),
        response: Schema.Struct({
          status: Schema.Number,
          headers: Headers,
          content: Schema.optional(
            Schema.NullOr(
              Schema.Struct({ text: Schema.optional(Schema.String), encoding: Schema.optional(Schema.String) })
            )
          )
        })
      })
    )
  })
})
type Entry = (typeof Har.Type)["log"]["entries"][number]

const decode = Schema.decodeUnknownResult(Har, { errors: "all" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const secret = new Set(["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"])

const headersOf = (headers: typeof Headers.Type): Exchange.Exchange["headers"] =>
  Object.fromEntries(
    headers
      .map(({ name, value }) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !secret.has(name) && !name.startsWith(":"))
  )

/** An exchange, and whether the answer's body was recorded. */
export interface Recorded {
  readonly exchange: Exchange.Exchange
  readonly complete: boolean
}

const exchangeOf = ({ request, response }: Entry): ReadonlyArray<Recorded> => {
  const url = URL.parse(request.url)
  // Failed and cached answers have no status, or nothing in them.
  if (url === null || response.status < 200 || response.status === 304) return []
  url.username = ""
  url.password = ""
  const { encoding, text } = response.content ?? {}
  const body = encoding === "base64" ? Result.getOrUndefined(Base64.decodeString(text ?? "")) : text
  const sent = request.postData?.text
  const exchange: Exchange.Exchange = {
    method: request.method.toUpperCase(),
    url,
    // Recorders leave the token out, or should have: whether there was one cannot be told.
    headers: { ...headersOf(request.headers), authorization: "Bearer recorded" },
    sent: sent === undefined || sent === "" ? undefined : sent,
    status: response.status,
    received: headersOf(response.headers),
    body: body ?? ""
  }
  return [{ exchange, complete: body !== undefined || response.status === 204 || response.status === 202 }]
}

/** The exchanges of a HAR file. */
export const parse = (file: string, text: string): Result.Result<ReadonlyArray<Recorded>, HarError> => {
  const fail = (description: string) => Result.fail(new HarError({ file, description }))
  const json = Result.try((): unknown => JSON.parse(text))
  if (Result.isFailure(json)) return fail("not a HAR file: it is no JSON")
  const har = decode(json.success)
  if (Result.isSuccess(har)) return Result.succeed(har.success.log.entries.flatMap(exchangeOf))
  const [first] = issuesOf(har.failure.issue).issues
  const path = (first?.path ?? []).map((key) => String(typeof key === "object" ? key.key : key)).join(".")
  // What stands there may be somebody's data.
  return fail(`not a HAR file: ${path === "" ? "it has no log" : `${path} is missing or of another type`}`)
}

/** {@link parse} of a file. */
export const read = Effect.fn("Har.read")(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs
    .readFileString(file)
    .pipe(
      Effect.mapError(
        ({ message, reason }) =>
          new HarError({ file, description: reason._tag === "NotFound" ? "there is no such file" : message })
      )
    )
  return yield* Effect.fromResult(parse(file, text))
})

// ---------------------------------------------------------------------------------------------------------------------
// checking
// ---------------------------------------------------------------------------------------------------------------------

/** The operation a request goes to: of several that fit, the one with the fewest parameters. */
const operationFor = (
  operations: ReadonlyArray<Document.Operation>,
  { method, url }: Exchange.Exchange
): Document.Operation | undefined => {
  const segments = url.pathname.split("/")
  const fits = (operation: Document.Operation) => {
    const template = operation.path.split("/")
    return (
      operation.method === method &&
      template.length === segments.length &&
      template.every((part, index) => (part.startsWith("{") ? segments[index] !== "" : part === segments[index]))
    )
  }
  return operations
    .filter(fits)
    .toSorted((a, b) => Document.parametersIn(a.path).length - Document.parametersIn(b.path).length)[0]
}

export interface Options extends Traffic.Options {
  /** Where the API was recorded, `http://127.0.0.1:4010`; Intercom's regions and the document's server are known. */
  readonly origins?: ReadonlyArray<string> | undefined
}

/** A path without what may be somebody's id: the first part says which resource it is. */
const resource = ({ pathname }: URL): string => {
  const [, first = "", ...rest] = pathname.split("/")
  return `/${first}${rest.length > 0 ? "/…" : ""}`
}

const unknown = ({ method, url }: Exchange.Exchange): Divergence => ({
  operation: `${method} ${resource(url)}`,
  direction: "request",
  class: "drift",
  pointer: "/paths",
  through: [],
  message: "it was recorded, the document does not have it"
})

/** Gives the client a recorded answer, and judges the exchange. */
const replay = Effect.fnUntraced(function* (
  judge: Traffic.Judge,
  { complete, exchange, pair }: Recorded & { readonly pair: Pair }
) {
  const request = permitted({ ...judge, seed: 0 }, pair) ?? sample(pair.client, 0) ?? {}
  const answer = Exchange.canned(exchange.status, exchange.body === "" ? undefined : exchange.body)
  const outcome = yield* Exchange.through(judge.client.call(pair.client.name, request), answer)
  const { received, sent } = Traffic.judge(judge, pair, exchange, outcome)
  // Without its body an answer tells nothing.
  const judged: Traffic.Judged = { pair, exchanges: 1, sent, received: complete ? received : [] }
  return judged
})

/** Judges recorded exchanges: those with the API, of operations client and document have. */
export const run = Effect.fn("Har.run")(
  function* (source: EffectiveDocument, recorded: ReadonlyArray<Recorded>, options: Options = {}) {
    const judge = yield* Traffic.make(source, Client.layer(Document.make(source.document).server), options)
    const origins = new Set([
      judge.document.server,
      ...Object.values(IntercomConfig.regions),
      ...(options.origins ?? []).map((origin) => URL.parse(origin)?.origin ?? origin)
    ])
    const ours = recorded.filter(({ exchange }) => origins.has(exchange.url.origin))
    const known = ours.map((one) => ({ ...one, operation: operationFor(judge.document.operations, one.exchange) }))
    const strange = known.flatMap(({ exchange, operation }) => (operation === undefined ? [unknown(exchange)] : []))
    const paired = known.flatMap(({ operation, ...one }) => {
      const pair = judge.pairs.find((pair) => pair.operation.key === operation?.key)
      return pair === undefined ? [] : [{ ...one, pair }]
    })
    return Traffic.report(judge, yield* Effect.forEach(paired, (one) => replay(judge, one)), strange)
  },
  (effect) => Effect.scoped(effect)
)
