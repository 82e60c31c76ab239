/**
 * Exchanges with a real API, judged by a document and a client: what was sent is what the document takes, what came is
 * what the document says, and comes out of the client as it should. Findings tell shapes; values only when they are
 * asked for, for they are somebody's data.
 */
import * as Effect from "effect/Effect"
import * as JsonPointer from "effect/JsonPointer"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Client from "../subject/Client.ts"
import type * as Contract from "../checks/Contract.ts"
import { distinct, type Direction, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import type { EffectiveDocument } from "../document/EffectiveDocument.ts"
import * as Errors from "../checks/Errors.ts"
import type * as Exchange from "../subject/Exchange.ts"
import * as Pairs from "../subject/Pairs.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Requests from "../checks/Requests.ts"
import * as Responses from "../checks/Responses.ts"
import { divergence, type Pair } from "../subject/Subject.ts"
import * as Validator from "../schema/Validator.ts"

/** What exchanges are judged by. */
export interface Judge {
  readonly source: EffectiveDocument
  readonly document: Document.Document
  readonly validator: Validator.Validator
  readonly client: Client.Client
  readonly pairs: ReadonlyArray<Pair>
  /** Whether findings show values, and requests as they were. */
  readonly values: boolean
}

export interface Options {
  /** Findings have values, which are personal data more often than not; only shapes when left out. */
  readonly values?: boolean | undefined
  /** The client; that of `@effect-intercom/core` when left out. */
  readonly client?: Client.Resources | undefined
}

/** A judge whose client sends what {@link Exchange.through} says where. */
export const make = Effect.fnUntraced(function* (
  source: EffectiveDocument,
  services: Layer.Layer<Client.Services>,
  { client: resources = Client.intercom, values = false }: Options = {}
) {
  const document = Document.make(source.document)
  const client = yield* Effect.provide(Client.make(resources), yield* Layer.build(services))
  const pairs = Pairs.make(client.operations, document)
  const judge: Judge = { source, document, validator: Validator.make(document.root), client, pairs, values }
  return judge
})

// ---------------------------------------------------------------------------------------------------------------------
// shapes
// ---------------------------------------------------------------------------------------------------------------------

/** The kinds of a value, without what it says: of a list those of its first item, of an object those of its fields. */
export const shapeOf = (value: unknown, depth = 0): Schema.Json => {
  if (value === null) return "null"
  if (Array.isArray(value)) {
    const items: ReadonlyArray<unknown> = value
    return depth > 1 || items.length === 0 ? "array" : [shapeOf(items[0], depth + 1)]
  }
  // Keys of data may be data, as those of attributes a customer made up.
  if (typeof value === "object") return "object"
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number"
  return typeof value
}

const at = (value: unknown, pointer: string): unknown =>
  pointer
    .split("/")
    .slice(1)
    .map(JsonPointer.unescapeToken)
    .reduce<unknown>((value, key) => {
      if (Array.isArray(value)) return value[Number(key)]
      return JsonNode.isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
    }, value)

/** What a finding shows of the body it was found in. */
const shown = (finding: Finding, body: unknown, values: boolean): Schema.Json | undefined => {
  const value = finding.at === undefined ? undefined : at(body, finding.at)
  if (value === undefined) return undefined
  return values ? (value as Schema.Json) : shapeOf(value)
}

// ---------------------------------------------------------------------------------------------------------------------
// judging
// ---------------------------------------------------------------------------------------------------------------------

const parse = (text: string): unknown => Result.getOrUndefined(Result.try((): unknown => JSON.parse(text)))

const said = (what: string, findings: ReadonlyArray<Finding>): ReadonlyArray<Finding> =>
  findings.map((finding) => ({ ...finding, message: `${what}: ${finding.message}` }))

/** What the document says against an answer. */
export const received = (
  validator: Validator.Validator,
  operation: Document.Operation,
  exchange: Pick<Exchange.Exchange, "status" | "body" | "received">
): ReadonlyArray<Finding> => {
  const response = Document.responseFor(operation, exchange.status)
  if (response === undefined) {
    return [
      {
        class: "drift",
        pointer: JsonNode.below(operation.node.pointer, "responses", String(exchange.status)),
        through: operation.node.through,
        message: `the API answers with status ${exchange.status}, which the document does not declare`
      }
    ]
  }
  const { content, node } = response
  const about = (severity: Finding["class"], message: string): ReadonlyArray<Finding> => [
    { class: severity, pointer: JsonNode.below(node.pointer, "content"), through: node.through, message }
  ]
  if (exchange.body === "") {
    return Document.jsonOf(content) === undefined
      ? []
      : about("breaking", "the API sends no body, the document has one")
  }
  if (content.size === 0) return about("drift", "the API sends a body, the document has none")
  const schema = Document.jsonOf(content)
  if (schema === undefined) return []
  const body = parse(exchange.body)
  if (body === undefined) return about("breaking", "the API sends what is no JSON")
  return said("the answer", [
    ...validator.violations(schema, body),
    ...Validator.unmentioned(schema, body).map((finding) => ({ ...finding, class: "drift" as const }))
  ])
}

/** What the client made of an answer. */
const read = (operation: Document.Operation, outcome: Exchange.Outcome<unknown, unknown>): ReadonlyArray<Finding> => {
  const [exchange] = outcome.exchanges
  const response = exchange && Document.responseFor(operation, exchange.status)
  if (exchange === undefined || response === undefined) return []
  return exchange.status < 400
    ? Responses.judge(operation, response, outcome)
    : Errors.judge(response, exchange.status, outcome)
}

/** Divergences of an exchange in one direction. */
const divergences = (
  judge: Judge,
  pair: Pair,
  direction: Direction,
  found: ReadonlyArray<Finding>,
  text: string | undefined,
  exchange: Exchange.Exchange
): ReadonlyArray<Divergence> =>
  distinct(found).map((finding) => {
    const counterexample = shown(finding, text === undefined ? undefined : parse(text), judge.values)
    return {
      // The path of a real request has ids in it.
      ...divergence(judge, pair, direction, finding, judge.values ? exchange : undefined),
      ...(counterexample === undefined ? undefined : { counterexample })
    }
  })

/** Judges an exchange: the request by the document, the answer by the document and the client. */
export const judge = (
  judge: Judge,
  pair: Pair,
  exchange: Exchange.Exchange,
  outcome: Exchange.Outcome<unknown, unknown>
): { readonly sent: ReadonlyArray<Divergence>; readonly received: ReadonlyArray<Divergence> } => {
  const request = Requests.sent(judge.validator, pair.operation, exchange)
  const answer = [...received(judge.validator, pair.operation, exchange), ...read(pair.operation, outcome)]
  return {
    sent: divergences(judge, pair, "request", request, exchange.sent, exchange),
    received: divergences(judge, pair, "response", answer, exchange.body, exchange)
  }
}

/** What was found in the exchanges of an operation. */
export interface Judged {
  readonly pair: Pair
  /** Exchanges judged. */
  readonly exchanges: number
  /** Exchanges judged whose answer was judged, too. */
  readonly answers: number
  readonly sent: ReadonlyArray<Divergence>
  readonly received: ReadonlyArray<Divergence>
}

/** How much of what was there was judged. */
export interface Tally {
  /** Exchanges judged. */
  readonly judged: number
  /** Those of them whose answer was judged, too: of a body that was not recorded nothing can be said. */
  readonly answers: number
  /** What was not judged, by the reason: `of another host (example.com)`. */
  readonly skipped: ReadonlyMap<string, number>
}

/** Counts reasons. */
export const count = (reasons: ReadonlyArray<string>): ReadonlyMap<string, number> =>
  new Map([...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => [reason, all.length]))

/** What was judged and what was not, in words. */
export const tell = ({ answers, judged, skipped }: Tally): string => {
  const left = [...skipped].map(([reason, many]) => `${many} ${reason}`)
  const bodiless =
    judged === answers ? "" : ` (${answers} of them with ${answers === 1 ? "its answer" : "their answers"})`
  return (
    `${judged} ${judged === 1 ? "exchange" : "exchanges"} judged${bodiless}` +
    (left.length === 0 ? "" : `, not judged: ${left.join(", ")}`)
  )
}

/** Nothing was judged: a run that finds nothing then says nothing. */
export class NothingJudgedError extends Schema.TaggedError<NothingJudgedError>()("NothingJudgedError", {
  source: Schema.String,
  judged: Schema.Int,
  description: Schema.String
}) {
  override get message(): string {
    const what = this.judged === 0 ? "no exchange could be judged" : "no answer could be judged"
    return `${this.source}: ${what}, so nothing is known of the client: ${this.description}`
  }
}

/** The tally of what was judged; fails when that is nothing. */
export const tally = (
  source: string,
  judged: ReadonlyArray<Judged>,
  skipped: ReadonlyMap<string, number>
): Effect.Effect<Tally, NothingJudgedError> => {
  const sum = (key: "answers" | "exchanges") => judged.reduce((sum, one) => sum + one[key], 0)
  const tally: Tally = { judged: sum("exchanges"), answers: sum("answers"), skipped }
  return tally.answers > 0
    ? Effect.succeed(tally)
    : Effect.fail(new NothingJudgedError({ source, judged: tally.judged, description: tell(tally) }))
}

/** A report of all operations of the client that the document has; those without an exchange are in it, too. */
export const report = (
  { client, pairs, source }: Judge,
  judged: ReadonlyArray<Judged>,
  tally: Tally,
  more: ReadonlyArray<Divergence> = []
): Contract.Report => {
  const operations = new Map(pairs.map(({ operation }) => [operation.key, operation]))
  const rows = [...operations.values()].flatMap((operation): ReadonlyArray<Contract.Row> => {
    const own = judged.filter(({ pair }) => pair.operation.key === operation.key)
    const runs = own.reduce((sum, { exchanges }) => sum + exchanges, 0)
    const answers = own.reduce((sum, { answers }) => sum + answers, 0)
    const row = (check: string, divergences: ReadonlyArray<Divergence>, of = runs): Contract.Row => ({
      operation: operation.name,
      check,
      runs: of,
      divergences: distinct(divergences)
    })
    return runs === 0
      ? [row("exchanges", [])]
      : [
          row("exchanges", []),
          row(
            "requests",
            own.flatMap(({ sent }) => sent)
          ),
          row(
            "responses",
            own.flatMap(({ received }) => received),
            answers
          )
        ]
  })
  const whole: ReadonlyArray<Contract.Row> =
    more.length === 0 ? [] : [{ operation: "the API", check: "exchanges", runs: 1, divergences: distinct(more) }]
  const all = [...whole, ...rows]
  return {
    document: source,
    client,
    // Nothing is sampled.
    seed: 0,
    runs: 0,
    rows: all,
    traffic: tally,
    divergences: all.flatMap(({ divergences }) => divergences),
    canaries: 0
  }
}
