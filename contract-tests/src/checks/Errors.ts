/** Every error the document declares comes out of the client as its typed reason, with what the body says kept. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { IntercomError, type Problem, type Reason } from "@effect-intercom/core"
import { distinct, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as Generate from "../schema/Generate.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Share from "../subject/Share.ts"
import * as Prism from "../traffic/Prism.ts"
import * as Property from "../schema/Property.ts"
import type { Checked } from "./Requests.ts"
import { divergence, type Pair, permitted, sample, type Shape } from "../subject/Subject.ts"

const reasons: { readonly [status: number]: Reason["_tag"] } = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Gone",
  422: "UnprocessableEntity",
  429: "RateLimited"
}

/** The reason a status must come out as. */
export const reasonOf = (status: number): Reason["_tag"] =>
  reasons[status] ?? (status >= 500 ? "ServerError" : "UnexpectedStatus")

/** The reason a call failed for; `undefined` when it did not, or with no error of the client's. */
export const reasonIn = (exit: Exit.Exit<unknown, unknown>): Reason | undefined => {
  const error = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined
  return error instanceof IntercomError ? error.reason : undefined
}

/** Statuses that stand for a declared one. */
const statusesOf = (status: string): ReadonlyArray<number> => {
  if (/^[45]\d\d$/.test(status)) return [Number(status)]
  if (/^5XX$/i.test(status)) return [500, 502, 503]
  if (/^4XX$/i.test(status)) return [400, 404, 418]
  return status === "default" ? [500] : []
}

const problemsOf = (body: string): ReadonlyArray<unknown> => {
  const parsed: unknown = body === "" ? undefined : JSON.parse(body)
  return JsonNode.isRecord(parsed) && Array.isArray(parsed["errors"])
    ? parsed["errors"].map((problem) => (JsonNode.isRecord(problem) ? problem["code"] : undefined))
    : []
}

// What is quoted of a body is capped.
const shortest = 150

const sameCode = (sent: unknown, kept: string): boolean =>
  sent === kept || (typeof sent === "string" && sent.length > shortest && kept.startsWith(sent.slice(0, shortest)))

/** What the client made of an error. */
export const judge = (
  response: Document.Response,
  status: number,
  { exchanges, exit }: Exchange.Outcome<unknown, unknown>
): ReadonlyArray<Finding> => {
  const { pointer, through } = response.node
  const finding = (message: string): Finding => ({ class: "breaking", pointer, through, message })
  const [exchange] = exchanges
  if (exchange === undefined) return [finding("the client sends nothing")]
  if (Prism.isProblem(exchange)) {
    const [violation] = Prism.violations(exchange)
    return [
      finding(`Prism serves a problem of its own instead of status ${status}: ${violation?.message ?? exchange.status}`)
    ]
  }
  if (exchange.status !== status) {
    return [finding(`Prism does not serve status ${status}, but ${exchange.status}`)]
  }
  const error = Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined
  if (!(error instanceof IntercomError))
    return [finding(`status ${status} does not make the client fail with an IntercomError`)]
  const { reason } = error
  const expected = reasonOf(status)
  if (reason._tag !== expected || !("status" in reason) || reason.status !== status || !("errors" in reason)) {
    return [finding(`status ${status} comes out as ${reason._tag}, not as ${expected}`)]
  }
  const codes = problemsOf(exchange.body)
  const kept = reason.errors.map(({ code }) => code)
  return codes.length === kept.length && codes.every((code, index) => sameCode(code, kept[index] ?? ""))
    ? []
    : [finding(`status ${status}: the codes of the body do not reach the program`)]
}

const problem = { code: "edge_code", message: "An edge", field: "edge_field" }
const inHeader = { "x-request-id": "edge-header" }

/** Whether two lists of problems say the same. */
const isSame = (a: ReadonlyArray<Problem>, b: ReadonlyArray<Problem>): boolean =>
  a.length === b.length &&
  a.every(
    ({ code, field, message }, index) =>
      code === b[index]?.code && field === b[index].field && message === b[index].message
  )

interface Kept {
  readonly name: string
  readonly send: Exchange.Send
  readonly isKept: (reason: Reason) => boolean
}

const list = (requestId?: string) =>
  JSON.stringify({
    type: "error.list",
    ...(requestId === undefined ? undefined : { request_id: requestId }),
    errors: [problem, { ...problem, field: null }]
  })

/** What of an answer must reach the program, whatever the operation. */
const kept = (success: number): ReadonlyArray<Kept> => {
  const isNamed = (id: string) => (reason: Reason) => "requestId" in reason && reason.requestId === id
  return [
    {
      name: "the request id of the body",
      send: Exchange.canned(404, list("edge-body"), inHeader),
      isKept: isNamed("edge-body")
    },
    {
      name: "the request id of the headers",
      send: Exchange.canned(500, list(), inHeader),
      isKept: isNamed("edge-header")
    },
    {
      name: "the request id of what is no JSON",
      send: Exchange.canned(success, "<p>", inHeader),
      isKept: isNamed("edge-header")
    },
    {
      name: "each problem, with its code, message and field",
      send: Exchange.canned(422, list()),
      isKept: (reason) =>
        "errors" in reason && isSame(reason.errors, [problem, { code: problem.code, message: problem.message }])
    },
    {
      name: "the text of what is no list of errors",
      send: Exchange.canned(403, "<p>edge</p>", { "content-type": "text/html" }),
      isKept: (reason) => "body" in reason && reason.body?.includes("edge") === true
    },
    {
      name: "when to come again, of Retry-After",
      send: Exchange.canned(429, list(), { "retry-after": "3600" }),
      isKept: (reason) => reason._tag === "RateLimited" && reason.resetAt !== undefined
    },
    {
      name: "when to come again, of X-RateLimit-Reset",
      send: Exchange.canned(429, list(), { "x-ratelimit-reset": "4102444800" }),
      isKept: (reason) => reason._tag === "RateLimited" && reason.resetAt === 4_102_444_800
    }
  ]
}

/** Checks what is kept of an answer. */
const keeps = Effect.fnUntraced(function* (subject: Shape, pair: Pair, call: Effect.Effect<unknown, unknown>) {
  const expectsBody = pair.client.success !== undefined
  const all = Share.of(subject, pair, kept(pair.client.successStatus)).filter(
    ({ name }) => expectsBody || !name.endsWith("no JSON")
  )
  const found = yield* Effect.forEach(all, ({ isKept, name, send }) =>
    Effect.map(Exchange.through(call, send), ({ exit }): ReadonlyArray<Finding> => {
      const reason = reasonIn(exit)
      const { pointer, through } = pair.operation.node
      return reason !== undefined && isKept(reason)
        ? []
        : [
            {
              class: "breaking",
              pointer: JsonNode.below(pointer, "responses"),
              through,
              message: `${name}: does not reach the program`
            }
          ]
    })
  )
  return { found: found.flat().map((finding) => divergence(subject, pair, "error", finding)), runs: all.length }
})

/** Checks each declared error: once as Prism serves it, and as generated from its schema. */
export const check = Effect.fn("Errors.check")(function* (subject: Shape, pair: Pair) {
  const request = sample(pair.client, subject.seed)
  if (request === undefined) return { divergences: [], runs: 0 } satisfies Checked
  const call = subject.client.call(pair.client.name, request)
  const cases = pair.operation.responses.flatMap((response) =>
    statusesOf(response.status).map((status) => ({ response, status }))
  )
  // Without a request that both sides allow Prism serves none of them: that is what `Requests` finds.
  const allowed = permitted(subject, pair)
  const servable = subject.client.call(pair.client.name, allowed ?? request)
  // Nor does it serve other media types than the client asks for.
  const asked = cases.filter(
    ({ response: { content } }) => content.size === 0 || (pair.client.body !== "bytes" && Document.hasJson(content))
  )
  // What is declared once for many operations they share.
  const shared = asked.filter(({ response: { node } }) => node.through.length > 0)
  const own = new Set(Share.of(subject, pair, shared, 2))
  const wanted = asked.filter((one) => !shared.includes(one) || own.has(one))
  const served = yield* Effect.forEach(allowed === undefined ? [] : wanted, ({ response, status }) =>
    Effect.map(Exchange.through(servable, subject.prism.send(`code=${status}`)), (outcome): ReadonlyArray<Divergence> =>
      judge(response, status, outcome).map((finding) =>
        divergence(subject, pair, "error", at(pair, response, finding), outcome.exchanges[0])
      )
    )
  )
  const generated = yield* Effect.forEach(cases, ({ response, status }) => {
    const schema = Document.jsonOf(response.content)
    if (schema === undefined) return Effect.succeed<ReadonlyArray<Divergence>>([])
    return Effect.map(
      Property.search({
        arbitrary: Generate.values(schema, { extraKeys: true }),
        seed: subject.seed,
        runs: Share.many(subject, Math.min(subject.runs, 20), 3),
        accepts: (body) => subject.validator.violations(schema, body).length === 0,
        judge: (body) =>
          Effect.map(Exchange.through(call, Exchange.canned(status, JSON.stringify(body))), (outcome) =>
            judge(response, status, outcome)
          )
      }),
      ({ found }) =>
        found.map((found) =>
          divergence(subject, pair, "error", { ...found, finding: at(pair, response, found.finding) })
        )
    )
  })
  const { found, runs } = yield* keeps(subject, pair, call)
  const checked: Checked = {
    divergences: distinct([...served.flat(), ...generated.flat(), ...found]),
    runs: cases.length + runs
  }
  return checked
})

/** A response shared by operations is named from the operation that uses it. */
const at = ({ operation }: Pair, response: Document.Response, finding: Finding): Finding => ({
  ...finding,
  pointer: JsonNode.below(operation.node.pointer, "responses", response.status),
  through: response.node.through
})
