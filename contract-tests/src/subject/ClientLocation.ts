/** The client's side of a finding: the part of its declaration, and the schema in it, that the place stands against. */
import * as JsonPointer from "effect/JsonPointer"
import type * as Schema from "effect/Schema"
import type * as Client from "./Client.ts"
import type { Divergence } from "../report/Divergence.ts"
import type * as Document from "../document/Document.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import { tokensOf } from "../document/PositionedText.ts"

/** What of an operation a place of the document is about. `declaration` is everything around its schemas. */
export type Part = "params" | "query" | "payload" | "success" | "declaration"

export interface ClientLocation {
  readonly part: Part
  /** JSON pointer into the part's JSON Schema. */
  readonly pointer: string
  /** The name of what the client lacks there, when it lacks it. The schema is then that of what it would be in. */
  readonly missing?: string
  /** JSON Schema, cut where it is deep; of a `declaration` what it says. */
  readonly schema: Schema.Json
}

// Lists, items and fields with their types: what is deeper is not what a finding at this place is about.
const deepest = 6

const cut = (value: Schema.Json, depth = 0): Schema.Json => {
  if (typeof value !== "object" || value === null) return value
  if (depth >= deepest) return "…"
  if (Array.isArray(value)) return value.map((item: Schema.Json) => cut(item, depth + 1))
  const entries = Object.entries(value).filter(([key]) => depth > 0 || key !== "$defs")
  return Object.fromEntries(entries.map(([key, item]) => [key, cut(item, depth + 1)]))
}

/** The tokens from an operation down to a place, with `$ref`s replaced by what they lead to. */
const tokensBelow = (root: Schema.Json, operation: JsonNode.Node, finding: Pick<Divergence, "pointer" | "through">) => {
  const item = operation.pointer.slice(0, operation.pointer.lastIndexOf("/"))
  const tokens: Array<string> = []
  let base: string | undefined
  for (const pointer of [...finding.through, finding.pointer]) {
    const from = base ?? [operation.pointer, item].find((one) => pointer === one || pointer.startsWith(`${one}/`))
    if (from === undefined || !(pointer === from || pointer.startsWith(`${from}/`))) continue
    const rest = tokensOf(pointer.slice(from.length))
    const isReference = rest.at(-1) === "$ref"
    tokens.push(...(isReference ? rest.slice(0, -1) : rest))
    if (!isReference) return tokens
    const reference = JsonNode.at(root, pointer)?.value
    const keys = typeof reference === "string" ? JsonPointer.parseUriFragment(reference) : undefined
    if (keys === undefined) return tokens
    base = JsonNode.below("", ...keys)
  }
  return base === undefined ? undefined : tokens
}

const branches = (node: JsonNode.Node): ReadonlyArray<JsonNode.Node> => {
  const resolved = JsonNode.resolve(node)
  if (resolved === undefined) return []
  const below = ["anyOf", "allOf", "oneOf"].flatMap((key) => {
    const list = JsonNode.child(resolved, key)
    return list === undefined ? [] : JsonNode.children(list).flatMap(([, branch]) => branches(branch))
  })
  return [resolved, ...below]
}

const step = (node: JsonNode.Node, ...keys: ReadonlyArray<string>): JsonNode.Node | undefined => {
  for (const branch of branches(node)) {
    const found = JsonNode.descend(branch, keys)
    if (found !== undefined) return found
  }
  return undefined
}

/** Follows the fields and items of a place in the document through the client's schema. */
const walk = (
  start: JsonNode.Node,
  tokens: ReadonlyArray<string>
): { readonly node: JsonNode.Node; readonly missing?: string } => {
  let node = start
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] ?? ""
    const next = tokens[index + 1]
    if (token === "properties" && next !== undefined) {
      const field = step(node, token, next)
      if (field === undefined) return { node, missing: next }
      node = field
      index++
    } else if (token === "items" || token === "additionalProperties") {
      const below = step(node, token)
      if (below === undefined || !JsonNode.isRecord(below.value)) return { node }
      node = below
    } else if (token === "anyOf" || token === "allOf" || token === "oneOf") index++
    else return { node }
  }
  return { node }
}

const declaration = (client: Client.ClientOperation): ClientLocation => ({
  part: "declaration",
  pointer: "",
  schema: {
    method: client.method,
    path: client.path,
    sends: client.contentType ?? null,
    successStatus: client.successStatus,
    successBody: client.success !== undefined,
    errors: [...client.errors],
    secured: client.secured,
    params: Object.keys(JsonNode.record(client.params?.node ?? JsonNode.make({}))["properties"] ?? {}),
    query: Object.keys(JsonNode.record(client.query?.node ?? JsonNode.make({}))["properties"] ?? {})
  }
})

const inPart = (
  part: Part,
  schema: Client.Part | undefined,
  tokens: ReadonlyArray<string>
): ClientLocation | undefined => {
  if (schema === undefined) return undefined
  const { missing, node } = walk(schema.node, tokens)
  return { part, pointer: node.pointer, ...(missing === undefined ? undefined : { missing }), schema: cut(node.value) }
}

const parameter = (
  operation: Document.Operation,
  client: Client.ClientOperation,
  finding: Pick<Divergence, "pointer" | "through">,
  tokens: ReadonlyArray<string>
): ClientLocation | undefined => {
  const named = operation.parameters.find(({ node }) =>
    [finding.pointer, ...finding.through].some((one) => one === node.pointer || one.startsWith(`${node.pointer}/`))
  )
  const query = named === undefined || named.in === "query"
  if (named?.in === "header" || named?.in === "cookie") return undefined
  const path = named === undefined ? [] : ["properties", named.name, ...tokens.slice(tokens[2] === "schema" ? 3 : 2)]
  return query ? inPart("query", client.query, path) : inPart("params", client.params, path)
}

/** A place that no `$ref` of the operation is known to lead to is about the whole of what goes that way. */
const wholePart = (client: Client.ClientOperation, direction: Divergence["direction"]): ClientLocation | undefined => {
  if (direction === "request") return inPart("payload", client.payload, [])
  return direction === "response" ? inPart("success", client.success, []) : undefined
}

const partAt = (
  tokens: ReadonlyArray<string>,
  operation: Document.Operation,
  client: Client.ClientOperation,
  finding: Pick<Divergence, "pointer" | "through">
): ClientLocation | undefined => {
  const [first, second = ""] = tokens
  if (first === "parameters") return parameter(operation, client, finding, tokens)
  const schema = tokens.indexOf("schema")
  if (schema === -1) return undefined
  const below = tokens.slice(schema + 1)
  if (first === "requestBody") return inPart("payload", client.payload, below)
  return first === "responses" && second.startsWith("2") ? inPart("success", client.success, below) : undefined
}

/** The client's side of a finding in an operation both sides have. */
export const of = (
  root: Schema.Json,
  operation: Document.Operation,
  client: Client.ClientOperation,
  finding: Pick<Divergence, "pointer" | "through" | "direction">
): ClientLocation => {
  const tokens = tokensBelow(root, operation.node, finding)
  const slot = tokens === undefined ? wholePart(client, finding.direction) : partAt(tokens, operation, client, finding)
  return slot ?? declaration(client)
}
