/**
 * Another version of a document that is known: what changed in it, whatever the overlays say of the place. Overlays are
 * written for the document as it was published; where they replace or add something, a change below would not be seen
 * in the effective document. So the two are compared by themselves, too, and so is the client with each.
 */
import type * as Schema from "effect/Schema"
import * as Canonical from "../document/Canonical.ts"
import type { Client } from "../subject/Client.ts"
import * as Coverage from "./Coverage.ts"
import { type Directed, directed, distinct, type Divergence, type Finding, key } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Pairs from "../subject/Pairs.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import * as Structure from "./Structure.ts"
import { divergence, type Pair } from "../subject/Subject.ts"

type Json = Schema.Json
type JsonRecord = { readonly [key: string]: Json }

export interface Revision {
  /** The document that is known. */
  readonly known: Json
  /** The other one, without overlays; what means the same in both is written as in the known one. */
  readonly given: Json
  /** Actions of overlays that have no effect on it. */
  readonly idle: ReadonlyArray<Idle>
}

/** An action of an overlay, or an addition, without effect, and what it changes in the known document. */
export interface Idle {
  readonly kind: "action" | "addition"
  readonly file: string
  readonly index: number
  readonly target: string
  readonly changes: ReadonlyArray<string>
}

const text = JSON.stringify

// ---------------------------------------------------------------------------------------------------------------------
// recognising
// ---------------------------------------------------------------------------------------------------------------------

const shared = (one: ReadonlySet<string>, other: ReadonlySet<string>): number => {
  const all = new Set([...one, ...other]).size
  return all === 0 ? 1 : [...one].filter((name) => other.has(name)).length / all
}

/**
 * Whether a document is a version of the known one, rather than another description of the same API: they have most of
 * their operations in common, by path and by what answers are made of.
 */
export const recognises = (known: Json, given: Json): boolean => {
  const [one, other] = [Document.make(known), Document.make(given)]
  const keys = ({ operations }: Document.Document) => new Set(operations.map(({ key }) => key))
  const meanings = ({ operations, root }: Document.Document) =>
    new Set(
      operations.flatMap((operation) =>
        [...Canonical.operation(root, operation)].map(([part, form]) => text([operation.key, part, form]))
      )
    )
  return shared(keys(one), keys(other)) > 0.5 && shared(meanings(one), meanings(other)) > 0.3
}

const webhooks = ({ root }: Document.Document): ReadonlyArray<JsonNode.Node> => {
  const found = JsonNode.child(root, "webhooks")
  return found === undefined ? [] : JsonNode.children(found).map(([, node]) => node)
}

/** Whether two documents mean the same. */
export const means = (known: Json, given: Json): boolean => {
  const forms = (json: Json) => {
    const document = Document.make(json)
    return text([
      document.operations
        .map((one) => [one.key, [...Canonical.operation(document.root, one)].toSorted(([a], [b]) => (a < b ? -1 : 1))])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      webhooks(document).map(({ pointer }) => pointer),
      document.version !== undefined && Document.isApiVersion(document.version) ? document.version : undefined
    ])
  }
  return forms(known) === forms(given)
}

// ---------------------------------------------------------------------------------------------------------------------
// aligning
// ---------------------------------------------------------------------------------------------------------------------

const same = (known: JsonNode.Node, given: JsonNode.Node): boolean =>
  text(Canonical.schema(known)) === text(Canonical.schema(given))

/** A schema as it is given, with every part that means the same written as in the known one. */
const alignSchema = (known: JsonNode.Node, given: JsonNode.Node): Json => {
  if (same(known, given)) return known.value
  const target = JsonNode.resolve(known)
  const reference = JsonNode.record(given)["$ref"]
  if (target === undefined || reference !== undefined || !JsonNode.isRecord(given.value)) return given.value
  const step = (key: string): readonly [string, Json] => {
    const [a, b] = [JsonNode.child(target, key), JsonNode.child(given, key)]
    if (a === undefined || b === undefined) return [key, b?.value ?? null]
    if (key === "items" || key === "additionalProperties") return [key, alignSchema(a, b)]
    return [key, key === "properties" ? alignEach(a, b, alignSchema) : b.value]
  }
  return Object.fromEntries(Object.keys(given.value).map(step))
}

const alignEach = (
  known: JsonNode.Node,
  given: JsonNode.Node,
  align: (known: JsonNode.Node, given: JsonNode.Node) => Json
): JsonRecord =>
  Object.fromEntries(
    JsonNode.children(given).map(([name, node]) => {
      const before = JsonNode.child(known, name)
      return [name, before === undefined ? node.value : align(before, node)]
    })
  )

const alignContent = (known: JsonNode.Node, given: JsonNode.Node): Json => {
  const [a, b] = [JsonNode.child(known, "content"), JsonNode.child(given, "content")]
  if (a === undefined || b === undefined || !JsonNode.isRecord(given.value)) return given.value
  const content = alignEach(a, b, (before, media) => {
    const [old, now] = [JsonNode.child(before, "schema"), JsonNode.child(media, "schema")]
    return old === undefined || now === undefined
      ? media.value
      : { ...JsonNode.record(media), schema: alignSchema(old, now) }
  })
  return { ...given.value, content }
}

const alignOperation = (known: Document.Document, given: Document.Document, one: Document.Operation): Json => {
  const before = known.operations.find(({ key }) => key === one.key)
  if (before === undefined) return one.node.value
  const [old, now] = [Canonical.operation(known.root, before), Canonical.operation(given.root, one)]
  const kept = (part: string) => old.has(part) && text(old.get(part)) === text(now.get(part))
  if (old.size === now.size && [...now.keys()].every(kept)) return before.node.value
  const responses = Object.fromEntries(
    one.responses.map((response) => {
      const other = before.responses.find(({ status }) => status.toUpperCase() === response.status.toUpperCase())
      if (other === undefined) return [response.status, response.node.value]
      return kept(`responses ${response.status.toUpperCase()}`)
        ? [response.status, other.node.value]
        : [response.status, alignContent(other.node, response.node)]
    })
  )
  const body =
    one.body === undefined || before.body === undefined
      ? one.body?.node.value
      : kept("requestBody")
        ? before.body.node.value
        : alignContent(before.body.node, one.body.node)
  return {
    ...JsonNode.record(one.node),
    ...(body === undefined ? undefined : { requestBody: body }),
    ...(JsonNode.child(one.node, "responses") === undefined ? undefined : { responses })
  }
}

const alignPaths = (known: Document.Document, given: Document.Document): JsonRecord => {
  const paths = JsonNode.child(given.root, "paths")
  return Object.fromEntries(
    (paths === undefined ? [] : JsonNode.children(paths)).map(([path, item]) => {
      const operations = given.operations.filter((one) => one.path === path)
      const aligned = operations.map((one) => [one.method.toLowerCase(), alignOperation(known, given, one)] as const)
      const unchanged =
        operations.length > 0 &&
        operations.every((one, index) =>
          known.operations.some(({ key, node }) => key === one.key && node.value === aligned[index]?.[1])
        )
      // Where nothing changed, nothing else the path says matters, and its parameters may have other names.
      const [first] = operations
      const before = known.operations.find(({ key }) => key === first?.key)
      return unchanged && before !== undefined
        ? [before.path, Object.fromEntries(aligned)]
        : [path, { ...JsonNode.record(JsonNode.resolve(item) ?? item), ...Object.fromEntries(aligned) }]
    })
  )
}

/** Names a document refers to below `components/schemas`. */
const referredTo = (value: Json): ReadonlySet<string> =>
  new Set([...text(value).matchAll(/"#\/components\/schemas\/([^"/]+)/g)].map(([, name = ""]) => name))

/** The given document, with all that means the same written as in the known one: what overlays are written for. */
export const align = (knownRoot: Json, givenRoot: Json): Json => {
  const [known, given] = [Document.make(knownRoot), Document.make(givenRoot)]
  const schemas = (root: JsonNode.Node) => JsonNode.follow(root, "components", "schemas") ?? JsonNode.make({})
  const [old, now] = [schemas(known.root), schemas(given.root)]
  // A schema that went away is missed only where something still refers to it.
  const missed = referredTo(givenRoot)
  const gone = Object.fromEntries(
    Object.entries(JsonNode.record(old)).filter(
      ([name]) => JsonNode.child(now, name) === undefined && !missed.has(name)
    )
  )
  return {
    ...JsonNode.record(given.root),
    paths: alignPaths(known, given),
    components: {
      ...JsonNode.record(JsonNode.follow(given.root, "components") ?? JsonNode.make({})),
      schemas: { ...gone, ...alignEach(old, now, alignSchema) }
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// comparing
// ---------------------------------------------------------------------------------------------------------------------

const drift = (node: JsonNode.Node, keys: ReadonlyArray<string>, message: string): Finding => ({
  class: "drift",
  pointer: JsonNode.below(node.pointer, ...keys),
  through: node.through,
  message
})

const list = (values: Iterable<unknown>): string => [...values].map(String).join(" or ") || "nothing"

const keywords: ReadonlyArray<readonly [keyword: string, of: (shape: NormalizedSchema.Shape) => unknown]> = [
  ["type", ({ kinds, typed }) => (typed ? list([...kinds].toSorted()) : "anything")],
  ["enum", ({ values }) => values?.map((value) => text(value)).toSorted()],
  ["default", ({ otherwise }) => otherwise],
  ["required", ({ required }) => [...required].toSorted()],
  ["minimum", ({ minimum }) => minimum],
  ["maximum", ({ maximum }) => maximum],
  ["minLength", ({ minLength }) => minLength],
  ["maxLength", ({ maxLength }) => maxLength],
  ["minItems", ({ minItems }) => minItems],
  ["maxItems", ({ maxItems }) => maxItems],
  ["additionalProperties", ({ additional }) => (additional === false ? "none" : "some")]
]

/** What differs between two schemas, each difference at its place. */
const schemas = (
  known: ReadonlyArray<JsonNode.Node>,
  given: ReadonlyArray<JsonNode.Node>,
  path: string
): ReadonlyArray<Finding> => {
  const [before, now] = [NormalizedSchema.of(known), NormalizedSchema.of(given)]
  const [a, b] = [known[0], given[0]]
  if (before === undefined || now === undefined || a === undefined || b === undefined || same(a, b)) return []
  const at = (step: string) => (path === "" ? step.replace(/^\./, "") : path + step)
  const where = path === "" ? "the body" : path
  const own = keywords.flatMap(([keyword, of]) => {
    const [old, next] = [of(before), of(now)]
    return text(old) === text(next) || String(old) === String(next)
      ? []
      : [drift(now.node, [keyword], `${where}: ${keyword} was ${said(old)}, and is ${said(next)}`)]
  })
  const rules = [...new Set([...before.rules.keys(), ...now.rules.keys()])].flatMap((keyword) => {
    const [old, next] = [before.rules.get(keyword), now.rules.get(keyword)]
    return text(old) === text(next)
      ? []
      : [drift(now.node, [keyword], `${where}: ${keyword} was ${said(old)}, and is ${said(next)}`)]
  })
  const fields = [...new Set([...before.fields.keys(), ...now.fields.keys()])].flatMap((name) => {
    const [old, next] = [before.fields.get(name)?.nodes ?? [], now.fields.get(name)?.nodes ?? []]
    if (next.length === 0 && old.length > 0) return [drift(now.node, ["properties", name], `${at(`.${name}`)} is gone`)]
    if (old.length === 0 && next.length > 0) return [drift(now.node, ["properties", name], `${at(`.${name}`)} is new`)]
    return schemas(old, next, at(`.${name}`))
  })
  const all = [...own, ...rules, ...fields, ...schemas(before.items, now.items, at("[]"))]
  return all.length > 0 ? all : [drift(b, [], `${where} is described otherwise`)]
}

const said = (value: unknown): string =>
  value === undefined || value === Infinity || value === -Infinity
    ? "not said"
    : typeof value === "string"
      ? value
      : (text(value) ?? "not said")

const contents = (
  known: Document.Body["content"],
  given: Document.Body["content"],
  node: JsonNode.Node
): ReadonlyArray<Finding> => [
  ...[...known.keys()]
    .filter((type) => !given.has(type))
    .map((type) => drift(node, ["content", type], `content type ${type} is gone`)),
  ...[...given].flatMap(([type, schema]) => {
    if (!known.has(type)) return [drift(node, ["content", type], `content type ${type} is new`)]
    const before = known.get(type)
    return before === undefined || schema === undefined
      ? before === schema
        ? []
        : [drift(node, ["content", type, "schema"], `the schema is ${schema === undefined ? "gone" : "new"}`)]
      : schemas([before], [schema], "")
  })
]

const parameters = (known: Document.Operation, given: Document.Operation): ReadonlyArray<Finding> => {
  const keyed = ({ parameters, path }: Document.Operation) =>
    new Map(
      parameters
        .filter((parameter) => !Document.isIgnored(parameter))
        .map((parameter) => [Canonical.parameterKey(path, parameter), parameter] as const)
    )
  const [before, now] = [keyed(known), keyed(given)]
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((name) => {
    const [old, next] = [before.get(name), now.get(name)]
    if (next === undefined) return [drift(given.node, ["parameters"], `the ${old?.in} parameter ${old?.name} is gone`)]
    const where = `the ${next.in} parameter ${next.name}`
    if (old === undefined) return [drift(next.node, [], `${where} is new`)]
    if (text(Canonical.parameter(old)) === text(Canonical.parameter(next))) return []
    const own =
      old.required === next.required
        ? []
        : [drift(next.node, ["required"], `${where} is ${next.required ? "" : "not "}required now`)]
    const inside =
      old.schema === undefined || next.schema === undefined ? [] : schemas([old.schema], [next.schema], where)
    return own.length + inside.length > 0
      ? [...own, ...inside]
      : [drift(next.node, [], `${where} is described otherwise`)]
  })
}

const response = (
  old: Document.Response | undefined,
  next: Document.Response | undefined,
  status: string,
  given: Document.Operation
): ReadonlyArray<Finding> => {
  if (next === undefined) return [drift(given.node, ["responses", status], `the response ${status} is gone`)]
  if (old === undefined) return [drift(next.node, [], `the response ${status} is new`)]
  if (text(Canonical.response(old)) === text(Canonical.response(next))) return []
  const inside = contents(old.content, next.content, next.node)
  return inside.length > 0 ? inside : [drift(next.node, ["headers"], `the headers of the response ${status} changed`)]
}

const responses = (known: Document.Operation, given: Document.Operation): ReadonlyArray<Directed> => {
  const statuses = new Set([...known.responses, ...given.responses].map(({ status }) => status.toUpperCase()))
  const of = ({ responses }: Document.Operation, wanted: string) =>
    responses.find(({ status }) => status.toUpperCase() === wanted)
  return [...statuses].flatMap((status) =>
    directed(
      Document.isSuccess({ status }) ? "response" : "error",
      response(of(known, status), of(given, status), status, given)
    )
  )
}

const bodies = (known: Document.Operation, given: Document.Operation): ReadonlyArray<Finding> => {
  const [old, next] = [known.body, given.body]
  if (next === undefined)
    return old === undefined ? [] : [drift(given.node, ["requestBody"], "the body of requests is gone")]
  if (old === undefined) return [drift(next.node, [], "the body of requests is new")]
  return [
    ...(old.required === next.required
      ? []
      : [drift(next.node, ["required"], `the body of requests is ${next.required ? "" : "not "}required now`)]),
    ...contents(old.content, next.content, next.node)
  ]
}

/** What is different in an operation. */
export const changes = (
  known: { readonly root: JsonNode.Node; readonly operation: Document.Operation },
  given: { readonly root: JsonNode.Node; readonly operation: Document.Operation }
): ReadonlyArray<Directed> => {
  const [before, now] = [
    Canonical.operation(known.root, known.operation),
    Canonical.operation(given.root, given.operation)
  ]
  const differs = (part: string) => text(before.get(part)) !== text(now.get(part))
  const parts = [...new Set([...before.keys(), ...now.keys()])].filter(differs)
  if (parts.length === 0) return []
  const around = (["security", "servers", "callbacks"] as const)
    .filter(differs)
    .map((part) =>
      drift(
        part === "callbacks" ? given.operation.node : Document.heldBy(part, given, known),
        [part],
        `${part} changed`
      )
    )
  const found = distinct([
    ...directed("request", parameters(known.operation, given.operation)),
    ...directed("request", bodies(known.operation, given.operation)),
    ...responses(known.operation, given.operation),
    ...directed("coverage", around)
  ])
  return found.length > 0
    ? found
    : directed("coverage", [drift(given.operation.node, [], `changed: ${parts.join(", ")}`)])
}

// ---------------------------------------------------------------------------------------------------------------------
// checking
// ---------------------------------------------------------------------------------------------------------------------

/** The operations both sides have. */
export const pairsOf = (client: Client, document: Document.Document): ReadonlyArray<Pair> =>
  Pairs.make(client.operations, document)

// One document is compared with many others.
const compared = new WeakMap<Client, WeakMap<object, ReadonlyArray<Divergence>>>()

/** What the comparing checks find, without overlays. */
export const compare = (client: Client, document: Document.Document): ReadonlyArray<Divergence> => {
  const known = compared.get(client) ?? new WeakMap<object, ReadonlyArray<Divergence>>()
  compared.set(client, known)
  const key = JsonNode.record(document.root)
  const found = known.get(key) ?? [
    ...Coverage.operations({ client, document }),
    ...pairsOf(client, document).flatMap((pair) => [
      ...Coverage.check({ document }, pair),
      ...Structure.check({ document }, pair)
    ])
  ]
  known.set(key, found)
  return found
}

const within = (outer: string, inner: string): boolean => outer === inner || inner.startsWith(`${outer}/`)

const touches = (one: string, other: string): boolean => within(one, other) || within(other, one)

/**
 * What the known document does not have against the client, and the given one has; then what else changed; then the
 * actions of overlays that lost their place. `elsewhere` is what the effective document shows already.
 */
export const check = (
  client: Client,
  { given, idle, known }: Revision,
  elsewhere: ReadonlyArray<Divergence>
): ReadonlyArray<Divergence> => {
  const [before, now] = [Document.make(known), Document.make(given)]
  const identity = (one: Divergence) => `${one.class} ${one.operation} ${key(one)}`
  const old = new Set(compare(client, before).map(identity))
  const shown = new Set(elsewhere.map(identity))
  // What both have tells nothing of a change.
  const fresh = compare(client, now).filter((one) => one.class !== "note" && !old.has(identity(one)))
  const found = fresh.filter((one) => !shown.has(identity(one)))
  const told = elsewhere.filter((one) => one.class !== "note" && !old.has(identity(one)))
  const earlier = pairsOf(client, before)
  const changed = pairsOf(client, now).flatMap((pair) => {
    // Of alternatives, what was the method's.
    const operation = earlier.find((one) => one.client === pair.client)?.operation
    if (operation === undefined) return []
    return changes({ root: before.root, operation }, { root: now.root, operation: pair.operation })
      .filter(
        ({ pointer }) =>
          !fresh.some((one) => one.operation === pair.operation.name && within(one.pointer, pointer)) &&
          !told.some((one) => one.operation === pair.operation.name && one.pointer === pointer) &&
          // Where servers and security are compared with the client's, that they changed says nothing more.
          !(
            /\/(servers|security)$/.test(pointer) &&
            [...fresh, ...told].some((one) => one.operation === pair.operation.name && within(pointer, one.pointer))
          )
      )
      .map((finding) => divergence({ document: now }, pair, finding.direction, finding))
  })
  const all = [...told, ...found, ...changed]
  const lost = idle
    .filter(({ changes }) => !changes.some((change) => all.some(({ pointer }) => touches(pointer, change))))
    .map(({ changes, file, index, kind, target }): Divergence => ({
      operation: "the API",
      direction: "coverage",
      class: "drift",
      pointer: changes[0] ?? "",
      through: [],
      message: `${kind} ${index + 1} of ${file} (${target}) changes nothing any more: the document is not the one it was written for`
    }))
  return [...found, ...changed, ...lost]
}
