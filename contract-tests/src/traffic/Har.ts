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
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib"
import { IntercomConfig } from "@effect-intercom/core"
import * as Client from "../subject/Client.ts"
import type { Divergence } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import type { EffectiveDocument } from "../document/EffectiveDocument.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import { type Pair, permitted, sample } from "../subject/Subject.ts"
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
const Content = Schema.optional(
  Schema.NullOr(
    Schema.Struct({
      text: Schema.optional(Schema.NullOr(Schema.String)),
      encoding: Schema.optional(Schema.String),
      mimeType: Schema.optional(Schema.NullOr(Schema.String))
    })
  )
)

const Har = Schema.Struct({
  log: Schema.Struct({
    entries: Schema.Array(
      Schema.Struct({
        request: Schema.Struct({ method: Schema.String, url: Schema.String, headers: Headers, postData: Content }),
        response: Schema.Struct({ status: Schema.Number, headers: Headers, content: Content })
      })
    )
  })
})
type Entry = (typeof Har.Type)["log"]["entries"][number]
type Content = Entry["response"]["content"]

const decode = Schema.decodeUnknownResult(Har, { errors: "all" })
const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const secret = new Set(["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"])
// The parameters of OAuth and of keys; cursors and ids are none.
const secretParameter = /^(access_?token|refresh_?token|id_?token|client_?secret|api_?key|password|signature)$/i

const headersOf = (headers: typeof Headers.Type, scrub: Scrub): Exchange.Exchange["headers"] =>
  Object.fromEntries(
    headers
      .map(({ name, value }) => [name.toLowerCase(), scrub(value)] as const)
      // HTTP/2 has the method and the URL among the headers.
      .filter(([name]) => !secret.has(name) && !name.startsWith(":"))
  )

type Scrub = (text: string) => string

// Shorter ones are in every text.
const shortest = 6

/** Takes what a file's requests were authorised with out of everything else: APIs and people repeat it. */
const scrubber = (entries: ReadonlyArray<Entry>): Scrub => {
  const given = entries.flatMap(({ request }) => [
    ...request.headers
      .filter(({ name }) => secret.has(name.toLowerCase()))
      .flatMap(({ value }) => [value, ...value.split(/[\s;=,]+/)]),
    ...[...(URL.parse(request.url)?.searchParams ?? [])].flatMap(([name, value]) =>
      secretParameter.test(name) ? [value] : []
    )
  ])
  const secrets = [...new Set(given)]
    .filter((text) => text.length >= shortest && !/^(bearer|basic|session|token)$/i.test(text))
    .toSorted((a, b) => b.length - a.length)
  return (text) => secrets.reduce((text, secret) => text.replaceAll(secret, "[redacted]"), text)
}

// A body is read into memory; one that unpacks to more than this is no answer of an API.
const mostBytes = 64 * 1024 * 1024

const unpackers: { readonly [encoding: string]: (bytes: Uint8Array) => Uint8Array } = {
  gzip: (bytes) => gunzipSync(bytes, { maxOutputLength: mostBytes }),
  "x-gzip": (bytes) => gunzipSync(bytes, { maxOutputLength: mostBytes }),
  br: (bytes) => brotliDecompressSync(bytes, { maxOutputLength: mostBytes }),
  deflate: (bytes) => inflateSync(bytes, { maxOutputLength: mostBytes }),
  zstd: (bytes) => zstdDecompressSync(bytes, { maxOutputLength: mostBytes })
}

/** Bytes as text; as they came over the wire some recorders write them, still packed. */
const textOf = (bytes: Uint8Array, encoding: string): string | undefined => {
  const unpacked = encoding
    .split(",")
    .map((name) => unpackers[name.trim().toLowerCase()])
    .reduceRight(
      (bytes, unpack) =>
        unpack === undefined
          ? bytes
          : Result.getOrElse(
              Result.try(() => unpack(bytes)),
              () => bytes
            ),
      bytes
    )
  return Result.getOrUndefined(Result.try(() => new TextDecoder("utf-8", { fatal: true }).decode(unpacked)))
}

/** The text of a body; `undefined` when it was not recorded, or what was cannot be read. */
const bodyOf = (content: Content, headers: Exchange.Exchange["headers"]): string | undefined => {
  const text = content?.text ?? undefined
  if (text === undefined || content?.encoding?.toLowerCase() !== "base64") return text
  const bytes = Result.getOrUndefined(Base64.decode(text))
  return bytes && textOf(bytes, headers["content-encoding"] ?? "")
}

/** An exchange, and whether the answer's body was recorded. */
export interface Recorded {
  readonly exchange: Exchange.Exchange
  readonly complete: boolean
}

/** An entry that tells nothing, and why: words that go with a number of them, `without an answer`. */
export interface Skipped {
  readonly skipped: string
}

const isSkipped = (entry: Recorded | Skipped): entry is Skipped => "skipped" in entry

const exchangeOf =
  (scrub: Scrub) =>
  ({ request, response }: Entry): Recorded | Skipped => {
    const url = URL.parse(scrub(request.url))
    if (url === null || !/^https?:$/.test(url.protocol) || response.status === 101) {
      return { skipped: "of another protocol than HTTP" }
    }
    // Failed and cached answers have no status, or nothing in them.
    if (response.status < 200) return { skipped: "without an answer" }
    if (response.status === 304) return { skipped: "answered from a cache" }
    url.username = ""
    url.password = ""
    const kind = response.content?.mimeType
    // Some recorders keep the kind of a body, and not its header.
    const received: Exchange.Exchange["headers"] = {
      ...(kind ? { "content-type": kind } : undefined),
      ...headersOf(response.headers, scrub)
    }
    const body = bodyOf(response.content, received)
    const headers = headersOf(request.headers, scrub)
    const sent = bodyOf(request.postData, headers)
    const empty = response.status === 204 || response.status === 202 || received["content-length"] === "0"
    const exchange: Exchange.Exchange = {
      method: request.method.toUpperCase(),
      url,
      // Recorders leave the token out, or should have: whether there was one cannot be told.
      headers: { ...headers, authorization: "Bearer recorded" },
      sent: sent === undefined || sent === "" ? undefined : scrub(sent),
      status: response.status,
      received,
      body: scrub(body ?? "")
    }
    // A recorder that keeps no bodies writes an empty text.
    return { exchange, complete: empty || (body !== undefined && body !== "") }
  }

/** What is wrong with a text that is no JSON. */
const noJson = (text: string): string =>
  /^\s*\{/.test(text) && !/\}\s*$/.test(text)
    ? "not a whole HAR file: it ends in the middle, record or copy it again"
    : "not a HAR file: it is no JSON"

/** The exchanges of a HAR file. */
export const parse = (file: string, text: string): Result.Result<ReadonlyArray<Recorded | Skipped>, HarError> => {
  const fail = (description: string) => Result.fail(new HarError({ file, description }))
  const json = Result.try((): unknown => JSON.parse(text.replace(/^\ufeff/, "")))
  if (Result.isFailure(json)) return fail(noJson(text))
  const har = decode(json.success)
  if (Result.isSuccess(har)) {
    const { entries } = har.success.log
    return Result.succeed(entries.map(exchangeOf(scrubber(entries))))
  }
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

/**
 * Whether a segment of a path is a name of the API's, such as `scroll`, rather than somebody's id: it is a word, and
 * what was answered is no record that has it as its id.
 */
const isName = (segment: string, { body }: Exchange.Exchange): boolean => {
  if (!/^[a-z]+([_-][a-z]+)*$/.test(segment)) return false
  const answer = Result.getOrUndefined(Result.try((): unknown => JSON.parse(body)))
  return !JsonNode.isRecord(answer) || answer["id"] !== segment
}

/** The operation a request goes to: of several that fit, the one with the fewest parameters. */
const operationFor = (
  operations: ReadonlyArray<Document.Operation>,
  exchange: Exchange.Exchange
): Document.Operation | undefined => {
  const { method, url } = exchange
  const segments = url.pathname.split("/")
  const fits = (operation: Document.Operation) => {
    const template = operation.path.split("/")
    return (
      operation.method === method &&
      template.length === segments.length &&
      template.every((part, index) => {
        const segment = segments[index] ?? ""
        return part.startsWith("{") ? segment !== "" && !isName(segment, exchange) : part === segment
      })
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
  const { "content-type": kind } = exchange.received
  const answer = Exchange.canned(
    exchange.status,
    exchange.body === "" ? undefined : exchange.body,
    kind === undefined ? {} : { "content-type": kind }
  )
  const outcome = yield* Exchange.through(judge.client.call(pair.client.name, request), answer)
  const { received, sent } = Traffic.judge(judge, pair, exchange, outcome)
  // Without its body an answer tells nothing.
  const judged: Traffic.Judged = {
    pair,
    exchanges: 1,
    answers: complete ? 1 : 0,
    sent,
    received: complete ? received : []
  }
  return judged
})

/** What is said of exchanges with hosts that are not the API's. */
const ofHost = ({ host }: URL): string => `of another host (${host})`

// A browser talks to many.
const mostHosts = 3

/** Reasons with their numbers; of many hosts the busiest. */
const reasonsOf = (reasons: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const counts = Traffic.count(reasons)
  const hosts = [...counts].filter(([reason]) => reason.startsWith("of another host")).toSorted(([, a], [, b]) => b - a)
  const rest = hosts.slice(mostHosts)
  if (rest.length === 0) return counts
  const others = [...counts].filter(([reason]) => !rest.some(([one]) => one === reason))
  return new Map([...others, [`of ${rest.length} further hosts`, rest.reduce((sum, [, many]) => sum + many, 0)]])
}

/** The method that made an exchange: of alternatives, the one that what was sent is meant for. */
const pairFor = (
  { pairs, validator }: Traffic.Judge,
  operation: Document.Operation | undefined,
  { sent }: Pick<Exchange.Exchange, "sent">
): Pair | undefined => {
  const all = pairs.filter((pair) => pair.operation.key === operation?.key)
  const fits = ({ operation: { body } }: Pair) => {
    const schema = body && Document.jsonOf(body.content)
    const value = Result.try((): unknown => JSON.parse(sent ?? ""))
    return schema !== undefined && Result.isSuccess(value) && validator.violations(schema, value.success).length === 0
  }
  return all.length > 1 ? (all.find(fits) ?? all[0]) : all[0]
}

/**
 * Judges recorded exchanges: those with the API, of operations client and document have. Fails when no answer could be
 * judged: then nothing is known. `file` is what the failure names.
 */
export const run = Effect.fn("Har.run")(
  function* (
    source: EffectiveDocument,
    recorded: ReadonlyArray<Recorded | Skipped>,
    { file = "the recording", ...options }: Options & { readonly file?: string | undefined } = {}
  ) {
    const judge = yield* Traffic.make(source, Client.layer(Document.make(source.document).server), options)
    const origins = new Set([
      judge.document.server,
      ...Object.values(IntercomConfig.regions),
      ...(options.origins ?? []).map((origin) => URL.parse(origin)?.origin ?? origin)
    ])
    const skipped: Array<string> = []
    const strange: Array<Divergence> = []
    const paired: Array<Recorded & { readonly pair: Pair }> = []
    for (const entry of recorded) {
      if (isSkipped(entry)) {
        skipped.push(entry.skipped)
        continue
      }
      const { exchange } = entry
      if (!origins.has(exchange.url.origin)) {
        skipped.push(ofHost(exchange.url))
        continue
      }
      const operation = operationFor(judge.document.operations, exchange)
      const pair = pairFor(judge, operation, exchange)
      if (pair !== undefined) {
        paired.push({ ...entry, pair })
        continue
      }
      if (operation === undefined) strange.push(unknown(exchange))
      skipped.push(operation === undefined ? "the document does not have" : "the client has no method for")
    }
    const judged = yield* Effect.forEach(paired, (one) => replay(judge, one))
    return Traffic.report(judge, judged, yield* Traffic.tally(file, judged, reasonsOf(skipped)), strange)
  },
  (effect) => Effect.scoped(effect)
)
