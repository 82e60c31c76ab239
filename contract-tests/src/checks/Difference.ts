/** What is different between two versions of an operation, each difference at its place in the later one. */
import * as Canonical from "../document/Canonical.ts"
import * as Document from "../document/Document.ts"
import * as Revision from "../document/Revision.ts"
import { type Directed, directed, distinct, type Finding } from "../report/Divergence.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"

const text = JSON.stringify

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
  if (before === undefined || now === undefined || a === undefined || b === undefined || Revision.same(a, b)) return []
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
