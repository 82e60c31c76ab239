/**
 * Whatever the client can build, the document takes: every request is sent to Prism, and compared with the document
 * for what Prism does not look at (unknown parameters and fields).
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import type { Divergence, Finding } from "../report/Divergence.ts"
import { distinct } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as SchemaCoverage from "../schema/SchemaCoverage.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as Share from "../subject/Share.ts"
import * as Prism from "../traffic/Prism.ts"
import * as Property from "../schema/Property.ts"
import { accepts, divergence, type Pair, requests, type Shape } from "../subject/Subject.ts"
import * as Validator from "../schema/Validator.ts"

export interface Checked {
  readonly divergences: ReadonlyArray<Divergence>
  /** Samples judged. */
  readonly runs: number
  /** What they exercised. */
  readonly exercised?: SchemaCoverage.Counts
}

/** Sends any value of the operation's input types. */
export const check = Effect.fn("Requests.check")(function* (subject: Shape, pair: Pair) {
  const send = subject.prism.send()
  const seen = SchemaCoverage.tally()
  let last: Exchange.Exchange | undefined
  const { found, runs } = yield* Property.search({
    arbitrary: requests(pair.client),
    seed: subject.seed,
    runs: Share.runs(subject, subject.runs, [pair.client.query?.node, pair.client.payload?.node]),
    accepts: (request) => accepts(pair.client, request),
    judge: (request) =>
      Effect.map(Exchange.through(subject.client.call(pair.client.name, request), send), ({ exchanges, exit }) => {
        for (const part of ["query", "payload"] as const) {
          if (pair.client[part] !== undefined) seen.look(pair.client[part].node, request[part])
        }
        const [exchange] = exchanges
        if (exchange === undefined) return [notSent(pair, exit)]
        last = exchange
        return judge(subject, pair.operation, exchange)
      })
  })
  const divergences = yield* Effect.forEach(found, (found) =>
    Effect.map(Exchange.through(subject.client.call(pair.client.name, found.value), send), ({ exchanges }) =>
      divergence(subject, pair, "request", found, exchanges[0])
    )
  )
  const nothing = runs === 0 || last === undefined ? [divergence(subject, pair, "request", ungenerated(pair))] : []
  const checked: Checked = {
    divergences: [...divergences, ...(divergences.length === 0 ? nothing : [])],
    runs,
    exercised: seen.counts()
  }
  return checked
})

const ungenerated = ({ operation }: Pair): Finding => ({
  class: "breaking",
  pointer: operation.node.pointer,
  through: [],
  message: "no value of the client's input types could be generated and sent"
})

const notSent = ({ operation }: Pair, exit: Exit.Exit<unknown, unknown>): Finding => ({
  class: "breaking",
  pointer: operation.node.pointer,
  through: [],
  message: `the client sends nothing for a value its types allow${
    Exit.isFailure(exit) ? `: ${Cause.pretty(exit.cause).split("\n")[0] ?? ""}` : ""
  }`
})

/** What is wrong with a request that was sent. */
export const judge = (
  subject: Pick<Shape, "validator">,
  operation: Document.Operation,
  exchange: Exchange.Exchange
): ReadonlyArray<Finding> => {
  const own = sent(subject.validator, operation, exchange)
  // What both see is reported once, with the place in the document.
  if (own.some((finding) => finding.class === "breaking")) return own
  const violations = Prism.violations(exchange)
  if (violations.length > 0) return [...own, ...distinct(violations.map((violation) => refused(operation, violation)))]
  return Document.successes(operation).some(
    ({ status }) => status === "default" || Document.covers(status, exchange.status)
  )
    ? own
    : [
        ...own,
        {
          class: "breaking",
          pointer: JsonNode.below(operation.node.pointer, "responses"),
          through: operation.node.through,
          message: `Prism answers with status ${exchange.status}`
        }
      ]
}

const refused = (operation: Document.Operation, { code, location, message }: Prism.Violation): Finding => {
  const [where, ...path] = location
  const schema = operation.body && Document.jsonOf(operation.body.content)
  const parameter = operation.parameters.find(
    ({ in: place, name }) => place === where && name.toLowerCase() === path[0]?.toLowerCase()
  )
  const node =
    where === "body" && schema !== undefined
      ? Validator.placeOf(schema, path.map((key) => `/${key}`).join(""))
      : (parameter?.node ?? operation.node)
  return {
    class: "breaking",
    pointer: node.pointer,
    through: node.through,
    message: `Prism refuses the ${location.length === 0 ? "request" : location.join(".")}: ${message} (${code})`
  }
}

/** What the document says against a request, by its own rules and in a closed world. */
export const sent = (
  validator: Validator.Validator,
  operation: Document.Operation,
  exchange: Exchange.Exchange
): ReadonlyArray<Finding> =>
  distinct([
    ...addressed(operation, exchange),
    ...queried(validator, operation, exchange),
    ...headed(validator, operation, exchange),
    ...authorised(operation, exchange),
    ...bodied(validator, operation, exchange)
  ])

const breaking = (node: JsonNode.Node, keys: ReadonlyArray<string>, message: string): Finding => ({
  class: "breaking",
  pointer: JsonNode.below(node.pointer, ...keys),
  through: node.through,
  message
})

const addressed = (operation: Document.Operation, { method, url }: Exchange.Exchange): ReadonlyArray<Finding> => {
  const template = operation.path.split("/")
  const segments = url.pathname.split("/")
  const fits =
    method === operation.method &&
    template.length === segments.length &&
    template.every((part, index) => (part.startsWith("{") ? segments[index] !== "" : part === segments[index]))
  return fits ? [] : [breaking(operation.node, [], `the client sends ${method} to another path than ${operation.path}`)]
}

/** A parameter as the JSON it stands for. */
const typed = (text: string): ReadonlyArray<unknown> => {
  if (text === "true" || text === "false") return [text, text === "true"]
  const number = Number(text)
  return text.trim() !== "" && Number.isFinite(number) ? [text, number] : [text]
}

const queried = (
  { violations }: Validator.Validator,
  operation: Document.Operation,
  { url }: Exchange.Exchange
): ReadonlyArray<Finding> => {
  const declared = operation.parameters.filter((parameter) => parameter.in === "query")
  const sent = [...url.searchParams].flatMap(([name, text]) => {
    const parameter = declared.find((parameter) => parameter.name === name)
    if (parameter === undefined) {
      return [breaking(operation.node, ["parameters"], `query parameter ${name} is not in the document`)]
    }
    const { schema } = parameter
    if (schema === undefined || typed(text).some((value) => violations(schema, value).length === 0)) return []
    return violations(schema, typed(text).at(-1)).map((finding) => ({
      ...finding,
      message: `query parameter ${name}: ${finding.message}`
    }))
  })
  const missing = declared
    .filter(({ name, required }) => required && !url.searchParams.has(name))
    .map(({ name, node }) =>
      breaking(node, ["required"], `query parameter ${name} is required, the client leaves it out`)
    )
  const whole = Map.groupBy(
    declared.filter(({ part }) => part?.required === true),
    ({ part }) => part?.of ?? ""
  )
  const absent = [...whole].flatMap(([object, parts]) => {
    const [first] = parts
    return first === undefined || parts.some(({ name }) => url.searchParams.has(name))
      ? []
      : [breaking(first.node, [], `query parameter ${object} is required, the client leaves it out`)]
  })
  return [...sent, ...missing, ...absent]
}

// OpenAPI says these elsewhere: in `content`, `responses` and `security`.
const elsewhere = new Set(["accept", "content-type", "authorization"])

const headed = (
  { violations }: Validator.Validator,
  operation: Document.Operation,
  { headers }: Exchange.Exchange
): ReadonlyArray<Finding> =>
  operation.parameters
    .filter((parameter) => parameter.in === "header" || parameter.in === "cookie")
    .filter(({ name }) => !elsewhere.has(name.toLowerCase()))
    .flatMap(({ in: place, name, node, required, schema }): ReadonlyArray<Finding> => {
      const text = place === "header" ? headers[name.toLowerCase()] : undefined
      if (text === undefined) {
        return required
          ? [breaking(node, ["required"], `${place} parameter ${name} is required, the client does not send it`)]
          : [{ ...breaking(node, [], `${place} parameter ${name}: the client does not send it`), class: "drift" }]
      }
      if (schema === undefined || typed(text).some((value) => violations(schema, value).length === 0)) return []
      return violations(schema, typed(text).at(-1)).map((finding) => ({
        ...finding,
        message: `header parameter ${name}: ${finding.message}`
      }))
    })

const authorised = (operation: Document.Operation, { headers }: Exchange.Exchange): ReadonlyArray<Finding> =>
  operation.secured && !/^Bearer \S+$/.test(headers["authorization"] ?? "")
    ? [breaking(operation.node, ["security"], "the client sends no bearer token")]
    : []

const bodied = (
  validator: Validator.Validator,
  { body, node }: Document.Operation,
  { headers, sent }: Exchange.Exchange
): ReadonlyArray<Finding> => {
  if (sent === undefined) return body?.required ? [breaking(body.node, ["required"], "the client sends no body")] : []
  if (body === undefined) return [breaking(node, ["requestBody"], "the client sends a body the document does not have")]
  const type = headers["content-type"]?.split(";")[0] ?? ""
  const media = Document.mediaOf(body.content, type)
  if (media === undefined) return [breaking(body.node, ["content"], `content type ${type} is not in the document`)]
  const { schema } = media
  if (schema === undefined) return []
  const parsed = Result.try((): unknown => JSON.parse(sent))
  if (Result.isFailure(parsed)) return [breaking(body.node, ["content", type], "the body is no JSON")]
  const value = parsed.success
  return [...validator.violations(schema, value), ...Validator.unmentioned(schema, value)]
}
