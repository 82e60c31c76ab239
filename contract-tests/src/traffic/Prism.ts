/** Prism, in this process: a mock of the document on a free port of this machine, gone when the scope closes. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { createLogger } from "@stoplight/prism-core"
import { getHttpOperationsFromSpec, type IHttpConfig } from "@stoplight/prism-http"
import { createServer } from "@stoplight/prism-http-server"
import * as Bundle from "../document/Bundle.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "../subject/Exchange.ts"
import * as OpenApiVisitor from "../schema/OpenApiVisitor.ts"
import { isRecord } from "../schema/JsonNode.ts"

/** Prism could not start on a document. */
export class PrismError extends Schema.TaggedError<PrismError>()("PrismError", { description: Schema.String }) {
  override get message(): string {
    return `Prism could not start: ${this.description}`
  }
}

const entries = (value: Schema.Json | undefined) => (isRecord(value) ? Object.entries(value) : [])

/** A document in the spelling Prism knows, which takes extension fields for paths and statuses. */
const spelt = (document: Schema.Json): Schema.Json =>
  OpenApiVisitor.map(document, {
    document: (root) => ({
      ...root,
      paths: Object.fromEntries(entries(root["paths"]).filter(([path]) => Document.isPath(path)))
    }),
    operation: (operation) => ({
      ...operation,
      responses: Object.fromEntries(
        entries(operation["responses"])
          .filter(([status]) => Document.isStatus(status))
          .map(([status, response]) => [status.replace(/xx$/i, "XX"), response])
      )
    }),
    components: (components) => ({
      ...components,
      securitySchemes: Object.fromEntries(
        entries(components["securitySchemes"]).map(([name, scheme]) => [
          name,
          isRecord(scheme) && typeof scheme["scheme"] === "string"
            ? { ...scheme, scheme: scheme["scheme"].toLowerCase() }
            : scheme
        ])
      )
    })
  })

const start = async (document: Schema.Json) => {
  // Prism would open or fetch it.
  const external = Bundle.externalReference(document)
  if (external !== undefined)
    throw new Error(`the reference ${external.to} at #${external.pointer} leads out of the document`)
  // Prism changes the document it is given, and knows only some ways to write an object in a query.
  const operations = await getHttpOperationsFromSpec(structuredClone(Document.writtenOut(spelt(document))) as object)
  if (operations.length === 0) throw new Error("the document has no operations")
  const config: IHttpConfig = {
    isProxy: false,
    checkSecurity: true,
    validateRequest: true,
    // What Prism makes up is judged by the suite: its own generator breaks schemas now and then.
    validateResponse: false,
    errors: true,
    upstreamProxy: undefined,
    mock: { dynamic: false }
  }
  const logger = createLogger("prism", { level: "silent" })
  const server = createServer(operations, { cors: false, components: { logger }, config })
  return { server, url: await server.listen(0, "127.0.0.1") }
}

/** A request Prism found fault with. */
export interface Violation {
  /** `["body", "email"]`, `["query", "per_page"]`. */
  readonly location: ReadonlyArray<string>
  readonly code: string
  readonly message: string
}

const violationsIn = (list: unknown): ReadonlyArray<Violation> =>
  Array.isArray(list)
    ? list.filter(Predicate.isObject).map((violation) => ({
        location: "location" in violation && Array.isArray(violation.location) ? violation.location.map(String) : [],
        code: "code" in violation ? String(violation.code) : "",
        message: "message" in violation ? String(violation.message) : "refused"
      }))
    : []

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether an answer is Prism's own, and not one of the document. */
export const isProblem = ({ received }: Pick<Exchange.Exchange, "received">): boolean =>
  received["content-type"]?.includes("application/problem+json") === true

/** What Prism found wrong with a request; empty when it took it. */
export const violations = (
  exchange: Pick<Exchange.Exchange, "received" | "body" | "status">
): ReadonlyArray<Violation> => {
  const header = exchange.received["sl-violations"]
  // Longer lists are cut off, and no JSON any more.
  if (header !== undefined) {
    const list = violationsIn(parse(header))
    return list.length > 0 ? list : [{ location: [], code: "cut-off", message: header }]
  }
  if (!isProblem(exchange)) return []
  const problem = parse(exchange.body)
  const list = isRecord(problem) ? violationsIn(problem["validation"]) : []
  const title = isRecord(problem) && typeof problem["title"] === "string" ? problem["title"] : exchange.body
  return list.length > 0 ? list : [{ location: [], code: String(exchange.status), message: title }]
}

/** A running mock. */
export class Prism extends Context.Service<
  Prism,
  {
    /** `http://127.0.0.1:37563` */
    readonly url: string
    /** Sends there; `prefer` is Prism's `Prefer` header, such as `code=404`. */
    readonly send: (prefer?: string) => Exchange.Send
  }
>()("@effect-intercom/contract-tests/Prism") {
  static readonly layer = (document: Schema.Json): Layer.Layer<Prism, PrismError, HttpClient.HttpClient> =>
    Layer.effect(
      this,
      Effect.gen(function* () {
        // Prism closes a connection that is idle for 5 seconds, which on a busy machine is as long as a call takes to get
        // there. It keeps nothing: to ask it again is to ask it once.
        const client = HttpClient.retry(yield* HttpClient.HttpClient, {
          times: 2,
          while: ({ reason }) => reason._tag === "TransportError"
        })
        const { url } = yield* Effect.acquireRelease(
          Effect.tryPromise({
            try: () => start(document),
            catch: (error) => new PrismError({ description: error instanceof Error ? error.message : String(error) })
          }),
          ({ server }) => Effect.promise(() => server.close())
        )
        return Prism.of({
          url,
          send: (prefer) => Exchange.forward(client, url, prefer === undefined ? {} : { prefer })
        })
      })
    )
}
