/**
 * The keywords of a schema that forbid values: what kinds of values they are about, whether they forbid any as they are
 * written, and what they say, however it is spelt.
 */
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import * as OpenApiVisitor from "./OpenApiVisitor.ts"
import * as JsonNode from "./JsonNode.ts"

type Json = Schema.Json

export type Kind = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object"

/** Every kind there is; an integer is a number. */
export const kinds: ReadonlyArray<Kind> = ["null", "boolean", "number", "string", "array", "object"]

/** Keywords that forbid values, beyond those a shape names, with the kind they are about. */
export const ruleKinds: { readonly [keyword: string]: Kind | undefined } = {
  format: "string",
  pattern: "string",
  contentEncoding: "string",
  contentMediaType: "string",
  contentSchema: "string",
  exclusiveMinimum: "number",
  exclusiveMaximum: "number",
  multipleOf: "number",
  uniqueItems: "array",
  contains: "array",
  minContains: "array",
  maxContains: "array",
  prefixItems: "array",
  unevaluatedItems: "array",
  minProperties: "object",
  maxProperties: "object",
  propertyNames: "object",
  patternProperties: "object",
  dependentRequired: "object",
  dependentSchemas: "object",
  not: undefined,
  oneOf: undefined,
  if: undefined,
  readOnly: undefined,
  writeOnly: undefined
}

/** Whether a rule can forbid a value of a kind: `format` is about strings, but for `int32`. */
export const concerns = (keyword: string, value: Json, kind: Kind): boolean => {
  if (keyword === "format" && value === "int32") return kind === "integer" || kind === "number"
  const about = ruleKinds[keyword]
  return about === undefined || about === kind || (about === "number" && kind === "integer")
}

// Formats of numbers that every number JSON keeps exactly has, and of strings that every string has.
const wideFormats = new Set(["int64", "float", "double", "password", "binary"])

// Any text has the empty one in it. A dot is every character but the end of a line.
const widePattern =
  /^\^?(\.[*]|\.\{0,\}|\(\?:\)|\[\\s\\S\][*]|\[\\S\\s\][*]|\[\^\][*])?\??$|^\^?\[(\\s\\S|\\S\\s|\^)\][*]\$$|^(\.[*])?\$$/

type Known<A> = WeakMap<object, WeakMap<object, Map<string, A>>>

/**
 * What was found of a schema once. Schemas may contain themselves: while one is looked at, `meanwhile` is what is known
 * of it, which claims nothing.
 */
const remembered = <A>(known: Known<A>, node: JsonNode.Node, key: string, meanwhile: A, look: () => A): A => {
  const { root, value } = node
  if (!Predicate.isObject(root) || !Predicate.isObject(value)) return look()
  const schemas = known.get(root) ?? new WeakMap<object, Map<string, A>>()
  known.set(root, schemas)
  const found = schemas.get(value) ?? new Map<string, A>()
  schemas.set(value, found)
  const before = found.get(key)
  if (before !== undefined) return before
  found.set(key, meanwhile)
  const result = look()
  found.set(key, result)
  return result
}

const permitted: Known<boolean> = new WeakMap()
const forbidden: Known<boolean> = new WeakMap()

/** Whether a schema has nothing against any value of some kinds; of one that contains itself nobody can tell. */
export const permits = (reference: JsonNode.Node, among: ReadonlyArray<Kind> = kinds): boolean => {
  const node = JsonNode.resolve(reference)
  if (node === undefined) return false
  if (!JsonNode.isRecord(node.value)) return node.value === true
  return remembered(permitted, node, among.join(), false, () => permitsAll(node, among))
}

const permitsAll = (node: JsonNode.Node, among: ReadonlyArray<Kind>): boolean => {
  const schema = JsonNode.record(node)
  const about = (kind: Kind) => among.some((one) => one === kind || (kind === "number" && one === "integer"))
  const parts = (key: string) => childrenOf(node, key)
  const permitsChild = (key: string, kind: Kind) => {
    const child = JsonNode.child(node, key)
    return child === undefined || !about(kind) || permits(child)
  }
  const fits = (part: JsonNode.Node) => permits(part, among)
  const alternatives = parts("anyOf")
  const exclusive = parts("oneOf")
  return (
    permitsType(schema, among) &&
    permitsValues(schema, among) &&
    bounds.every(
      ([keyword, kind, idle]) => schema[keyword] === undefined || !about(kind) || schema[keyword] === idle
    ) &&
    (!about("object") || (requiredOf(schema).length === 0 && parts("properties").every((part) => permits(part)))) &&
    permitsChild("additionalProperties", "object") &&
    permitsChild("unevaluatedProperties", "object") &&
    permitsChild("items", "array") &&
    [...parts("allOf"), ...conditional(node)].every(fits) &&
    (alternatives.length === 0 || alternatives.some(fits)) &&
    (exclusive.length === 0 || (exclusive.some(fits) && exclusive.filter((part) => !forbids(part)).length === 1)) &&
    Object.entries(schema).every(
      ([keyword, value]) =>
        keyword === "oneOf" ||
        !Object.hasOwn(ruleKinds, keyword) ||
        !among.some((kind) => concerns(keyword, value, kind)) ||
        isIdle(node, keyword)
    )
  )
}

const bounds: ReadonlyArray<readonly [keyword: string, kind: Kind, idle: number | undefined]> = [
  ["minimum", "number", undefined],
  ["maximum", "number", undefined],
  ["multipleOf", "number", undefined],
  ["minLength", "string", 0],
  ["maxLength", "string", undefined],
  ["minItems", "array", 0],
  ["maxItems", "array", undefined]
]

const permitsType = ({ type }: Keywords, among: ReadonlyArray<Kind>): boolean => {
  if (type === undefined) return true
  const said: ReadonlyArray<Json> = Array.isArray(type) ? type : [type]
  return among.every((kind) => said.includes(kind) || (kind === "integer" && said.includes("number")))
}

const permitsValues = (schema: Keywords, among: ReadonlyArray<Kind>): boolean => {
  const { enum: values } = schema
  if ("const" in schema) return among.every((kind) => kind === "null") && schema["const"] === null
  if (!Array.isArray(values)) return true
  const all: { readonly [kind: string]: ReadonlyArray<Json> } = { boolean: [true, false], null: [null] }
  return among.every((kind) => all[kind]?.every((value) => values.includes(value)) === true)
}

const requiredOf = ({ required }: Keywords): ReadonlyArray<Json> => (Array.isArray(required) ? required : [])

type Keywords = { readonly [key: string]: Json }

const childrenOf = (node: JsonNode.Node, key: string): ReadonlyArray<JsonNode.Node> => {
  const child = JsonNode.child(node, key)
  return child === undefined ? [] : JsonNode.children(child).map(([, one]) => one)
}

/** Whether a schema permits nothing at all; of one that contains itself nobody can tell. */
export const forbids = (reference: JsonNode.Node): boolean => {
  const node = JsonNode.resolve(reference)
  if (node === undefined) return false
  if (!JsonNode.isRecord(node.value)) return node.value === false
  return remembered(forbidden, node, "", false, () => {
    const negated = JsonNode.child(node, "not")
    const alternatives = [childrenOf(node, "anyOf"), childrenOf(node, "oneOf")]
    return (
      (negated !== undefined && permits(negated)) ||
      childrenOf(node, "allOf").some(forbids) ||
      alternatives.some((parts) => parts.length > 0 && parts.every(forbids))
    )
  })
}

/** What follows from a condition that always holds, or never: it holds as well. */
export const conditional = (node: JsonNode.Node): ReadonlyArray<JsonNode.Node> => {
  const condition = JsonNode.child(node, "if")
  if (condition === undefined) return []
  const then = permits(condition) ? JsonNode.child(node, "then") : undefined
  const otherwise = forbids(condition) ? JsonNode.child(node, "else") : undefined
  return [then, otherwise].filter((part) => part !== undefined)
}

/** Whether a rule of a schema forbids nothing, as it is written. */
export const isIdle = (node: JsonNode.Node, keyword: string): boolean => {
  const schema = JsonNode.record(node)
  const { [keyword]: value = null } = schema
  const child = JsonNode.child(node, keyword)
  const each = childrenOf(node, keyword)
  const open = (one: JsonNode.Node | undefined) => one === undefined || permits(one)
  switch (keyword) {
    case "format":
      return wideFormats.has(String(value))
    case "pattern":
      return widePattern.test(String(value))
    case "minProperties":
      return value === 0 || (typeof value === "number" && value <= requiredOf(schema).length)
    case "multipleOf":
      return typesOf(node).every((type) => type !== "number" || value === 1) && Number.isInteger(1 / Number(value))
    case "exclusiveMinimum":
      return typeof schema["minimum"] === "number" && schema["minimum"] > Number(value)
    case "exclusiveMaximum":
      return typeof schema["maximum"] === "number" && schema["maximum"] < Number(value)
    case "dependentRequired": {
      const there = requiredOf(schema)
      return Object.entries(JsonNode.isRecord(value) ? value : {}).every(
        ([name, needed]) => !Array.isArray(needed) || needed.every((one) => one === name || there.includes(one))
      )
    }
    case "patternProperties":
      // Beside a schema for all others a pattern tells which ones those are.
      return each.length === 0 || (each.every(open) && open(JsonNode.child(node, "additionalProperties")))
    case "dependentSchemas":
      return each.every(open)
    case "prefixItems": {
      // What stands here is not held against `items`.
      const items = JsonNode.child(node, "items")
      const same = (part: JsonNode.Node) =>
        items !== undefined && JSON.stringify(plain(part).value) === JSON.stringify(plain(items).value)
      return each.every((part) => (open(part) && open(items)) || same(part))
    }
    case "propertyNames":
      return child !== undefined && permits(child, ["string"])
    case "unevaluatedItems":
    case "contentSchema":
      return open(child)
    case "contains":
      return schema["minContains"] === 0 && schema["maxContains"] === undefined
    case "minContains":
      return schema["contains"] === undefined || value === 0 || value === 1
    case "maxContains":
      return schema["contains"] === undefined
    case "uniqueItems":
      return value !== true || (typeof schema["maxItems"] === "number" && schema["maxItems"] <= 1)
    case "not":
      return child !== undefined && forbids(child)
    case "oneOf":
      return areApart(each, 0)
    case "if":
      // What always or never holds is no condition.
      return (
        child === undefined ||
        permits(child) ||
        forbids(child) ||
        (open(JsonNode.child(node, "then")) && open(JsonNode.child(node, "else")))
      )
    default:
      return value === false
  }
}

// A field tells kinds apart, or one of its fields does.
const deepest = 4

/** Whether no value can be of two of the alternatives, as far as their types and constants tell. */
const areApart = (parts: ReadonlyArray<JsonNode.Node>, depth: number): boolean => {
  const open = parts.flatMap((part) => {
    const node = JsonNode.resolve(part)
    return node === undefined || forbids(node) ? [] : [node]
  })
  return open.every((one, index) => open.slice(index + 1).every((other) => isApart(one, other, depth + 1)))
}

const typesOf = (node: JsonNode.Node): ReadonlyArray<Json> => {
  const { const: constant, enum: values, type } = JsonNode.record(node)
  if (constant !== undefined) return [kindOf(constant)]
  if (Array.isArray(values)) return values.map(kindOf)
  return type === undefined ? kinds : Array.isArray(type) ? type : [type]
}

const kindOf = (value: Json): Kind =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : (typeof value as "boolean" | "number" | "string" | "object")

const valuesOf = (node: JsonNode.Node): ReadonlyArray<Json> | undefined => {
  const { const: constant, enum: values } = JsonNode.record(node)
  return constant !== undefined ? [constant] : Array.isArray(values) ? values : undefined
}

const isApart = (one: JsonNode.Node, other: JsonNode.Node, depth: number): boolean => {
  if (depth > deepest) return false
  const numeric = (types: ReadonlyArray<Json>) => types.map((type) => (type === "integer" ? "number" : type))
  const [types, others] = [numeric(typesOf(one)), numeric(typesOf(other))]
  const shared = types.filter((type) => others.includes(type))
  if (shared.length === 0) return true
  const [values, otherValues] = [valuesOf(one), valuesOf(other)]
  if (values !== undefined && otherValues !== undefined) {
    const texts = new Set(values.map((value) => JSON.stringify(value)))
    return !otherValues.some((value) => texts.has(JSON.stringify(value)))
  }
  // Objects are told apart by a field both must have.
  if (shared.some((type) => type !== "object")) return false
  const needed = requiredOf(JsonNode.record(other))
  return requiredOf(JsonNode.record(one)).some((name) => {
    if (typeof name !== "string" || !needed.includes(name)) return false
    const [a, b] = [JsonNode.follow(one, "properties", name), JsonNode.follow(other, "properties", name)]
    return a !== undefined && b !== undefined && isApart(a, b, depth + 1)
  })
}

// What tells people something, and no program.
const annotations = new Set([
  "title",
  "description",
  "example",
  "examples",
  "externalDocs",
  "$comment",
  "deprecated",
  "xml",
  "default"
])

interface Plain {
  readonly value: Json
  /** How many schemas it is made of. */
  readonly size: number
}

const plains: Known<Plain> = new WeakMap()

// Written out more than this, schemas that share schemas have no end.
const largest = 2000

/** A schema without what is for people, `$ref`s written out: two that mean the same are often the same text then. */
const plain = (reference: JsonNode.Node): Plain => {
  const node = JsonNode.resolve(reference) ?? reference
  if (!JsonNode.isRecord(node.value)) return { value: node.value, size: 1 }
  const found = remembered(plains, node, "", { value: { again: true }, size: 1 }, () => writtenOut(node))
  return found.size > largest ? { value: { $ref: `#${node.pointer}` }, size: 1 } : found
}

const writtenOut = (node: JsonNode.Node): Plain => {
  let size = 1
  const inside = (one: JsonNode.Node): Json => {
    const { size: more, value } = plain(one)
    size += more
    return value
  }
  const entries = Object.keys(JsonNode.record(node)).flatMap((key): ReadonlyArray<readonly [string, Json]> => {
    const child = JsonNode.child(node, key)
    if (child === undefined || annotations.has(key) || key.startsWith("x-")) return []
    return [[key, keywordOf(child, key, inside)]]
  })
  return { value: Object.fromEntries(sorted(entries)), size }
}

/** The value of a keyword, with the schemas in it as they are to be. */
const keywordOf = (child: JsonNode.Node, keyword: string, inside: (schema: JsonNode.Node) => Json): Json => {
  const as = OpenApiVisitor.schemaKeys.get(keyword)
  if (as === undefined) return child.value
  if (as === "one") return inside(child)
  const inner = JsonNode.children(child).map(([name, one]) => [name, inside(one)] as const)
  return Array.isArray(child.value) ? inner.map(([, one]) => one) : Object.fromEntries(sorted(inner))
}

const sorted = (entries: ReadonlyArray<readonly [string, Json]>) =>
  entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

/** What a rule says; a condition is nothing without what follows from it. */
const saidBy = (node: JsonNode.Node, keyword: string): Json => {
  const child = JsonNode.child(node, keyword)
  if (child === undefined) return null
  if (keyword === "oneOf") {
    const parts = JsonNode.children(child).map(([, part]) => plain(part).value)
    return parts.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (keyword !== "if") return keywordOf(child, keyword, (schema) => plain(schema).value)
  const follows = (key: string) => {
    const found = JsonNode.child(node, key)
    return found === undefined || permits(found) ? true : plain(found).value
  }
  return [plain(child).value, follows("then"), follows("else")]
}

/** The rules of a schema that forbid something, by keyword. */
export const of = (node: JsonNode.Node): ReadonlyMap<string, Json> =>
  new Map(
    Object.keys(JsonNode.record(node))
      .filter((keyword) => Object.hasOwn(ruleKinds, keyword) && !isIdle(node, keyword))
      .map((keyword) => [keyword, saidBy(node, keyword)])
  )
