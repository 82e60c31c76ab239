/**
 * What the document forbids, the client refuses before anything is sent: values of another kind, missing fields,
 * fields nobody knows. Each starts from a request the client's types allow, with one thing wrong.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import { IntercomError } from "@effect-intercom/core"
import type * as Client from "../subject/Client.ts"
import { distinct, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import type { Checked } from "./Requests.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import { divergence, json, type Pair, sample, type Shape } from "../subject/Subject.ts"

/** A request the document forbids. */
export interface Forbidden {
  readonly request: Client.Request
  readonly finding: Finding
}

/** A value of each kind. */
const kinds: ReadonlyArray<readonly [NormalizedSchema.Kind, Schema.Json]> = [
  ["null", null],
  ["boolean", true],
  ["integer", 1],
  ["number", 1.5],
  ["string", "canary"],
  ["array", ["canary"]],
  ["object", { canary: true }]
]

const forbids = (node: JsonNode.Node, what: string): Finding => ({
  class: "breaking",
  pointer: node.pointer,
  through: node.through,
  message: `the document forbids ${what}, the client sends it`
})

/** A field, or parameter, and what is said of it. */
interface Known {
  readonly name: string
  readonly node: JsonNode.Node
  readonly required: boolean
}

/** A part of a request with one field wrong, and what the document says against it. */
const spoiled = (
  part: { readonly [field: string]: unknown },
  known: ReadonlyArray<Known>,
  at: JsonNode.Node
): ReadonlyArray<readonly [{ readonly [field: string]: unknown }, Finding]> => [
  ...known.flatMap(({ name, node }) => {
    const shape = NormalizedSchema.of([node])
    if (shape === undefined || !shape.typed) return []
    return kinds
      .filter(([kind]) => !NormalizedSchema.includes(shape.kinds, kind))
      .map(([kind, value]) => [{ ...part, [name]: value }, forbids(node, `${kind} for ${name}`)] as const)
  }),
  ...known
    .filter(({ required }) => required)
    .map(
      ({ name }) =>
        [
          Object.fromEntries(Object.entries(part).filter(([key]) => key !== name)),
          forbids(at, `leaving out ${name}`)
        ] as const
    ),
  [{ ...part, canary_field: 1 }, forbids(at, "a field it does not know")]
]

/** Without an id, a path is that of another operation. */
const emptyIds = (
  { client, operation }: Pick<Pair, "client" | "operation">,
  request: Client.Request
): ReadonlyArray<Forbidden> => {
  const called = Document.parametersIn(client.path)
  return operation.parameters
    .filter(({ in: place }) => place === "path")
    .map(({ name, node }) => {
      // The two sides may call it differently.
      const own = called[Document.parametersIn(operation.path).indexOf(name)] ?? name
      return {
        request: { ...request, params: { ...request.params, [own]: "" } },
        finding: forbids(node, `leaving out ${name}`)
      }
    })
}

/** Requests with one thing wrong each. */
export const forbidden = ({ client, operation }: Pair, request: Client.Request): ReadonlyArray<Forbidden> => {
  const schema = operation.body && Document.jsonOf(operation.body.content)
  const body = schema && NormalizedSchema.of([schema])
  const fields = [...(body?.fields ?? [])].flatMap(([name, { nodes, required }]) =>
    nodes.slice(0, 1).map((node): Known => ({ name, node, required }))
  )
  // Everything in a URL is text: only what cannot be left out, or is not known, is wrong there.
  const parameters = operation.parameters
    .filter(({ in: place }) => place === "query")
    .map(({ name, node, required, schema }): Known => ({ name, node: schema ?? node, required }))
  const spoil = (name: "payload" | "query", known: ReadonlyArray<Known>, at: JsonNode.Node) => {
    const part = request[name]
    return client[name] === undefined || !JsonNode.isRecord(part)
      ? []
      : spoiled(part, known, at).map(([part, finding]): Forbidden => ({
          request: { ...request, [name]: part },
          finding
        }))
  }
  return [
    ...emptyIds({ client, operation }, request),
    ...(schema === undefined || body === undefined || body.fields.size === 0 ? [] : spoil("payload", fields, schema)),
    ...spoil("query", parameters, operation.node)
  ]
}

/** Whether nothing was sent, and the error says what does not fit. */
const isRefused = ({ exchanges, exit }: Exchange.Outcome<unknown, unknown>): boolean => {
  const error = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined
  return exchanges.length === 0 && error instanceof IntercomError && error.reason._tag === "EncodeError"
}

/** Tries every request the document forbids. */
export const check = Effect.fn("Refusals.check")(function* (subject: Shape, pair: Pair) {
  const request = sample(pair.client, subject.seed)
  const all = request === undefined ? [] : forbidden(pair, request)
  const found = yield* Effect.forEach(all, ({ finding, request }) =>
    Effect.map(
      Exchange.through(subject.client.call(pair.client.name, request), Exchange.canned(200, "{}")),
      (outcome): ReadonlyArray<Divergence> => {
        // What the client fills in by itself is not missing.
        if (isRefused(outcome) || isMended(pair, finding, outcome)) return []
        return [
          {
            ...divergence(subject, pair, "request", finding, outcome.exchanges[0]),
            counterexample: json(request) ?? null
          }
        ]
      }
    )
  )
  const checked: Checked = { divergences: distinct(found.flat()), runs: all.length }
  return checked
})

const isMended = (
  { operation }: Pair,
  { message }: Finding,
  { exchanges }: Exchange.Outcome<unknown, unknown>
): boolean => {
  const [, name] = /leaving out (\S+),/.exec(message) ?? []
  if (name === undefined) return false
  return exchanges.some(({ sent, url }) =>
    operation.parameters.some((parameter) => parameter.name === name)
      ? url.searchParams.has(name)
      : sent !== undefined && name in Object(JSON.parse(sent))
  )
}
