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

const unquoted = (text: string) => (/^".*"$/s.test(text) ? text.slice(1, -1) : text)

/** The value that a text is for a kind of field; attributes of one's own have none. */
const valueOf = (kind: Kind, text: string): string | number | boolean => {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text)
  switch (kind) {
    case "text":
    case "id":
    case "tag":
      return unquoted(text)
    case "whole":
    case "number":
      return isNumber ? Number(text) : unquoted(text)
    case "date":
    case "day": {
      const time = Option.getOrUndefined(Result.getSuccess(Since.parse(text, Number.MAX_SAFE_INTEGER)))
      return typeof time === "number" ? time : unquoted(text)
    }
    case "boolean":
    case undefined:
      if (text === "true" || text === "false") return text === "true"
      return kind === undefined && isNumber ? Number(text) : unquoted(text)
  }
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
  const kindOf = (field: string) => (Object.hasOwn(fields, field) ? fields[field] : undefined)
  const [, listed, not, values] = membership.exec(text) ?? []
  if (listed !== undefined && values !== undefined && !comparison.test(listed)) {
    const value = values.split(",").map((one) => valueOf(kindOf(listed), one.trim()))
    return Result.succeed({ field: listed, operator: not === undefined ? "IN" : "NIN", value })
  }
  const [, field, operator, value] = comparison.exec(text) ?? []
  if (field === undefined || operator === undefined || value === undefined) {
    return Result.fail(
      `--where ${text} says no comparison: write FIELD=VALUE, such as state=open, or the JSON of a query`
    )
  }
  return Result.succeed({
    field,
    // The operators above.
    operator: operator as "=",
    value: value === "null" ? null : valueOf(kindOf(field), value)
  })
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

/** The query, where every search takes it. */
const judged = (
  what: string,
  query: Where,
  searches: ReadonlyArray<readonly [name: string, fields: Searched]>
): Result.Result<Where, string> => {
  for (const [name, fields] of searches) {
    const alternatives = Wheres.alternatives(fields, query)
    if (Result.isFailure(alternatives)) return Result.fail(`${what}, for ${name}: ${alternatives.failure}`)
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
