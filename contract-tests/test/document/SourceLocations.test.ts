import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import * as JsonNode from "@effect-intercom/contract-tests/schema/JsonNode"
import * as SourceLocations from "@effect-intercom/contract-tests/document/SourceLocations"
import * as PositionedText from "@effect-intercom/contract-tests/document/PositionedText"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { effective, services } from "../Subjects.ts"

const line = (text: string, pointer: string) => PositionedText.make(text).locate(pointer)?.line

const all = (node: JsonNode.Node): ReadonlyArray<string> => [
  node.pointer,
  ...JsonNode.children(node).flatMap(([, child]) => all(child))
]

describe("SourceText", () => {
  const yaml = `a:
  "b/c": 1
  list:
    - x: 1
      y: 2
    - &anchor
      z: 3
  flow: { one: 1, two: [1,
    2] }
other: *anchor
404:
  - text: |
      a: 1
`
  it("finds keys and items of block and flow collections, quoted, escaped and numeric keys, and aliases", () => {
    assert.deepStrictEqual(
      [
        "",
        "/a",
        "/a/b~1c",
        "/a/list/0/x",
        "/a/list/0/y",
        "/a/list/1/z",
        "/a/flow/two",
        "/a/flow/two/1",
        "/404/0/text"
      ].map((pointer) => line(yaml, pointer)),
      [1, 1, 2, 4, 5, 7, 8, 9, 12]
    )
    assert.strictEqual(line(yaml, "/other/z"), 7)
    assert.strictEqual(line(yaml.replaceAll("\n", "\r\n"), "/a/list/1/z"), 7)
  })

  it("finds the nearest place above what is not there, and says so", () => {
    const source = PositionedText.make(yaml)
    assert.include(source.locate("/a/list/7/x"), { line: 3, depth: 2 })
    assert.include(source.locate("/no"), { line: 1, depth: 0 })
    assert.include(source.locate("/a/b~1c/deeper"), { line: 2, depth: 2 })
    assert.include(source.locate("/404/0/text/a"), { line: 12, depth: 3 })
    assert.isUndefined(PositionedText.make("").locate("/a"))
    // Places of megabytes would take minutes to find.
    assert.isUndefined(PositionedText.make(`a: ${"x".repeat(4_000_000)}`).locate("/a"))
  })

  it("reads JSON with tabs, and a file that is broken further down", () => {
    const json = '{\n\t"a": {\n\t\t"b": [1,\n\t\t\t2]\n\t}\n}'
    assert.include(PositionedText.make(json).locate("/a/b/1"), { line: 4, column: 4 })
    assert.strictEqual(line("a: 1\nb: 2\nc: [\n", "/b"), 2)
  })

  it("shows lines around a place, cut around it where they are long", () => {
    const source = PositionedText.make(yaml)
    const span = source.locate("/a/list")
    assert.isDefined(span)
    assert.deepStrictEqual(source.excerpt(span), { first: 1, lines: yaml.split("\n").slice(0, 7) })
    const long = PositionedText.make(JSON.stringify({ pad: "x".repeat(5000), here: { found: 1 } }))
    const far = long.locate("/here/found")
    assert.isDefined(far)
    const [shown = ""] = long.excerpt(far).lines
    assert.include(shown, '"found":1')
    assert.isBelow(shown.length, 200)
  })
})

describe("SourceLocations", () => {
  it.effect("every value of the published document has its own line in the file", () =>
    Effect.gen(function* () {
      const document = yield* EffectiveDocument.load({ overlays: "none" })
      const places = yield* SourceLocations.make(document)
      const lines = (document.sources.get(document.source) ?? "").split("\n")
      const pointers = all(JsonNode.make(document.published)).filter((pointer) => pointer !== "")
      assert.isAbove(pointers.length, 500)
      for (const pointer of pointers) {
        const place = places.of({ pointer })
        const key = PositionedText.tokensOf(pointer).at(-1) ?? ""
        assert.isTrue(place?.exact, pointer)
        assert.isUndefined(place?.action)
        if (!/^\d$/.test(key)) assert.include(lines[(place?.line ?? 0) - 1], key, pointer)
      }
    }).pipe(Effect.provide(services))
  )

  it.effect("what an action of an overlay supplied is in the overlay, at its line", () =>
    Effect.gen(function* () {
      const document = yield* effective
      const places = yield* SourceLocations.make(document)
      const ours = places.of({ pointer: "/components/schemas/Contact/properties/workspace_id/type" })
      assert.match(ours?.file ?? "", /spec\/overlays\/contacts\.yml$/)
      assert.match(ours?.action?.description ?? "", /Fields of a contact the description leaves out/)
      assert.strictEqual(ours?.exact, true)
      assert.strictEqual(ours?.excerpt.lines[ours.line - ours.excerpt.first], "      workspace_id: { type: string }")
      const theirs = places.of({ pointer: "/components/schemas/Contact/properties/id/type" })
      assert.match(theirs?.file ?? "", /spec\/intercom-openapi\.yml$/)
      assert.isUndefined(theirs?.action)
      for (const action of document.actions) {
        for (const pointer of action.changes) {
          const place = places.of({ pointer })
          assert.isDefined(place?.action, pointer)
        }
      }
    }).pipe(Effect.provide(services))
  )

  it.effect("what an addition supplied is in its file, at its line", () =>
    Effect.gen(function* () {
      const document = yield* effective
      const place = (yield* SourceLocations.make(document)).of({ pointer: "/paths/~1tags~1{tag_id}/get/operationId" })
      assert.isDefined(place)
      assert.match(
        SourceLocations.format(place),
        /spec\/additions\/Tags\.yml:\d+ \(addition: The tags of the workspace/
      )
      assert.strictEqual(place.exact, true)
      assert.strictEqual(place.excerpt.lines[place.line - place.excerpt.first], "      operationId: getTag")
    }).pipe(Effect.provide(services))
  )

  it.effect("what an overlay writes over has the document's own line, too, where that was edited", () =>
    Effect.gen(function* () {
      const ours = yield* effective
      const published = ours.sources.get(ours.source) ?? ""
      const schema = PositionedText.make(published).locate("/components/schemas/Contact/properties/phone/type")
      const lines = published.split("\n")
      const line = schema?.line ?? 0
      lines[line - 1] = (lines[line - 1] ?? "").replace("string", "integer")
      const text = lines.join("\n")
      assert.notStrictEqual(text, published)
      const places = yield* SourceLocations.make(yield* EffectiveDocument.load({ spec: "mine.yml", text }))
      const edited = places.of({ pointer: "/components/schemas/Contact/properties/phone/type" })
      assert.isDefined(edited)
      assert.deepInclude(edited.over, { file: "mine.yml", line })
      assert.match(
        SourceLocations.format(edited),
        new RegExp(`contacts\\.yml:\\d+ \\(action .*\\), over mine\\.yml:${line}$`)
      )
      const asPublished = places.of({ pointer: "/components/schemas/Contact/properties/name/type" })
      assert.isDefined(asPublished?.action)
      assert.isUndefined(asPublished.over)
    }).pipe(Effect.provide(services))
  )

  it.effect("what is nowhere is at the nearest place above, be that the document's or an overlay's", () =>
    Effect.gen(function* () {
      const places = yield* SourceLocations.make(yield* effective)
      const theirs = places.of({ pointer: "/components/schemas/Contact/properties/nothing/type" })
      assert.deepInclude(theirs, { exact: false })
      assert.strictEqual(theirs?.line, places.of({ pointer: "/components/schemas/Contact/properties" })?.line)
      const ours = places.of({ pointer: "/components/schemas/Contact/properties/workspace_id/maxLength" })
      assert.deepInclude(ours, { exact: false })
      assert.match(ours?.file ?? "", /contacts\.yml$/)
      assert.strictEqual(ours?.excerpt.lines[ours.line - ours.excerpt.first], "      workspace_id: { type: string }")
    }).pipe(Effect.provide(services))
  )

  it("are named by file and line, and by the action where there is one", () => {
    const place = { file: "a.yml", line: 3, column: 1, exact: true, excerpt: { first: 1, lines: [] } }
    assert.strictEqual(SourceLocations.format(place), "a.yml:3")
    assert.strictEqual(
      SourceLocations.format({ ...place, action: { number: 2, target: "$", description: "Because.\n" } }),
      "a.yml:3 (action 2: Because.)"
    )
  })
})

describe("what is written otherwise than it is read", () => {
  it.effect("is pointed at as it is written: `nullable` of OpenAPI 3.0 is no alternative", () =>
    Effect.gen(function* () {
      const text = `openapi: 3.0.3
info: { title: Old, version: "1" }
paths: {}
components:
  schemas:
    Known: { type: string }
    A:
      type: object
      properties:
        of:
          nullable: true
          allOf:
            - $ref: "#/components/schemas/Known"
        choice:
          anyOf:
            - type: string
`
      const document = yield* EffectiveDocument.load({ spec: "old.yml", text, overlays: "none" })
      const places = yield* SourceLocations.make(document)
      const properties = "/components/schemas/A/properties"
      const read = `${properties}/of/anyOf/0/allOf/0`
      assert.isDefined(JsonNode.at(document.document, read))
      assert.strictEqual(places.written(read), `${properties}/of/allOf/0`)
      assert.include(places.of({ pointer: read }), { line: 13, exact: true })
      assert.strictEqual(places.written(`${properties}/of/anyOf/1/type`), `${properties}/of/nullable`)
      const own = `${properties}/choice/anyOf/0/type`
      assert.strictEqual(places.written(own), own)
    }).pipe(Effect.provide(services))
  )
})
