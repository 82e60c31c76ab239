/** Every error the document declares comes out of the client as its typed reason, with what the body says kept. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { IntercomError, type Reason } from "@effect-intercom/core"
import { distinct, type Divergence, type Finding } from "./Divergence.ts"
import * as Document from "./Document.ts"
import * as Exchange from "./Exchange.ts"
import * as Generate from "./Generate.ts"
import * as Node from "./Node.ts"
import * as Prism from "./Prism.ts"
import * as Property from "./Property.ts"
import type { Checked } from "./Requests.ts"
import { divergence, type Pair, permitted, sample, type Shape } from "./Subject.ts"

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

/** Statuses that stand for a declared one. */
const statusesOf = (status: string): ReadonlyArray<number> => {
  if (/^[45]\d\d$/.test(status)) return [Number(status)]
  if (/^5XX$/i.test(status)) return [500, 502, 503]
  if (/^4XX$/i.test(status)) return [400, 404, 418]
  return status === "default" ? [500] : []
}

const problemsOf = (body: string): ReadonlyArray<unknown> => {
  const parsed: unknown = body === "" ? undefined : JSON.parse(body)
  return Node.isRecord(parsed) && Array.isArray(parsed["errors"])
    ? parsed["errors"].map((problem) => (Node.isRecord(problem) ? problem["code"] : undefined))
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
  if (Prism.isProblem(exchange) || exchange.status !== status) {
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
  const asked = cases.filter(({ response: { content } }) => content.size === 0 || Document.hasJson(content))
  const served = yield* Effect.forEach(allowed === undefined ? [] : asked, ({ response, status }) =>
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
        runs: Math.min(subject.runs, 20),
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
  const checked: Checked = { divergences: distinct([...served.flat(), ...generated.flat()]), runs: cases.length }
  return checked
})

/** A response shared by operations is named from the operation that uses it. */
const at = ({ operation }: Pair, response: Document.Response, finding: Finding): Finding => ({
  ...finding,
  pointer: Node.below(operation.node.pointer, "responses", response.status),
  through: response.node.through
})
