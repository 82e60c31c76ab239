/**
 * Which records of a search are exported: a query of one's own, within the windows of time that a search is walked in. Groups
 * nest two deep there, and the windows are one of them, so a query is taken apart into alternatives first.
 */
import * as Search from "@effect-intercom/core/Search"
import type * as Array from "effect/Array"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

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

type Comparison = typeof Filter.Type

type Node = Comparison | { readonly operator: "AND" | "OR"; readonly value: ReadonlyArray<Node> }

const product = <A>(
  some: ReadonlyArray<ReadonlyArray<A>>,
  others: ReadonlyArray<ReadonlyArray<A>>
): ReadonlyArray<ReadonlyArray<A>> => some.flatMap((one) => others.map((other) => [...one, ...other]))

const taken = (node: Node): ReadonlyArray<ReadonlyArray<Comparison>> => {
  if ("field" in node) return [[node]]
  const members = node.value.map(taken)
  return node.operator === "OR" ? members.flat() : members.reduce(product<Comparison>, [[]])
}

// Before they are multiplied: a few groups can be millions.
const countOf = (node: Node): number => {
  if ("field" in node) return 1
  const counts = node.value.map(countOf)
  return node.operator === "OR"
    ? counts.reduce((some, others) => some + others, 0)
    : counts.reduce((some, others) => some * others, 1)
}

const takenApart = (node: Node): Result.Result<ReadonlyArray<ReadonlyArray<Comparison>>, string> => {
  const count = countOf(node)
  return count <= most.alternatives
    ? Result.succeed(taken(node))
    : Result.fail(
        `It is ${count} alternatives, and ${most.alternatives} can be searched: ask for many values of a field with IN`
      )
}

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const keyOf = (key: unknown) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)

/** One line, with the places of what is within groups. */
const sentence = ({ issue }: Schema.SchemaError): string =>
  issuesOf(issue)
    .issues.map(({ message, path = [] }) =>
      path.length > 1 ? `${message} at ${path.map(keyOf).join("").replace(/^\./, "")}` : message
    )
    .join("; ")

/** What is wrong with a query on a table of fields, in one line, or the alternatives it is. */
export const alternatives = (fields: Search.Fields, where: Where): Result.Result<Alternatives, string> => {
  const { query } = Search.requestOn(fields)
  // The rules say what is wrong in a sentence; they are looked at first on the way to the wire.
  const judged = Schema.encodeUnknownResult(query)(where)
  if (Result.isFailure(judged)) return Result.fail(sentence(judged.failure))
  return Result.flatMap(takenApart(where), (all) =>
    all.every(({ length }) => length <= most.filters)
      ? // The rules were looked at, whatever the table of fields.
        Result.succeed(all as unknown as Alternatives)
      : Result.fail(`More than ${most.filters} comparisons are to hold at once: a search takes no more`)
  )
}

const isFlat = (node: Node): boolean => "field" in node || node.value.every((member) => "field" in member)

/**
 * The query of what several queries all find. Groups nest two deep: where those of a query would be deeper among the others,
 * it is the alternatives that are left. Fails, in one line, where these are too many.
 */
export const all = ([first, ...others]: Array.NonEmptyReadonlyArray<Where>): Result.Result<Where, string> => {
  if (others.length === 0) return Result.succeed(first)
  const value = [first, ...others].flatMap((where): ReadonlyArray<Node> =>
    "field" in where || where.operator === "OR" ? [where] : where.value
  )
  // Flat members nest two deep with the group around them.
  if (value.every(isFlat)) return Result.succeed({ operator: "AND", value } as Where)
  return Result.map(takenApart({ operator: "AND", value }), (all): Where => ({
    operator: "OR",
    value: all.map((value) => ({ operator: "AND", value }))
  }))
}
