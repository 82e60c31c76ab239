/**
 * The simulator keeps to the document as well: what it answers to the client is what the document permits, and comes
 * out of the client as it should. So client and simulator cannot agree on an error.
 */
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Canaries from "./Canaries.ts"
import type * as Client from "../subject/Client.ts"
import { distinct, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Errors from "./Errors.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Property from "../schema/Property.ts"
import type { Checked } from "./Requests.ts"
import * as Responses from "./Responses.ts"
import * as Share from "../subject/Share.ts"
import { accepts, divergence, type Pair, requests, type Shape } from "../subject/Subject.ts"
import * as Validator from "../schema/Validator.ts"

/** What the document says against an answer, and what the client made of it. */
export const judge = (
  subject: Pick<Shape, "validator">,
  pair: Pick<Pair, "client" | "operation">,
  outcome: Exchange.Outcome<unknown, unknown>
): ReadonlyArray<Finding> => {
  const { operation } = pair
  const [exchange] = outcome.exchanges
  // Input the types allow and the client still refuses is the business of `Requests`.
  if (exchange === undefined) return []
  const response = Document.responseFor(operation, exchange.status)
  if (response === undefined) return [undeclared(operation, exchange)]
  const isSuccess = Document.isSuccess(response) || (pair.client.body === "location" && Document.isRedirect(response))
  const client = isSuccess
    ? Responses.judge(operation, response, outcome)
    : Errors.judge(response, exchange.status, outcome)
  return distinct([...received(subject, response, exchange), ...client])
}

const undeclared = (operation: Document.Operation, { status }: Exchange.Exchange): Finding => ({
  class: "breaking",
  pointer: JsonNode.below(operation.node.pointer, "responses", String(status)),
  through: [],
  message: `the simulator answers with status ${status}, which the document does not declare`
})

const received = (
  { validator }: Pick<Shape, "validator">,
  response: Document.Response,
  exchange: Exchange.Exchange
): ReadonlyArray<Finding> => {
  const schema = Document.jsonOf(response.content)
  const finding = (key: string, message: string): Finding => ({
    class: "breaking",
    pointer: JsonNode.below(response.node.pointer, key),
    through: response.node.through,
    message
  })
  const headers = JsonNode.child(response.node, "headers")
  const missing = (headers === undefined ? [] : JsonNode.children(headers))
    .filter(([name]) => exchange.received[name.toLowerCase()] === undefined)
    .map(([name]) => finding("headers", `the simulator sends no ${name} header`))
  const type = exchange.received["content-type"]?.split(";")[0] ?? ""
  if (response.content.size > 0 && !Document.hasJson(response.content)) {
    return Document.mediaOf(response.content, type) === undefined
      ? [
          ...missing,
          finding("content", `the simulator answers with ${type || "no media type"}, which the document does not have`)
        ]
      : missing
  }
  if (schema === undefined) {
    return exchange.body === ""
      ? missing
      : [...missing, finding("content", "the simulator sends a body, the document has none")]
  }
  if (!/^application\/json\b/.test(exchange.received["content-type"] ?? "")) {
    return [...missing, finding("content", "the simulator does not answer with application/json")]
  }
  const body: unknown = JSON.parse(exchange.body)
  const said = (finding: Finding) => ({ ...finding, message: `the simulator's answer: ${finding.message}` })
  return [
    ...missing,
    ...validator.violations(schema, body).map(said),
    // As live, objects have fields nobody describes.
    ...Validator.unmentioned(schema, body).map((finding) => ({ ...said(finding), class: "note" as const }))
  ]
}

// Each asks a whole server.
const most = 20

const mostMet = 4

/** Requests of an operation with ids in its path. */
const samples = ({ seed }: Shape, { client, operation }: Pair): ReadonlyArray<Client.Request> =>
  operation.path.includes("{")
    ? fc
        .sample(requests(client), { seed, numRuns: 50 })
        .filter((request) => accepts(client, request))
        .slice(0, mostMet)
    : []

const addressed = (request: Client.Request, ids: { readonly [parameter: string]: string }): Client.Request =>
  request.params === undefined ? request : { ...request, params: { ...request.params, ...ids } }

/** Sends requests that meet something, any others, and one without a token. */
export const check = Effect.fn("Simulated.check")(function* (subject: Shape, pair: Pair) {
  const { ids, meeting, send } = subject.simulated
  const call = (request: Client.Request) => Exchange.through(subject.client.call(pair.client.name, request), send)
  const met = yield* Effect.forEach([...(yield* meeting(pair.client)), ...samples(subject, pair)], (request) =>
    Effect.map(
      // What met a record may have removed it.
      Effect.flatMap(ids(pair.client), (ids) => call(addressed(request, ids))),
      (outcome) =>
        judge(subject, pair, outcome).map((finding) =>
          divergence(subject, pair, "response", finding, outcome.exchanges[0])
        )
    )
  )
  const { found, runs } = yield* Property.search({
    arbitrary: requests(pair.client),
    seed: subject.seed,
    runs: Share.many(subject, Math.min(most, subject.runs), 6),
    accepts: (request) => accepts(pair.client, request),
    judge: (request) => Effect.map(call(request), (outcome) => judge(subject, pair, outcome))
  })
  const unauthorised = yield* withoutToken(subject, pair)
  const checked: Checked = {
    divergences: distinct([
      ...met.flat(),
      ...found.map((found) => divergence(subject, pair, "response", found)),
      ...unauthorised.map((finding) => divergence(subject, pair, "response", finding))
    ]),
    runs: runs + met.length + 1
  }
  return checked
})

const withoutToken = Effect.fnUntraced(function* (subject: Shape, { operation }: Pair) {
  const canary = Canaries.canaries(operation).find(({ token }) => token === undefined)
  if (canary === undefined) return []
  const url = new URL(canary.url, subject.document.server)
  const request = HttpClientRequest.make(canary.method as HttpMethod.HttpMethod)(url, {
    headers: { accept: "application/json" }
  })
  const { exchanges } = yield* Exchange.through(Exchange.execute(request), subject.simulated.send)
  const [exchange] = exchanges
  const response = Document.responseFor(operation, 401)
  if (exchange?.status !== 401 || response === undefined) {
    const refused: Finding = {
      class: "breaking",
      pointer: JsonNode.below(operation.node.pointer, "security"),
      through: [],
      message: "the simulator does not answer 401 to a request without a token"
    }
    return [refused]
  }
  return received(subject, response, exchange)
})
