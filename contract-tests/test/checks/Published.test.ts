import * as Contract from "@effect-intercom/contract-tests/checks/Contract"
import * as Divergence from "@effect-intercom/contract-tests/report/Divergence"
import * as Document from "@effect-intercom/contract-tests/document/Document"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import * as Published from "@effect-intercom/contract-tests/checks/Published"
import * as Report from "@effect-intercom/contract-tests/report/Report"
import * as DocumentDiff from "@effect-intercom/contract-tests/checks/DocumentDiff"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as JsonPatch from "effect/JsonPatch"
import * as Layer from "effect/Layer"
import { client, effective, services } from "../Subjects.ts"

class Result extends Context.Service<Result, Published.Result>()("Result") {
  // Two take longer than all others together: CI makes them, by the command.
  static readonly checks = Object.keys(Contract.checks).filter((name) => name !== "boundaries" && name !== "malformed")
  static readonly layer = Layer.effect(this, Published.run({ runs: 3, checks: this.checks })).pipe(
    Layer.provide(services)
  )
}

layer(Result.layer, { excludeTestServices: true, timeout: "5 minutes" })("the published document by itself", (it) => {
  it.effect("shows no divergence but those an action of an overlay names", () =>
    Effect.gen(function* () {
      const { named, report, unnamed } = yield* Result
      assert.deepStrictEqual(unnamed.map(Divergence.format), [])
      assert.isAbove(named.length, 300)
      assert.strictEqual(named.length, Contract.failures(report).length)
      assert.deepStrictEqual(report.document.actions, [])
    })
  )

  it.effect("shows what the facts contradict, each under its action", () =>
    Effect.gen(function* () {
      const result = yield* Result
      const text = Report.published(result)
      const fact = (message: string, action: RegExp) => {
        const found = result.named.filter(({ divergence }) => divergence.message === message)
        assert.isNotEmpty(found, message)
        assert.isTrue(
          found.every(({ actions }) => actions.some(({ file, target }) => action.test(`${file} ${target}`)))
        )
        assert.include(text, message)
      }
      fact("plan: the client's value may be string, the document's is object", /companies\.yml .*requestBody/)
      fact("to: the client's value may be array, the document's is object", /messages\.yml/)
      fact("id: the client demands it, the document does not promise it", /contacts\.yml|conversations\.yml|.*\.yml/)
      fact("pages: the client knows it, the document does not", /pages\.yml/)
      fact("query parameter include_count: the client sends it, the document does not know it", /segments\.yml/)
      fact("the client expects a body, the document has none", /messages\.yml|events\.yml|news\.yml/)
      fact("the client declares status 409, the document does not", /errors\.yml/)
      fact("conversation_id: the client demands it, the document does not have it", /conversations\.yml/)
    })
  )

  it.effect("a fact no overlay tells is left over", () =>
    Effect.gen(function* () {
      const { report } = yield* Result
      const { actions, document } = yield* effective
      const without = actions.filter(({ file }) => !file.endsWith("segments.yml"))
      const left = Published.explain(report, { actions: without, document }).unnamed
      assert.isNotEmpty(left)
      assert.isTrue(left.every(({ operation }) => operation === "GET /segments"))
    }).pipe(Effect.provide(services))
  )
})

/** What a run without overlays leaves unexplained of a version of the document, by the comparing checks. */
const leftOf = (patch: JsonPatch.JsonPatch) =>
  Effect.gen(function* () {
    const { published } = yield* effective
    const spec = { spec: "version.json", text: JSON.stringify(JsonPatch.apply(patch, published)) }
    const overlaid = yield* EffectiveDocument.load(spec)
    const plain = yield* EffectiveDocument.load({ ...spec, overlays: "none" })
    const document = Document.make(plain.document)
    const ours = yield* client
    const row = (check: string, divergences: ReadonlyArray<Divergence.Divergence>): Contract.Row => ({
      operation: "the API",
      check,
      runs: 1,
      divergences
    })
    const compared = DocumentDiff.compare(ours, document)
    const changed = plain.revision === undefined ? [] : DocumentDiff.check(ours, plain.revision, compared)
    const rows = [row("structure", compared), row("revision", changed)]
    return Published.explain({ client: ours, rows }, overlaid).unnamed
  }).pipe(Effect.provide(services))

describe("another version without overlays", () => {
  const leaves = (
    name: string,
    patch: JsonPatch.JsonPatch,
    expected: readonly [severity: Divergence.Severity, operation: string, message: RegExp]
  ) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const [severity, operation, message] = expected
        const left = yield* leftOf(patch)
        assert.isTrue(
          left.some((one) => one.class === severity && one.operation === operation && message.test(one.message)),
          left.map(Divergence.format).join("\n")
        )
        // What the edit did not touch is what the overlays say.
        const all = new Set(left.map((one) => one.operation))
        assert.isBelow(all.size, 6, [...all].join(", "))
      })
    )

  const content = "content/application~1json/schema"
  leaves(
    "has a field below a response an overlay added statuses beside",
    [{ op: "replace", path: "/components/schemas/Segment/properties/id/type", value: "integer" }],
    ["breaking", "GET /segments", /^segments\[\]\.id: the document's value may be integer/]
  )
  leaves(
    "has the answers of two operations swapped",
    [
      { op: "replace", path: `/paths/~1me/get/responses/200/${content}/$ref`, value: "#/components/schemas/Segment" },
      {
        op: "replace",
        path: `/paths/~1contacts~1{contact_id}/get/responses/200/${content}/$ref`,
        value: "#/components/schemas/Admin"
      }
    ],
    ["breaking", "GET /me", /^type: the client demands it, the document does not promise it$/]
  )
  leaves(
    "says of a place something else than what the overlay mends",
    [{ op: "replace", path: "/components/schemas/Contact/properties/email/type", value: "integer" }],
    ["breaking", "GET /contacts", /^data\[\]\.email: the document's value may be integer/]
  )
  leaves(
    "lost a parameter of a list an overlay adds one to",
    [{ op: "remove", path: "/paths/~1events/get/parameters/1" }],
    ["breaking", "GET /events", /^query parameter user_id: the client sends it, the document does not know it$/]
  )
  leaves(
    "answers with another status",
    [
      { op: "remove", path: "/paths/~1segments/get/responses/200" },
      { op: "add", path: "/paths/~1segments/get/responses/201", value: { description: "created" } }
    ],
    ["breaking", "GET /segments", /^the client declares status 200, the document does not$/]
  )
  leaves(
    "requires what the client may leave out",
    [{ op: "add", path: "/components/schemas/Contact/required", value: ["phone"] }],
    ["breaking", "POST /contacts", /^phone: the document requires it, the client does not$/]
  )
  leaves(
    "asks for another token",
    [{ op: "add", path: "/paths/~1me/get/security", value: [{}] }],
    ["drift", "GET /me", /^the client sends a bearer token, the document does not ask for one$/]
  )

  it.live("excuses nothing that samples show with the overlays, too", () =>
    Effect.gen(function* () {
      const overlaid = yield* effective
      const ours = yield* client
      const fault: Divergence.Divergence = {
        operation: "POST /conversations",
        direction: "response",
        class: "breaking",
        pointer: "/paths/~1conversations/post/responses/200",
        through: [],
        message: "gzip that is no gzip: the client dies"
      }
      const rows = [{ operation: fault.operation, check: "malformed", runs: 1, divergences: [fault] }]
      assert.deepStrictEqual(Published.explain({ client: ours, rows }, overlaid).unnamed, [])
      assert.deepStrictEqual(Published.explain({ client: ours, rows }, overlaid, [fault]).unnamed, [fault])
    }).pipe(Effect.provide(services))
  )

  it.live("that means the same leaves nothing", () =>
    Effect.gen(function* () {
      const left = yield* leftOf([{ op: "add", path: "/components/schemas/Segment/title", value: "Another title" }])
      assert.deepStrictEqual(left.map(Divergence.format), [])
    })
  )
})
