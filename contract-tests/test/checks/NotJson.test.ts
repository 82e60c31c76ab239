/** Successes that are no JSON: text, bytes, the address of a redirect, a body that may be missing; bodies of DELETE. */
import * as Core from "@effect-intercom/core"
import type * as Client from "@effect-intercom/contract-tests/subject/Client"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonPatch from "effect/JsonPatch"
import * as Schema from "effect/Schema"
import { find } from "../Subjects.ts"

const params = { contact_id: Core.ContactId }
const Thing = Core.Wire.open({ id: Schema.String })

const endpoints = {
  text: Core.Endpoint.get("/contacts/:contact_id/text", { params, success: Core.Endpoint.Text }),
  bytes: Core.Endpoint.get("/contacts/:contact_id/bytes", { params, success: Core.Endpoint.Bytes }),
  location: Core.Endpoint.get("/contacts/:contact_id/location", { params, success: Core.Endpoint.Location }),
  optional: Core.Endpoint.put("/contacts/:contact_id/optional", { params, success: Thing, body: "optional" }),
  detach: Core.Endpoint.del("/contacts/:contact_id/detach", {
    params,
    payload: Schema.Struct({ admin_id: Schema.String }),
    success: Thing
  })
}

type Method = keyof typeof endpoints

class Forms extends Core.Resource.Service<Forms>()("Forms", endpoints) {}

const client: Client.Resources = {
  resources: [Forms],
  services: Effect.map(Core.IntercomHttp, (http) => ({ Forms: Forms.make(http) }))
}

const thing = {
  description: "a thing",
  content: {
    "application/json": { schema: { type: "object", required: ["id"], properties: { id: { type: "string" } } } }
  }
}

const responses: { readonly [Name in Method]: object } = {
  text: { "200": { description: "a text", content: { "text/plain": { schema: { type: "string" } } } } },
  bytes: {
    "200": {
      description: "bytes",
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } }
    }
  },
  location: {
    "302": { description: "elsewhere", headers: { Location: { schema: { type: "string", format: "uri" } } } }
  },
  optional: { "200": thing, "204": { description: "nothing" } },
  detach: { "200": thing }
}

const pathOf = (method: Method) => `/paths/~1contacts~1{contact_id}~1${method}`
const verbs: { readonly [Name in Method]: string } = {
  text: "get",
  bytes: "get",
  location: "get",
  optional: "put",
  detach: "delete"
}

const described = (method: Method): JsonPatch.JsonPatch => [
  {
    op: "add",
    path: pathOf(method),
    // JSON.
    value: {
      [verbs[method]]: {
        operationId: method,
        parameters: [{ name: "contact_id", in: "path", required: true, schema: { type: "string" } }],
        ...(method === "detach"
          ? {
              requestBody: {
                required: true,
                content: {
                  "application/json": {
                    schema: {
                      type: "object",
                      additionalProperties: false,
                      required: ["admin_id"],
                      properties: { admin_id: { type: "string" } }
                    }
                  }
                }
              }
            }
          : undefined),
        responses: responses[method]
      }
    } as Schema.Json
  }
]

const checks = [
  "coverage",
  "structure",
  "requests",
  "refusals",
  "transport",
  "retries",
  "boundaries",
  "responses",
  "malformed",
  "mocked",
  "errors",
  "comparator"
]

const found = (method: Method, some: ReadonlyArray<string>, ...patch: JsonPatch.JsonPatch) =>
  Effect.map(
    find({
      operation: `${verbs[method].toUpperCase()} /contacts/{contact_id}/${method}`,
      checks: some,
      client,
      runs: 20,
      patch: [...described(method), ...patch]
    }),
    (all) =>
      all
        .filter((one: Divergence) => one.operation.endsWith(`/${method}`) && one.class !== "note")
        // No operation of these tests declares errors, or the headers of all answers.
        .filter(
          ({ class: severity, message }) =>
            severity === "breaking" || !/(the document does not|does not carry it)$/.test(message)
        )
        .map(({ class: severity, message }) => `${severity}: ${message}`)
  )

describe.each(Object.keys(endpoints) as ReadonlyArray<Method>)("a success of %s", (method) => {
  it.live("fits a document that has it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* found(method, checks), [])
    })
  )
})

const differs = (
  name: string,
  method: Method,
  patch: JsonPatch.JsonPatch,
  expected: string,
  some: ReadonlyArray<string> = ["coverage"]
) =>
  it.live(name, () =>
    Effect.gen(function* () {
      assert.include(yield* found(method, some, ...patch), expected)
    })
  )

describe("a document that has something else", () => {
  const content = (method: Method) => `${pathOf(method)}/${verbs[method]}/responses/200/content`
  const json = [{ op: "replace", path: content("text"), value: thing.content }] as const
  differs("JSON for text", "text", json, "breaking: status 200 comes as application/json, the client reads text")
  differs(
    "JSON beside bytes",
    "bytes",
    [{ op: "add", path: `${content("bytes")}/application~1json`, value: {} }],
    "drift: status 200 may come as application/json, the client reads bytes"
  )
  differs(
    "nothing for text",
    "text",
    [{ op: "remove", path: content("text") }],
    "breaking: the client expects a text, the document has none"
  )
  differs(
    "text for JSON",
    "detach",
    [{ op: "replace", path: content("detach"), value: { "text/plain": { schema: { type: "string" } } } }],
    "breaking: status 200 comes as text/plain, the client reads JSON"
  )
  differs(
    "no body of a DELETE",
    "detach",
    [{ op: "remove", path: `${pathOf("detach")}/delete/requestBody` }],
    "breaking: the client sends a body, the document has none"
  )
  differs(
    "a body for a redirect",
    "location",
    [
      { op: "add", path: `${pathOf("location")}/get/responses/200`, value: thing },
      { op: "remove", path: `${pathOf("location")}/get/responses/302` }
    ],
    "breaking: the client declares status 302, the document does not"
  )
})
