/**
 * A second opinion that shares no code with Prism, nor with this suite's own: PactFlow's OpenAPI-Pact comparator. What
 * the client sends is recorded, what it relies on in answers is written down from its schemas, and both are compared
 * with the document as a consumer's contract.
 */
import * as fc from "fast-check"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as OpenApiPact from "@pactflow/openapi-pact-comparator"
import * as Boundaries from "./Boundaries.ts"
import type * as Client from "../subject/Client.ts"
import { distinct, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Example from "../schema/Example.ts"
import * as OpenApiVisitor from "../schema/OpenApiVisitor.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import type { Checked } from "./Requests.ts"
import * as Share from "../subject/Share.ts"
import { accepts, divergence, type Pair, requests, type Shape } from "../subject/Subject.ts"
import * as Validator from "../schema/Validator.ts"

/** What the comparator has to say of an interaction. */
export interface Result {
  /** `request.body.incompatible` */
  readonly code: string
  readonly message: string
  readonly type: "error" | "warning" | "info"
  /** `[root].interactions[0].request.body.email` */
  readonly mockDetails?: { readonly location: string }
  /** Where the rule stands in the document. */
  readonly specDetails?: { readonly location: string }
}

interface Comparator {
  readonly compare: (pact: object) => AsyncIterable<Result>
}

// Its declarations name files without extensions, which cannot be found from here.
const { Comparator } = OpenApiPact as unknown as {
  readonly Comparator: new (options: { readonly oas: Schema.Json }) => Comparator
}

/** What the client does once, and what it relies on in the answer. */
export interface Interaction {
  readonly description: string
  readonly request: {
    readonly method: string
    readonly path: string
    readonly query?: string
    readonly headers: { readonly [name: string]: string }
    readonly body?: unknown
  }
  readonly response: {
    readonly status: number
    readonly headers?: { readonly [name: string]: string }
    readonly body?: unknown
  }
}

/** The contract of a consumer, as Pact 2 writes it. */
export const pact = (interactions: ReadonlyArray<Interaction>) => ({
  consumer: { name: "effect-intercom" },
  provider: { name: "Intercom" },
  interactions: [...interactions],
  metadata: { pactSpecification: { version: "2.0.0" } }
})

/** The headers a document knows, spelt as it spells them: case means nothing to HTTP, but to the comparator. */
const headersOf = (
  { parameters }: Document.Operation,
  headers: Exchange.Exchange["headers"]
): Exchange.Exchange["headers"] => {
  const declared = parameters.filter((parameter) => parameter.in === "header")
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const known = declared.find((parameter) => parameter.name.toLowerCase() === name)
      return known !== undefined || Document.ownHeaders.has(name) ? [[known?.name ?? name, value] as const] : []
    })
  )
}

const interactionOf = (
  index: number,
  operation: Document.Operation,
  { headers, method, sent, url }: Exchange.Exchange,
  response: Interaction["response"]
): Interaction => ({
  description: String(index),
  request: {
    method,
    path: url.pathname,
    ...(url.search === "" ? undefined : { query: url.search.slice(1) }),
    headers: headersOf(operation, headers),
    ...(sent === undefined ? undefined : { body: JSON.parse(sent) as unknown })
  },
  response
})

/** What the client relies on: every field it knows, of a kind both sides take where there is one. */
const reliedOn = ({ client, operation }: Pair): Interaction["response"] => {
  const status = client.successStatus
  const response = Document.responseFor(operation, status)
  const schema = response && Document.jsonOf(response.content)
  if (client.success === undefined) return { status }
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Example.of([client.success.node], schema === undefined ? [] : [schema])
  }
}

const wrappers = new Set(["allOf", "anyOf", "oneOf"])

/** What a schema stands for that has one alternative and nothing else. */
const unwrapped = (schema: Schema.Json): Schema.Json => {
  if (!JsonNode.isRecord(schema)) return schema
  const [[key, inner] = ["", null], ...others] = Object.entries(schema)
  return others.length === 0 && wrappers.has(key) && Array.isArray(inner) && inner.length === 1
    ? unwrapped(inner[0] ?? null)
    : schema
}

/** The types of alternatives that say nothing else, each of which excludes the others. */
const typesOf = (alternatives: Schema.Json | undefined): ReadonlyArray<string> => {
  if (!Array.isArray(alternatives)) return []
  const types = alternatives.flatMap((one) =>
    JsonNode.isRecord(one) && Object.keys(one).length === 1 && typeof one["type"] === "string" ? [one["type"]] : []
  )
  const all = types.length === alternatives.length && !(types.includes("integer") && types.includes("number"))
  return all ? types : []
}

/** A schema with its types in one place. */
const typed = (schema: { readonly [key: string]: Schema.Json }): Schema.Json => {
  const { type, ...rest } = schema
  if (Array.isArray(type) && type.length === 1) return { ...rest, type: type[0] ?? null }
  for (const key of ["anyOf", "oneOf"]) {
    const types = type === undefined ? typesOf(rest[key]) : []
    if (types.length > 0) {
      return { ...Object.fromEntries(Object.entries(rest).filter(([name]) => name !== key)), type: [...types] }
    }
  }
  return schema
}

/**
 * The document for the comparator, which takes digits in a URL for a number unless the schema itself says they are text,
 * and an object that is one of several types for one without fields.
 */
const plain = (document: Schema.Json): Schema.Json =>
  OpenApiVisitor.map(document, {
    schema: typed,
    parameter: (parameter) =>
      parameter["schema"] === undefined ? parameter : { ...parameter, schema: unwrapped(parameter["schema"]) }
  })

// Making one compiles the document.
const comparators = new WeakMap<object, Comparator>()

const comparatorOf = (document: Schema.Json): Comparator => {
  const key = Object(document) as object
  const known = comparators.get(key)
  if (known !== undefined) return known
  // It changes what it is given.
  const made = new Comparator({ oas: structuredClone(plain(document)) })
  comparators.set(key, made)
  return made
}

/** What the comparator has against some interactions. */
export const compare = (
  document: Schema.Json,
  interactions: ReadonlyArray<Interaction>
): Effect.Effect<ReadonlyArray<Result>, string> =>
  Effect.tryPromise({
    try: async () => {
      const results: Array<Result> = []
      for await (const result of comparatorOf(document).compare(pact(interactions))) results.push(result)
      return results
    },
    catch: (error) => (error instanceof Error ? error.message : String(error))
  })

// Errors break; what it only warns of is judged here.
const severities: { readonly [code: string]: Finding["class"] } = {
  "request.query.unknown": "breaking",
  "request.body.unknown": "breaking",
  "request.content-type.unknown": "breaking"
}

const severityOf = ({ code, message, type }: Result): Finding["class"] => {
  // The client knows a field nobody promises: it may be missing, and then nothing fails.
  if (code === "response.body.incompatible" && unknownField(message) !== undefined) return "drift"
  return severities[code] ?? (type === "error" ? "breaking" : "note")
}

const unknownField = (message: string): string | undefined =>
  /must NOT have (?:additional|unevaluated) properties - (.*)$/.exec(message)?.[1]

/** The path into a body, as a JSON pointer. */
const pathIn = (location: string, part: string): string | undefined => {
  const [, path] = new RegExp(`\\.${part}(?=\\.|$)(.*)$`).exec(location) ?? []
  return path?.replaceAll(".", "/")
}

const placeOf = ({ client, operation }: Pair, result: Result): Pick<Finding, "pointer" | "through"> => {
  const location = locationOf(result)
  const unknown = unknownField(result.message)
  const rule = ruleOf(result)
  const keys = unknown === undefined ? (rule === undefined ? [] : [rule]) : ["properties", unknown]
  const [, parameter] = /request\.query\.(.*)$/.exec(location) ?? []
  const declared = operation.parameters.find(({ in: place, name }) => place === "query" && name === parameter)
  if (parameter !== undefined) {
    const node = declared?.schema ?? declared?.node ?? operation.node
    return {
      pointer: JsonNode.below(node.pointer, ...(declared === undefined ? ["parameters"] : keys)),
      through: node.through
    }
  }
  const response = Document.responseFor(operation, client.successStatus)
  const [path, schema, container] = location.includes("response.")
    ? [pathIn(location, "response\\.body"), response && Document.jsonOf(response.content), response?.node]
    : [
        pathIn(location, "request\\.body"),
        operation.body && Document.jsonOf(operation.body.content),
        operation.body?.node
      ]
  if (path === undefined || schema === undefined) {
    const { pointer, through } = container ?? operation.node
    return { pointer: path === undefined ? pointer : JsonNode.below(pointer, "content"), through }
  }
  const place = Validator.placeOf(schema, path)
  return { pointer: JsonNode.below(place.pointer, ...keys), through: place.through }
}

/** What it says, less what every message begins with. */
const said = ({ code, message }: Result): string => {
  // Every request of an operation has another path.
  const rule = code === "request.path-or-method.unknown" ? "no path of the document fits" : message
  return `${code}: ${rule.replace(/^.* in(?:compatible with)? the .*spec file: /, "")} (by the comparator)`
}

/** The rule that is broken is the last step of its place: `…schema.properties.email.type`. */
const ruleOf = ({ specDetails }: Result): string | undefined => /\.([A-Za-z]+)$/.exec(specDetails?.location ?? "")?.[1]

// An answer is an example: that the document permits fewer values of a kind is nothing to a reader.
const aboutShapes = new Set(["type", "additionalProperties", "unevaluatedProperties", "anyOf", "oneOf"])

const isAboutShapes = (result: Result): boolean =>
  result.code !== "response.body.incompatible" || aboutShapes.has(ruleOf(result) ?? "type")

const locationOf = ({ mockDetails }: Result): string => mockDetails?.location ?? ""

const isAlternative = ({ message }: Result): boolean =>
  /must match (a|exactly one) schema in (anyOf|oneOf)/.test(message)

const isInside = (result: Result, at: string): boolean =>
  locationOf(result) === at || locationOf(result).startsWith(`${at}.`)

/**
 * Each alternative that does not fit has errors of its own. What tells is the field that is wrong in all of them, and
 * not that an object is no null; that none fits, only when nothing else does.
 */
export const telling = (results: ReadonlyArray<Result>): ReadonlyArray<Result> => {
  const dropped = new Set<Result>()
  for (const none of results.filter(isAlternative)) {
    const at = locationOf(none)
    const here = results.filter((result) => result !== none && locationOf(result) === at)
    for (const result of here) if (result.message.endsWith("must be null")) dropped.add(result)
    const unknown = here.filter(({ message }) => unknownField(message) !== undefined)
    const alternatives = new Set(unknown.map(({ specDetails }) => specDetails?.location.replace(/\.\w+$/, "") ?? ""))
    // One that fails for another reason knows all fields.
    const other = results.some(
      (result) =>
        result !== none &&
        !dropped.has(result) &&
        !unknown.includes(result) &&
        isInside(result, at) &&
        ![...alternatives].some((alternative) => result.specDetails?.location.startsWith(`${alternative}.`))
    )
    const inAll = ({ message }: Result) =>
      !other &&
      unknown.filter((other) => unknownField(other.message) === unknownField(message)).length >= alternatives.size
    for (const result of unknown) if (!inAll(result)) dropped.add(result)
    const inside = results.filter((result) => result !== none && !dropped.has(result) && isInside(result, at))
    if (inside.length > 0) dropped.add(none)
  }
  return results.filter((result) => !dropped.has(result))
}

const findingOf = (pair: Pair, result: Result): Finding => {
  const location = locationOf(result)
  const path = pathIn(location, "(?:request|response)\\.body")
  const where = path === undefined || path === "" ? "" : `${Validator.fieldOf(path)}: `
  return { class: severityOf(result), ...placeOf(pair, result), message: `${where}${said(result)}` }
}

// The comparator judges each by the same schema; a few show every field.
const most = 8

/** Compares a sample of what is sent. */
export const check = Effect.fn("Comparator.check")(function* (subject: Shape, pair: Pair) {
  const parts = (["payload", "query", "params"] as const).find((part) => pair.client[part] !== undefined)
  const full = parts === undefined ? [] : Boundaries.bases(pair, parts).slice(0, 1)
  const sampled = fc
    .sample(requests(pair.client), { seed: subject.seed, numRuns: most * 6 })
    .filter((request) => accepts(pair.client, request))
    .slice(0, Share.many(subject, most, 3))
  const response = reliedOn(pair)
  const recorded = yield* Effect.forEach([...full, ...sampled], (request: Client.Request, index) =>
    Effect.map(
      Exchange.through(subject.client.call(pair.client.name, request), Exchange.canned(200, "{}")),
      ({ exchanges }) =>
        exchanges
          .slice(0, 1)
          .map((exchange) => ({ exchange, interaction: interactionOf(index, pair.operation, exchange, response) }))
    )
  )
  const all = recorded.flat()
  const results = yield* compare(
    subject.document.root.value,
    all.map(({ interaction }) => interaction)
  ).pipe(
    Effect.map((results) =>
      telling(results)
        .filter(isAboutShapes)
        .filter((result) => !isSpread(pair, result))
        .map((result) => [result, findingOf(pair, result)] as const)
    ),
    Effect.catch((message) => Effect.succeed([[undefined, unread(pair, message)] as const]))
  )
  const divergences = results.map(([result, finding]): Divergence => {
    const index = Number(/interactions\[(\d+)\]/.exec(result?.mockDetails?.location ?? "")?.[1] ?? 0)
    const direction = result?.code.startsWith("response.") === true ? "response" : "request"
    const found = divergence(subject, pair, direction, finding, all[index]?.exchange)
    const value = direction === "request" ? all[index]?.interaction.request.body : undefined
    return value === undefined ? found : { ...found, counterexample: value as Schema.Json }
  })
  const checked: Checked = { divergences: distinct(divergences), runs: all.length }
  return checked
})

/** It does not know that an object in a query is sent as several parameters. */
const isSpread = ({ operation }: Pair, { code, message }: Result): boolean => {
  const parts = operation.parameters.filter(({ part }) => part !== undefined)
  if (parts.length === 0 || !code.startsWith("request.query")) return false
  return code === "request.query.incompatible" || parts.some(({ name }) => message.endsWith(` ${name}`))
}

const unread = ({ operation }: Pair, message: string): Finding => ({
  class: "note",
  pointer: operation.node.pointer,
  through: [],
  message: `the comparator cannot read the document: ${message.split("\n")[0] ?? ""}`
})
