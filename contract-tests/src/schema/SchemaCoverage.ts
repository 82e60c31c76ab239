/** What a run exercised: rules of schemas by keyword, fields by what became of them, and kinds of values. */
import * as JsonNode from "./JsonNode.ts"
import * as NormalizedSchema from "./NormalizedSchema.ts"

/** How often each side of a rule, or a kind of value, was seen. */
export type Counts = { readonly [name: string]: { readonly [side: string]: number } }

export interface Tally {
  readonly add: (name: string, side: string) => void
  /** Looks at a value for what it exercises of its schema. */
  readonly look: (node: JsonNode.Node, value: unknown) => void
  readonly counts: () => Counts
}

/** Below this the fields of a schema that contains itself are the same again. */
const deepest = 8

/** Kinds of values that are easily forgotten. */
const kinds: ReadonlyArray<readonly [name: string, is: (value: unknown) => boolean]> = [
  ["empty text", (value) => value === ""],
  [
    "text beyond ASCII",
    (value) => typeof value === "string" && [...value].some((one) => (one.codePointAt(0) ?? 0) > 127)
  ],
  ["long text", (value) => typeof value === "string" && value.length > 255],
  ["empty list", (value) => Array.isArray(value) && value.length === 0],
  ["empty object", (value) => JsonNode.isRecord(value) && Object.keys(value).length === 0],
  ["negative number", (value) => typeof value === "number" && value < 0],
  ["number beyond 32 bits", (value) => typeof value === "number" && Math.abs(value) > 2 ** 31],
  ["number at 2^53", (value) => typeof value === "number" && Math.abs(value) >= Number.MAX_SAFE_INTEGER]
]

/** The fields a schema has at any depth, as `aspect pointer`: what a sample can exercise. */
const possible = (node: JsonNode.Node, found = new Set<string>(), seen = new Set<string>()): ReadonlySet<string> => {
  const shape = NormalizedSchema.of([node])
  if (shape === undefined || seen.has(shape.node.pointer) || seen.size > 2000) return found
  seen.add(shape.node.pointer)
  for (const [name, { nodes, required }] of shape.fields) {
    const field = NormalizedSchema.of(nodes)
    const [first] = nodes
    if (field === undefined || first === undefined) continue
    const place = JsonNode.below(shape.node.pointer, name)
    found.add(`there ${place}`)
    if (!required) found.add(`left out ${place}`)
    if (field.typed && field.kinds.has("null")) found.add(`null ${place}`)
    possible(first, found, seen)
  }
  for (const item of shape.items.slice(0, 1)) possible(item, found, seen)
  return found
}

export const tally = (): Tally => {
  const seen = new Map<string, Map<string, number>>()
  const looked = new Map<string, ReadonlySet<string>>()
  const places = new Set<string>()
  const add = (name: string, side: string) => {
    const sides = seen.get(name) ?? new Map<string, number>()
    seen.set(name, sides.set(side, (sides.get(side) ?? 0) + 1))
  }
  const walk = (nodes: ReadonlyArray<JsonNode.Node>, value: unknown, depth: number): void => {
    for (const [name, is] of kinds) if (is(value)) add(name, "seen")
    const shape = NormalizedSchema.of(nodes)
    if (shape === undefined || depth > deepest) return
    if (depth === deepest) add("nesting 8 deep", "seen")
    if (Array.isArray(value)) {
      for (const item of value) walk(shape.items.slice(0, 1), item, depth + 1)
      return
    }
    if (!JsonNode.isRecord(value)) return
    const { fields } = shape
    for (const name of fields.keys()) {
      const place = JsonNode.below(shape.node.pointer, name)
      const field = value[name]
      places.add(`${field === undefined ? "left out" : field === null ? "null" : "there"} ${place}`)
      if (field !== undefined) walk(fields.get(name)?.nodes.slice(0, 1) ?? [], field, depth + 1)
    }
    if (fields.size > 0 && Object.keys(value).some((name) => !fields.has(name)))
      add("unknown field", depth === 0 ? "at the top" : "below")
  }
  return {
    add,
    look: (node, value) => {
      if (!looked.has(node.pointer)) looked.set(node.pointer, possible(node))
      walk([node], value, 0)
    },
    counts: () => {
      const all = new Set([...looked.values()].flatMap((places) => [...places]))
      const fields = ["there", "left out", "null"].map((side) => {
        const wanted = [...all].filter((place) => place.startsWith(`${side} `))
        return [`field ${side}`, { seen: wanted.filter((place) => places.has(place)).length, possible: wanted.length }]
      })
      return {
        ...Object.fromEntries([...seen].map(([name, sides]) => [name, Object.fromEntries(sides)])),
        ...(all.size === 0 ? undefined : Object.fromEntries(fields))
      }
    }
  }
}

/** All counts together. */
export const total = (all: Iterable<Counts>): Counts => {
  const sums: { [name: string]: { [side: string]: number } } = {}
  for (const counts of all) {
    for (const [name, sides] of Object.entries(counts)) {
      const sum = (sums[name] ??= {})
      for (const [side, count] of Object.entries(sides)) sum[side] = (sum[side] ?? 0) + count
    }
  }
  return sums
}

/** One line: `type 96 sent, 1062 refused; field left out 412 of 415; …`. */
export const format = (counts: Counts): string =>
  Object.entries(counts)
    .map(([name, sides]) =>
      "possible" in sides
        ? `${name} ${sides["seen"] ?? 0} of ${sides["possible"]}`
        : `${name} ${Object.entries(sides)
            .map(([side, count]) => (side === "seen" ? count : `${count} ${side}`))
            .join(", ")}`
    )
    .join("; ")

/** What the checks of a run exercised, a line for each check. */
export const lines = (
  rows: ReadonlyArray<{ readonly check: string; readonly exercised?: Counts }>
): ReadonlyArray<string> =>
  [...new Set(rows.map(({ check }) => check))].flatMap((check) => {
    const counts = total(rows.flatMap((row) => (row.check === check && row.exercised ? [row.exercised] : [])))
    return Object.keys(counts).length === 0 ? [] : [`${check} exercised ${format(counts)}`]
  })
