/**
 * Is the mock awake? Requests known to be bad must be refused, and every schema must compile: Prism lets everything
 * pass where a schema does not. When a canary is dead, no result of the suite means anything.
 */
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Schema from "effect/Schema"
import * as Client from "../subject/Client.ts"
import * as Document from "../document/Document.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import type { Prism } from "../traffic/Prism.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import type { Validator } from "../schema/Validator.ts"

/** Canaries that died: what was accepted, or could not be compiled. */
export class CanaryError extends Schema.TaggedError<CanaryError>()("CanaryError", {
  failures: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `The suite cannot be trusted:\n${this.failures.map((failure) => `  ${failure}`).join("\n")}`
  }
}

/** A request that must be refused. */
export interface Canary {
  readonly name: string
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly token: string | undefined
  readonly contentType: string | undefined
  readonly body: string | undefined
  /** The schema that refuses the body; a body of alternatives may fit one of them. */
  readonly against?: JsonNode.Node
}

/** A value of another kind than a schema takes; `undefined` when it takes every kind. */
const wrong = (schema: JsonNode.Node | undefined): Schema.Json | undefined => {
  const shape = schema && NormalizedSchema.of([schema])
  if (shape === undefined || !shape.typed) return undefined
  const candidates: ReadonlyArray<readonly [NormalizedSchema.Kind, Schema.Json]> = [
    ["array", ["canary"]],
    ["string", "canary"],
    ["object", { canary: true }],
    ["boolean", true]
  ]
  return candidates.find(([kind]) => !NormalizedSchema.includes(shape.kinds, kind))?.[1]
}

const bodiesOf = (operation: Document.Operation): ReadonlyArray<Pick<Canary, "name" | "body" | "against">> => {
  const schema = operation.body && Document.jsonOf(operation.body.content)
  const shape = schema && NormalizedSchema.of([schema])
  if (operation.body === undefined || schema === undefined || shape === undefined) return []
  const whole = wrong(schema)
  return [
    ...(operation.body.required ? [{ name: "a missing body", body: undefined }] : []),
    ...(whole === undefined ? [] : [{ name: "a body of another type", body: JSON.stringify(whole), against: schema }]),
    ...[...shape.fields].flatMap(([name, { nodes }]) => {
      const value = wrong(nodes[0])
      // Other fields are missing as well; this one alone must be enough where none is required.
      return value === undefined
        ? []
        : [{ name: `${name} of another type`, body: JSON.stringify({ [name]: value }), against: schema }]
    })
  ]
}

/** The canaries of an operation, as far as the document forbids anything. */
export const canaries = (operation: Document.Operation): ReadonlyArray<Canary> => {
  const path = operation.path.replaceAll(/\{[^}]*\}/g, "1")
  const json = operation.body === undefined ? undefined : "application/json"
  const base: Omit<Canary, "name"> = {
    method: operation.method,
    url: path,
    token: Client.token,
    contentType: json,
    body: json && "{}"
  }
  const parameters = operation.parameters.filter((parameter) => parameter.in === "query")
  return [
    ...(operation.secured ? [{ ...base, name: "no token", token: undefined }] : []),
    { ...base, name: "an unknown path", url: `${path}/canary/canary` },
    ...bodiesOf(operation).map((bad) => ({ ...base, ...bad, contentType: bad.body && json })),
    ...(json === undefined ? [] : [{ ...base, name: "another content type", contentType: "text/plain" }]),
    ...parameters
      .filter(({ schema }) => {
        const shape = schema && NormalizedSchema.of([schema])
        return shape?.typed === true && !shape.kinds.has("string")
      })
      .map(({ name }) => ({ ...base, name: `query parameter ${name} of another type`, url: `${path}?${name}=canary` })),
    ...parameters
      .filter(({ required }) => required)
      .map(({ name }) => ({ ...base, name: `no query parameter ${name}` }))
  ].map((canary) => ({ ...canary, name: `${operation.name}: ${canary.name}` }))
}

/** Whether Prism refuses it. */
export const refused = Effect.fnUntraced(function* (prism: Prism["Service"], canary: Canary) {
  const { body, contentType, method, token, url } = canary
  const request = HttpClientRequest.make(method as HttpMethod.HttpMethod)(`http://canary.test${url}`, {
    headers: {
      accept: "application/json",
      ...(token === undefined ? undefined : { authorization: `Bearer ${token}` })
    }
  })
  const filled = body === undefined ? request : HttpClientRequest.bodyText(request, body, contentType ?? "text/plain")
  const response = yield* prism.send()(filled, new URL(`http://canary.test${url}`))
  // Read, so that its connection is free again.
  yield* response.text
  return response.status >= 400 && response.status < 500
})

/** The schemas of a document: all components, and those that stand in its operations. */
export const schemasOf = ({ operations, root }: Document.Document): ReadonlyArray<JsonNode.Node> => {
  const components = JsonNode.follow(root, "components", "schemas")
  const inline = operations.flatMap(({ body, parameters, responses }) => [
    ...parameters.map(({ schema }) => schema),
    ...(body?.content.values() ?? []),
    ...responses.flatMap(({ content }) => [...content.values()])
  ])
  return [
    ...(components === undefined ? [] : JsonNode.children(components).map(([, node]) => node)),
    ...inline.filter((node) => node !== undefined)
  ]
}

/** Sends the canaries of every operation the client has. Fails with those that were not refused, and with schemas that cannot be compiled. */
export const check = Effect.fn("Canaries.check")(function* (subject: {
  readonly document: Document.Document
  readonly validator: Validator
  readonly prism: Prism["Service"]
  readonly pairs: ReadonlyArray<{ readonly operation: Document.Operation }>
}) {
  const defects = schemasOf(subject.document).flatMap((schema) => {
    const defect = subject.validator.defect(schema)
    return defect === undefined ? [] : [`schema #${schema.pointer} cannot be compiled: ${defect}`]
  })
  // Of alternatives, Prism knows all.
  const paired = new Set(subject.pairs.map(({ operation }) => operation.key))
  const all = subject.document.operations
    .filter(({ key }) => paired.has(key))
    .flatMap(canaries)
    .filter(
      ({ against, body }) =>
        against === undefined ||
        body === undefined ||
        subject.validator.violations(against, JSON.parse(body)).length > 0
    )
  const sent = yield* Effect.forEach(
    all,
    (canary) =>
      Effect.match(refused(subject.prism, canary), {
        onFailure: (error) => [`${canary.name}: ${error.message}`],
        onSuccess: (refused) => (refused ? [] : [`${canary.name}: Prism accepted it`])
      }),
    { concurrency: 8 }
  )
  const failures = [...defects, ...sent.flat()]
  if (failures.length > 0) return yield* new CanaryError({ failures })
  return all.length
})
