/** What a check needs: the document, the client, a mock of the one and a transport for the other. */
import * as fc from "fast-check"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import * as Client from "./Client.ts"
import type { Direction, Divergence, Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as Exchange from "./Exchange.ts"
import * as Generate from "../schema/Generate.ts"
import * as Pairs from "./Pairs.ts"
import type { Pair } from "./Pairs.ts"
import { Prism, type PrismError } from "../traffic/Prism.ts"
import type * as JsonNode from "../schema/JsonNode.ts"
import type { Found } from "../schema/Property.ts"
import type * as Share from "./Share.ts"
import { SimulatedIntercom } from "./SimulatedIntercom.ts"
import * as Validator from "../schema/Validator.ts"

/** Another workspace, behind a gateway. */
export const another: Required<Client.Settings> = {
  token: "dG9rOjExMTExMTExX2Fub3RoZXI",
  baseUrl: "https://gateway.example/intercom/v1",
  version: "Preview",
  userAgent: "contract-tests/1.0"
}

export type { Pair }

export interface Parameters {
  /** Decides every sample. */
  readonly seed: number
  /** Samples of each property. */
  readonly runs: number
}

export interface Shape extends Parameters, Share.Shared {
  readonly document: Document.Document
  readonly validator: Validator.Validator
  readonly client: Client.Client
  /** The same client once more, with the settings of {@link another}. */
  readonly another: Client.Calls
  readonly prism: Prism["Service"]
  readonly simulated: SimulatedIntercom["Service"]
}

export class Subject extends Context.Service<Subject, Shape>()("@effect-intercom/contract-tests/Subject") {
  /** A client, that of `@effect-intercom/core` unless another is given, against a document. */
  static readonly make = Effect.fnUntraced(function* (
    document: Schema.Json,
    parameters: Parameters,
    resources: Client.Resources = Client.intercom
  ) {
    const parsed = Document.make(document)
    // Both are built as one program would: what they must not share is shared by nothing but the client.
    const memoMap = yield* Layer.makeMemoMap
    const scope = yield* Effect.scope
    const build = (layer: Layer.Layer<Client.Services>) => Layer.buildWithMemoMap(layer, memoMap, scope)
    const client = yield* Effect.provide(Client.make(resources), yield* build(Client.layer(parsed.server)))
    return Subject.of({
      ...parameters,
      document: parsed,
      validator: Validator.make(parsed.root),
      client,
      another: yield* Effect.provide(Client.calls(resources), yield* build(Client.layerOf(another))),
      pairs: Pairs.make(client.operations, parsed),
      portion: 1,
      prism: yield* Prism,
      simulated: yield* SimulatedIntercom
    })
  })

  /** {@link Subject.make} with Prism on the document, and a simulator. */
  static readonly layer = (
    document: Schema.Json,
    parameters: Parameters,
    resources?: Client.Resources
  ): Layer.Layer<Subject, PrismError, HttpClient.HttpClient> =>
    Layer.effect(this, this.make(document, parameters, resources)).pipe(
      Layer.provide(Prism.layer(document)),
      Layer.provide(SimulatedIntercom.layer)
    )
}

/** Inputs of an operation; not all of them are what the client's types allow. */
export const requests = ({ params, payload, query }: Client.ClientOperation): fc.Arbitrary<Client.Request> => {
  const parts = Object.entries({ params, query, payload }).flatMap(([name, part]) =>
    part === undefined ? [] : [[name, Generate.values(part.node, { loose: true })] as const]
  )
  // What is left are arbitraries of the parts of a request.
  return fc.record(Object.fromEntries(parts)) as fc.Arbitrary<Client.Request>
}

/** Whether the client's types allow a request. */
export const accepts = (operation: Client.ClientOperation, request: Client.Request): boolean =>
  (["params", "query", "payload"] as const).every((part) => operation[part]?.accepts(request[part]) ?? true)

/** The first of many samples that is wanted; most often one of the first few is. */
const first = (
  operation: Client.ClientOperation,
  seed: number,
  isWanted: (request: Client.Request) => boolean
): Client.Request | undefined => {
  const arbitrary = requests(operation)
  const within = (numRuns: number) => fc.sample(arbitrary, { seed, numRuns }).find(isWanted)
  return within(10) ?? within(300)
}

const samples = new WeakMap<Client.ClientOperation, Map<number, Client.Request | undefined>>()

/** A request the client's types allow, the same for the same seed; `undefined` when none was found. */
export const sample = (operation: Client.ClientOperation, seed: number): Client.Request | undefined => {
  const known = samples.get(operation) ?? new Map<number, Client.Request | undefined>()
  samples.set(operation, known)
  if (!known.has(seed))
    known.set(
      seed,
      first(operation, seed, (request) => accepts(operation, request))
    )
  return known.get(seed)
}

/** Whether the document has nothing against the values of a request; a parameter is text, whatever it stands for. */
const permits = (
  { validator }: Pick<Shape, "validator">,
  { operation }: Pick<Pair, "operation">,
  request: Client.Request
): boolean => {
  const fits = (schema: JsonNode.Node | undefined, values: ReadonlyArray<unknown>) =>
    schema === undefined || values.some((value) => validator.violations(schema, value).length === 0)
  const body = operation.body && Document.jsonOf(operation.body.content)
  const given = (place: Document.Parameter["in"], name: string): unknown => {
    // Names of parameters in a path are no contract, their order is.
    if (place === "path")
      return Object.values(request.params ?? {})[Document.parametersIn(operation.path).indexOf(name)]
    return Predicate.hasProperty(request.query, name) ? request.query[name] : undefined
  }
  return (
    (request.payload === undefined || fits(body, [json(request.payload)])) &&
    operation.parameters.every(({ in: place, name, required, schema }) => {
      if (place !== "path" && place !== "query") return true
      const value = given(place, name)
      return value === undefined ? !required : fits(schema, [value, String(value), Number(value)])
    })
  )
}

/** A request both sides allow, the same for the same seed; `undefined` when none was found. */
export const permitted = (subject: Pick<Shape, "seed" | "validator">, pair: Pair): Client.Request | undefined =>
  first(pair.client, subject.seed, (request) => accepts(pair.client, request) && permits(subject, pair, request))

/** JSON of a value as it was generated: `undefined` is shown as the client will treat it, not at all. */
export const json = (value: unknown): Schema.Json | undefined =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Schema.Json)

/** Where a request goes that went to the document's server: the client under test knows its origin alone. */
const addressed = ({ root, server }: Document.Document, operation: Document.Operation, url: URL): URL =>
  url.origin === server ? new URL(Document.addressOf(root, operation) + url.href.slice(server.length)) : url

/** Makes a divergence of what a check found in an operation. */
export const divergence = (
  { document }: Pick<Shape, "document">,
  pair: Pick<Pair, "client" | "operation">,
  direction: Direction,
  found: Finding | Pick<Found<unknown>, "finding" | "value" | "replay">,
  exchange?: Exchange.Exchange
): Divergence => {
  const { client, operation } = pair
  const { counterexample, finding, replay } =
    "finding" in found
      ? { finding: found.finding, counterexample: json(found.value), replay: found.replay }
      : { finding: found, counterexample: undefined, replay: undefined }
  return {
    operation: operation.name,
    method: client.name,
    direction,
    class: finding.class,
    pointer: finding.pointer,
    through: finding.through,
    message: finding.message,
    ...(finding.fault === undefined ? undefined : { fault: finding.fault }),
    ...(counterexample === undefined ? undefined : { counterexample }),
    ...(replay === undefined ? undefined : { replay }),
    curl:
      exchange === undefined
        ? Exchange.curlOf(operation, Document.addressOf(document.root, operation))
        : Exchange.curl({ ...exchange, url: addressed(document, operation, exchange.url) })
  }
}
