/**
 * What a search asks for, checked as the API checks it. Comparisons of times become ranges of seconds, so that an index
 * can answer them.
 */
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import type { Row } from "./Collection.ts"
import type { Days } from "./Days.ts"
import type { ErrorItem } from "./ErrorList.ts"

/**
 * What a field holds. `whole` is an id that is a whole number, `tag` one that is only there or not; `day` is a time that
 * only takes the operators of whole days.
 */
export type Kind = "text" | "id" | "whole" | "tag" | "number" | "date" | "day" | "boolean"

/** The fields that can be searched. */
export type Fields = { readonly [field: string]: Kind }

/** A query. Ranges include both ends. */
export type Filter =
  | { readonly _tag: "Range"; readonly field: string; readonly from: number; readonly to: number }
  | { readonly _tag: "Test"; readonly field: string; readonly test: (values: ReadonlyArray<unknown>) => boolean }
  | { readonly _tag: "All" | "Any"; readonly filters: ReadonlyArray<Filter> }

/** How a search is to be read. */
export interface Dialect {
  readonly fields: Fields
  /** The days times are rounded to; `undefined`: they are compared by the second. */
  readonly days: Days | undefined
}

type Parsed<A> = Result.Result<A, ErrorItem>

const refuse = (message: string, field: string, code = "parameter_invalid"): Parsed<never> =>
  Result.fail({ code, message, field })

const mostFilters = 15
const mostNested = 2

/** Reads `query`. */
export const parse = (dialect: Dialect, query: unknown): Parsed<Filter> =>
  query === undefined || query === null
    ? refuse("query is required", "query", "parameter_not_found")
    : parseNode(dialect, query, "query", 1)

const parseNode = (dialect: Dialect, node: unknown, path: string, depth: number): Parsed<Filter> => {
  if (!Predicate.isObject(node)) return refuse("must be a filter or a group of filters", path)
  return "field" in node ? parseFilter(dialect, node, path) : parseGroup(dialect, node, path, depth)
}

const parseGroup = (
  dialect: Dialect,
  { operator, value }: { readonly [key: PropertyKey]: unknown },
  path: string,
  depth: number
): Parsed<Filter> => {
  if (operator !== "AND" && operator !== "OR") return refuse("operator must be AND or OR", `${path}.operator`)
  if (depth > mostNested) return refuse(`Filters can be nested ${mostNested} deep at most`, path)
  if (!Array.isArray(value) || value.length === 0) return refuse("value must be a list of filters", `${path}.value`)
  if (value.length > mostFilters) {
    return refuse(`A group holds ${mostFilters} filters at most, this one has ${value.length}`, `${path}.value`)
  }
  const filters = value.map((member: unknown, index) => parseNode(dialect, member, `${path}.value.${index}`, depth + 1))
  return Result.map(Result.all(filters), (filters) => ({ _tag: operator === "AND" ? "All" : "Any", filters }))
}

const custom = /^(custom_attributes?|ticket_attribute)\../

/** The kind of a field; custom attributes are whatever they are compared with. */
const kindOf = ({ fields }: Dialect, field: string): Kind | "any" | undefined => {
  if (custom.test(field)) return "any"
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}

const orders = ["<", ">", "<=", ">="]
const equality = ["=", "!="]
const membership = ["IN", "NIN"]
const likeness = ["~", "!~", "^", "$"]

const operatorsOf: { readonly [kind in Kind | "any"]: ReadonlyArray<string> } = {
  text: [...equality, ...membership, ...likeness],
  id: [...equality, ...membership, ...likeness],
  whole: [...equality, ...membership, ...orders],
  tag: equality,
  number: [...equality, ...membership, ...orders],
  date: [...equality, ...membership, ...orders],
  day: ["=", ">", "<"],
  boolean: [...equality, ...membership],
  any: [...equality, ...membership, ...orders, ...likeness]
}

const parseFilter = (
  dialect: Dialect,
  { field, operator, value }: { readonly [key: PropertyKey]: unknown },
  path: string
): Parsed<Filter> => {
  const kind = typeof field === "string" ? kindOf(dialect, field) : undefined
  if (typeof field !== "string" || kind === undefined) {
    return refuse(`There is no field ${JSON.stringify(field)} to search by`, `${path}.field`)
  }
  if (typeof operator !== "string" || !operatorsOf[kind].includes(operator)) {
    const allowed = operatorsOf[kind].join(", ")
    return refuse(
      `${field} cannot be compared with ${JSON.stringify(operator)}, only with ${allowed}`,
      `${path}.operator`
    )
  }
  const listed = membership.includes(operator)
  if (listed !== Array.isArray(value)) {
    return refuse(`${operator} takes ${listed ? "a list" : "one value"}`, `${path}.value`)
  }
  const values = (Array.isArray(value) ? value : [value]).map((one: unknown) => read(kind, one))
  if (values.includes(undefined) || (values.includes(null) && !equality.includes(operator))) {
    return refuse(`${JSON.stringify(value)} is not a value of ${field}`, `${path}.value`)
  }
  return Result.succeed(
    (kind === "date" || kind === "day") && typeof values[0] === "number"
      ? compareTimes(dialect, field, operator, values.map(Number))
      : compareValues(field, operator, values)
  )
}

/** A value as a field of this kind has it; `undefined` when it is none. Numbers and times may come as texts. */
const read = (kind: Kind | "any", value: unknown): unknown => {
  if (value === null) return null
  switch (kind) {
    case "text":
    case "id":
    case "tag":
      return typeof value === "string" || typeof value === "number" ? String(value) : undefined
    case "date":
    case "day":
      return /^\d{1,12}$/.test(String(value)) ? Number(value) : undefined
    case "whole":
      return /^\d{1,15}$/.test(String(value)) ? Number(value) : undefined
    case "number":
      return /^-?\d+(\.\d+)?$/.test(String(value)) ? Number(value) : undefined
    case "boolean":
      return value === true || value === "true" ? true : value === false || value === "false" ? false : undefined
    case "any":
      return ["string", "number", "boolean"].includes(typeof value) ? value : undefined
  }
}

const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }

/** A day is compared as a whole: after it, before it, or in it. */
const compareTimes = ({ days }: Dialect, field: string, operator: string, times: ReadonlyArray<number>): Filter => {
  const start = days?.start ?? ((time: number) => time)
  const end = days?.end ?? ((time: number) => time)
  const range = (bounds: Partial<typeof always>): Filter => ({ _tag: "Range", field, ...always, ...bounds })
  const [time = 0] = times
  switch (operator) {
    case ">":
      return range({ from: end(time) + 1 })
    case ">=":
      return range({ from: start(time) })
    case "<":
      return range({ to: start(time) - 1 })
    case "<=":
      return range({ to: end(time) })
    case "=":
      return range({ from: start(time), to: end(time) })
    default: {
      const spans = times.map((time) => [start(time), end(time)] as const)
      const among = (value: unknown) =>
        typeof value === "number" && spans.some(([from, to]) => value >= from && value <= to)
      return { _tag: "Test", field, test: negated(operator, (values) => values.some(among)) }
    }
  }
}

const negated = (operator: string, test: (values: ReadonlyArray<unknown>) => boolean): typeof test =>
  operator === "!=" || operator === "NIN" || operator === "!~" ? (values) => !test(values) : test

const compareValues = (field: string, operator: string, wanted: ReadonlyArray<unknown>): Filter => {
  const matches = matcher(field, operator, wanted)
  // A field that is not set has the value null.
  const test = (values: ReadonlyArray<unknown>) => (values.length === 0 ? [null] : values).some(matches)
  return { _tag: "Test", field, test: negated(operator, test) }
}

const matcher = (field: string, operator: string, wanted: ReadonlyArray<unknown>): ((value: unknown) => boolean) => {
  const [first] = wanted
  const text = String(first).toLowerCase()
  const ofText = (test: (value: string) => boolean) => (value: unknown) =>
    value !== null && test(String(value).toLowerCase())
  switch (operator) {
    case "~":
    case "!~":
      // Bodies are searched by words.
      return field === "source.body"
        ? ofText((value) => includesAll(wordsOf(value), wordsOf(text)))
        : ofText((value) => value.includes(text))
    case "^":
      return ofText((value) => value.startsWith(text))
    case "$":
      return ofText((value) => value.endsWith(text))
    case "<":
      return (value) => typeof value === "number" && value < Number(first)
    case "<=":
      return (value) => typeof value === "number" && value <= Number(first)
    case ">":
      return (value) => typeof value === "number" && value > Number(first)
    case ">=":
      return (value) => typeof value === "number" && value >= Number(first)
    default:
      // Ids are numbers in one record and texts in another.
      return (value) =>
        wanted.some((one) => one === value || (one !== null && value !== null && `${one}` === `${value}`))
  }
}

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.replaceAll(/<[^>]*>/g, " ").match(/[\p{L}\p{N}]+/gu) ?? [])

const includesAll = (words: ReadonlySet<string>, wanted: ReadonlySet<string>) => [...wanted].every((w) => words.has(w))

/** Where records have what a field's name says, if not there. */
const places: { readonly [field: string]: readonly [string, ...ReadonlyArray<string>] } = {
  contact_ids: ["contacts", "contacts", "id"],
  teammate_ids: ["teammates", "admins", "id"],
  tag_ids: ["tags", "tags", "id"],
  tag_id: ["tags", "data", "id"],
  "conversation_rating.score": ["conversation_rating", "rating"],
  "conversation_rating.replied_at": ["conversation_rating", "created_at"]
}

const pathOf = (field: string): ReadonlyArray<string> => {
  const [, attribute] = /^custom_attributes?\.(.+)$/s.exec(field) ?? []
  return attribute === undefined ? (places[field] ?? field.split(".")) : ["custom_attributes", attribute]
}

/** What a record has at a field: nothing, one value, or those of a list. */
export const valuesOf = (field: string): ((row: Row) => ReadonlyArray<unknown>) => {
  const path = pathOf(field)
  return (row) =>
    path
      .reduce<ReadonlyArray<unknown>>(
        (found, key) =>
          found.flatMap((value) => (Predicate.isObject(value) && Object.hasOwn(value, key) ? [value[key]] : [])).flat(),
        [row]
      )
      .filter((value) => value !== undefined)
}

/** What a record has at a field, by a reader that knows of some fields. */
export const valuesBy =
  (readerOf: (field: string) => ((row: Row) => unknown) | undefined) =>
  (field: string): ((row: Row) => ReadonlyArray<unknown>) => {
    const read = readerOf(field)
    if (read === undefined) return valuesOf(field)
    return (row) => [read(row)].flat().filter((value) => value !== undefined)
  }

/** Reads a field of the record in question. */
export type Reader = (field: string) => ReadonlyArray<unknown>

/** Whether a record is what is searched for. */
export const holds = (filter: Filter, read: Reader): boolean => {
  switch (filter._tag) {
    case "Range":
      return read(filter.field).some((value) => typeof value === "number" && value >= filter.from && value <= filter.to)
    case "Test":
      return filter.test(read(filter.field))
    case "All":
      return filter.filters.every((filter) => holds(filter, read))
    case "Any":
      return filter.filters.some((filter) => holds(filter, read))
  }
}

/** The values a field must have in a record that is searched for; `exact`: every record with such a value is. */
export interface Window {
  readonly from: number
  readonly to: number
  readonly exact: boolean
}

export const windowOf = (filter: Filter, field: string): Window => {
  if (filter._tag === "Range" && filter.field === field) return { from: filter.from, to: filter.to, exact: true }
  if (filter._tag !== "All") return { ...always, exact: false }
  const windows = filter.filters.map((filter) => windowOf(filter, field))
  return {
    from: Math.max(...windows.map(({ from }) => from)),
    to: Math.min(...windows.map(({ to }) => to)),
    exact: windows.every(({ exact }) => exact)
  }
}

/** Whether a field's window leaves anything out. */
export const isBounded = (filter: Filter, field: string): boolean => {
  const { from, to } = windowOf(filter, field)
  return from !== always.from || to !== always.to
}

/** The order of a search. */
export interface Sort {
  readonly field: string
  readonly descending: boolean
}

/** Reads `sort`. What it leaves out is as in `otherwise`. */
export const parseSort = ({ fields }: Dialect, sort: unknown, otherwise: Sort): Parsed<Sort> => {
  if (sort === undefined || sort === null) return Result.succeed(otherwise)
  if (!Predicate.isObject(sort)) return refuse("must be an object with field and order", "sort")
  const { field = otherwise.field, order = "descending" } = sort
  if (typeof field !== "string" || !(custom.test(field) || Object.hasOwn(fields, field))) {
    return refuse(`There is no field ${JSON.stringify(field)} to sort by`, "sort.field")
  }
  return order === "ascending" || order === "descending"
    ? Result.succeed({ field, descending: order === "descending" })
    : refuse("order must be ascending or descending", "sort.order", "invalid_sort_order")
}
