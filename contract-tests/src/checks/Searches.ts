/**
 * What the builders of searches make is what was asked for, it is sent as it was made, and the document permits it:
 * every field, every operator, groups, and groups of groups.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Exit from "effect/Exit"
import { Search } from "@effect-intercom/core"
import type * as Client from "../subject/Client.ts"
import { distinct, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import { reasonIn } from "./Errors.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Requests from "./Requests.ts"
import { divergence, json, type Pair, type Shape } from "../subject/Subject.ts"

type Members = Parameters<typeof Search.and>

const operators = ["=", "!=", "IN", "NIN", ">", "<", ">=", "<=", "~", "!~", "^", "$"] as const

const values: { readonly [kind in Search.Kind]: string | number | boolean } = {
  text: "text",
  id: "1",
  whole: "1",
  tag: "1",
  number: 5,
  date: 1_700_000_000,
  day: 1_700_000_000,
  boolean: true
}

const valueFor = (kind: Search.Kind, operator: Search.Operator): Search.Filter["value"] => {
  const value = values[kind]
  if (operator === "IN" || operator === "NIN") return [value]
  return ["~", "!~", "^", "$"].includes(operator) ? String(value) : value
}

/** A query as it was asked for, and as the builders make it. */
interface Built {
  readonly wanted: unknown
  readonly made: unknown
  /** Whether the client may refuse it: not every operator goes with every field. */
  readonly optional: boolean
}

const filters = ({ fields, filter }: Client.Builder): ReadonlyArray<Built & { readonly kind: Search.Kind }> =>
  Object.entries(fields).flatMap(([field, kind]) =>
    operators.map((operator) => {
      const value = valueFor(kind, operator)
      const wanted = { field, operator, value }
      return { wanted, made: filter(field, operator, value), optional: operator !== "=", kind }
    })
  )

/** Groups of 1, 2, 3 and 15, each operator around each. */
const groups = ({ fields, filter }: Client.Builder): ReadonlyArray<Built> => {
  const names = Object.entries(fields)
  const plain = Array.from({ length: 15 }, (_, index) => {
    const [field, kind] = names[index % names.length] ?? ["id", "text"]
    return { wanted: { field, operator: "=", value: values[kind] }, made: filter(field, "=", values[kind]) }
  })
  const group = (operator: "AND" | "OR", members: ReadonlyArray<Pick<Built, "made" | "wanted">>): Built => ({
    wanted: { operator, value: members.map(({ wanted }) => wanted) },
    // What the builders make they take.
    made: (operator === "AND" ? Search.and : Search.or)(...(members.map(({ made }) => made) as unknown as Members)),
    optional: false
  })
  const both = ["AND", "OR"] as const
  return both.flatMap((outer) => [
    ...[1, 2, 3, 15].map((count) => group(outer, plain.slice(0, count))),
    ...both.map((inner) =>
      group(outer, [...plain.slice(0, 1), group(inner, plain.slice(1, 4)), group(inner, plain.slice(4, 6))])
    )
  ])
}

const judge = (
  subject: Pick<Shape, "validator">,
  pair: Pair,
  { optional, wanted }: Built,
  { exchanges, exit }: Exchange.Outcome<unknown, unknown>
): ReadonlyArray<Finding> => {
  const schema = pair.operation.body && Document.jsonOf(pair.operation.body.content)
  const { pointer, through } = schema ?? pair.operation.node
  const finding = (message: string): Finding => ({ class: "breaking", pointer, through, message })
  const [exchange] = exchanges
  if (exchange === undefined) {
    const reason = Exit.isFailure(exit) ? reasonIn(exit) : undefined
    if (reason?._tag !== "EncodeError") {
      const why = Exit.isFailure(exit) ? Cause.pretty(exit.cause).split("\n")[0] : "no error"
      return [finding(`a query that was built is not sent: ${why ?? ""}`)]
    }
    const [first] = reason.mismatches
    return optional
      ? []
      : [finding(`a query that was built is refused: ${first?.path ?? ""}: ${first?.expected ?? ""}`)]
  }
  const body = JSON.parse(exchange.sent ?? "null") as unknown
  const sent = JsonNode.isRecord(body) ? body["query"] : undefined
  return Equal.equals(sent, wanted)
    ? Requests.sent(subject.validator, pair.operation, exchange)
    : [finding("a query that was built is sent as another")]
}

/** Builds and sends queries. Only searches have any. */
export const check = Effect.fn("Searches.check")(function* (subject: Shape, pair: Pair) {
  const builder = subject.client.builder(pair.client.name)
  if (builder === undefined) return { divergences: [], runs: 0 } satisfies Requests.Checked
  const made = filters(builder)
  const kinds = Map.groupBy(made, ({ kind }) => kind)
  // A field with every operator for each kind, and the others with one.
  const first = new Set([...kinds.values()].flatMap((ones) => ones.slice(0, operators.length)))
  const all: ReadonlyArray<Built> = [...made, ...groups(builder)]
  const misbuilt = all.filter(({ made, wanted }) => !Equal.equals(made, wanted))
  const found = yield* Effect.forEach(
    all.filter((one) => !misbuilt.includes(one) && (!one.optional || first.has(one as (typeof made)[number]))),
    (built) => {
      const call = Effect.suspend(() => subject.client.call(pair.client.name, { payload: { query: built.made } }))
      return Effect.map(Exchange.through(call, Exchange.canned(200, "{}")), (outcome) =>
        judge(subject, pair, built, outcome).map((finding): Divergence => ({
          ...divergence(subject, pair, "request", finding, outcome.exchanges[0]),
          counterexample: json(built.wanted) ?? null
        }))
      )
    }
  )
  const { pointer, through } = pair.operation.node
  const wrong = misbuilt.map(({ made, wanted }): Divergence => ({
    ...divergence(subject, pair, "request", {
      class: "breaking",
      pointer,
      through,
      message: "the builders of searches make another query than they were asked for"
    }),
    counterexample: json({ wanted, made }) ?? null
  }))
  const checked: Requests.Checked = { divergences: distinct([...wrong, ...found.flat()]), runs: all.length }
  return checked
})
