/**
 * Which records of a search are exported: a query of one's own, within the windows of time that a search is walked in. Groups
 * nest two deep there, and the windows are one of them, so a query is taken apart into alternatives first.
 */
import * as Search from "@effect-intercom/core/Search"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Scalar = Schema.Union([Schema.String, Schema.Finite, Schema.Boolean])

const Filter = Schema.Struct({
  field: Schema.String,
  operator: Schema.Literals(["=", "!=", "IN", "NIN", ">", "<", ">=", "<=", "~", "!~", "^", "$"]),
  value: Schema.Union([Scalar, Schema.Null, Schema.Array(Scalar)])
})

const group = <Member extends Schema.Top>(member: Member) =>
  Schema.Struct({ operator: Schema.Literals(["AND", "OR"]), value: Schema.Array(member) })

/** A query, as the API has it: a filter, a group of filters, or a group of those. */
export const Where = Schema.Union([Filter, group(Schema.Union([Filter, group(Filter)]))])
export type Where = typeof Where.Type

/** A comparison that the rules of its search let through. */
export type Ruled = Search.Filter<Search.Unlisted>

/** All of these hold. */
export type Alternative = ReadonlyArray<Ruled>

/** One of these holds. */
export type Alternatives = ReadonlyArray<Alternative>

/** What a group of the API has at most; the windows of time make two of each alternative, with two filters more. */
const most = { alternatives: 7, filters: 13 }

type Node =
  | Where
  | Schema.Schema.Type<typeof Filter>
  | { readonly operator: "AND" | "OR"; readonly value: ReadonlyArray<Node> }

const product = (some: Alternatives, others: Alternatives): Alternatives =>
  some.flatMap((one) => others.map((other) => [...one, ...other]))

const taken = (node: Node): Alternatives => {
  // The rules were looked at, whatever the table of fields.
  if ("field" in node) return [[node as unknown as Ruled]]
  const members = node.value.map(taken)
  return node.operator === "OR" ? members.flat() : members.reduce(product, [[]])
}

/** What is wrong with a query on a table of fields, or the alternatives it is. */
export const alternatives = (fields: Search.Fields, where: Where): Result.Result<Alternatives, string> => {
  const { query } = Search.requestOn(fields)
  const judged = Schema.decodeUnknownResult(query)(where)
  if (Result.isFailure(judged)) return Result.fail(String(judged.failure))
  const all = taken(where)
  if (all.length > most.alternatives) {
    return Result.fail(
      `It is ${all.length} alternatives, and ${most.alternatives} can be searched: ask for many values of a field with IN`
    )
  }
  return all.every(({ length }) => length <= most.filters)
    ? Result.succeed(all)
    : Result.fail(`More than ${most.filters} comparisons are to hold at once: a search takes no more`)
}
