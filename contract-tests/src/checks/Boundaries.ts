/**
 * Both sides of every rule, without chance: for each constraint of the document and of the client's request schemas a
 * value inside and one outside, one place changed at a time. What the document forbids the client refuses, typed and
 * naming the field, before anything is sent; what is sent the document permits, and it arrives as it was given. Paths
 * and queries get every text that is special in a URL.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { IntercomError } from "@effect-intercom/core"
import type * as Client from "../subject/Client.ts"
import { distinct, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as BoundaryValues from "../schema/BoundaryValues.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Example from "../schema/Example.ts"
import * as SchemaCoverage from "../schema/SchemaCoverage.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Prism from "../traffic/Prism.ts"
import * as Requests from "./Requests.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import * as Share from "../subject/Share.ts"
import { accepts, divergence, json, type Pair, type Shape } from "../subject/Subject.ts"
import * as Validator from "../schema/Validator.ts"

type Part = "params" | "query" | "payload"

/** A request with one thing changed. */
export interface Probe {
  readonly part: Part
  /** Where: `["translated_content", "en", "title"]`. */
  readonly path: ReadonlyArray<string>
  readonly keyword: string
  readonly request: Client.Request
}

interface Nodes {
  readonly client: ReadonlyArray<JsonNode.Node>
  readonly document: ReadonlyArray<JsonNode.Node>
}

type Fields = { readonly [name: string]: unknown }

const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name))

const fieldsOf = (value: unknown): Fields => (JsonNode.isRecord(value) ? value : {})

/** A value with another one at a place. */
const put = (value: unknown, [key, ...rest]: ReadonlyArray<string>, change: (old: unknown) => unknown): unknown => {
  if (key === undefined) return change(value)
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? put(item, rest, change) : item))
  const fields = fieldsOf(value)
  return { ...fields, [key]: put(fields[key], rest, change) }
}

/** The schemas of a part, on both sides. */
const nodesOf = ({ client, operation }: Pair, part: Part): Nodes => {
  const own = client[part]
  if (part === "payload") {
    const schema = operation.body && Document.jsonOf(operation.body.content)
    return { client: own === undefined ? [] : [own.node], document: schema === undefined ? [] : [schema] }
  }
  const where = part === "params" ? "path" : "query"
  const declared = operation.parameters.filter((parameter) => parameter.in === where)
  // Parameters are the fields of an object of their own.
  const node: JsonNode.Node = {
    ...operation.node,
    value: {
      type: "object",
      properties: Object.fromEntries(declared.map(({ name, schema }) => [name, schema?.value ?? {}])),
      required: declared.filter(({ required }) => required).map(({ name }) => name)
    }
  }
  return { client: own === undefined ? [] : [own.node], document: [node] }
}

/** The fields both sides know of a place, with their schemas. */
const fieldNodes = ({ client, document }: Nodes): ReadonlyMap<string, Nodes> => {
  const [own, theirs] = [NormalizedSchema.of(client)?.fields, NormalizedSchema.of(document)?.fields]
  const names = new Set([...(own?.keys() ?? []), ...(theirs?.keys() ?? [])])
  return new Map(
    [...names].map((name) => [name, { client: own?.get(name)?.nodes ?? [], document: theirs?.get(name)?.nodes ?? [] }])
  )
}

/**
 * Requests the client's types allow, the fullest first, and one for each field that does not go with the others: of
 * some fields only one may be there.
 */
export const bases = (pair: Pair, part: Part): ReadonlyArray<Client.Request> => {
  const parts = (["params", "query", "payload"] as const).filter((name) => pair.client[name] !== undefined)
  const plain = Object.fromEntries(
    parts.map((name) => {
      const { client, document } = nodesOf(pair, name)
      return [name, Example.of(client, document)]
    })
  ) as Client.Request
  const fits = (name: Part, fields: Fields) => pair.client[name]?.accepts(fields) === true
  const fullest = (name: Part, from: Fields): Fields => {
    let fields = from
    for (const [key, value] of Object.entries(fieldsOf(plain[name]))) {
      const more = { ...fields, [key]: value }
      if (!(key in fields) && (fits(name, more) || !fits(name, fields))) fields = more
    }
    return fields
  }
  const smallest = (name: Part, key?: string): Fields | undefined => {
    const all = fieldsOf(plain[name])
    const required =
      NormalizedSchema.of(pair.client[name] === undefined ? [] : [pair.client[name].node])?.required ?? new Set()
    const kept = Object.fromEntries(Object.entries(all).filter(([field]) => required.has(field) || field === key))
    return [kept, ...Object.keys(all).map((other) => ({ ...kept, [other]: all[other] }))].find((fields) =>
      fits(name, fields)
    )
  }
  const valid = Object.fromEntries(
    parts.map((name) => {
      if (pair.client[name]?.accepts(plain[name]) === true) return [name, plain[name]]
      const small = smallest(name)
      return [name, small === undefined ? plain[name] : fullest(name, small)]
    })
  ) as Client.Request
  const there = fieldsOf(valid[part])
  const others = Object.keys(fieldsOf(plain[part])).flatMap((key) => {
    const small = key in there ? undefined : smallest(part, key)
    return small === undefined ? [] : [{ ...valid, [part]: small }]
  })
  return accepts(pair.client, valid) ? [valid, ...others] : []
}

/** The changes of one place and of all below it. */
const changes = function* (
  nodes: Nodes,
  value: unknown,
  path: ReadonlyArray<string>,
  part: Part,
  seen: Set<string>
): Generator<readonly [path: ReadonlyArray<string>, keyword: string, change: (old: unknown) => unknown]> {
  // The same schemas of an object under another name have the same edges.
  const key = JSON.stringify([nodes.client.map(({ value }) => value), nodes.document.map(({ value }) => value)])
  const again = path.length > 1 && JsonNode.isRecord(value) && seen.has(key)
  seen.add(key)
  if (path.length > 0) {
    const edges = again ? BoundaryValues.noObjects : BoundaryValues.values([...nodes.client, ...nodes.document])
    for (const { keyword, value } of edges) yield [path, keyword, () => value]
    if (part !== "payload") for (const text of BoundaryValues.urlTexts) yield [path, "text", () => text]
  }
  if (again) return
  if (Array.isArray(value)) {
    const [client, document] = [
      NormalizedSchema.of(nodes.client)?.items ?? [],
      NormalizedSchema.of(nodes.document)?.items ?? []
    ]
    if (value.length > 0) yield* changes({ client, document }, value[0], [...path, "0"], part, seen)
    return
  }
  if (!JsonNode.isRecord(value)) return
  const known = fieldNodes(nodes)
  for (const [name, field] of known) {
    yield* changes(field, value[name], [...path, name], part, seen)
    // Parameters of a path are given by their order: none can be left out.
    if (!(name in value) || part === "params") continue
    yield [path, "required", (old) => without(fieldsOf(old), name)]
    yield [path, "required", (old) => ({ ...fieldsOf(old), [name]: undefined })]
  }
  if (part === "params") return
  if (known.size > 0) yield [path, "additionalProperties", (old) => ({ ...fieldsOf(old), edge_field: 1 })]
  // Each field alone with what must be there: where one of several is needed, every one of them is enough.
  const required = new Set([
    ...(NormalizedSchema.of(nodes.client)?.required ?? []),
    ...(NormalizedSchema.of(nodes.document)?.required ?? [])
  ])
  const kept = Object.fromEntries(Object.entries(value).filter(([name]) => required.has(name)))
  yield [path, "required", () => kept]
  for (const name of Object.keys(value)) yield [path, "required", () => ({ ...kept, [name]: value[name] })]
}

/** Every request to try. */
export const probes = (pair: Pair): ReadonlyArray<Probe> => {
  const all = (["params", "query", "payload"] as const).flatMap((part) => {
    if (pair.client[part] === undefined) return []
    const nodes = nodesOf(pair, part)
    return bases(pair, part).flatMap((base) =>
      [...changes(nodes, base[part], [], part, new Set())].map(([path, keyword, change]): Probe => ({
        part,
        path,
        keyword,
        request: { ...base, [part]: put(base[part], path, change) }
      }))
    )
  })
  const text = ({ request }: Probe) =>
    JSON.stringify(request, (_, value: unknown) => (value === undefined ? "\u0000undefined" : value))
  return [...new Map(all.map((probe) => [text(probe), probe])).values()]
}

/** What the document says against a request, whether it is sent or not. */
const forbidden = (
  { validator }: Pick<Shape, "validator">,
  { operation }: Pair,
  { part, request }: Probe
): ReadonlyArray<Finding> => {
  if (part === "payload") {
    const schema = operation.body && Document.jsonOf(operation.body.content)
    const value = json(request.payload)
    return schema === undefined ? [] : [...validator.violations(schema, value), ...Validator.unmentioned(schema, value)]
  }
  const where = part === "params" ? "path" : "query"
  const declared = operation.parameters.filter((parameter) => parameter.in === where)
  const fields = fieldsOf(request[part])
  const unknown = Object.keys(fields).filter(
    (name) => fields[name] !== undefined && !declared.some((one) => one.name === name)
  )
  const { pointer, through } = operation.node
  if (unknown.length > 0) return [{ class: "breaking", pointer, through, message: `${unknown.join()} is not known` }]
  return declared.flatMap(({ name, node, required, schema }): ReadonlyArray<Finding> => {
    if (fields[name] === undefined) {
      return required
        ? [{ class: "breaking", pointer: node.pointer, through: node.through, message: `${name} is required` }]
        : []
    }
    return schema === undefined ? [] : validator.violations(schema, fields[name])
  })
}

const at = (pair: Pair, { part, path }: Probe): JsonNode.Node => {
  if (part === "payload") {
    const schema = pair.operation.body && Document.jsonOf(pair.operation.body.content)
    return schema === undefined
      ? pair.operation.node
      : Validator.placeOf(schema, path.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""))
  }
  const parameter = pair.operation.parameters.find(({ name }) => name === path[0])
  return parameter?.node ?? pair.operation.node
}

const nameOf = ({ part, path }: Probe): string =>
  path.length === 0 ? (part === "payload" ? "the body" : `the ${part}`) : Validator.fieldOf(`/${path.join("/")}`)

/** Whether two JSON values are the same; `undefined` is not there. */
const same = (a: unknown, b: unknown): boolean => Equal.equals(json(a), json(b))

/** Where what was sent differs from what was given. */
const arrived = ({ operation }: Pair, { request }: Probe, { sent, url }: Exchange.Exchange): string | undefined => {
  const template = operation.path.split("/")
  const segments = url.pathname.split("/")
  if (url.hash !== "") return `a part of the URL is sent as its fragment, ${url.hash}`
  if (segments.length !== template.length) return `another path, ${url.pathname.slice(0, 100)}`
  for (const [index, part] of template.entries()) {
    const name = /^\{(.*)\}$/.exec(part)?.[1]
    const segment = segments[index] ?? ""
    if (name === undefined) {
      if (part !== segment) return `another path, ${url.pathname.slice(0, 100)}`
      continue
    }
    // Names of path parameters may differ between the two sides: their order does not.
    const place = template.slice(0, index).filter((part) => part.startsWith("{")).length
    const given = Object.values(request.params ?? {})[place]
    if (decode(segment) !== String(given)) return `the path parameter ${name} as ${segment.slice(0, 100)}`
  }
  for (const [name, given] of Object.entries(fieldsOf(request.query))) {
    const got = url.searchParams.getAll(name)
    if (given === undefined ? got.length > 0 && got[0] === "undefined" : got.length !== 1 || got[0] !== String(given))
      return `the query parameter ${name} as ${got.join().slice(0, 100) || "nothing"}`
  }
  const more = [...url.searchParams.keys()].find(
    (name) => fieldsOf(request.query)[name] === undefined && !isRequired(operation, name)
  )
  if (more !== undefined) return `the query parameter ${more}, which nobody gave`
  if (request.payload === undefined || sent === undefined) return undefined
  const body = JSON.parse(sent) as unknown
  const schema = operation.body && Document.jsonOf(operation.body.content)
  const needed = (schema && NormalizedSchema.of([schema])?.required) ?? new Set()
  const given = fieldsOf(json(request.payload))
  const added = Object.keys(fieldsOf(body)).find((name) => !(name in given) && !needed.has(name))
  if (added !== undefined) return `the field ${added}, which nobody gave`
  const changed = Object.entries(fieldsOf(json(request.payload))).find(
    ([name, given]) => !JsonNode.isRecord(body) || !same(body[name], given)
  )
  return changed === undefined ? undefined : `the field ${changed[0]} as something else`
}

/** What must be there the client may fill in. */
const isRequired = ({ parameters }: Document.Operation, name: string): boolean =>
  parameters.some((parameter) => parameter.name === name && parameter.required)

const decode = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** What is wrong with how a probe ended. */
export const judge = (
  subject: Pick<Shape, "validator">,
  pair: Pair,
  probe: Probe,
  { exchanges, exit }: Exchange.Outcome<unknown, unknown>
): ReadonlyArray<Finding> => {
  const place = at(pair, probe)
  const finding = (severity: Finding["class"], message: string): Finding => ({
    class: severity,
    pointer: place.pointer,
    through: place.through,
    message: `${nameOf(probe)}: ${message}`
  })
  const [exchange] = exchanges
  const error = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined
  if (Exit.isFailure(exit) && !(error instanceof IntercomError)) {
    return [finding("breaking", `the client dies at an edge of ${probe.keyword}, with no typed error`)]
  }
  if (exchange !== undefined) {
    const against = Requests.sent(subject.validator, pair.operation, exchange)
    const changed = arrived(pair, probe, exchange)
    return [
      ...against.map((finding) => ({ ...finding, message: `${finding.message}; the client sends it` })),
      ...(changed === undefined
        ? []
        : [finding("breaking", `what is given does not arrive: the client sends ${changed}`)])
    ]
  }
  const reason = error instanceof IntercomError ? error.reason : undefined
  if (reason?._tag !== "EncodeError") {
    return [
      finding("breaking", `at an edge of ${probe.keyword} nothing is sent, and the error is ${reason?._tag ?? "none"}`)
    ]
  }
  if (!isNamed(probe, reason.mismatches)) {
    return [
      finding("breaking", `the client refuses an edge of ${probe.keyword}, and its error does not name the field`)
    ]
  }
  if (forbidden(subject, pair, probe).length > 0) return []
  if (accepts(pair.client, probe.request) && isKnown(pair, probe)) {
    return [finding("breaking", `the client sends nothing for an edge of ${probe.keyword} its types allow`)]
  }
  // A URL cannot carry every text, nor JSON every number.
  return unequal.has(probe.keyword) || !isKnown(pair, probe)
    ? []
    : [finding("note", `the client takes ${reason.mismatches[0]?.expected ?? "less"} only, the document permits more`)]
}

/** Whether all fields are the client's: its types do not say that others are refused. */
const isKnown = ({ client }: Pair, { part, request }: Probe): boolean => {
  const node = client[part]?.node
  return node !== undefined && Validator.unmentioned(node, json(request[part])).length === 0
}

const unequal = new Set(["text", "range"])

const isNamed = (
  { path }: Probe,
  mismatches: ReadonlyArray<{ readonly path: string; readonly expected: string }>
): boolean => {
  const [field] = path
  // A rule about the whole says what it is about.
  return mismatches.some(
    (mismatch) =>
      field === undefined ||
      mismatch.path.includes(field) ||
      (mismatch.path === "" && mismatch.expected.includes(field))
  )
}

/** Texts in URLs are the same for every operation, and the edges of fields within fields are many. */
const shared = (subject: Shape, pair: Pair, all: ReadonlyArray<Probe>): ReadonlyArray<Probe> => {
  const isText = ({ keyword, part }: Probe) => keyword === "text" && part !== "payload"
  const isDeep = ({ path }: Probe) => path.length > 1
  const some = new Set([
    ...Share.of(subject, pair, all.filter(isText)),
    ...Share.of(subject, pair, all.filter(isDeep), enough)
  ])
  return all.filter((probe) => some.has(probe) || !(isText(probe) || isDeep(probe)))
}

const enough = 60

/** Tries every edge. Texts in URLs go to Prism as well, which must understand them. */
export const check = Effect.fn("Boundaries.check")(function* (subject: Shape, pair: Pair) {
  const all = shared(subject, pair, probes(pair))
  const seen = SchemaCoverage.tally()
  const tried = yield* Effect.forEach(all, (probe) =>
    Effect.gen(function* () {
      const call = Effect.suspend(() => subject.client.call(pair.client.name, probe.request))
      const outcome = yield* Exchange.through(call, Exchange.canned(200, "{}"))
      const [exchange] = outcome.exchanges
      seen.add(probe.keyword, exchange === undefined ? "refused" : "sent")
      const findings = [
        ...judge(subject, pair, probe, outcome),
        ...(exchange !== undefined && isForPrism(pair, probe) ? yield* mocked(subject, pair, probe) : [])
      ]
      return findings.map((finding): Divergence => ({
        ...divergence(subject, pair, "request", finding, exchange),
        counterexample: shown(probe.request)
      }))
    })
  )
  const none: ReadonlyArray<Divergence> =
    all.length > 0 || Object.values(partsOf(pair)).every((part) => part === undefined)
      ? []
      : [
          divergence(subject, pair, "request", {
            class: "breaking",
            pointer: pair.operation.node.pointer,
            through: [],
            message: "no value of the client's input types could be built for its edges"
          })
        ]
  const checked: Requests.Checked = {
    divergences: distinct([...tried.flat(), ...none]),
    runs: all.length,
    exercised: seen.counts()
  }
  return checked
})

const partsOf = ({ client: { params, payload, query } }: Pair) => ({ params, payload, query })

/** Prism sees every text in a path, and in one parameter of a query: it reads them all alike. */
const isForPrism = (pair: Pair, { keyword, part, path }: Probe): boolean => {
  if (keyword !== "text" || part === "payload") return false
  const first = pair.operation.parameters.find(
    ({ in: place, schema }) =>
      place === "query" && schema !== undefined && NormalizedSchema.of([schema])?.kinds.has("string")
  )
  return part === "params" || path[0] === first?.name
}

/** Long texts are not worth showing whole. */
const shown = (request: Client.Request) =>
  JSON.parse(
    JSON.stringify(request, (_, value: unknown) =>
      typeof value === "string" && value.length > 200 ? `${value.slice(0, 20)}… (${value.length} characters)` : value
    )
  ) as NonNullable<Divergence["counterexample"]>

const mocked = Effect.fnUntraced(function* (subject: Shape, pair: Pair, probe: Probe) {
  const { exchanges, exit } = yield* Exchange.through(
    subject.client.call(pair.client.name, probe.request),
    subject.prism.send()
  )
  const [exchange] = exchanges
  if (exchange === undefined) {
    const error = Exit.isFailure(exit) ? Cause.pretty(exit.cause).split("\n")[0] : "nothing sent"
    const place = at(pair, probe)
    const lost: Finding = {
      class: "breaking",
      pointer: place.pointer,
      through: place.through,
      message: `${nameOf(probe)}: Prism does not answer (${error ?? "no reason"})`
    }
    return [lost]
  }
  return Prism.violations(exchange).length === 0 ? [] : Requests.judge(subject, pair.operation, exchange)
})
