/** Two documents compared by running the suite on both: what would break, what is new, and what changed beside. */
import * as Diff from "@effect-intercom/contract-tests/checks/Diff"
import type { Severity } from "@effect-intercom/contract-tests/report/Divergence"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as JsonPatch from "effect/JsonPatch"
import type * as Schema from "effect/Schema"
import { client, edited, effective, intercom, services } from "../Subjects.ts"

const own = Effect.runSync(
  Effect.cached(
    Effect.all({
      document: edited([]),
      published: Effect.map(effective, ({ published }) => published)
    }).pipe(Effect.provide(services))
  )
)

type Base = "document" | "published"

interface Edits {
  readonly base?: Base
  readonly older?: JsonPatch.JsonPatch
  readonly newer: JsonPatch.JsonPatch
}

const sources = ({ base = "document", newer, older = [] }: Edits) =>
  Effect.map(own, ({ [base]: document }) =>
    [older, newer].map((patch) => ({ document: JsonPatch.apply(patch, document), defects: [] }))
  )

const lines = (found: Effect.Success<ReturnType<typeof Diff.run>>) =>
  found.map((one) => `${one.class} ${one.operation}: ${one.message}`)

/** What comparing tells. */
const compared = (edits: Edits) =>
  Effect.gen(function* () {
    const [older, newer] = yield* sources(edits)
    assert.isDefined(older)
    assert.isDefined(newer)
    return lines(Diff.compare(yield* client, older, newer))
  })

/** What comparing tells, and samples. */
const run = (edits: Edits) =>
  Effect.gen(function* () {
    const [older, newer] = yield* sources(edits)
    assert.isDefined(older)
    assert.isDefined(newer)
    return lines(yield* Diff.run(older, newer, { client: intercom, runs: 5 }))
  }).pipe(Effect.provide(services))

const contact = "/components/schemas/Contact"

const add = (path: string, value: Schema.Json): JsonPatch.JsonPatchOperation => ({ op: "add", path, value })

const patience = 300_000

describe("what only samples show", () => {
  it.live(
    "of some fields exactly one may be sent",
    () =>
      Effect.gen(function* () {
        const path = "/components/schemas/CreateContact"
        const anyOf = JsonNode.at((yield* own).document, `${path}/anyOf`)?.value
        const contacts = JsonNode.at((yield* own).document, "/paths/~1contacts/post")?.value
        assert.isDefined(anyOf)
        assert.isDefined(contacts)
        // One operation is enough.
        const older = [add("/paths", { "/contacts": { post: contacts } })]
        const found = yield* run({
          older,
          newer: [...older, { op: "remove", path: `${path}/anyOf` }, add(`${path}/oneOf`, anyOf)]
        })
        assert.deepStrictEqual(
          found.filter((line) => !line.startsWith("note ")),
          ["breaking POST /contacts: the value must match exactly one schema in oneOf"]
        )
      }),
    patience
  )
  it.live(
    "the cursor in answers is called otherwise",
    () =>
      Effect.gen(function* () {
        const path = "/components/schemas/Pages/properties/next/anyOf/1/properties"
        const contacts = JsonNode.at((yield* own).document, "/paths/~1contacts/get")?.value
        assert.isDefined(contacts)
        // One listing is enough.
        const older = [add("/paths", { "/contacts": { get: contacts } })]
        const found = yield* run({
          older,
          newer: [...older, { op: "remove", path: `${path}/starting_after` }, add(`${path}/after`, { type: "string" })]
        })
        const walk = /^breaking GET \/contacts: Contacts\.list against a server made of the document: /
        assert.isTrue(
          found.some((line) => walk.test(line)),
          found.join("\n")
        )
      }),
    patience
  )
})

describe("a version header the client does not fit", () => {
  it.live("is told, whatever rule it is", () =>
    Effect.gen(function* () {
      const me = JsonNode.at((yield* own).document, "/paths/~1me/get")?.value
      assert.isDefined(me)
      // One operation is enough.
      const header = (schema: Schema.Json) => [
        add("/paths", { "/me": { get: me, parameters: [{ name: "Intercom-Version", in: "header", schema }] } })
      ]
      const older = header({ type: "string" })
      for (const schema of [
        { type: "string", pattern: "^1\\." },
        { type: "string", const: "2.14" },
        { type: "string", maxLength: 2 },
        { type: "integer" },
        { anyOf: [{ enum: ["2.14"] }, { enum: ["Preview"] }] }
      ]) {
        for (const base of ["document", "published"] as const) {
          assert.include(
            yield* compared({ base, older, newer: header(schema) }),
            "breaking GET /me: header parameter Intercom-Version: the client sends 2.15, the document does not take it"
          )
        }
      }
      const fits = yield* compared({ older, newer: header({ type: "string", pattern: "^2\\." }) })
      assert.deepStrictEqual(
        fits.filter((line) => !line.startsWith("note ")),
        []
      )
    })
  )
})

describe("what is judged of one field in both documents", () => {
  const values = (...list: ReadonlyArray<string>) => [add(`${contact}/properties/role/enum`, [...list])]
  const told = (
    name: string,
    edits: Edits,
    severity: Severity,
    expected: RegExp,
    unexpected: ReadonlyArray<Severity> = []
  ) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const found = yield* compared(edits)
        assert.isTrue(
          found.some((line) => line.startsWith(`${severity} `) && expected.test(line)),
          found.join("\n")
        )
        assert.deepStrictEqual(
          found.filter((line) => unexpected.some((one) => line.startsWith(`${one} `))),
          []
        )
      })
    )
  for (const base of ["document", "published"] as const) {
    told(
      `an enum of an answer in the ${base} that is wider breaks nothing`,
      { base, older: values("user", "lead"), newer: values("user", "lead", "visitor") },
      "note",
      /GET \/contacts: data\[\]\.role: enum was .*, and is /,
      ["breaking", "drift"]
    )
  }
  told(
    "an enum of a request that takes less breaks what it left",
    { base: "published", older: values("user", "lead", "visitor"), newer: values("user", "lead") },
    "breaking",
    /POST \/contacts: role: the document's is "user" or "lead" only$/
  )
  const most = (limit: number) => [add(`${contact}/properties/name/maxLength`, limit)]
  told(
    "a bound of a request that is wider is less than it was",
    { base: "published", older: most(10), newer: most(20) },
    "note",
    /POST \/contacts: name: .* maxLength of 20; it was worse: .* maxLength of 10$/,
    ["breaking", "drift"]
  )
  told(
    "a bound of a request that is narrower breaks more than it did",
    { base: "published", older: most(20), newer: most(10) },
    "breaking",
    /POST \/contacts: name: .* maxLength of 10$/
  )
  const type = (...types: ReadonlyArray<string>) => [add(`${contact}/properties/name/type`, [...types])]
  told(
    "a type of an answer that lets more come breaks more than it did",
    { older: type("string", "integer"), newer: type("string", "integer", "object") },
    "breaking",
    /GET \/contacts: data\[\]\.name: the document's value may be integer or object, /
  )
  told(
    "a type of an answer that lets less come is less than it was",
    { older: type("string", "integer", "object"), newer: type("string", "integer") },
    "note",
    /GET \/contacts: data\[\]\.name: the document's value may be integer, .*; it was worse: /,
    ["breaking", "drift"]
  )
})
