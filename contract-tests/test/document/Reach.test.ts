import { assert, describe, it } from "@effect/vitest"
import type * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import * as Reach from "@effect-intercom/contract-tests/document/Reach"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { openapiOverlay, type OpenApiDocument } from "openapi-format"

const document = {
  openapi: "3.1.0",
  paths: {
    "/a": {
      get: { responses: { "200": { description: "x" }, "404": { description: "y" } }, parameters: [{ name: "p" }] }
    },
    "/b.c": { "x-y": { z: 1 } }
  },
  components: { schemas: { A: { type: "object" }, B: { type: "string" } } }
}

type Action = Omit<EffectiveDocument.Action, "description">

/** What the library makes of a document; it changes what it is given. */
const applied = (document: Schema.Json, action: Action) =>
  Effect.promise(() =>
    openapiOverlay(structuredClone(document) as unknown as OpenApiDocument, {
      overlaySet: { overlay: "1.0.0", actions: [action] }
    })
  ).pipe(Effect.map(({ data }) => data as unknown as Schema.Json))

describe("what an action reaches", () => {
  const actions: ReadonlyArray<Action> = [
    { target: "$", update: { info: { title: "t" }, components: { schemas: { C: {} } } } },
    { target: "$.paths['/a'].get", update: { parameters: [{ name: "q" }], summary: "s" } },
    { target: "$.paths['/a'].get.responses", remove: true },
    { target: "$.paths['/a'].get.responses['200','404']", update: { content: {} } },
    { target: "$.paths['/a'].get.parameters[0]", remove: true },
    { target: "$.paths['/a'].get.parameters[?(@.name=='p')]", update: { required: true } },
    { target: "$.paths['/b.c'].x-y", update: { z: 2 } },
    { target: "$.paths['/b.c']['x-y'].z", remove: true },
    { target: "$.paths[*][*]", update: { summary: "s" } },
    { target: "$.paths.*.get", update: { summary: "s" } },
    { target: "$..schemas", update: { A: { title: "t" } } },
    { target: "$.components.schemas", update: { A: { type: ["object", "null"] }, C: {} } },
    { target: "$.components.schemas.B", remove: true },
    { target: "$.components.schemas.Z", update: { type: "string" } },
    { target: "$.nothing.here", remove: true }
  ]

  for (const action of actions) {
    it.effect(`is all it changes: ${action.remove ? "remove" : "update"} ${action.target}`, () =>
      Effect.gen(function* () {
        const reach = Reach.of(action)
        const part = yield* applied(Reach.take(document, reach), action)
        const whole = yield* applied(document, action)
        assert.strictEqual(JSON.stringify(Reach.put(document, reach, part)), JSON.stringify(whole))
      })
    )
  }

  it("is no more than its target names", () => {
    const taken = (action: Action) => Reach.take(document, Reach.of(action))
    assert.deepStrictEqual(taken({ target: "$.components.schemas.A", remove: true }), {
      components: { schemas: { A: { type: "object" } } }
    })
    assert.deepStrictEqual(taken({ target: "$.components.schemas", update: { B: {}, C: {} } }), {
      components: { schemas: { B: { type: "string" } } }
    })
    assert.deepStrictEqual(taken({ target: "$..schemas", update: {} }), document)
  })
})
