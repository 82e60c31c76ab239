/**
 * Another version of a document that is known, and that version aligned: what means the same in both is written as in
 * the known one, since that is what overlays are written for.
 */
import type * as Schema from "effect/Schema"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Canonical from "./Canonical.ts"
import * as Document from "./Document.ts"

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

export const same = (known: JsonNode.Node, given: JsonNode.Node): boolean =>
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
