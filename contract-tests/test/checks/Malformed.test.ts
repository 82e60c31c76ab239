/** Clients that do not live with every answer are found out. */
import * as MalformedBodies from "@effect-intercom/contract-tests/checks/MalformedBodies"
import * as Client from "@effect-intercom/contract-tests/subject/Client"
import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import * as Malformed from "@effect-intercom/contract-tests/checks/Malformed"
import * as Core from "@effect-intercom/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as JsonPatch from "effect/JsonPatch"
import { find, intercom } from "../Subjects.ts"

type Get = Effect.Effect<unknown, Core.IntercomError>

/** The client, with what one method makes of an answer changed. */
const changed = (change: (get: Get) => Get): Client.Resources => ({
  ...intercom,
  services: Effect.map(intercom.services, (services) => ({
    ...services,
    Contacts: {
      ...services["Contacts"],
      get: (id: string) => change((services["Contacts"] as Core.Contacts["Service"]).get(Core.ContactId.make(id)))
    }
  }))
})

const messages = (change: (get: Get) => Get) =>
  find({ operation: "GET /contacts/{contact_id}", checks: ["malformed"], client: changed(change) }).pipe(
    Effect.map((found) => found.filter(Divergence.isFailure).map(({ message }) => message))
  )

describe("answers no document permits", () => {
  it.live("the client lives with all of them", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* messages((get) => get), [])
    })
  )

  it.live("a client that makes something up is found out", () =>
    Effect.gen(function* () {
      const found = yield* messages((get) => Effect.orElseSucceed(get, () => ({ type: "contact", id: "1" })))
      assert.include(found, "an empty body: the client takes it for an answer")
      assert.include(found, "a page of HTML: the client takes it for an answer")
      assert.include(found, "status 404 with no body: comes out as a success, not as NotFound")
    })
  )

  it.live("a client that dies is found out", () =>
    Effect.gen(function* () {
      const found = yield* messages((get) => Effect.orDie(get))
      assert.match(found.join("\n"), /^null: the client dies: /m)
      assert.match(found.join("\n"), /^gzip that is no gzip: the client dies: /m)
    })
  )

  it.live("a client that hangs is found out", () =>
    Effect.gen(function* () {
      const found = yield* find({
        operation: "GET /contacts/{contact_id}",
        checks: ["malformed"],
        client: changed((get) =>
          Effect.catchIf(
            get,
            (error) => error.reason._tag === "Gone",
            () => Effect.never
          )
        )
      }).pipe(Effect.provideService(Malformed.Patience, "50 millis"))
      assert.include(
        found.map(({ message }) => message),
        "status 410 with no body: the client hangs"
      )
    })
  )

  it.live("a client that calls everything malformed, or names no field, is found out", () =>
    Effect.gen(function* () {
      const found = yield* messages((get) =>
        Effect.mapError(get, (error) =>
          error.reason._tag === "DecodeError"
            ? new Core.IntercomError({
                ...error,
                reason: new Core.DecodeError({ ...error.reason, kind: "invalid", mismatches: [] })
              })
            : error
        )
      )
      assert.include(found, "an empty body: is called invalid, not malformed")
      assert.include(found, "id of another type: the error does not name the field")
    })
  )

  it.live("a client whose errors tell the token is found out", () =>
    Effect.gen(function* () {
      const found = yield* messages((get) =>
        Effect.mapError(get, (error) =>
          error.reason._tag === "DecodeError"
            ? new Core.IntercomError({
                ...error,
                reason: new Core.DecodeError({ ...error.reason, body: `Bearer ${Client.token}` })
              })
            : error
        )
      )
      assert.include(found, "an empty body: the client's error holds the token")
    })
  )
})

describe("a document whose plain answer the client refuses", () => {
  const refused = (operation: string, checks: ReadonlyArray<string>, patch: JsonPatch.JsonPatch, message: string) =>
    it.live(`is told at the field alone: ${operation}, ${checks.join(" and ")}`, () =>
      Effect.gen(function* () {
        const found = (yield* find({ operation, checks, patch, runs: 3 })).filter(Divergence.isFailure)
        assert.deepStrictEqual([...new Set(found.map((one) => `${one.pointer}: ${one.message}`))], [message])
        for (const { counterexample } of found) assert.isDefined(counterexample)
      })
    )
  const schemas = "/components/schemas"
  const name = [{ op: "replace", path: `${schemas}/Admin/properties/name/type`, value: "integer" }] as const
  const at = `${schemas}/Admin/properties/name/type`
  refused("GET /me", ["malformed"], name, `${at}: name: the client expects string | null`)
  refused("GET /admins", ["malformed", "pagination"], name, `${at}: admins[].name: the client expects string | null`)
  refused(
    "GET /companies/scroll",
    ["pagination"],
    [{ op: "replace", path: `${schemas}/Company/properties/name/type`, value: "integer" }],
    `${schemas}/Company/properties/name/type: data[].name: the client expects string | null`
  )
})

describe("answers", () => {
  it("hold what JSON.stringify never writes", () => {
    const texts = MalformedBodies.bodies(200, '{"id":"1","n":5}', "secret").map(({ body }) =>
      new TextDecoder().decode(body)
    )
    assert.include(texts, '{"__proto__":{"polluted":true},"constructor":{"prototype":null},"id":"1","n":5}')
    assert.include(texts, '{"type":7,"id":{},"data":0,"id":"1","n":5}')
    assert.include(texts, '{"id":"1","n":1e400}')
    assert.isTrue(texts.some((text) => text.startsWith("[".repeat(10_000))))
  })
})
