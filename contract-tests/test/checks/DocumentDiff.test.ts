/** Another version of the published document, as `--spec` gets it: overlays apply to it, and hide nothing. */
import * as Client from "@effect-intercom/contract-tests/subject/Client"
import { isFailure } from "@effect-intercom/contract-tests/report/Divergence"
import * as Diff from "@effect-intercom/contract-tests/checks/Diff"
import * as Document from "@effect-intercom/contract-tests/document/Document"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import * as Facts from "@effect-intercom/contract-tests/report/Facts"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import * as DocumentDiff from "@effect-intercom/contract-tests/checks/DocumentDiff"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as JsonPatch from "effect/JsonPatch"
import type * as Schema from "effect/Schema"
import { clientOf, effective, services } from "../Subjects.ts"

const published = Effect.runSync(
  Effect.cached(
    Effect.map(EffectiveDocument.load({ overlays: "none" }), (own) => own.published).pipe(Effect.provide(services))
  )
)

const whole = Effect.runSync(Effect.cached(clientOf(Client.intercom)))

const load = (document: Schema.Json, overlays: EffectiveDocument.Overlays = "auto") =>
  EffectiveDocument.load({ spec: "version.json", text: JSON.stringify(document), overlays })

const changed = (patch: JsonPatch.JsonPatch) =>
  Effect.flatMap(published, (document) => load(JsonPatch.apply(patch, document)))

/** What a version says otherwise, as `class operation message pointer`. */
const found = (patch: JsonPatch.JsonPatch) =>
  Effect.gen(function* () {
    const { revision } = yield* changed(patch)
    assert.isDefined(revision)
    return DocumentDiff.check(yield* whole, revision, []).map(
      ({ class: severity, message, operation, pointer }) => `${severity} ${operation}: ${message} at ${pointer}`
    )
  })

/** Without any `$ref`, and without what they referred to. */
const inlined = (root: Schema.Json) => {
  const inline = (node: JsonNode.Node): Schema.Json => {
    const target = JsonNode.resolve(node) ?? node
    if (Array.isArray(target.value)) return JsonNode.children(target).map(([, child]) => inline(child))
    return JsonNode.isRecord(target.value)
      ? Object.fromEntries(JsonNode.children(target).map(([key, child]) => [key, inline(child)]))
      : target.value
  }
  return JsonPatch.apply([{ op: "remove", path: "/components/schemas" }], inline(JsonNode.make(root)))
}

const reversed = (value: Schema.Json): Schema.Json =>
  JsonNode.isRecord(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, field]) => [key, reversed(field)])
      )
    : value

describe("a document that means the same", () => {
  const same = (name: string, rewrite: (document: Schema.Json) => Schema.Json) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const { actions, document, own, revision } = yield* load(rewrite(yield* published))
        const ours = yield* effective
        assert.isUndefined(revision)
        assert.isTrue(own)
        assert.strictEqual(actions.length, ours.actions.length)
        assert.deepStrictEqual(document, ours.document)
      }).pipe(Effect.provide(services))
    )

  same("with its keys in another order is the project's own", reversed)
  same("without references is the project's own", inlined)
  same("with header parameters that OpenAPI ignores is the project's own", (document) =>
    JsonPatch.apply(
      ["Accept", "content-type", "Authorization"].map((name) => ({
        op: "add",
        path: "/paths/~1contacts/get/parameters/-",
        value: { name, in: "header", required: true, schema: { type: "string" } }
      })),
      document
    )
  )
  same("with its schemas and parameters under other names is the project's own", (document) => {
    const text = JSON.stringify(document)
    return JSON.parse(
      text
        .replaceAll('schemas/Contact"', 'schemas/Person"')
        .replaceAll('"Contact":', '"Person":')
        .replaceAll("contact_id", "key")
    )
  })
})

describe("a changed document", () => {
  const finds = (
    name: string,
    patch: JsonPatch.JsonPatch,
    expected: ReadonlyArray<RegExp>,
    unexpected: RegExp = /changes nothing any more/
  ) =>
    it.live(name, () =>
      Effect.gen(function* () {
        const lines = yield* found(patch)
        for (const pattern of expected) {
          assert.isTrue(
            lines.some((line) => pattern.test(line)),
            `${pattern} in ${lines.join("\n")}`
          )
        }
        assert.deepStrictEqual(
          lines.filter((line) => unexpected.test(line)),
          []
        )
      }).pipe(Effect.provide(services))
    )

  const contact = "/components/schemas/Contact/properties"
  finds(
    "whose change an overlay would write over",
    [{ op: "replace", path: `${contact}/email/type`, value: "integer" }],
    [
      /^breaking GET \/contacts: data\[\]\.email: the document's value may be integer, .* at \/components\/schemas\/Contact\/properties\/email\/type$/,
      /^breaking POST \/contacts: email: the client's value may be string, /
    ]
  )
  finds(
    "that lost what an overlay adds again",
    [{ op: "remove", path: `${contact}/phone` }],
    [
      /^breaking POST \/contacts: phone: the client sends it, the document does not know it at .*\/properties\/phone$/,
      /^drift GET \/contacts: data\[\]\.phone: the client knows it, the document does not at .*\/properties\/phone$/
    ]
  )
  finds(
    "that lost a path with all its overlays",
    [{ op: "remove", path: "/paths/~1segments" }],
    [/^breaking GET \/segments: the client has an operation the document lacks at \/paths\/~1segments\/get$/]
  )
  finds(
    "that only narrows what the client tolerates",
    [{ op: "add", path: `${contact}/role/enum`, value: ["user", "lead"] }],
    [/^drift GET \/contacts: data\[\]\.role: enum was not said, and is .* at .*\/properties\/role\/enum$/]
  )
  finds(
    "that says now what an overlay says of it",
    [{ op: "add", path: "/components/schemas/Segment/required", value: ["type", "id"] }],
    [/^drift GET \/segments: segments\[\]: required was \[\], and is \["id","type"\]/]
  )
  finds(
    "whose change is of a place no overlay touches",
    [{ op: "replace", path: "/paths/~1events/post/responses", value: { "204": { description: "accepted" } } }],
    [/^breaking POST \/events: the client declares status 202/, /^drift POST \/events: .* status 204/]
  )

  const once = (name: string, patch: JsonPatch.JsonPatch, expected: ReadonlyArray<string>, operations?: number) =>
    it.live(`tells once, where it is said, ${name}`, () =>
      Effect.gen(function* () {
        const { document, revision } = yield* changed(patch)
        assert.isDefined(revision)
        const effective = Document.make(document)
        const client = yield* whole
        const shown = DocumentDiff.compare(client, effective)
        const facts = Facts.of([
          { check: "coverage", divergences: shown },
          { check: "revision", divergences: DocumentDiff.check(client, revision, shown) }
        ]).filter(({ divergence }) => isFailure(divergence))
        assert.deepStrictEqual(
          facts.map(
            ({ divergence: { class: severity, message, pointer } }) =>
              `${severity} ${pointer}: ${message.split(",")[0]}`
          ),
          expected
        )
        const touched = facts.map((fact) => Facts.operationsOf(fact).length)
        const all = new Set(client.operations.map(({ key }) => key))
        assert.deepStrictEqual(touched, [operations ?? all.size])
      }).pipe(Effect.provide(services))
    )
  const elsewhere = [{ url: "https://api.intercom.example" }]
  once(
    "that the API is elsewhere",
    [{ op: "replace", path: "/servers", value: elsewhere }],
    ["breaking /servers/0: the document is about https://api.intercom.example"]
  )
  once(
    "that a region is gone",
    [{ op: "remove", path: "/servers/2" }],
    ["drift /servers: the client sends to https://api.au.intercom.io (au)"]
  )
  once(
    "that an operation is elsewhere",
    [{ op: "add", path: "/paths/~1me/get/servers", value: elsewhere }],
    ["breaking /paths/~1me/get/servers/0: the document is about https://api.intercom.example"],
    1
  )
  once(
    "that no token is asked for",
    [{ op: "remove", path: "/security" }],
    ["drift /security: the client sends a bearer token"]
  )

  it.live("is compared with what it was, alternative by alternative", () =>
    Effect.gen(function* () {
      const methods = ["Conversations.replyAsAdmin", "Conversations.replyAsContact"]
      const client = yield* clientOf(Client.only(Client.intercom, methods))
      assert.lengthOf(client.operations, 2)
      const { document } = yield* effective
      const known = Document.only(document, new Set(client.operations.map(({ key }) => key)))
      const source = { document: known, defects: [] }
      assert.deepStrictEqual(DocumentDiff.check(client, { known, given: known, idle: [] }, []), [])
      assert.deepStrictEqual(Diff.compare(client, source, source), [])
    }).pipe(Effect.provide(services))
  )

  it.live("tells of actions that lost their place, where nothing else tells why", () =>
    Effect.gen(function* () {
      const { revision } = yield* changed([{ op: "replace", path: `${contact}/email/type`, value: "integer" }])
      assert.isDefined(revision)
      const client = yield* whole
      const idle = { kind: "action", file: "a.yml", index: 2, target: "$.info", changes: ["/info/title"] } as const
      const lost = DocumentDiff.check(client, { ...revision, idle: [idle] }, []).filter(
        ({ operation }) => operation === "the API"
      )
      assert.deepStrictEqual(
        lost.map(({ class: severity, message, pointer }) => [severity, pointer, message]),
        [
          [
            "drift",
            "/info/title",
            "action 3 of a.yml ($.info) changes nothing any more: the document is not the one it was written for"
          ]
        ]
      )
    }).pipe(Effect.provide(services))
  )

  it.live("gets the overlays that still have a place, and keeps them off when others are named", () =>
    Effect.gen(function* () {
      const patch: JsonPatch.JsonPatch = [{ op: "remove", path: "/paths/~1segments" }]
      const ours = yield* effective
      const { actions, own } = yield* changed(patch)
      assert.isFalse(own)
      assert.isBelow(actions.length, ours.actions.length)
      assert.isAbove(actions.length, ours.actions.length - 8)
      const named = yield* load(JsonPatch.apply(patch, yield* published), [])
      assert.isUndefined(named.revision)
      assert.deepStrictEqual(named.actions, [])
    }).pipe(Effect.provide(services))
  )

  it.live("of another API is no version of it", () =>
    Effect.gen(function* () {
      const { own, revision } = yield* load({
        openapi: "3.1.0",
        info: { title: "Intercom API", version: "2.15" },
        paths: { "/tags": { get: { responses: { "200": { description: "fine" } } } } }
      })
      assert.isUndefined(revision)
      assert.isFalse(own)
    }).pipe(Effect.provide(services))
  )
})
