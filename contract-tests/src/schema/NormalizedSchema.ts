/**
 * What a JSON Schema allows, field by field. Alternatives (`anyOf`, `oneOf`) are folded together: a field is required
 * when every alternative that is an object requires it. What this loses, the sampling checks see.
 */
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import * as JsonNode from "./JsonNode.ts"
import * as Rules from "./Rules.ts"
import { concerns, type Kind, kinds } from "./Rules.ts"

export type { Kind }

export { concerns }

/** One way to satisfy a schema. */
export interface Alternative {
  /** Where its keywords stand. */
  readonly node: JsonNode.Node
  readonly kinds: ReadonlySet<Kind>
  /** Whether `kinds` was said, rather than left open. */
  readonly typed: boolean
  readonly values: ReadonlyArray<Schema.Json> | undefined
  /** Schemas by property: all of a list must hold. */
  readonly fields: ReadonlyMap<string, ReadonlyArray<JsonNode.Node>>
  readonly required: ReadonlySet<string>
  /** `false`, or the schema of further properties; `undefined` when nothing is said. */
  readonly additional: JsonNode.Node | false | undefined
  readonly items: ReadonlyArray<JsonNode.Node>
  readonly minimum: number
  readonly maximum: number
  readonly minLength: number
  readonly maxLength: number
  readonly minItems: number
  readonly maxItems: number
  /** What else must hold, by keyword: `format`, `pattern`, `uniqueItems`, … */
  readonly rules: ReadonlyMap<string, Schema.Json>
  /** What is meant by leaving it out. */
  readonly otherwise: Schema.Json | undefined
}

type Keywords = { readonly [key: string]: Schema.Json }

/** The only values allowed; all booleans are no restriction. */
const valuesOf = (schema: Keywords, said: ReadonlyArray<Kind> | undefined): Alternative["values"] => {
  if ("const" in schema) return [schema["const"] ?? null]
  const { enum: values } = schema
  if (!Array.isArray(values)) return undefined
  const whole = said?.every((kind) => kind === "boolean" || kind === "null") === true
  const every = said?.includes("null") === true ? [true, false, null] : [true, false]
  return whole && every.every((value) => values.includes(value)) ? undefined : values
}

/** The fields that must be there; the one that tells kinds of an object apart is among them. */
const requiredOf = ({ discriminator, required }: Keywords): ReadonlyArray<string> => {
  const named = Array.isArray(required) ? required.filter((name) => typeof name === "string") : []
  const telling = Predicate.hasProperty(discriminator, "propertyName") ? discriminator.propertyName : undefined
  return typeof telling === "string" ? [...named, telling] : named
}

const number = (value: Schema.Json | undefined, otherwise: number): number =>
  typeof value === "number" ? value : otherwise

const isKind = (value: unknown): value is Kind => value === "integer" || kinds.some((kind) => kind === value)

const nodesOf = (node: JsonNode.Node | undefined) => (node === undefined ? [] : JsonNode.children(node))

/** The keywords of a schema itself, combinators apart. */
const keywords = (node: JsonNode.Node): Alternative => {
  const schema = JsonNode.record(node)
  const { type } = schema
  const named = Array.isArray(type) ? type.filter(isKind) : isKind(type) ? [type] : undefined
  // OpenAPI 3.0 writes null beside the type.
  const some = named !== undefined && schema["nullable"] === true ? [...named, "null" as const] : named
  // A number that is a multiple of an integer is one.
  const whole = Number.isInteger(schema["multipleOf"])
  const said = whole ? some?.map((kind) => (kind === "number" ? "integer" : kind)) : some
  const further = JsonNode.child(node, "additionalProperties") ?? JsonNode.child(node, "unevaluatedProperties")
  const additional = further !== undefined && Rules.permits(further) ? undefined : further
  const items = JsonNode.child(node, "items")
  return {
    node,
    kinds: new Set(said ?? kinds),
    typed: said !== undefined,
    values: valuesOf(schema, said),
    fields: new Map(nodesOf(JsonNode.child(node, "properties")).map(([name, field]) => [name, [field]])),
    required: new Set(requiredOf(schema)),
    additional: additional !== undefined && Rules.forbids(additional) ? false : additional,
    items: items === undefined ? [] : [items],
    minimum: Math.max(number(schema["minimum"], -Infinity), number(schema["exclusiveMinimum"], -Infinity)),
    maximum: Math.min(number(schema["maximum"], Infinity), number(schema["exclusiveMaximum"], Infinity)),
    minLength: number(schema["minLength"], 0),
    maxLength: number(schema["maxLength"], Infinity),
    minItems: number(schema["minItems"], 0),
    maxItems: number(schema["maxItems"], Infinity),
    rules: Rules.of(node),
    otherwise: schema["default"]
  }
}

const bothKinds = (a: ReadonlySet<Kind>, b: ReadonlySet<Kind>): ReadonlySet<Kind> =>
  new Set([
    ...[...a].filter((kind) => b.has(kind) || (kind === "integer" && b.has("number"))),
    ...[...b].filter((kind) => kind === "integer" && a.has("number"))
  ])

const bothFields = (a: Alternative["fields"], b: Alternative["fields"]): Alternative["fields"] =>
  new Map([...a.keys(), ...b.keys()].map((name) => [name, [...(a.get(name) ?? []), ...(b.get(name) ?? [])]]))

/** A keyword two parts say differently is kept twice: by itself, and as a part of an `allOf`. */
const bothRules = (a: Alternative["rules"], b: Alternative["rules"]): Alternative["rules"] => {
  const said = (rules: Alternative["rules"]): ReadonlyArray<Schema.Json> => {
    const parts = rules.get("allOf")
    return Array.isArray(parts) ? parts : []
  }
  const twice = [...b].filter(([keyword, value]) => {
    const other = a.get(keyword)
    return keyword !== "allOf" && other !== undefined && JSON.stringify(other) !== JSON.stringify(value)
  })
  const parts = [...said(a), ...said(b), ...twice.map(([keyword, value]) => ({ [keyword]: value }))]
  return new Map([...b, ...a, ...(parts.length === 0 ? [] : [["allOf", parts] as const])])
}

const both = (a: Alternative, b: Alternative): Alternative => ({
  // The place of the properties is where one would look for a missing one.
  node: a.fields.size > 0 || b.fields.size === 0 ? (a.typed || !b.typed ? a.node : b.node) : b.node,
  kinds: bothKinds(a.kinds, b.kinds),
  typed: a.typed || b.typed,
  values:
    a.values === undefined
      ? b.values
      : b.values === undefined
        ? a.values
        : a.values.filter((x) => b.values?.includes(x)),
  fields: bothFields(a.fields, b.fields),
  required: new Set([...a.required, ...b.required]),
  additional: a.additional === false || b.additional === undefined ? a.additional : b.additional,
  items: [...a.items, ...b.items],
  minimum: Math.max(a.minimum, b.minimum),
  maximum: Math.min(a.maximum, b.maximum),
  minLength: Math.max(a.minLength, b.minLength),
  maxLength: Math.min(a.maxLength, b.maxLength),
  minItems: Math.max(a.minItems, b.minItems),
  maxItems: Math.min(a.maxItems, b.maxItems),
  rules: bothRules(a.rules, b.rules),
  otherwise: a.otherwise ?? b.otherwise
})

/** How many ways to satisfy a schema are looked at. */
export const mostAlternatives = 1000

/** Of more combinations than that, one for each part: what any of them allows is in one of those. */
const cross = (left: ReadonlyArray<Alternative>, right: ReadonlyArray<Alternative>): ReadonlyArray<Alternative> => {
  if (left.length * right.length <= mostAlternatives) {
    return left.flatMap((a) => right.map((b) => both(a, b))).filter(({ kinds }) => kinds.size > 0)
  }
  const meets = (a: Alternative, b: Alternative) => bothKinds(a.kinds, b.kinds).size > 0
  const partner = (one: Alternative, others: ReadonlyArray<Alternative>, index: number) =>
    [...others.slice(index % others.length), ...others].find((other) => meets(one, other))
  return [
    ...left.flatMap((a, index) => [partner(a, right, index)].flatMap((b) => (b === undefined ? [] : [both(a, b)]))),
    ...right.flatMap((b, index) => [partner(b, left, index + 1)].flatMap((a) => (a === undefined ? [] : [both(a, b)])))
  ].slice(0, mostAlternatives)
}

// The same places of a document are asked about again and again.
type Known<A> = WeakMap<object, WeakMap<object, Map<string, A>>>
const knownAlternatives: Known<ReadonlyArray<Alternative>> = new WeakMap()
const knownShapes: Known<Shape> = new WeakMap()

const remembered = <A>(known: Known<A>, node: JsonNode.Node, look: () => A): A => {
  const { pointer, root, through, value } = node
  if (!Predicate.isObject(root) || !Predicate.isObject(value)) return look()
  const values = known.get(root) ?? new WeakMap<object, Map<string, A>>()
  known.set(root, values)
  const places = values.get(value) ?? new Map<string, A>()
  values.set(value, places)
  const key = [pointer, ...through].join(" ")
  const found = places.get(key) ?? look()
  places.set(key, found)
  return found
}

/** The ways to satisfy a schema. One that refers to itself at once allows nothing. */
export const alternatives = (node: JsonNode.Node): ReadonlyArray<Alternative> =>
  remembered(knownAlternatives, node, () => within(node, []))

/** {@link alternatives}; `open` are the schemas this one is part of. */
const within = (node: JsonNode.Node, open: ReadonlyArray<string>): ReadonlyArray<Alternative> => {
  if (node.value === false || Rules.forbids(node)) return []
  const own = Rules.conditional(node).reduce<ReadonlyArray<Alternative>>(
    (left, part) => cross(left, within(part, open)),
    [keywords(node)]
  )
  const target =
    "$ref" in JsonNode.record(node)
      ? JsonNode.resolve({ ...node, value: { $ref: JsonNode.record(node)["$ref"] ?? "" } })
      : undefined
  if (target !== undefined && open.includes(target.pointer)) return []
  const inside = [...open, target?.pointer ?? node.pointer]
  const referred = target === undefined ? own : cross(own, within(target, inside))
  const all = nodesOf(JsonNode.child(node, "allOf")).reduce(
    (left, [, part]) => cross(left, within(part, inside)),
    referred
  )
  return ["anyOf", "oneOf"].reduce((left, combinator) => {
    const parts = nodesOf(JsonNode.child(node, combinator))
    // Where one alternative takes everything, the others say nothing.
    return parts.length === 0 || (combinator === "anyOf" && parts.some(([, part]) => Rules.permits(part)))
      ? left
      : cross(
          left,
          parts.flatMap(([, part]) => within(part, inside))
        )
  }, all)
}

/** A field of an object. */
export interface Field {
  /** Its schemas, one list of nodes for each alternative that has it. */
  readonly nodes: ReadonlyArray<JsonNode.Node>
  readonly required: boolean
}

/** Everything a schema allows. */
export interface Shape extends Omit<Alternative, "fields"> {
  readonly fields: ReadonlyMap<string, Field>
  /** The only values there are of a kind, where every alternative with that kind names its values. */
  readonly choices: ReadonlyMap<Kind, ReadonlyArray<Schema.Json>>
}

const choicesOf = (alternatives: ReadonlyArray<Alternative>): Shape["choices"] =>
  new Map(
    kinds.flatMap((kind) => {
      const among = alternatives.filter((alternative) => alternative.kinds.has(kind))
      if (among.length === 0 || among.some(({ values }) => values === undefined)) return []
      // An array or object is no choice here, and null says all there is of its kind.
      const named = among.flatMap(({ values = [] }) => values).filter((value) => typeof value === kind)
      return named.length === 0 ? [] : [[kind, named] as const]
    })
  )

const union = (alternatives: ReadonlyArray<Alternative>, node: JsonNode.Node): Shape => {
  const objects = alternatives.filter(({ kinds }) => kinds.has("object"))
  const names = new Set(objects.flatMap(({ fields, required }) => [...fields.keys(), ...required]))
  const values = alternatives.flatMap(({ values }) => values ?? [])
  // Only alternatives of a kind say something of its bounds.
  const bound = (
    among: ReadonlyArray<Kind>,
    of: (alternative: Alternative) => number,
    pick: (...values: ReadonlyArray<number>) => number,
    none: number
  ) => {
    const bounds = alternatives.filter(({ kinds }) => among.some((kind) => kinds.has(kind))).map(of)
    return bounds.length === 0 ? none : pick(...bounds)
  }
  return {
    node: objects[0]?.node ?? alternatives[0]?.node ?? node,
    kinds: new Set(alternatives.flatMap(({ kinds }) => [...kinds])),
    typed: alternatives.every(({ typed }) => typed),
    values: alternatives.every(({ values, kinds }) => values !== undefined || (kinds.size === 1 && kinds.has("null")))
      ? values
      : undefined,
    choices: choicesOf(alternatives),
    fields: new Map(
      [...names].map((name) => [
        name,
        {
          nodes: objects.flatMap(({ fields }) => fields.get(name) ?? []),
          required: objects.every(({ required }) => required.has(name))
        }
      ])
    ),
    required: new Set([...names].filter((name) => objects.every(({ required }) => required.has(name)))),
    additional:
      objects.length > 0 && objects.every(({ additional }) => additional === false)
        ? false
        : objects
            .map(({ additional }) => additional)
            .find((additional) => additional !== undefined && additional !== false),
    items: alternatives.flatMap(({ items }) => items),
    minimum: bound(["integer", "number"], ({ minimum }) => minimum, Math.min, -Infinity),
    maximum: bound(["integer", "number"], ({ maximum }) => maximum, Math.max, Infinity),
    minLength: bound(["string"], ({ minLength }) => minLength, Math.min, 0),
    maxLength: bound(["string"], ({ maxLength }) => maxLength, Math.max, Infinity),
    minItems: bound(["array"], ({ minItems }) => minItems, Math.min, 0),
    maxItems: bound(["array"], ({ maxItems }) => maxItems, Math.max, Infinity),
    rules: new Map(
      alternatives.flatMap(({ kinds, rules }) =>
        [...rules].filter(([keyword, value]) =>
          // A rule holds when no other way around it is open.
          alternatives.every(
            (other) =>
              JSON.stringify(other.rules.get(keyword)) === JSON.stringify(value) ||
              ![...other.kinds].some((kind) => kinds.has(kind) && concerns(keyword, value, kind))
          )
        )
      )
    ),
    otherwise: alternatives.find(({ otherwise }) => otherwise !== undefined)?.otherwise
  }
}

const ofOne = (node: JsonNode.Node): Shape => remembered(knownShapes, node, () => union(alternatives(node), node))

/** Everything any of the schemas allows; `undefined` for none. */
export const of = (nodes: ReadonlyArray<JsonNode.Node>): Shape | undefined => {
  const [first, ...rest] = nodes
  if (first === undefined) return undefined
  return rest.length === 0 ? ofOne(first) : union(nodes.flatMap(alternatives), first)
}

/** The objects among what the schemas allow, each by itself. */
export const objects = (nodes: ReadonlyArray<JsonNode.Node>): ReadonlyArray<Shape> =>
  nodes.flatMap((node) =>
    alternatives(node)
      .filter(({ kinds }) => kinds.has("object"))
      .map((alternative) => union([alternative], node))
  )

/** Whether a kind is among others; every integer is a number. */
export const includes = (kinds: ReadonlySet<Kind>, kind: Kind): boolean =>
  kinds.has(kind) || (kind === "integer" && kinds.has("number"))
