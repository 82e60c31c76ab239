/**
 * What a document says that cannot be so, or is too much to check: schemas no value fits, that contain themselves, or
 * ask for more than anybody samples. Each is told as the document's own fault and taken out, so that the rest can be
 * checked.
 */
import type * as Schema from "effect/Schema"
import type { Finding } from "../report/Divergence.ts"
import * as Document from "./Document.ts"
import * as OpenApiVisitor from "../schema/OpenApiVisitor.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"

type Json = Schema.Json
type JsonRecord = { readonly [key: string]: Json }

export interface Checked {
  readonly document: Json
  readonly findings: ReadonlyArray<Finding>
  /** Places of which nothing is left: what a check finds there is nobody's but the document's. */
  readonly voided: ReadonlyArray<string>
}

/** What becomes of a schema, and what is told of it. */
interface Repair {
  readonly schema: JsonNode.Node
  /** The keyword the finding is about; the schema itself without. */
  readonly keyword?: string
  readonly message: string
  readonly change: (schema: JsonRecord) => Json
  readonly voids?: string
}

const without = (schema: JsonRecord, ...keys: ReadonlyArray<string>): JsonRecord =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)))

const contradiction = (what: string, remedy: string) => `the document contradicts itself: ${what}; ${remedy}`

const ignored = (what: string) => `${what} is ignored`

const schemasOf = (document: Json): ReadonlyArray<JsonNode.Node> =>
  OpenApiVisitor.parts(document).flatMap(({ node, part }) =>
    part === "schema" && JsonNode.isRecord(node.value) ? [node] : []
  )

const apply = (document: Json, repairs: ReadonlyArray<Repair>): Json => {
  const at = Map.groupBy(repairs, ({ schema }) => schema.pointer)
  return OpenApiVisitor.map(document, {
    schema: (schema, pointer) =>
      (at.get(pointer) ?? []).reduce<Json>(
        (changed, { change }) => (JsonNode.isRecord(changed) ? change(changed) : changed),
        schema
      )
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// schemas that are applied to the same value
// ---------------------------------------------------------------------------------------------------------------------

const lists = ["allOf", "anyOf", "oneOf"] as const
const singles = ["not", "if", "then", "else"] as const

const items = (node: JsonNode.Node, keyword: string): ReadonlyArray<JsonNode.Node> => {
  const found = JsonNode.child(node, keyword)
  return found === undefined ? [] : JsonNode.children(found).map(([, part]) => part)
}

const targetOf = (node: JsonNode.Node): JsonNode.Node | undefined =>
  typeof JsonNode.record(node)["$ref"] === "string" ? JsonNode.resolve(node) : undefined

/** The schemas a value of this one is held against as well. */
const beside = (node: JsonNode.Node): ReadonlyArray<JsonNode.Node> => [
  ...[targetOf(node)].filter((target) => target !== undefined),
  ...[...lists, "dependentSchemas"].flatMap((keyword) => items(node, keyword)),
  ...singles.flatMap((keyword) => [JsonNode.child(node, keyword)].filter((part) => part !== undefined))
]

/** References by which a schema contains itself with nothing between: nobody can say what fits it. */
const circular = (document: Json): ReadonlyArray<Repair> => {
  const done = new Set<string>()
  const open = new Set<string>()
  const found: Array<Repair> = []
  const visit = (node: JsonNode.Node): void => {
    if (done.has(node.pointer)) return
    open.add(node.pointer)
    for (const next of beside(node)) {
      if (!open.has(next.pointer)) visit(next)
      else found.push(selfReference(node, next))
    }
    open.delete(node.pointer)
    done.add(node.pointer)
  }
  for (const schema of schemasOf(document)) visit(schema)
  return found
}

const telling = ["type", "properties", "items", "enum", "const", "format", "pattern"]

const selfReference = (schema: JsonNode.Node, target: JsonNode.Node): Repair => ({
  schema,
  keyword: "$ref",
  message: contradiction("the schema contains itself, with nothing between", ignored("the reference")),
  // Nothing is no part of what there is.
  change: (written) => (schema.pointer.endsWith("/not") ? false : without(written, "$ref")),
  // It may say enough beside.
  ...(telling.some((keyword) => keyword in JsonNode.record(target)) ? undefined : { voids: target.pointer })
})

/** How much it is to look at a value by a schema, and in how many ways it can fit; both may be astronomic. */
interface Extent {
  readonly work: number
  readonly ways: number
}

const extents = () => {
  const known = new Map<string, Extent>()
  const of = (node: JsonNode.Node): Extent => {
    const found = known.get(node.pointer)
    if (found !== undefined) return found
    const ways = (keyword: string) => items(node, keyword).map((part) => of(part).ways)
    const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((a, b) => a + b, 0)
    const product = (numbers: ReadonlyArray<number>) => numbers.reduce((a, b) => a * b, 1)
    const target = targetOf(node)
    const extent = {
      work: 1 + sum(beside(node).map((part) => of(part).work)),
      ways: product([
        target === undefined ? 1 : of(target).ways,
        ...ways("allOf"),
        Math.max(1, sum(ways("anyOf"))),
        Math.max(1, sum(ways("oneOf")))
      ])
    }
    known.set(node.pointer, extent)
    return extent
  }
  return of
}

const most = { beside: 100_000, inside: 500_000 } as const

const inside = (node: JsonNode.Node): ReadonlyArray<JsonNode.Node> => [
  ...beside(node),
  ...["properties", "patternProperties"].flatMap((keyword) => items(node, keyword)),
  ...["items", "additionalProperties", "unevaluatedProperties"].flatMap((keyword) =>
    [JsonNode.child(node, keyword)].filter((part) => part !== undefined)
  )
]

/** Whether a schema is too large, each schema written out where it is referred to, but for those within themselves; `known` is what is inside of each. */
const isEndless = (node: JsonNode.Node, known: Map<string, ReadonlyArray<JsonNode.Node>>): boolean => {
  const open = new Set<string>()
  let left: number = most.inside
  const visit = (node: JsonNode.Node): void => {
    if (left-- <= 0 || open.has(node.pointer)) return
    open.add(node.pointer)
    const next = known.get(node.pointer) ?? inside(node)
    known.set(node.pointer, next)
    for (const one of next) visit(one)
    open.delete(node.pointer)
  }
  visit(node)
  return left <= 0
}

/** Why a document is too much to check, as a sentence; it must contain no schema in itself at once. */
export const excess = (document: Json): string | undefined => {
  const of = extents()
  const doubled = schemasOf(document).find((node) => of(node).work > most.beside)
  if (doubled !== undefined) {
    return `the schema at #${doubled.pointer} stands for ${of(doubled).work} schemas, more than a value can be held against (${most.beside}): its alternatives repeat each other`
  }
  const known = new Map<string, ReadonlyArray<JsonNode.Node>>()
  const endless = OpenApiVisitor.parts(document)
    .flatMap(({ node, part }) => (part === "media" || part === "parameter" ? [JsonNode.child(node, "schema")] : []))
    .find((schema) => schema !== undefined && isEndless(schema, known))
  return (
    endless &&
    `the schema at #${endless.pointer} comes to more than ${most.inside} schemas with its references written out, more than can be compared`
  )
}

/** Schemas with more combinations of alternatives than are compared. */
const combinations = (document: Json): ReadonlyArray<Finding> => {
  const of = extents()
  return schemasOf(document)
    .filter(
      (node) =>
        of(node).ways > NormalizedSchema.mostAlternatives && !beside(node).some((one) => of(one).ways === of(node).ways)
    )
    .map(({ pointer, through }) => ({
      class: "drift",
      pointer,
      through,
      message: `the document combines alternatives in ${of(JsonNode.at(document, pointer) ?? JsonNode.make({})).ways} ways: ${NormalizedSchema.mostAlternatives} of them at most are compared, each alternative in one`,
      fault: "document"
    }))
}

// ---------------------------------------------------------------------------------------------------------------------
// schemas no value fits
// ---------------------------------------------------------------------------------------------------------------------

const isOf = (kind: NormalizedSchema.Kind) => (value: Json) =>
  kind === "null"
    ? value === null
    : kind === "array"
      ? Array.isArray(value)
      : kind === "object"
        ? JsonNode.isRecord(value)
        : kind === "integer"
          ? Number.isInteger(value)
          : typeof value === kind

const number = (value: Json | undefined, otherwise: number): number => (typeof value === "number" ? value : otherwise)

/** What of an alternative's bounds leaves no value of a kind, in words. */
const crossed = (alternative: NormalizedSchema.Alternative, kind: NormalizedSchema.Kind): string | undefined => {
  const { maximum, maxItems, maxLength, minimum, minItems, minLength, rules } = alternative
  const above = (least: number, what: string, most: number, other: string) =>
    least > most ? `${what} ${least} is above ${other} ${most}` : undefined
  switch (kind) {
    case "string":
      return above(minLength, "minLength", maxLength, "maxLength")
    case "array":
      return above(minItems, "minItems", maxItems, "maxItems")
    case "object":
      return above(
        number(rules.get("minProperties"), 0),
        "minProperties",
        number(rules.get("maxProperties"), Infinity),
        "maxProperties"
      )
    case "integer": {
      const least = rules.get("exclusiveMinimum") === minimum ? Math.floor(minimum) + 1 : Math.ceil(minimum)
      const greatest = rules.get("exclusiveMaximum") === maximum ? Math.ceil(maximum) - 1 : Math.floor(maximum)
      return least > greatest ? `no integer is between ${minimum} and ${maximum}` : undefined
    }
    case "number": {
      const excluded = rules.get("exclusiveMinimum") === minimum || rules.get("exclusiveMaximum") === maximum
      return minimum === maximum && excluded
        ? `nothing is between ${minimum} and ${maximum}`
        : above(minimum, "minimum", maximum, "maximum")
    }
    default:
      return undefined
  }
}

const identity = (node: JsonNode.Node): string => (JsonNode.resolve(node) ?? node).pointer

const together = (nodes: ReadonlyArray<JsonNode.Node>): JsonNode.Node | undefined => {
  const [first, ...rest] = nodes
  if (first === undefined) return undefined
  return rest.length === 0 ? first : { ...first, value: { allOf: nodes.map(({ value }) => value) } }
}

// What is not settled by then is taken to be fine.
const patience = 200_000

/** Whether any value fits, as far as it can be told; a schema that needs itself has none that ends. */
const inhabitants = () => {
  const known = new Map<string, boolean>()
  const open = new Set<string>()
  let left = patience
  let assumed = 0

  const some = (alternative: NormalizedSchema.Alternative, kind: NormalizedSchema.Kind): boolean => {
    if (alternative.values !== undefined) return alternative.values.some(isOf(kind))
    if (crossed(alternative, kind) !== undefined) return false
    if (kind === "array") return alternative.minItems === 0 || all(alternative.items)
    return kind !== "object" || [...alternative.required].every((name) => all(alternative.fields.get(name) ?? []))
  }

  const all = (nodes: ReadonlyArray<JsonNode.Node>): boolean => {
    const node = together(nodes)
    if (node === undefined) return true
    const key = nodes.map(identity).join(" ")
    const settled = known.get(key)
    if (settled !== undefined) return settled
    if (left-- <= 0) return true
    if (open.has(key)) {
      assumed++
      return false
    }
    open.add(key)
    const before = assumed
    const found = NormalizedSchema.alternatives(node).some((one) => [...one.kinds].some((kind) => some(one, kind)))
    open.delete(key)
    // That there is none may hang on what was only assumed, unless nothing is open any more.
    if (found || assumed === before || open.size === 0) known.set(key, found)
    return found
  }
  return (node: JsonNode.Node) => all([node])
}

/** The parts by which a schema has no value: those it is held against, and those its values must have. */
const needs = (node: JsonNode.Node): ReadonlyArray<JsonNode.Node> =>
  [
    ...beside(node),
    ...NormalizedSchema.alternatives(node).flatMap(({ fields, items, minItems, required }) => [
      ...[...required].flatMap((name) => fields.get(name) ?? []),
      ...(minItems > 0 ? items : [])
    ])
  ].map((part) => JsonNode.resolve(part) ?? part)

/** The schemas no value fits, without those it is another's fault. */
const roots = (empty: ReadonlyArray<JsonNode.Node>): ReadonlyArray<JsonNode.Node> => {
  const pointers = new Set(empty.map(({ pointer }) => pointer))
  const causes = new Map(
    empty.map((node) => [node.pointer, needs(node).flatMap(({ pointer }) => (pointers.has(pointer) ? [pointer] : []))])
  )
  const reach = (from: string): ReadonlySet<string> => {
    const reached = new Set<string>()
    const queue = [...(causes.get(from) ?? [])]
    for (const pointer of queue) {
      if (reached.has(pointer)) continue
      reached.add(pointer)
      queue.push(...(causes.get(pointer) ?? []))
    }
    return reached
  }
  const told = new Set<string>()
  return empty.filter(({ pointer }) => {
    const reached = [...reach(pointer)]
    // Of those that need each other the first is enough.
    const own = reached.every((other) => reach(other).has(pointer)) && !reached.some((other) => told.has(other))
    if (own) told.add(pointer)
    return own
  })
}

const bounds = [
  ["minLength", "maxLength"],
  ["minItems", "maxItems"],
  ["minProperties", "maxProperties"],
  ["minimum", "maximum"],
  ["exclusiveMinimum", "exclusiveMaximum"],
  ["minimum", "exclusiveMaximum"],
  ["exclusiveMinimum", "maximum"]
] as const

const crossing = (schema: JsonNode.Node): Repair | undefined => {
  const written = JsonNode.record(schema)
  const pair = bounds.find(([least, most]) => {
    const strict = least.startsWith("exclusive") || most.startsWith("exclusive")
    const [low, high] = [number(written[least], -Infinity), number(written[most], Infinity)]
    // No integer is between 1 and 2, both excluded.
    const gap = strict && written["type"] === "integer" && Math.floor(low) + 1 > Math.ceil(high) - 1
    return low > high || (strict && low === high) || (gap && least.startsWith("e") && most.startsWith("e"))
  })
  if (pair === undefined) return undefined
  const [least, most] = pair
  return {
    schema,
    keyword: least,
    message: contradiction(
      `${least} ${String(written[least])} leaves nothing below ${most} ${String(written[most])}`,
      "both are ignored"
    ),
    change: (written) => without(written, least, most)
  }
}

const impossible = (schema: JsonNode.Node, isEmpty: (node: JsonNode.Node) => boolean): Repair | undefined => {
  const { required } = JsonNode.record(schema)
  if (!Array.isArray(required)) return undefined
  const alternatives = NormalizedSchema.alternatives(schema)
  const never = required.filter(
    (name) =>
      typeof name === "string" &&
      alternatives.some(({ fields }) => {
        const field = together(fields.get(name) ?? [])
        return field !== undefined && isEmpty(field)
      })
  )
  if (never.length === 0) return undefined
  const names = never.map(String).join(", ")
  return {
    schema,
    keyword: "required",
    message: contradiction(`it requires ${names}, and no value of it ends or is allowed`, ignored("the requirement")),
    change: (written) => ({ ...written, required: required.filter((name) => !never.includes(name)) })
  }
}

const mistyped = (schema: JsonNode.Node): Repair | undefined => {
  const written = JsonNode.record(schema)
  const keyword = "const" in written ? "const" : "enum"
  const rest = NormalizedSchema.alternatives({ ...schema, value: without(written, "const", "enum") })
  if (!(keyword in written) || rest.length === 0) return undefined
  return {
    schema,
    keyword,
    message: contradiction(`no value of ${keyword} is of the type the schema has`, ignored(keyword)),
    change: (written) => without(written, "const", "enum")
  }
}

const excluded = (schema: JsonNode.Node): Repair => {
  const alternatives = NormalizedSchema.alternatives(schema)
  const why = alternatives.flatMap((one) => [...one.kinds].flatMap((kind) => crossed(one, kind) ?? []))[0]
  return {
    schema,
    message: contradiction(`no value fits the schema: ${why ?? "its parts exclude each other"}`, ignored("the schema")),
    change: () => ({}),
    voids: schema.pointer
  }
}

const emptiness = (document: Json): ReadonlyArray<Repair> => {
  const isInhabited = inhabitants()
  const isEmpty = (node: JsonNode.Node) => !isInhabited(node)
  const empty = schemasOf(document).filter((node) => !saysNothingFits(node) && isEmpty(node))
  return roots(empty).map(
    (schema) => crossing(schema) ?? mistyped(schema) ?? impossible(schema, isEmpty) ?? excluded(schema)
  )
}

/** `not: {}` is meant, and a reference is no schema of its own. */
const saysNothingFits = (node: JsonNode.Node): boolean => {
  const written = JsonNode.record(node)
  const { not } = written
  const nothing = not === true || (JsonNode.isRecord(not) && Object.keys(not).length === 0)
  return nothing || (typeof written["$ref"] === "string" && Object.keys(written).length === 1)
}

// ---------------------------------------------------------------------------------------------------------------------
// schemas that ask for too much
// ---------------------------------------------------------------------------------------------------------------------

const mostAsked = 10_000

const demands = ["minItems", "minLength", "minProperties", "minContains"]

const mostRepeated = (pattern: string): number =>
  Math.max(0, ...[...pattern.matchAll(/\{(\d+)/g)].map(([, count]) => Number(count)))

const tooMuch = (document: Json): ReadonlyArray<Repair> =>
  schemasOf(document).flatMap((schema): ReadonlyArray<Repair> => {
    const written = JsonNode.record(schema)
    const repair = (keyword: string): Repair => ({
      schema,
      keyword,
      message: `the document asks for more than the suite samples: ${keyword} ${String(written[keyword])} (at most ${mostAsked}); it is ignored`,
      change: (written) => without(written, keyword)
    })
    const { pattern } = written
    return [
      ...demands.filter((keyword) => number(written[keyword], 0) > mostAsked).map(repair),
      ...(typeof pattern === "string" && mostRepeated(pattern) > mostAsked ? [repair("pattern")] : [])
    ]
  })

// ---------------------------------------------------------------------------------------------------------------------
// operations described twice
// ---------------------------------------------------------------------------------------------------------------------

/** Paths that differ in the names of their parameters only are one path: of what both describe the first counts. */
const repeated = (document: Json): { readonly document: Json; readonly findings: ReadonlyArray<Finding> } => {
  const first = new Map<string, Document.Operation>()
  const twice = Document.make(document).operations.flatMap((operation) => {
    const { key, node } = operation
    const known = first.get(key)
    first.set(key, known ?? operation)
    // One path may refer to the other.
    return known === undefined || known.node.pointer === node.pointer ? [] : [{ known: known.name, node }]
  })
  const again = new Set(twice.map(({ node }) => node.pointer))
  const findings = twice.map(({ known, node }): Finding => ({
    class: "breaking",
    pointer: node.pointer,
    through: node.through,
    message: contradiction(`${known} is described a second time, under another name of a parameter`, ignored("it")),
    fault: "document"
  }))
  const left = OpenApiVisitor.map(document, {
    pathItem: (item, pointer) =>
      Object.fromEntries(Object.entries(item).filter(([key]) => !again.has(JsonNode.below(pointer, key))))
  })
  return { document: twice.length === 0 ? document : left, findings }
}

// ---------------------------------------------------------------------------------------------------------------------
// all
// ---------------------------------------------------------------------------------------------------------------------

const findingOf = ({ keyword, message, schema }: Repair): Finding => ({
  class: "breaking",
  pointer: keyword === undefined ? schema.pointer : JsonNode.below(schema.pointer, keyword),
  through: [],
  message,
  fault: "document"
})

// Taking one out may bring another to light.
const mostRounds = 20

/** Takes out what contains itself at once: {@link excess} and {@link check} cannot look at it. */
export const straighten = (document: Json): Checked => {
  let straight = document
  const repairs: Array<Repair> = []
  for (let round = 0; round < mostRounds; round++) {
    const found = circular(straight)
    if (found.length === 0) break
    straight = apply(straight, found)
    repairs.push(...found)
  }
  return summary(straight, repairs)
}

const summary = (document: Json, repairs: ReadonlyArray<Repair>): Checked => ({
  document,
  findings: repairs.map(findingOf),
  voided: repairs.flatMap(({ voids }) => (voids === undefined ? [] : [voids]))
})

/** Takes out what cannot be so and what is too much, of a document of which there is no {@link excess}. */
export const check = (document: Json): Checked => {
  const once = repeated(document)
  const first = tooMuch(once.document)
  const repairs = [...first]
  let sound = apply(once.document, first)
  for (let round = 0; round < mostRounds; round++) {
    const found = emptiness(sound)
    if (found.length === 0) break
    sound = apply(sound, found)
    repairs.push(...found)
  }
  const { findings, voided } = summary(sound, repairs)
  return { document: sound, findings: [...once.findings, ...findings, ...combinations(sound)], voided }
}
