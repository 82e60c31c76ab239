/**
 * Whatever the document permits as an answer, the client decodes, and loses nothing of it: bodies generated from the
 * document, and those Prism makes up.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as fc from "fast-check"
import { IntercomError } from "@effect-intercom/core"
import { distinct, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Example from "../schema/Example.ts"
import * as Generate from "../schema/Generate.ts"
import * as SchemaCoverage from "../schema/SchemaCoverage.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NotJson from "./NotJson.ts"
import * as Share from "../subject/Share.ts"
import * as Prism from "../traffic/Prism.ts"
import * as Property from "../schema/Property.ts"
import type { Checked } from "./Requests.ts"
import { divergence, json, type Pair, sample, type Shape } from "../subject/Subject.ts"
import * as Validator from "../schema/Validator.ts"

/** What the client made of an answer. */
export const judge = (
  operation: Document.Operation,
  response: Document.Response,
  { exchanges, exit }: Exchange.Outcome<unknown, unknown>
): ReadonlyArray<Finding> => {
  const described = Document.jsonOf(response.content)
  // What is not described would be described there.
  const schema = described ?? { ...response.node, pointer: JsonNode.below(response.node.pointer, "content") }
  if (Exit.isSuccess(exit)) {
    const body = exchanges[0]?.body ?? ""
    return described === undefined || body === "" || exit.value === undefined
      ? []
      : lost(schema, JSON.parse(body), exit.value)
  }
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  const reason = error instanceof IntercomError ? error.reason : undefined
  if (reason?._tag !== "DecodeError") {
    return [
      {
        class: "breaking",
        pointer: JsonNode.below(operation.node.pointer, "responses", response.status),
        through: [],
        message: `the client fails with ${reason?._tag ?? Cause.pretty(exit.cause).split("\n")[0] ?? "a defect"}`
      }
    ]
  }
  return reason.mismatches.map(({ actual, expected, path }) => {
    const keys = [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([key, index]) => index ?? key)
    const parent = Validator.placeOf(
      schema,
      keys
        .slice(0, -1)
        .map((key) => `/${key}`)
        .join("")
    )
    const place = Validator.placeOf(schema, keys.map((key) => `/${key}`).join(""))
    const at = keys.map((key) => `/${key}`).join("")
    const field = keys.length === 0 ? "the body" : Validator.fieldIn(schema, at)
    return actual === "nothing"
      ? {
          class: "breaking",
          pointer: JsonNode.below(
            parent.pointer,
            ...(described === undefined || reason.kind === "malformed" ? [] : ["required"])
          ),
          through: parent.through,
          message: `${field}: the client demands ${expected}`,
          at
        }
      : {
          class: "breaking",
          pointer: JsonNode.below(place.pointer, ...(described === undefined ? [] : ["type"])),
          through: place.through,
          message: `${field}: the client expects ${expected}`,
          at
        }
  })
}

/** The places of a body that are missing or changed in what was decoded. */
const lost = (schema: JsonNode.Node, body: unknown, decoded: unknown, path = ""): ReadonlyArray<Finding> => {
  if (Array.isArray(body) && Array.isArray(decoded) && body.length === decoded.length) {
    return body.flatMap((item, index) => lost(schema, item, decoded[index], `${path}/${index}`))
  }
  if (JsonNode.isRecord(body) && JsonNode.isRecord(decoded)) {
    return Object.keys(body).flatMap((key) => lost(schema, body[key], decoded[key], `${path}/${key}`))
  }
  if (JSON.stringify(body) === JSON.stringify(decoded)) return []
  const { pointer, through } = Validator.placeOf(schema, path)
  return [
    {
      class: "breaking",
      pointer,
      through,
      message: `${Validator.fieldIn(schema, path)}: the client does not keep it as it came`,
      at: path
    }
  ]
}

/** Bodies generated from the document, without a server between. */
export const check = Effect.fn("Responses.check")(function* (subject: Shape, pair: Pair) {
  const request = sample(pair.client, subject.seed)
  if (request === undefined) return { divergences: [], runs: 0 } satisfies Checked
  const call = subject.client.call(pair.client.name, request)
  if (NotJson.is(pair.client.body)) return yield* NotJson.check(subject, pair, request)
  const seen = SchemaCoverage.tally()
  const results = yield* Effect.forEach(Document.successes(pair.operation), (response) => {
    const schema = Document.jsonOf(response.content)
    // Of a body nobody describes there are no samples.
    if (schema === undefined && Document.hasJson(response.content)) return Effect.succeed({ divergences: [], runs: 0 })
    const status = response.status.startsWith("2")
      ? Number(response.status.replaceAll(/X/gi, "0"))
      : pair.client.successStatus
    const of = (body: unknown) => Exchange.through(call, Exchange.canned(status, schema && JSON.stringify(body)))
    return Effect.gen(function* () {
      const { found, runs } = yield* Property.search({
        examples: schema === undefined ? [] : Example.variants(schema),
        arbitrary:
          schema === undefined ? fc.constant<unknown>(undefined) : Generate.values(schema, { extraKeys: true }),
        seed: subject.seed,
        runs: Share.runs(subject, subject.runs, [schema]),
        accepts: (body) => schema === undefined || subject.validator.violations(schema, body).length === 0,
        judge: (body) => {
          if (schema !== undefined) seen.look(schema, body)
          return Effect.map(of(body), (outcome) => distinct(judge(pair.operation, response, outcome)))
        }
      })
      const [exchange] = (yield* of(undefined)).exchanges
      const ungenerated: ReadonlyArray<Divergence> =
        runs > 0 || found.length > 0
          ? []
          : [
              divergence(subject, pair, "response", {
                class: "breaking",
                pointer: response.node.pointer,
                through: response.node.through,
                message: "no body the document permits could be generated",
                fault: "document"
              })
            ]
      return {
        divergences: [...found.map((found) => divergence(subject, pair, "response", found, exchange)), ...ungenerated],
        runs
      }
    })
  })
  const checked: Checked = {
    divergences: results.flatMap(({ divergences }) => divergences),
    runs: results.reduce((sum, { runs }) => sum + runs, 0),
    exercised: seen.counts()
  }
  return checked
})

// Prism's generator sees a sliver of what the document permits; a few of its bodies are enough.
const most = 10

/** Bodies Prism makes up, through a real socket. */
export const mocked = Effect.fn("Responses.mocked")(function* (subject: Shape, pair: Pair) {
  const request = sample(pair.client, subject.seed)
  if (request === undefined) return { divergences: [], runs: 0 } satisfies Checked
  const seeds = Array.from(
    { length: Share.many(subject, Math.min(most, subject.runs), 2) },
    (_, index) => subject.seed + index
  )
  const results = yield* Effect.forEach(seeds, (seed) =>
    Effect.map(
      Exchange.through(
        subject.client.call(pair.client.name, request),
        subject.prism.send(`dynamic=true, seed=${seed}`)
      ),
      (outcome): ReadonlyArray<Divergence> => {
        const [exchange] = outcome.exchanges
        const response = exchange && Document.responseFor(pair.operation, exchange.status)
        // A request Prism refuses is the business of `Requests`.
        if (
          exchange === undefined ||
          response === undefined ||
          !Document.isSuccess(response) ||
          Prism.isProblem(exchange)
        )
          return []
        const schema = Document.jsonOf(response.content)
        const isJson = exchange.body !== "" && Document.hasJson(response.content)
        const body: unknown = isJson ? JSON.parse(exchange.body) : undefined
        // Prism breaks schemas now and then; such a body tells nothing of the client.
        if (schema !== undefined && subject.validator.violations(schema, body).length > 0) return []
        return judge(pair.operation, response, outcome).map((finding) => ({
          ...divergence(subject, pair, "response", finding, exchange),
          ...(body === undefined ? undefined : { counterexample: json(body) ?? null }),
          replay: { seed, path: "" }
        }))
      }
    )
  )
  const checked: Checked = { divergences: distinct(results.flat()), runs: seeds.length }
  return checked
})
