/** The same document, spelt otherwise, is the same document. */
import * as Canaries from "@effect-intercom/contract-tests/checks/Canaries"
import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import * as Document from "@effect-intercom/contract-tests/document/Document"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import { Prism } from "@effect-intercom/contract-tests/traffic/Prism"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as JsonPatch from "effect/JsonPatch"
import { edited, find, services } from "../Subjects.ts"

/** The project's document with its text changed. */
const respelt = (...changes: ReadonlyArray<readonly [from: string | RegExp, to: string]>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { spec } = yield* EffectiveDocument.ours
    const text = changes.reduce(
      (text, [from, to]) => {
        const next = text.replace(from, to)
        assert.notStrictEqual(next, text, String(from))
        return next
      },
      yield* fs.readFileString(spec)
    )
    return yield* EffectiveDocument.load({ text })
  }).pipe(Effect.provide(NodeServices.layer))

const servers = /servers:\n(?:  .*\n)+/

describe("a document spelt otherwise", () => {
  const spellings: ReadonlyArray<readonly [name: string, from: string | RegExp, to: string]> = [
    ["its version of OpenAPI without quotes", "openapi: 3.1.0", "openapi: 3.1"],
    [
      "extension fields among paths",
      "paths:\n",
      "paths:\n  x-owner: { get: { responses: { '200': { description: x } } } }\n"
    ],
    ["extension fields among responses", /responses:\n/, "responses:\n        x-note: { description: x }\n"],
    ["the name of the scheme", "scheme: bearer", "scheme: Bearer"],
    [
      "servers in upper case, with their port and a slash",
      servers,
      "servers:\n  - url: HTTPS://API.Intercom.IO:443/\n  - url: https://api.eu.intercom.io:443\n  - url: https://API.AU.intercom.io/\n"
    ],
    [
      "servers as one, with a variable for the host",
      servers,
      "servers:\n  - url: https://{host}\n    variables: { host: { default: api.intercom.io, enum: [api.intercom.io, api.eu.intercom.io, api.au.intercom.io] } }\n"
    ],
    [
      "servers as one, with a variable for a part of the host",
      servers,
      "servers:\n  - url: https://api.{region}intercom.io\n    variables: { region: { default: '', enum: ['', eu., au.] } }\n"
    ]
  ]
  for (const [name, from, to] of spellings) {
    it.effect(`is the project's own: ${name}`, () =>
      Effect.gen(function* () {
        const { defects, own, revision } = yield* respelt([from, to])
        assert.deepStrictEqual([own, revision, defects], [true, undefined, []])
      })
    )
  }

  it.effect("has other servers when they are others", () =>
    Effect.gen(function* () {
      const others = ["http://api.intercom.io", "https://api.intercom.io:8443", "https://api.intercom.io/v2"]
      for (const url of others) {
        const { own } = yield* respelt(["url: https://api.intercom.io", `url: ${url}`])
        assert.isFalse(own, url)
      }
    })
  )
})

describe("through Prism", () => {
  const me = "/paths/~1me/get/responses"
  const patch: JsonPatch.JsonPatch = [
    { op: "add", path: "/paths/x-owner", value: { get: { responses: { "200": { description: "x" } } } } },
    { op: "add", path: `${me}/x-note`, value: { description: "x" } },
    { op: "replace", path: "/components/securitySchemes/bearerAuth/scheme", value: "Bearer" }
  ]

  const lower = Effect.map(edited(patch), (document) => {
    const text = JSON.stringify(document)
    assert.include(text, '"5XX":')
    return JSON.parse(text.replaceAll('"5XX":', '"5xx":')) as typeof document
  })

  it.live("statuses in lower case and extension fields are served and judged as ever", () =>
    Effect.gen(function* () {
      const document = yield* lower
      const divergences = yield* find({
        operation: "GET /me",
        checks: ["coverage", "structure", "requests", "responses", "mocked", "errors"],
        patch: [{ op: "replace", path: "", value: document }],
        runs: 5
      })
      assert.deepStrictEqual(divergences.filter(Divergence.isFailure).map(Divergence.format), [])
    })
  )

  it.live("a scheme in upper case is asked for", () =>
    Effect.gen(function* () {
      const document = yield* lower
      const operation = Document.make(document).operations.find(({ name }) => name === "GET /me")
      assert.isDefined(operation)
      const canary = Canaries.canaries(operation).find(({ name }) => name === "GET /me: no token")
      assert.isDefined(canary)
      const refused = Effect.flatMap(Prism, (prism) => Canaries.refused(prism, canary))
      assert.isTrue(yield* Effect.provide(refused, Prism.layer(document)))
    }).pipe(Effect.provide(services))
  )
})

describe("a path described twice", () => {
  it.effect("is told as the document's fault, and the first counts", () =>
    Effect.gen(function* () {
      const { defects, document } = yield* respelt([
        "  /contacts/{contact_id}:\n",
        "  /contacts/{id}:\n    get: { operationId: again, parameters: [{ name: id, in: path, required: true, schema: { type: string } }], responses: { '200': { description: x } } }\n  /contacts/{contact_id}:\n"
      ])
      assert.deepStrictEqual(
        defects.map(({ fault, message, pointer }) => ({ fault, message, pointer })),
        [
          {
            fault: "document",
            message:
              "the document contradicts itself: GET /contacts/{id} is described a second time, under another name of a parameter; it is ignored",
            pointer: "/paths/~1contacts~1{contact_id}/get"
          }
        ]
      )
      const { operations } = Document.make(document)
      assert.lengthOf(
        operations.filter(({ key }) => key === "GET /contacts/{}"),
        1
      )
    })
  )
})
