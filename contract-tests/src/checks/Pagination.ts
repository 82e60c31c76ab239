/**
 * The laws of listings: whatever the number of records and the size of a page, a walk yields each record once and in
 * order, goes on from any cursor, and loses nothing when it is stopped. Held against a server made of the document
 * ({@link ModelServer}), and against the simulator.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { IntercomConfig, IntercomError } from "@effect-intercom/core"
import type * as Pagination from "@effect-intercom/core/Pagination"
import * as MalformedBodies from "./MalformedBodies.ts"
import * as Boundaries from "./Boundaries.ts"
import type * as Client from "../subject/Client.ts"
import { distinct, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Malformed from "./Malformed.ts"
import * as ModelServer from "../traffic/ModelServer.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Property from "../schema/Property.ts"
import type { Checked } from "./Requests.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import * as Share from "../subject/Share.ts"
import { another, divergence, type Pair, sample, type Shape } from "../subject/Subject.ts"

/** One walk to be held to the laws. */
export interface Walk {
  readonly records: number
  readonly size: number
  /** How many pages are consumed before it is stopped. */
  readonly stop: number
  readonly prefetch: number
}

/** Numbers of records around whole pages. */
const walks: fc.Arbitrary<Walk> = fc
  .record({
    size: fc.integer({ min: 1, max: 6 }),
    pages: fc.integer({ min: 0, max: 4 }),
    rest: fc.integer({ min: -1, max: 2 }),
    stop: fc.integer({ min: 1, max: 4 }),
    prefetch: fc.integer({ min: 0, max: 2 })
  })
  .map(({ pages, prefetch, rest, size, stop }) => ({
    records: Math.max(0, pages * size + rest),
    size,
    stop,
    prefetch
  }))

// What comes out is what came in, its keys in the same order.
const isSame = (a: ReadonlyArray<unknown>, b: ReadonlyArray<unknown>): boolean =>
  a.length === b.length && JSON.stringify(a) === JSON.stringify(b)

/** What a list has against another that it should be. */
const differs = (got: ReadonlyArray<unknown>, wanted: ReadonlyArray<unknown>): string => {
  if (got.length < wanted.length) return "records are missing"
  if (got.length > wanted.length) return "there are more records than the server has"
  return "records come in another order, or changed"
}

/** The laws a walk breaks. */
const broken = (
  listing: Client.Listing,
  query: object,
  { prefetch, size, stop }: Walk,
  records: ReadonlyArray<unknown>,
  expects: Pick<ModelServer.ModelServer, "style" | "counts">
): Effect.Effect<ReadonlyArray<string>, IntercomError> =>
  Effect.gen(function* () {
    const items = yield* Stream.runCollect(listing.items(query, { prefetch }))
    if (!isSame(items, records)) return [`items: ${differs(items, records)}`]
    const pages = yield* Stream.runCollect(listing.pages(query, { prefetch }))
    const found: Array<string> = []
    const last = pages.length - 1
    if (pages.some(({ cursor }, index) => (cursor === undefined) !== (index === last)))
      found.push("pages: not every page but the last has a cursor")
    if (
      expects.style !== "single" &&
      expects.style !== "scroll" &&
      pages.some(({ items }, index) => items.length > size || (index < last && items.length < size))
    )
      found.push("pages: they have another size than was asked for")
    if (expects.counts && pages.some(({ total }) => total !== records.length))
      found.push("pages: the total is not what the server counts")
    // A scroll goes on from where it is, and this one is at its end.
    const from = expects.style === "scroll" ? undefined : pages[Math.min(stop, pages.length) - 1]?.cursor
    if (from !== undefined) {
      const before = pages.slice(0, stop).flatMap(({ items }) => items)
      const rest = yield* Stream.runCollect(listing.items(query, { from, prefetch }))
      if (!isSame([...before, ...rest], records)) found.push(`from a cursor: ${differs([...before, ...rest], records)}`)
    }
    // Stopped for good, with pages fetched ahead thrown away.
    const taken = yield* Stream.runCollect(Stream.take(listing.pages(query, { prefetch }), stop))
    const cursor = taken.at(-1)?.cursor
    const rest = cursor === undefined ? [] : yield* Stream.runCollect(listing.items(query, { from: cursor, prefetch }))
    const joined = [...taken.flatMap(({ items }) => items), ...rest]
    if (!isSame(joined, records)) found.push(`stopped and resumed: ${differs(joined, records)}`)
    return found
  })

const snapshot = (value: object): string => JSON.stringify(value)

// `created_at_after` is no cursor.
const saysWhere = /cursor|scroll|^page$|^(starting_)?after$/i

/** A query with a cursor of its own, where its operation has a place for one. */
const starting = (pair: Pair, query: object, cursor: Pagination.Cursor): object | undefined => {
  const part = pair.client.query === undefined ? "payload" : "query"
  const shape = pair.client[part] && NormalizedSchema.of([pair.client[part].node])
  const name = (fields: ReadonlyMap<string, unknown> | undefined) =>
    [...(fields?.keys() ?? [])].find((name) => saysWhere.test(name))
  const own = name(shape?.fields)
  if (own !== undefined) return { ...query, [own]: own === "page" ? Number(cursor) : cursor }
  for (const [field, value] of Object.entries(query)) {
    const inner = JsonNode.isRecord(value)
      ? name(NormalizedSchema.of(shape?.fields.get(field)?.nodes ?? [])?.fields)
      : undefined
    if (inner !== undefined) return { ...query, [field]: { ...(value as object), [inner]: cursor } }
  }
  return undefined
}

/** A value that is no record. */
const misfit = 7

/** Further laws, once for a listing: where a walk starts, what of a page does not fit, and walks without an end. */
const further = (
  pair: Pair,
  listing: Client.Listing,
  model: ModelServer.ModelServer,
  elsewhere: ModelServer.ModelServer,
  gateway: Client.Listing | undefined,
  known: ModelServer.ModelServer
): ReadonlyArray<readonly [laws: Effect.Effect<ReadonlyArray<string>, IntercomError>, send: Exchange.Send]> => {
  const query = queryOf(pair, size)
  const records = model.records(3 * size - 1)
  const collect = (from: object, options: Parameters<Client.Listing["items"]>[1] = {}) =>
    Stream.runCollect(listing.items(from, options))
  const law = (name: string, got: ReadonlyArray<unknown>, wanted: ReadonlyArray<unknown>) =>
    isSame(got, wanted) ? [] : [`${name}: ${differs(got, wanted)}`]

  const starts = Effect.gen(function* () {
    const before = snapshot(query)
    const [first] = yield* Stream.runCollect(Stream.take(listing.pages(query, { prefetch: 0 }), 1))
    const changed = snapshot(query) === before ? [] : ["the walk changes the query it was given"]
    const own = first?.cursor === undefined ? undefined : starting(pair, query, first.cursor)
    if (own === undefined) return changed
    const rest = yield* collect(own)
    return [
      ...changed,
      ...law("from a cursor in the query", [...(first?.items ?? []), ...rest], records),
      // A scroll has one cursor, and is at its end.
      ...(model.style === "scroll"
        ? []
        : law("from a cursor, whatever the query has", yield* collect(own, { from: first?.cursor }), rest))
    ]
  })

  const spoilt = records.map((record, index) => (index % 3 === 1 ? misfit : record))
  const sets = Effect.gen(function* () {
    const aside: Array<unknown> = []
    const onInvalid = ({ raw }: Pagination.Invalid) => Effect.sync(() => void aside.push(raw))
    const fit = yield* collect(query, { onInvalid })
    const refused = yield* Effect.flip(collect(query)).pipe(Effect.orElseSucceed(() => undefined))
    return [
      ...law(
        "records that do not fit, left out",
        fit,
        records.filter((_, index) => index % 3 !== 1)
      ),
      ...law(
        "records that do not fit, handed over",
        aside,
        spoilt.filter((record) => record === misfit)
      ),
      ...(refused?.reason._tag === "DecodeError"
        ? []
        : ["a record that does not fit, and nobody takes, is no DecodeError"])
    ]
  })
  // A scroll moves on whoever asks: it is walked once.
  const setsAside = model.style === "scroll" ? Effect.as(collect(query, { onInvalid: () => Effect.void }), []) : sets

  const fails = (name: string) =>
    Effect.matchEffect(collect(query), {
      onFailure: ({ reason }) =>
        Effect.succeed(
          reason._tag === "PaginationError" ? [] : [`${name}: comes to ${reason._tag}, not to PaginationError`]
        ),
      onSuccess: () => Effect.succeed([`${name}: the walk ends as if it were whole`])
    })

  const circle =
    model.style === "single" ? [] : [[fails("a walk in a circle"), inCircles(model, model.records(5 * size))] as const]
  const away = model.style === "url" ? [[fails("a next page on another host"), elsewhere.send(records)] as const] : []
  // What the API gives as the next page names Intercom's host, whatever the document's: behind a gateway it is meant to
  // be relative.
  const behind =
    model.style !== "url" || gateway === undefined
      ? []
      : [
          [
            Effect.map(Stream.runCollect(gateway.items(query)), (got) => law("behind a gateway", got, records)),
            throughGateway(known.send(records))
          ] as const
        ]
  return [...behind, [starts, model.send(records)], [setsAside, model.send(spoilt)], ...circle, ...away]
}

const size = 3

/** A host that is neither the document's nor Intercom's. */
const foreign = (server: string): string => {
  const [one, other] = ["https://elsewhere.example", "https://nowhere.example"]
  return server === one ? other : one
}

/** A gateway: what stands below its path goes to the server. */
const throughGateway =
  (send: Exchange.Send): Exchange.Send =>
  (request, url) =>
    send(request, new URL(url.href.replace(another.baseUrl, "https://api.example")))

/** A server whose third page leads back to the second, and a scroll that stands still; it gives up at last. */
const inCircles = (model: ModelServer.ModelServer, records: ReadonlyArray<unknown>): Exchange.Send => {
  const send = model.send(records)
  const asked: Array<readonly [HttpClientRequest.HttpClientRequest, URL]> = []
  return (request, url) =>
    Effect.suspend(() => {
      asked.push([request, url])
      if (asked.length > 40) return Exchange.canned(503, MalformedBodies.errorList)(request, url)
      if (model.style === "scroll") return model.send(records)(...(asked[0] ?? [request, url]))
      const [of, at] = (asked.length > 3 ? asked[1 + (asked.length % 2)] : undefined) ?? [request, url]
      return send(of, at)
    })
}

/** The query of a walk: what must be there, and the size of a page. A search has both in its body. */
const queryOf = (pair: Pair, size: number): object => {
  const part = pair.client.query === undefined ? "payload" : "query"
  const [request] = Boundaries.bases(pair, part)
  const all = Object.entries(JsonNode.isRecord(request?.[part]) ? request[part] : {})
  const sized = (size: number) =>
    all.flatMap(([name, value]): ReadonlyArray<readonly [string, unknown]> => {
      if (name === "per_page") return [[name, size]]
      return JsonNode.isRecord(value) && "per_page" in value ? [[name, { per_page: size }]] : []
    })
  const plain = all.filter(
    ([name]) => !/page/i.test(name) && !saysWhere.test(name) && !sized(size).some(([sized]) => sized === name)
  )
  const fits = (query: object) => pair.client[part]?.accepts(query) === true
  const smallest = [{}, ...plain.map(([name, value]) => ({ [name]: value })), Object.fromEntries(plain)].find(fits)
  // Some listings have shorter pages than others.
  const longest = [size, 25].find((size) => fits({ ...smallest, ...Object.fromEntries(sized(size)) })) ?? size
  return { ...smallest, ...Object.fromEntries(sized(longest)) }
}

const because = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isSuccess(exit)) return ""
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  return error instanceof IntercomError
    ? `the walk fails with ${error.reason._tag}`
    : `the walk dies: ${Cause.pretty(exit.cause).split("\n")[0] ?? "a defect"}`
}

const judge = (
  pair: Pair,
  node: JsonNode.Node,
  server: string,
  laws: Effect.Effect<ReadonlyArray<string>, IntercomError>,
  send: Exchange.Send
): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.map(Exchange.through(laws, send), ({ exit }) => {
    const found = Exit.isSuccess(exit) ? exit.value : [because(exit)]
    return found.map((law) => ({
      class: "breaking",
      pointer: node.pointer,
      through: node.through,
      message: `${pair.client.name} against ${server}: ${law}`
    }))
  })

/** The client refuses what the document does not permit either. */
const unwalked = (subject: Shape, pair: Pair, { node: { pointer, through } }: ModelServer.ModelServer) =>
  divergence(subject, pair, "response", {
    class: "note",
    pointer,
    through,
    message: "no walk was tried: the client refuses the pages that could be made up, and so does the document"
  })

/**
 * A listing of the simulator, and the records it holds: those of its kind, or where there are ids in the path, what the
 * longest pages have.
 */
const listedBySimulator = Effect.fnUntraced(function* (
  { client, simulated }: Shape,
  pair: Pair,
  listing: Client.Listing
) {
  const records = yield* simulated.listed(pair.client)
  if (records !== undefined) return { listing, records }
  const ids = yield* simulated.ids(pair.client)
  const names = Document.parametersIn(pair.client.path)
  const own = names.length > 0 && names.every((name) => name in ids) ? client.listing(pair.client.name, ids) : undefined
  if (own === undefined) return undefined
  const { exit } = yield* Exchange.through(Stream.runCollect(own.items(queryOf(pair, longest))), simulated.send)
  return Exit.isSuccess(exit) ? { listing: own, records: exit.value } : undefined
})

const longest = 150

// Each walk is several calls for every page.
const most = 18
const mostSimulated = 3

/** Walks the listings of an operation; one that is no listing has nothing to walk. */
export const check = Effect.fn("Pagination.check")(function* (subject: Shape, pair: Pair) {
  const ids = sample(pair.client, subject.seed)?.params
  const listing = subject.client.listing(pair.client.name, ids)
  const like = pair.client.success === undefined ? [] : [pair.client.success.node]
  const model = ModelServer.make(pair.operation, subject.document.server, like)
  if (listing === undefined) return { divergences: [], runs: 0 } satisfies Checked
  if (model === undefined) {
    const status = Document.successes(pair.operation)[0]?.status ?? "200"
    const pointer = JsonNode.below(pair.operation.node.pointer, "responses", status, "content")
    const message = "the client walks it, by the document it is no list"
    const finding: Finding = { class: "breaking", pointer, through: [], message }
    return { divergences: [divergence(subject, pair, "response", finding)], runs: 1 } satisfies Checked
  }
  // Of pages the client refuses no law can be held: that it refuses them is the finding.
  const records = model.records(2 * size)
  const firstPage = Stream.runDrain(Stream.take(listing.pages(queryOf(pair, size), { prefetch: 0 }), 1))
  const ended = yield* Malformed.end(firstPage, model.send(records))
  if (Malformed.errorOf(ended)?.reason._tag === "DecodeError") {
    const divergences = Malformed.refusal(subject, pair, model.envelope(records), ended)
    return { divergences: divergences.length > 0 ? divergences : [unwalked(subject, pair, model)], runs: 1 }
  }
  const modelled = yield* Property.search({
    arbitrary: walks,
    seed: subject.seed,
    runs: Share.many(subject, Math.min(subject.runs, most), 5),
    judge: (walk) => {
      const records = model.records(walk.records)
      const laws = broken(listing, queryOf(pair, walk.size), walk, records, model)
      return judge(pair, model.node, "a server made of the document", laws, model.send(records))
    }
  })
  const at = (server: string) => ModelServer.make(pair.operation, server, like) ?? model
  const elsewhere = at(foreign(subject.document.server))
  const once = yield* Effect.forEach(
    further(
      pair,
      listing,
      model,
      elsewhere,
      subject.another.listing(pair.client.name, ids),
      at(IntercomConfig.regions.us)
    ),
    ([laws, send]) => judge(pair, model.node, "a server made of the document", laws, send)
  )
  const held = yield* listedBySimulator(subject, pair, listing)
  const simulated =
    held === undefined
      ? undefined
      : yield* Property.search({
          arbitrary: fc.record({
            size: fc.integer({ min: Math.max(1, Math.ceil(held.records.length / 8)), max: longest }),
            stop: fc.integer({ min: 1, max: 4 }),
            prefetch: fc.integer({ min: 0, max: 2 }),
            records: fc.constant(held.records.length)
          }),
          seed: subject.seed,
          runs: Share.many(subject, Math.min(subject.runs, mostSimulated), 2),
          judge: (walk) => {
            const laws = broken(held.listing, queryOf(pair, walk.size), walk, held.records, model)
            return judge(pair, model.node, "the simulator", laws, subject.simulated.send)
          }
        })
  const found = [...modelled.found, ...(simulated?.found ?? [])]
  const checked: Checked = {
    divergences: distinct([
      ...found.map((found) => divergence(subject, pair, "response", found)),
      ...once.flat().map((finding) => divergence(subject, pair, "response", finding))
    ]),
    runs: modelled.runs + once.length + (simulated?.runs ?? 0)
  }
  return checked
})
