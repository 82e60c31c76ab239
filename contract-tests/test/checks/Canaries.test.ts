import * as Canaries from "@effect-intercom/contract-tests/checks/Canaries"
import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import { Subject } from "@effect-intercom/contract-tests/subject/Subject"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonPatch from "effect/JsonPatch"
import { edited, intercom, seed, services } from "../Subjects.ts"

const check = (patch: JsonPatch.JsonPatch) =>
  Effect.flatMap(edited(patch), (document) =>
    Effect.flatMap(Subject, Canaries.check).pipe(Effect.provide(Subject.layer(document, { seed, runs: 1 }, intercom)))
  ).pipe(Effect.provide(services))

describe("canaries", () => {
  it.live("are all refused with the effective document", () =>
    Effect.map(check([]), (count) => assert.isAbove(count, 100))
  )

  it.live("there is one of each kind", () =>
    Effect.gen(function* () {
      const document = yield* edited([])
      const { operations } = yield* Effect.map(Subject, ({ document }) => document).pipe(
        Effect.provide(Subject.layer(document, { seed, runs: 1 }, intercom))
      )
      const names = operations.flatMap(Canaries.canaries).map(({ name }) => name)
      for (const name of [
        "GET /me: no token",
        "GET /me: an unknown path",
        "POST /contacts: a missing body",
        "POST /contacts: a body of another type",
        "POST /contacts: email of another type",
        "POST /contacts: another content type",
        "GET /contacts: query parameter per_page of another type",
        "GET /events: no query parameter type"
      ]) {
        assert.include(names, name)
      }
    }).pipe(Effect.provide(services))
  )

  const dies = (name: string, patch: JsonPatch.JsonPatch, failure: RegExp) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(check(patch))
        assert.strictEqual(error._tag, "CanaryError")
        assert.isTrue(error._tag === "CanaryError" && error.failures.some((one) => failure.test(one)), error.message)
      })
    )

  dies(
    "die when Prism validates nothing: the dialect OpenAPI 3.1 has by default",
    [{ op: "replace", path: "/jsonSchemaDialect", value: "https://spec.openapis.org/oas/3.1/dialect/base" }],
    /^POST \/contacts: .* of another type: Prism accepted it$/
  )
  dies(
    "die when a schema cannot be compiled",
    [{ op: "add", path: "/components/schemas/CreateContact/properties/email/pattern", value: "(" }],
    /^schema #\/components\/schemas\/CreateContact cannot be compiled/
  )

  it.live("end the run: divergences are not even looked for", () =>
    Effect.gen(function* () {
      const document = yield* edited([
        { op: "add", path: "/components/schemas/CreateContact/properties/email/pattern", value: "(" }
      ])
      const error = yield* Effect.flip(
        Contract.runDocument(
          { source: "test", document, published: document, actions: [], sources: new Map(), defects: [], own: false },
          { runs: 1, client: intercom }
        )
      )
      assert.strictEqual(error._tag, "CanaryError")
    }).pipe(Effect.provide(services))
  )
})
