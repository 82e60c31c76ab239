/**
 * Records that have their identity and do not fit their schema: they are written as received, and what differs is counted.
 * What is told of a difference is made of names the schema has, and of kinds of values: nothing of it is the workspace's.
 */
import type { Mismatch } from "@effect-intercom/core/IntercomError"
import type { Invalid } from "@effect-intercom/core/Pagination"
import * as Context from "effect/Context"
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type { Counts, Drift, DriftKind } from "../Checkpoint.ts"
import { isObject, type Received } from "../Table.ts"

/** Whether whatever does not fit is set apart, with an identity or without. */
export const Strict = Context.Reference<boolean>("@effect-intercom/export/Drift/Strict", { defaultValue: () => false })

/** Kinds told apart; further ones are counted together. Each is in every checkpoint. */
const mostKinds = 50

/** Characters of each text of a kind. */
const mostCharacters = 120

// As long as the record itself is held: whatever becomes of it on its way, it is known where it is written.
const noted = new WeakMap<object, () => ReadonlyArray<Mismatch>>()

/** Notes a record that is to be written though it does not fit. */
export const note = (record: Received, { error: { reason }, mismatches }: Invalid): void => {
  noted.set(record, mismatches ?? (() => (reason._tag === "DecodeError" ? reason.mismatches : [])))
}

/** What is known of a record goes for another one that is made of it; in which it is at `field`, when that is named. */
export const carry = (from: Received, to: Received, field?: string): void => {
  const mismatches = noted.get(from)
  if (mismatches === undefined) return
  const placed = ({ path, ...rest }: Mismatch): Mismatch => ({
    ...rest,
    path: path === "" || path.startsWith("[") ? `${field}${path}` : `${field}.${path}`
  })
  noted.set(to, field === undefined ? mismatches : () => mismatches().map(placed))
}

/** A difference, once for each record that has it. */
type Difference = Omit<DriftKind, "records">

/** Those of a record. */
export type Differences = ReadonlyArray<Difference>

const short = (text: string): string => (text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters - 1)}…`)

// ---------------------------------------------------------------------------------------------------------------------
// what a schema names
// ---------------------------------------------------------------------------------------------------------------------

/** The members of a union, of unions in it too; what a recursive schema stands for. */
const alternatives = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> => {
  if (ast._tag === "Union") return ast.types.flatMap(alternatives)
  return ast._tag === "Suspend" ? alternatives(ast.thunk()) : [ast]
}

/** What the schema says of a field it names. */
const fieldsOf = (schemas: ReadonlyArray<SchemaAST.AST>, name: string): ReadonlyArray<SchemaAST.AST> =>
  schemas.flatMap((ast) =>
    ast._tag === "Objects"
      ? ast.propertySignatures.flatMap((signature) => (signature.name === name ? alternatives(signature.type) : []))
      : []
  )

const itemsOf = (schemas: ReadonlyArray<SchemaAST.AST>): ReadonlyArray<SchemaAST.AST> =>
  schemas.flatMap((ast) => (ast._tag === "Arrays" ? [...ast.elements, ...ast.rest].flatMap(alternatives) : []))

/** Every name of a field that a schema has, anywhere. */
const namesOf = (root: SchemaAST.AST): ReadonlySet<string> => {
  const names = new Set<string>()
  const seen = new Set<SchemaAST.AST>()
  const visit = (ast: SchemaAST.AST): void => {
    if (seen.has(ast)) return
    seen.add(ast)
    for (const one of alternatives(ast)) {
      if (one._tag === "Arrays") [...one.elements, ...one.rest].forEach(visit)
      if (one._tag !== "Objects") continue
      for (const { name, type } of one.propertySignatures) {
        names.add(String(name))
        visit(type)
      }
    }
  }
  visit(root)
  return names
}

// ---------------------------------------------------------------------------------------------------------------------
// where a record differs, and what is there
// ---------------------------------------------------------------------------------------------------------------------

const nothing = Symbol("nothing")

interface Place {
  readonly path: string
  readonly value: unknown
}

/** What a path may begin with, of a name that may have dots and brackets itself: the longest first. */
const beginnings = (path: string): ReadonlyArray<string> => [
  path,
  ...Array.from(path.matchAll(/[.[]/g), ({ index }) => path.slice(0, index)).toReversed()
]

/** The place that a mismatch names: `tags.tags[].name`; what the schema does not name is `*`. */
const placeOf = (root: SchemaAST.AST, record: unknown, path: string): Place => {
  let schemas = alternatives(root)
  let value = record
  let left = path
  let told = ""
  while (left !== "") {
    const [item, index] = /^\[(\d+)\]\.?/.exec(left) ?? []
    if (item !== undefined && Array.isArray(value)) {
      value = (value as ReadonlyArray<unknown>)[Number(index)]
      schemas = itemsOf(schemas)
      left = left.slice(item.length)
      told += "[]"
      continue
    }
    const object: Received = isObject(value) ? value : {}
    const name = beginnings(left).find((name) => Object.hasOwn(object, name) || fieldsOf(schemas, name).length > 0)
    const fields = name === undefined ? [] : fieldsOf(schemas, name)
    told += `${told === "" ? "" : "."}${fields.length === 0 ? "*" : name}`
    if (name === undefined) return { path: told, value: nothing }
    value = Object.hasOwn(object, name) ? object[name] : nothing
    schemas = fields
    left = left.slice(name.length).replace(/^\./, "")
  }
  return { path: told, value }
}

/** A path in a record, as it is told. */
export const told = (schema: Schema.Top, record: unknown, path: string): string =>
  short(placeOf(SchemaAST.toType(schema.ast), record, path).path)

const kindOf = (value: unknown): DriftKind["found"] => {
  if (value === nothing || value === undefined) return "nothing"
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  const kind = typeof value
  return kind === "boolean" || kind === "number" || kind === "string" ? kind : "object"
}

const stringShape = (text: string): string => {
  if (text === "") return "empty string"
  if (/^-?\d+$/.test(text)) return "string of digits"
  return /^\d{4}-\d\d-\d\d/.test(text) ? "string that is a date" : "string"
}

/** What a value is made of: `{id: string of digits, tags: [{name: string}], *: number}`. */
const shapeOf = (names: ReadonlySet<string>, value: unknown, depth = 3): string => {
  if (typeof value === "string") return stringShape(value)
  if (Array.isArray(value)) {
    const [first] = value as ReadonlyArray<unknown>
    if (value.length === 0) return "[]"
    return depth === 0 ? "[…]" : `[${shapeOf(names, first, depth - 1)}]`
  }
  if (!isObject(value)) return kindOf(value)
  if (depth === 0) return "{…}"
  const fields = Object.entries(value).map(
    ([name, field]) => `${names.has(name) ? name : "*"}: ${shapeOf(names, field, depth - 1)}`
  )
  const distinct = [...new Set(fields)]
  return `{${[...distinct.slice(0, 8), ...(distinct.length > 8 ? ["…"] : [])].join(", ")}}`
}

const keyOf = ({ expected, found, path }: Omit<Difference, "shape">): string => JSON.stringify([path, expected, found])

/** How records of a schema differ, of those that were {@link note}d. What depends on the schema alone is done once. */
export const differences = (schema: Schema.Top): ((record: Received) => Differences | undefined) => {
  const ast = SchemaAST.toType(schema.ast)
  let names: ReadonlySet<string> | undefined
  return (record) => {
    const mismatches = noted.get(record)
    if (mismatches === undefined) return undefined
    names ??= namesOf(ast)
    const found = new Map<string, Difference>()
    for (const mismatch of mismatches()) {
      const { path, value } = placeOf(ast, record, mismatch.path)
      const kind = { path: short(path), expected: short(mismatch.expected), found: kindOf(value) }
      const key = keyOf(kind)
      if (!found.has(key)) found.set(key, { ...kind, shape: short(shapeOf(names, value)) })
    }
    return [...found.values()]
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// counting
// ---------------------------------------------------------------------------------------------------------------------

/** The counts of drift with those of some more records, each with its differences; nothing when all fit. */
export const count = ({ drift }: Pick<Counts, "drift">, records: ReadonlyArray<Differences>): Pick<Counts, "drift"> => {
  if (records.length === 0) return drift === undefined ? {} : { drift }
  const kinds = new Map((drift?.kinds ?? []).map((kind) => [keyOf(kind), kind]))
  let others = drift?.others ?? 0
  for (const difference of records.flat()) {
    const key = keyOf(difference)
    const known = kinds.get(key)
    if (known !== undefined) kinds.set(key, { ...known, records: known.records + 1 })
    else if (kinds.size < mostKinds) kinds.set(key, { ...difference, records: 1 })
    else others += 1
  }
  const counted: Drift = {
    records: (drift?.records ?? 0) + records.length,
    kinds: [...kinds.values()],
    ...(others === 0 ? undefined : { others })
  }
  return { drift: counted }
}
