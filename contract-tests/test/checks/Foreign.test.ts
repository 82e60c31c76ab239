import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as Diff from "@effect-intercom/contract-tests/checks/Diff"
import type { Divergence } from "@effect-intercom/contract-tests/report/Divergence"
import * as Report from "@effect-intercom/contract-tests/report/Report"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as JsonPatch from "effect/JsonPatch"
import { fileURLToPath } from "node:url"
import { client, edited, intercom, services } from "../Subjects.ts"

const file = fileURLToPath(new URL("../fixtures/foreign-3.0.yml", import.meta.url))

const report = Effect.runSync(
  Effect.cached(Contract.run({ spec: file, client: intercom, runs: 5 }).pipe(Effect.provide(services)))
)

const said = (found: ReadonlyArray<Divergence>, operation: string) =>
  found.filter((one) => one.operation === operation).map((one) => `${one.class} ${one.direction}: ${one.message}`)

/** What is said of an operation of the fixture. */
const about = (operation: string) => Effect.map(report, ({ divergences }) => said(divergences, operation))

describe("a document of another hand", () => {
  it.live("is compared operation by operation, whatever its operations and parameters are called", () =>
    Effect.gen(function* () {
      const { client, rows } = yield* report
      const compared = rows.filter(({ check }) => check === "structure").map(({ operation }) => operation)
      assert.deepStrictEqual(compared.toSorted(), [
        "GET /admins",
        "GET /contacts",
        "GET /contacts/{id}",
        "GET /events",
        "GET /me",
        "GET /segments",
        "POST /contacts",
        "POST /events"
      ])
      const missing = rows.flatMap(({ divergences }) => divergences)
      const lacking = missing.filter(({ message }) => message.startsWith("the client has no method for"))
      assert.deepStrictEqual(
        lacking.map((one) => `${one.class} ${one.operation}`),
        ["drift DELETE /contacts/{id}", "drift POST /tickets/{ticket_id}/attachments", "drift GET /views"]
      )
      const gone = missing.filter(({ message }) => message === "the client has an operation the document lacks")
      assert.strictEqual(gone.length + compared.length, client.operations.length)
    })
  )

  it.live("gives no alarm for a parameter of the path by another name", () =>
    Effect.map(about("GET /contacts/{id}"), (found) => {
      assert.isAbove(found.length, 0)
      assert.deepStrictEqual(
        found.filter((one) => /\b(id|contact_id)\b.*(send|require|leaving out)|path parameter/.test(one)),
        []
      )
    })
  )

  it.live("knows that the client sends the version, and that 2.15 is among those it may send", () =>
    Effect.gen(function* () {
      for (const operation of ["GET /me", "GET /contacts"]) {
        assert.deepStrictEqual(
          (yield* about(operation)).filter((one) => /intercom-version/i.test(one)),
          []
        )
      }
      assert.include(
        yield* about("GET /admins"),
        "drift request: cookie parameter session: the client does not send it"
      )
    })
  )

  it.live("lets `default` stand for success, and null come of `nullable` beside allOf", () =>
    Effect.map(about("GET /me"), (found) => {
      assert.include(found, "breaking response: the body: the document's value may be null, the client's may not")
      assert.isFalse(found.some((one) => one.startsWith("breaking coverage: the client declares status")))
    })
  )

  it.live("has its exclusive bounds, its media types with parameters, its implied types", () =>
    Effect.gen(function* () {
      const contacts = yield* about("GET /contacts")
      assert.deepStrictEqual(
        contacts.filter((one) => /per_page/.test(one)),
        []
      )
      const admins = yield* about("GET /admins")
      assert.deepStrictEqual(
        admins.filter((one) => /reads JSON|may be boolean/.test(one)),
        []
      )
      assert.include(admins, "breaking response: admins: the client demands it, the document does not promise it")
    })
  )

  it.live("may send an object of a query as several parameters", () =>
    Effect.map(about("GET /events"), (found) => {
      assert.isAbove(found.length, 0)
      assert.deepStrictEqual(
        found.filter((one) => !one.startsWith("note") && /query.*(user_id|email)|whose|Prism/.test(one)),
        []
      )
    })
  )

  it.live("may answer nothing, and describe nothing", () =>
    Effect.gen(function* () {
      const events = yield* about("POST /events")
      assert.deepStrictEqual(
        events.filter((one) => one.startsWith("breaking") && !one.includes("the document is about")),
        []
      )
      assert.isTrue((yield* about("GET /segments")).some((one) => /describe/.test(one)))
    })
  )

  it.live("has keywords nobody can read: they are told", () =>
    Effect.map(about("the document"), (found) =>
      assert.deepStrictEqual(found, [
        "drift coverage: the document's pattern is not a regular expression, and is ignored",
        "drift coverage: the document's type is not a type of JSON Schema, and is ignored",
        "drift coverage: the document's required is not a list of names, and is ignored",
        "breaking coverage: the document contradicts itself: the schema contains itself, with nothing between; the reference is ignored"
      ])
    )
  )

  it.live("reads the same as JSON, without components and info", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const json = yield* fs.makeTempFileScoped({ suffix: ".json" })
      yield* fs.writeFileString(
        json,
        '{\n\t"openapi": "3.1.0",\n\t"paths": { "/me": { "get": { "responses": {} } } }\n}'
      )
      const { divergences, rows } = yield* Contract.run({ spec: json, client: intercom, runs: 2 })
      assert.strictEqual(rows.filter(({ check }) => check === "structure").length, 1)
      assert.isTrue(
        said(divergences, "GET /me").includes(
          "breaking coverage: the client declares status 200, the document does not"
        )
      )
    }).pipe(Effect.scoped, Effect.provide(services))
  )
})

describe("two documents", () => {
  const source = (patch: JsonPatch.JsonPatch) => Effect.map(edited(patch), (document) => ({ document, defects: [] }))

  const contact = "/components/schemas/Contact"
  /** What changes for the client between the project's document and a changed one. */
  const diff = (patch: JsonPatch.JsonPatch, other: JsonPatch.JsonPatch = []) =>
    Effect.gen(function* () {
      const [older, newer] = yield* Effect.all([source(other), source(patch)])
      return Diff.compare(yield* client, older, newer).map((one) => `${one.class} ${one.operation}: ${one.message}`)
    })

  it.effect("that are the same differ in nothing; nor does one that only says it otherwise", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* diff([]), [])
      assert.deepStrictEqual(
        yield* diff([
          { op: "replace", path: "/info/title", value: "Another" },
          { op: "add", path: `${contact}/description`, value: "Another" }
        ]),
        []
      )
    })
  )

  it.effect("differ in what would break the client", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* diff([{ op: "replace", path: `${contact}/properties/role/type`, value: "integer" }]).pipe(
          Effect.map((found) => found.filter((one) => one.startsWith("breaking GET /contacts/{contact_id}")))
        ),
        [
          "breaking GET /contacts/{contact_id}: role: the document's value may be integer, the client's is string or null"
        ]
      )
      assert.deepStrictEqual(yield* diff([{ op: "remove", path: "/paths/~1me" }]), [
        "breaking GET /me: the client has an operation the document lacks"
      ])
    })
  )

  it.effect("differ in what is new, and what neither needs any more", () =>
    Effect.gen(function* () {
      const path = { get: { responses: { 200: { description: "x" } } } }
      const parrots = { op: "add", path: "/paths/~1parrots", value: path } as const
      assert.deepStrictEqual(yield* diff([parrots]), ["drift GET /parrots: the client has no method for GET /parrots"])
      assert.deepStrictEqual(yield* diff([], [parrots]), [
        "drift GET /parrots: the older document has it, the newer one does not; nor does the client"
      ])
      assert.include(
        yield* diff([{ op: "add", path: `${contact}/properties/shoe_size`, value: { type: "integer" } }]),
        "drift GET /contacts/{contact_id}: shoe_size: the document has it, the client does not know it"
      )
    })
  )

  it.effect("differ in what the client does not mind: notes", () =>
    Effect.gen(function* () {
      const found = yield* diff([{ op: "add", path: `${contact}/properties/email/maxLength`, value: 200 }])
      assert.isAbove(found.length, 0)
      assert.isTrue(found.every((one) => one.startsWith("note ") && /email: maxLength was .*, and is 200$/.test(one)))
    })
  )

  it.effect("are no worse where the client differed from both, and better where it does no more", () =>
    Effect.gen(function* () {
      const broken = { op: "replace", path: `${contact}/properties/role/type`, value: "integer" } as const
      const named = { op: "add", path: `${contact}/properties/brand`, value: { type: "string" } } as const
      const found = yield* diff([broken, named], [broken])
      assert.isTrue(found.every((one) => one.startsWith("drift") && /brand: the document has it/.test(one)))
      const mended = yield* diff([], [broken])
      assert.isTrue(mended.every((one) => one.startsWith("note")))
      assert.isTrue(mended.some((one) => /no longer so: role: the document's value may be integer/.test(one)))
    })
  )

  it.effect("are shown in sections", () =>
    Effect.gen(function* () {
      const [older, newer] = yield* Effect.all([source([]), source([{ op: "remove", path: "/paths/~1me" }])])
      const found = Diff.compare(yield* client, older, newer)
      assert.match(
        Report.difference(found, "a.yml", "b.yml", { notes: false }),
        /^What would break:\nbreaking coverage: GET \/me .*\n\na\.yml to b\.yml: 1 breaking change, 0 of drift, 0 notes$/
      )
    })
  )
})
