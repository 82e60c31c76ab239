/**
 * The checks of answers on a real workspace: every operation that only reads is asked once or twice, listings with few
 * records, single records by the ids the listings gave. Through the real client, with its retries and its rate limit.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { Intercom, IntercomConfig, IntercomError, IntercomHttp } from "@effect-intercom/core"
import type * as Client from "../subject/Client.ts"
import * as Document from "../document/Document.ts"
import type { EffectiveDocument } from "../document/EffectiveDocument.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import type { Pair } from "../subject/Subject.ts"
import * as Traffic from "./Traffic.ts"

export interface Options extends Traffic.Options {
  /** Records asked for at once; 5 when left out. */
  readonly perPage?: number | undefined
}

// Records looked up by id, of each listing.
const most = 3

/** The real client, whose requests pass through the recorder. */
const services = (options: IntercomConfig.Options): Layer.Layer<Client.Services, unknown> =>
  Intercom.layerHttp.pipe(
    Layer.provideMerge(IntercomHttp.layerShared(options)),
    Layer.provide(RateLimiter.layerStoreMemory),
    Layer.provide(Exchange.layer)
  )

const fieldsOf = (part: Client.Part | undefined): ReadonlyMap<string, NormalizedSchema.Field> =>
  (part && NormalizedSchema.of([part.node])?.fields) ?? new Map<string, NormalizedSchema.Field>()

/** Ids of the records of a listing: the first list of objects in it. */
export const idsIn = (body: unknown): ReadonlyArray<string> => {
  if (!JsonNode.isRecord(body)) return []
  const list = Object.values(body).find((value) => Array.isArray(value) && value.some(JsonNode.isRecord))
  return Array.isArray(list)
    ? list.flatMap((record) => {
        const id = JsonNode.isRecord(record) ? record["id"] : undefined
        return typeof id === "string" || typeof id === "number" ? [String(id)] : []
      })
    : []
}

/** Parameters that stand for a record, by the path of the listing that has it. */
const references: { readonly [parameter: string]: string } = { intercom_user_id: "/contacts" }

/** The requests of an operation, given the ids that are known; none when it needs what nobody knows. */
const requestsOf = (
  { client }: Pair,
  ids: ReadonlyMap<string, ReadonlyArray<string>>,
  perPage: number
): ReadonlyArray<Client.Request> => {
  const params = Document.parametersIn(client.path)
  const query = fieldsOf(client.query)
  const page = query.has("per_page") ? { per_page: perPage } : {}
  if (params.length === 1) {
    const [param = ""] = params
    const [listing = "", below] = client.path.split(`/{${param}}`)
    // Of what is below a record, one tells enough.
    return (ids.get(listing) ?? [])
      .slice(0, below === "" ? most : 1)
      .map((id) => ({ params: { [param]: id }, ...(client.query === undefined ? undefined : { query: page }) }))
  }
  if (params.length > 0) return []
  const reference = [...query.keys()].find((name) => references[name] !== undefined)
  if (reference === undefined) return [client.query === undefined ? {} : { query: page }]
  return (ids.get(references[reference] ?? "") ?? []).slice(0, 1).map((id) => ({ query: { ...page, [reference]: id } }))
}

/** Reasons that say nothing of the document: nothing more can be learned. */
const isFinal = ({ reason }: IntercomError): boolean =>
  reason._tag === "Unauthorized" ||
  reason._tag === "TransportError" ||
  reason._tag === "TimeoutError" ||
  reason._tag === "RateLimited"

const errorOf = (exit: Exit.Exit<unknown, unknown>): IntercomError | undefined => {
  const error = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined
  return error instanceof IntercomError ? error : undefined
}

interface Workspace {
  readonly send: Exchange.Send
  /** What stands before the paths of the document. */
  readonly prefix: string
}

const below = ({ prefix }: Pick<Workspace, "prefix">, exchange: Exchange.Exchange): Exchange.Exchange => {
  const url = new URL(exchange.url)
  url.pathname = url.pathname.slice(prefix.length)
  return { ...exchange, url }
}

/** Asks, and judges what comes. Fails when the workspace cannot be asked at all. */
const ask = Effect.fnUntraced(function* (
  judge: Traffic.Judge,
  pair: Pair,
  request: Client.Request,
  { prefix, send }: Workspace
) {
  const outcome = yield* Exchange.through(judge.client.call(pair.client.name, request), send)
  const error = errorOf(outcome.exit)
  if (error !== undefined && isFinal(error)) return yield* error
  const exchange = outcome.exchanges.at(-1)
  // A request that was never sent tells nothing.
  if (exchange === undefined)
    return { judged: { pair, exchanges: 0, answers: 0, sent: [], received: [] }, body: undefined }
  // Repetitions of the request are the client's business.
  const { received, sent } = Traffic.judge(judge, pair, below({ prefix }, exchange), {
    ...outcome,
    exchanges: [exchange]
  })
  const judged: Traffic.Judged = { pair, exchanges: 1, answers: 1, sent, received }
  const body: unknown = Exit.isSuccess(outcome.exit) ? outcome.exit.value : undefined
  return { judged, body }
})

/**
 * Asks a workspace every operation of the client that only reads, and the document has. Fails with the client's error
 * when the token is refused, the API cannot be reached, or its rate limit is used up.
 */
export const run = Effect.fn("Live.run")(
  function* (source: EffectiveDocument, config: IntercomConfig.Options, options: Options = {}) {
    // Checked first: what is wrong with it is a sentence.
    const { baseUrl } = yield* IntercomConfig.make(config)
    const judge = yield* Traffic.make(source, Layer.orDie(services(config)), options)
    const client = yield* HttpClient.HttpClient
    const workspace: Workspace = {
      send: (request) => client.execute(request),
      prefix: baseUrl.pathname.replace(/\/$/, "")
    }
    // A scroll reads too, but a workspace has one at a time: it would be in the way of someone's export.
    const reading = judge.pairs.filter(({ client }) => client.method === "GET" && client.idempotent)
    const ids = new Map<string, ReadonlyArray<string>>()
    const judged: Array<Traffic.Judged> = []
    // Listings first: they have the ids.
    const order = (pair: Pair) => requestsOf(pair, new Map(), 1).length === 0
    for (const pair of reading.toSorted((a, b) => Number(order(a)) - Number(order(b)))) {
      for (const request of requestsOf(pair, ids, options.perPage ?? 5)) {
        const asked = yield* ask(judge, pair, request, workspace)
        judged.push(asked.judged)
        if (!ids.has(pair.client.path)) ids.set(pair.client.path, idsIn(asked.body))
      }
    }
    const silent = reading.filter(
      ({ client }) => !judged.some(({ exchanges, pair }) => exchanges > 0 && pair.client === client)
    )
    const skipped = Traffic.count(silent.map(() => "operations without a record to ask for"))
    return Traffic.report({ ...judge, pairs: reading }, judged, yield* Traffic.tally(baseUrl.host, judged, skipped))
  },
  (effect) => Effect.scoped(effect)
)
