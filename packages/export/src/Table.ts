/**
 * What a sink knows of the records of a resource: the columns its schema gives, and how a record becomes a row of them.
 *
 * Known fields of the kinds a database has (text, numbers, booleans) are columns of their own; objects the schema
 * describes are taken apart, a field each (`location.city` is the column `location__city`), to any depth; lists,
 * free-form and recursive objects, and fields that are an object here and a string there are columns of JSON. What has no
 * column, or does not fit the kind of its column, stands in one last column of JSON, `_rest`, at its place: no value is
 * lost. Null and absent are the same to a row, in the record itself and in objects taken apart; within JSON they differ.
 *
 * The rules, in full:
 *
 * - A number in a column of text (an id that is a string here and a number there) is written into it as its digits, so
 *   that joins find it, and stands in `_rest` as the number it was.
 * - A column of text has no NUL and no lone surrogates, which databases refuse: such a string is in `_rest`.
 * - Integers are within 2^53, and reals are what 64 bits can hold; other numbers are in `_rest`, digit for digit.
 * - An object that was taken apart and had nothing to keep stands in `_rest` as `{}`, as it is not null.
 * - Names are unique also to readers that ignore case: of two fields with one name the first has the column.
 */
import * as Json from "@effect-intercom/core/Json"
import { UnixSeconds } from "@effect-intercom/core/Wire"
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

/** How a column's values are kept: `integer` within 2^53, `json` as JSON text. */
export type Kind = "text" | "integer" | "real" | "boolean" | "json"

export interface Column {
  /** `location__city`. */
  readonly name: string
  /** Where the value is in the record: `["location", "city"]`. */
  readonly path: ReadonlyArray<string>
  readonly kind: Kind
  /** Whether its integers are moments, in Unix seconds. @default false */
  readonly moments?: boolean | undefined
}

export interface Table {
  /** The resource's name, and the table's: `contacts`. */
  readonly name: string
  /** Names it had in earlier versions: what they set apart is this table's. @default none */
  readonly formerly?: ReadonlyArray<string> | undefined
  /** The column that distinguishes and orders records: `id`; events have no id, and `null` here. */
  readonly key: string | null
  /** In the order of the schema. */
  readonly columns: ReadonlyArray<Column>
  /** What records have several of: a view for each, in a database. @default none */
  readonly lists?: ReadonlyArray<List> | undefined
}

/** A list within records, whose entries are objects. */
export interface List {
  /** What it is called where each entry is a row: `conversation_parts`. */
  readonly name: string
  /** The column of JSON that has it: `conversation_parts__conversation_parts`. */
  readonly column: string
  /** What the key of the record is called beside an entry: `conversation_id`. */
  readonly of: string
  /** Of an entry. */
  readonly columns: ReadonlyArray<Column>
}

/** All names it has, or had. */
export const namesOf = ({ formerly = [], name }: Pick<Table, "formerly" | "name">): ReadonlyArray<string> => [
  name,
  ...formerly
]

/** A record as it was received: a JSON object. */
export interface Received {
  readonly [field: string]: unknown
}

/**
 * What tells a record of the table apart from others: its key. Where a table has none, two are the same that are equal in
 * every field, their time among them. `undefined` for what cannot be distinguished.
 */
export const identity = ({ key }: Pick<Table, "key">): ((record: unknown) => string | undefined) => {
  if (key === null) {
    return (record) =>
      isObject(record) && record["created_at"] !== undefined && record["created_at"] !== null
        ? Json.stringify(record)
        : undefined
  }
  return (record) => {
    if (!isObject(record)) return undefined
    const value = record[key]
    return (typeof value === "string" && value !== "") || typeof value === "number"
      ? (Json.digits(record, key) ?? String(value))
      : undefined
  }
}

/** A column's value; JSON as text. */
export type Value = string | number | boolean | null

/** A record as a row. */
export interface Row {
  /** One for each column of the table. */
  readonly values: ReadonlyArray<Value>
  /** The column `_rest`: a JSON object; null when the columns have everything. */
  readonly rest: string | null
}

/** The name of the column for what has no other. */
export const rest = "_rest"

const separator = "__"

// ---------------------------------------------------------------------------------------------------------------------
// from a schema
// ---------------------------------------------------------------------------------------------------------------------

/** The table for records of a schema, as they are on the wire. */
export const fromSchema = <S extends Schema.Constraint>(
  name: string,
  schema: S,
  {
    formerly,
    key,
    lists
  }: {
    readonly key: (keyof S["Encoded"] & string) | null
    readonly formerly?: ReadonlyArray<string>
    /** Lists within a record of one, by the names of their views: `{ of: "contact", at: { contact_tags: "tags.data" } }`. */
    readonly lists?: { readonly of: string; readonly at: { readonly [view: string]: string } }
  }
): Table => {
  const ast = SchemaAST.toEncoded(schema.ast)
  return {
    name,
    key,
    ...(formerly === undefined ? undefined : { formerly }),
    columns: unique(fieldsOf(ast, [])),
    ...(lists === undefined
      ? undefined
      : { lists: Object.entries(lists.at).map(([view, path]) => listAt(ast, view, path.split("."), `${lists.of}_id`)) })
  }
}

/** What a list at a path has, as far as its schema says. */
const listAt = (ast: SchemaAST.AST, name: string, path: ReadonlyArray<string>, of: string): List => {
  const within = path.reduce<ReadonlyArray<SchemaAST.AST>>(
    (all, field) =>
      all.flatMap((one) =>
        one._tag === "Objects"
          ? one.propertySignatures.flatMap((signature) =>
              signature.name === field ? alternatives(signature.type) : []
            )
          : []
      ),
    [ast]
  )
  const entries = within.flatMap((one) => (one._tag === "Arrays" ? one.rest.flatMap(alternatives) : []))
  const taken = new Set([of, "position", "_record"])
  return {
    name,
    column: path.join(separator),
    of,
    columns: unique(entries.flatMap((entry) => fieldsOf(entry, []))).filter((column) => !taken.has(column.name))
  }
}

/** The columns an object is taken apart into; none for what is not an object the schema describes. */
const fieldsOf = (ast: SchemaAST.AST, path: ReadonlyArray<string>): ReadonlyArray<Column> =>
  ast._tag !== "Objects"
    ? []
    : ast.propertySignatures.flatMap(({ name, type }) =>
        typeof name === "string" ? columnsOf(type, [...path, name]) : []
      )

const columnsOf = (ast: SchemaAST.AST, path: ReadonlyArray<string>): ReadonlyArray<Column> => {
  const kinds = alternatives(ast)
  const [only] = kinds
  const fields = kinds.length === 1 && only !== undefined ? fieldsOf(only, path) : []
  if (fields.length > 0) return fields
  const moments = kinds.length > 0 && kinds.every(isMoment) ? { moments: true } : undefined
  return [{ name: path.join(separator), path, kind: common(kinds.map(kindOf)), ...moments }]
}

/** Checked schemas are copied where they are used; what they say of themselves stays. */
const isMoment = (ast: SchemaAST.AST): boolean =>
  SchemaAST.resolveDescription(ast) === SchemaAST.resolveDescription(UnixSeconds.ast)

/** The members of a union, of unions in it too, without null and undefined. */
const alternatives = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> => {
  if (ast._tag === "Union") return ast.types.flatMap(alternatives)
  return ast._tag === "Null" || ast._tag === "Undefined" ? [] : [ast]
}

const kindOf = (ast: SchemaAST.AST): Kind => {
  switch (ast._tag) {
    case "String":
    case "TemplateLiteral":
      return "text"
    case "Number":
      return isInteger(ast) ? "integer" : "real"
    case "Boolean":
      return "boolean"
    case "Literal":
      return literalKind(ast.literal)
    case "Enum":
      return common(ast.enums.map(([, value]) => literalKind(value)))
    default:
      return "json"
  }
}

const literalKind = (value: SchemaAST.LiteralValue): Kind => {
  if (typeof value === "string") return "text"
  if (typeof value === "boolean") return "boolean"
  if (typeof value !== "number") return "json"
  return Number.isSafeInteger(value) ? "integer" : "real"
}

const isInteger = ({ checks }: SchemaAST.AST): boolean => {
  const ofInt = (check: SchemaAST.Check<unknown>): boolean =>
    check._tag === "Filter" ? check.annotations?.representation?.id === "effect/schema/isInt" : check.checks.some(ofInt)
  return checks?.some(ofInt) ?? false
}

/** The kind for values of several kinds: a string can have a number's digits, and a real an integer. */
const common = (kinds: ReadonlyArray<Kind>): Kind => {
  const [first, ...others] = new Set(kinds)
  if (first === undefined) return "json"
  if (others.length === 0) return first
  const all = [first, ...others]
  if (all.every((kind) => kind === "integer" || kind === "real")) return "real"
  return all.every((kind) => kind === "text" || kind === "integer" || kind === "real") ? "text" : "json"
}

const unique = (columns: ReadonlyArray<Column>): ReadonlyArray<Column> => {
  const taken = new Set([rest])
  return columns.filter(({ name }) => {
    const lower = name.toLowerCase()
    return !taken.has(lower) && taken.add(lower)
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// rows
// ---------------------------------------------------------------------------------------------------------------------

/** The fields of an object by name: a column, or an object that is taken apart. */
type Tree = Map<string, Leaf | Tree>

interface Leaf {
  readonly index: number
  readonly kind: Kind
  /** Whether it has moments alone. */
  readonly moments: boolean
}

const treeOf = (columns: ReadonlyArray<Column>, ofMoments = false): Tree => {
  const root: Tree = new Map()
  for (const [index, { kind, moments = false, path }] of columns.entries()) {
    let tree = root
    for (const name of path.slice(0, -1)) {
      const found = tree.get(name)
      const branch: Tree = found instanceof Map ? found : new Map()
      tree.set(name, branch)
      tree = branch
    }
    tree.set(path.at(-1) ?? "", { index, kind, moments: ofMoments && moments })
  }
  return root
}

type Fields = { [field: string]: unknown }

/** Whether a value is a JSON object. */
export const isObject = (value: unknown): value is Received =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Sets a field, whatever its name: an assignment to `__proto__` would set something else. */
const set = (fields: Fields, name: string, value: unknown): Fields => {
  if (name !== "__proto__") fields[name] = value
  else Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true })
  return fields
}

/** The Unix seconds of the years 1 to 9999, which every reader of timestamps knows. */
export const moments = { first: -62_135_596_800, last: 253_402_300_799 }

export interface Options {
  /** Whether columns of moments have moments of the years 1 to 9999 alone; others are in `_rest`. @default false */
  readonly moments?: boolean | undefined
}

/** From records of the table to rows. What depends on the table alone is done once, so keep the function. */
export const rowOf = ({ columns }: Table, options: Options = {}): ((record: Received) => Row) => {
  const tree = treeOf(columns, options.moments)
  return (record) => {
    const values: Array<Value> = Array.from(columns, () => null)
    const left = fill(tree, record, values)
    return { values, rest: left === undefined || isEmpty(left) ? null : Json.stringify(left) }
  }
}

/** Fills the columns, and gives what they do not have: `{}` when there is nothing in the object at all. */
const fill = (tree: Tree, object: Received, values: Array<Value>): Received | undefined => {
  let kept = false
  let left: Fields | undefined
  for (const name of Object.keys(object)) {
    const value = object[name]
    if (value === null || value === undefined) continue
    const remains = place(tree.get(name), value, Json.digits(object, name), values)
    if (remains === undefined) kept = true
    else {
      left = set(left ?? {}, name, remains)
      Json.copyDigits(object, name, left)
    }
  }
  return left ?? (kept ? undefined : {})
}

/** Puts a value where it belongs, and gives what stays of it. `digits` are those of a number that is not exact. */
const place = (
  node: Leaf | Tree | undefined,
  value: unknown,
  digits: string | undefined,
  values: Array<Value>
): unknown => {
  if (node === undefined) return value
  if (node instanceof Map) return isObject(value) ? fill(node, value, values) : value
  const isOut = node.moments && typeof value === "number" && (value < moments.first || value > moments.last)
  const fitting = isOut ? undefined : fit(node.kind, value, digits)
  if (fitting !== undefined) {
    values[node.index] = fitting
    return undefined
  }
  if (node.kind === "text" && typeof value === "number") values[node.index] = digits ?? JSON.stringify(value)
  return value
}

/** The value as its column has it; `undefined` when it does not fit. */
const fit = (kind: Kind, value: unknown, digits: string | undefined): Value | undefined => {
  switch (kind) {
    case "text":
      return typeof value === "string" && value.isWellFormed() && !value.includes("\0") ? value : undefined
    // A -0 without digits is 0: adding 0 takes the sign away.
    case "integer":
      return Number.isSafeInteger(value) && digits === undefined ? Number(value) + 0 : undefined
    case "real":
      return Number.isFinite(value) && digits === undefined ? Number(value) + 0 : undefined
    case "boolean":
      return typeof value === "boolean" ? value : undefined
    case "json":
      return digits ?? Json.stringify(value)
  }
}

const isEmpty = (object: Received): boolean => Object.keys(object).length === 0

/** The way back from a row that {@link rowOf} made: the record, but for fields that were null, and the order of keys. */
export const recordOf = ({ columns }: Table): ((row: Row) => Received) => {
  const tree = treeOf(columns)
  return ({ rest, values }) => {
    const record: Fields = {}
    for (const [index, { kind, path }] of columns.entries()) {
      const value = values[index] ?? null
      if (value === null) continue
      let parent = record
      for (const name of path.slice(0, -1)) parent = child(parent, name)
      const name = path.at(-1) ?? ""
      if (kind === "json" && typeof value === "string") setJson(parent, name, value)
      else set(parent, name, value)
    }
    // `fill` writes objects only.
    if (rest !== null) merge(tree, record, Json.parse(rest) as Received)
    return record
  }
}

/** Sets a field to what a string says, which may be a number that has digits. */
const setJson = (fields: Fields, name: string, text: string): void => {
  const list = Json.parse(`[${text}]`) as ReadonlyArray<unknown>
  Json.copyDigits(list, 0, set(fields, name, list[0]), name)
}

/** The object in a field; made when there is none. */
const child = (parent: Fields, name: string): Fields => {
  const found = Object.hasOwn(parent, name) ? parent[name] : undefined
  // What `isObject` knows was made here, or by `Json.parse`: it can be written to.
  const fields = isObject(found) ? (found as Fields) : {}
  set(parent, name, fields)
  return fields
}

/** What is in `_rest` goes over what the columns had, and into the objects that were taken apart. */
const merge = (tree: Tree, into: Fields, rest: Received): void => {
  for (const name of Object.keys(rest)) {
    const node = tree.get(name)
    const value = rest[name]
    if (node instanceof Map && isObject(value)) merge(node, child(into, name), value)
    else Json.copyDigits(rest, name, set(into, name, value))
  }
}
