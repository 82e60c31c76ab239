/** `--where` and `--fields`: which records are exported, and what of them. */
import type { Where } from "@effect-intercom/export/Where"
import * as Wheres from "@effect-intercom/export/Where"
import * as Fields from "@effect-intercom/export/Fields"
import * as Resource from "@effect-intercom/export/Resource"
import * as Array from "effect/Array"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Since from "./Since.ts"

type Searched = NonNullable<Resource.Resource<never>["search"]>

type Kind = Searched[string] | undefined

const comparison = /^\s*(.+?)\s*(!=|>=|<=|!~|=|>|<|~|\^|\$)\s*(.*?)\s*$/su

const membership = /^\s*(\S+)\s+(not\s+)?in\s+(.+?)\s*$/isu

type Value = string | number | boolean

const orders = new Set([">", "<", ">=", "<="])

const isNumber = (text: string) => /^-?\d+(\.\d+)?$/.test(text)

/** What is within quotes, where a quote is two; `undefined` of what has none around it. */
const unquoted = (text: string): string | undefined =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : undefined

/** At commas outside quotes. */
const itemsOf = (list: string): ReadonlyArray<string> =>
  list
    .split('"')
    // No argument of a process has a NUL.
    .map((part, index) => (index % 2 === 0 ? part.replaceAll(",", "\0") : part))
    .join('"')
    .split("\0")
    .map((item) => item.trim())

/** The value that a text is for a kind of field; attributes of one's own have none. */
const valueOf = (kind: Kind, operator: string, text: string): Result.Result<Value, string> => {
  const quoted = unquoted(text)
  const value = quoted ?? text
  switch (kind) {
    case "text":
    case "id":
    case "tag":
      return Result.succeed(value)
    case "whole":
    case "number":
      return Result.succeed(quoted === undefined && isNumber(text) ? Number(text) : value)
    case "date":
    case "day":
      return timeOf(value)
    case "boolean":
      return Result.succeed(isBoolean(text) ? text === "true" : value)
    case undefined:
      return orders.has(operator) ? ordered(text) : Result.succeed(guessed(quoted, text))
  }
}

const isBoolean = (text: string) => text === "true" || text === "false"

const guessed = (quoted: string | undefined, text: string): Value => {
  if (quoted !== undefined) return quoted
  if (isBoolean(text)) return text === "true"
  // Leading zeros belong to a code, such as 007.
  return isNumber(text) && !/^-?0\d/.test(text) ? Number(text) : text
}

/** The seconds of the year 5138: more are milliseconds. */
const latest = 1e11

const timeOf = (text: string): Result.Result<Value, string> => {
  const time = Since.parse(text, latest)
  if (Result.isSuccess(time) && time.success !== "last") return Result.succeed(time.success)
  // Before 1973, as the API has it.
  if (/^\d{1,8}$/.test(text)) return Result.succeed(text)
  return Result.fail(
    `the time is ${/^\d+$/.test(text) ? "seconds, not milliseconds" : "a date such as 2026-11-20, 2026-11 or 2026, ISO 8601, or Unix seconds"}`
  )
}

/** An attribute's value after `>` or `<`: a number, as times are among attributes. */
const ordered = (text: string): Result.Result<Value, string> => {
  if (isNumber(text)) return Result.succeed(Number(text))
  return Option.match(Since.fromIso(unquoted(text) ?? text), {
    onSome: Result.succeed,
    onNone: () => Result.fail("more and less are of numbers, Unix seconds, or dates such as 2026-11-20")
  })
}

/** What is wrong with the quotes of a value. */
const quotesMistake = (text: string): string | undefined => {
  if (text.split('"').length % 2 === 0) return 'a quote has no end: within quotes, write "" for a quote'
  return text.startsWith('"') && !/^"(?:[^"]|"")*"$/.test(text) ? "something is left after the quotes" : undefined
}

const isJson = Schema.decodeUnknownOption(Schema.fromJsonString(Wheres.Where))

/** `state=open`, `role in user,lead`, or the JSON of a query. */
const parsed = (text: string, fields: Searched): Result.Result<Where, string> => {
  if (text.trimStart().startsWith("{")) {
    const query = isJson(text)
    return Option.isSome(query)
      ? Result.succeed(query.value)
      : Result.fail(`--where ${text} is not the JSON of a query: {"field":"state","operator":"=","value":"open"}`)
  }
  return Result.mapError(compared(text, fields), (wrong) => `--where ${text}: ${wrong}`)
}

const compared = (text: string, fields: Searched): Result.Result<Where, string> => {
  const kindOf = (field: string) => (Object.hasOwn(fields, field) ? fields[field] : undefined)
  const [, listed, not, values] = membership.exec(text) ?? []
  if (listed !== undefined && values !== undefined && !comparison.test(listed)) {
    const operator = not === undefined ? "IN" : "NIN"
    const value = Result.all(itemsOf(values).map((one) => listedValue(kindOf(listed), operator, one)))
    return Result.map(value, (value) => ({ field: listed, operator, value }))
  }
  const [, field, operator, value] = comparison.exec(text) ?? []
  if (field === undefined || operator === undefined || value === undefined) {
    return Result.fail("it says no comparison: write FIELD=VALUE, such as state=open, or the JSON of a query")
  }
  // `==`, `=>`, `=~`: what other languages have, which would find nothing.
  if (value.startsWith("=") || (operator === "=" && /^[<>~]/.test(value))) {
    return Result.fail(
      `there is no ${operator}${value[0] ?? ""}: write ${field}=VALUE; a value that begins with ${value[0] ?? ""} is quoted: ${field}${operator}"${value.replaceAll('"', '""')}"`
    )
  }
  const mistake = quotesMistake(value)
  if (mistake !== undefined) return Result.fail(mistake)
  return Result.map(
    value === "null" ? Result.succeed(null) : valueOf(kindOf(field), operator, value),
    // The operators above.
    (value) => ({ field, operator: operator as "=", value })
  )
}

const listedValue = (kind: Kind, operator: string, text: string): Result.Result<Value, string> => {
  const mistake = quotesMistake(text)
  if (mistake !== undefined) return Result.fail(mistake)
  return text === "null"
    ? Result.fail('null stands in no list: it goes with = and != alone, and "null" is a string')
    : valueOf(kind, operator, text)
}

const searchable = Resource.everything.filter((name) => Resource.all[name].search !== undefined)

/** The query of `--where`; fails with what is wrong. */
export const where = (
  expressions: ReadonlyArray<string>,
  names: ReadonlyArray<Resource.ResourceName>
): Result.Result<Where | undefined, string> => {
  const searches: Array<readonly [string, Searched]> = []
  for (const name of names) {
    const { search } = Resource.all[name]
    if (search === undefined && expressions.length > 0) {
      return Result.fail(`--where is a search, and ${name} are not searched: it is for ${searchable.join(", ")}`)
    }
    if (search !== undefined) searches.push([name, search])
  }
  const fields = Object.assign({}, ...searches.map(([, fields]) => fields)) as Searched
  const parts: Array<Where> = []
  for (const expression of expressions) {
    const part = Result.flatMap(parsed(expression, fields), (where) => judged(`--where ${expression}`, where, searches))
    if (Result.isFailure(part)) return Result.fail(part.failure)
    parts.push(part.success)
  }
  if (!Array.isArrayNonEmpty(parts)) return Result.succeed(undefined)
  return Wheres.all(parts).pipe(
    Result.mapError((wrong) => `--where, of all: ${wrong}`),
    Result.flatMap((query) => judged("--where, of all", query, searches))
  )
}

const losesDigits = ({ value }: Wheres.Ruled) =>
  Array.ensure(value).some((one) => typeof one === "number" && Math.abs(one) > Number.MAX_SAFE_INTEGER)

/** The query, where every search takes it. */
const judged = (
  what: string,
  query: Where,
  searches: ReadonlyArray<readonly [name: string, fields: Searched]>
): Result.Result<Where, string> => {
  for (const [name, fields] of searches) {
    const alternatives = Wheres.alternatives(fields, query)
    if (Result.isFailure(alternatives)) return Result.fail(`${what}, for ${name}: ${alternatives.failure}`)
    if (alternatives.success.some((filters) => filters.some(losesDigits))) {
      return Result.fail(
        `${what}: a number beyond ${Number.MAX_SAFE_INTEGER} loses digits; in quotes, as FIELD="12345678901234567890", it is a string that keeps them`
      )
    }
  }
  return Result.succeed(query)
}

/** What is wrong with `--fields`. */
export const fieldsMistake = (
  fields: ReadonlyArray<string>,
  names: ReadonlyArray<Resource.ResourceName>
): string | undefined => {
  for (const name of names) {
    const unknown = Fields.unknown(Resource.all[name].table, fields)
    if (unknown !== undefined) {
      return `--fields: ${unknown} is no field of ${name}; intercom export schema ${name} --to csv:x lists them`
    }
  }
  return undefined
}
