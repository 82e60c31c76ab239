import type * as Additions from "@effect-intercom/contract-tests/document/Additions"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as JsonPatch from "effect/JsonPatch"
import type * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { gzipSync } from "node:zlib"

const overlay = (...actions: ReadonlyArray<EffectiveDocument.Action>) => ({
  file: "test.yml",
  overlay: { overlay: "1.0.0", info: { title: "Test", version: "1.0.0" }, actions }
})

const document: Schema.Json = {
  paths: { "/a": { get: { tags: ["x"] }, post: { tags: ["y"] } }, "/b": { get: { tags: ["x", "y"] } } },
  components: { schemas: { A: { type: "object", properties: { id: { type: "string" } } } } }
}

const apply = (...actions: ReadonlyArray<EffectiveDocument.Action>) =>
  EffectiveDocument.apply(document, [overlay(...actions)])

const get = (document: Schema.Json, pointer: string): unknown =>
  pointer
    .split("/")
    .slice(1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key.replaceAll("~1", "/")], document)

describe("the published document", () => {
  it.effect("is byte for byte the one that was supplied", () =>
    Effect.gen(function* () {
      const { spec } = yield* EffectiveDocument.ours
      const bytes = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFile(spec))
      assert.strictEqual(
        createHash("sha256").update(bytes).digest("hex"),
        "b5770d5466dab60728a8f34e63a2c9845100db53e9c0f74fc42802d9fcd1dc34"
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

describe("the project's overlays", () => {
  it.effect("make the effective document: it differs where the actions say, and nowhere else", () =>
    Effect.gen(function* () {
      const { actions, document, published } = yield* EffectiveDocument.load()
      const named = actions.flatMap(({ changes }) => changes)
      const difference = JsonPatch.get(published, document).map(({ path }) => path)
      assert.isAbove(difference.length, 100)
      assert.deepStrictEqual(
        difference.filter((path) => !named.some((change) => change === path || change.startsWith(`${path}/`))),
        []
      )
      const changed = (change: string) =>
        difference.some((path) => path === change || change.startsWith(`${path}/`) || path.startsWith(`${change}/`))
      assert.deepStrictEqual(
        named.filter((change) => !changed(change)),
        []
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("say of every action why, and where the fact comes from", () =>
    Effect.gen(function* () {
      const { actions } = yield* EffectiveDocument.load()
      assert.isAbove(actions.length, 50)
      assert.deepStrictEqual(
        actions.filter(({ description }) => !/^\S.{8,}[.)] Source: \S.{5,}$/s.test(description)),
        []
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("do not depend on the file they are applied to having its name", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { spec } = yield* EffectiveDocument.ours
      const copy = yield* fs.makeTempFileScoped({ suffix: ".yml" })
      yield* fs.writeFileString(copy, yield* fs.readFileString(spec))
      assert.isTrue((yield* EffectiveDocument.load({ spec: copy })).own)
      // A version of it is not it, but gets its overlays; another document gets none.
      yield* fs.writeFileString(
        copy,
        (yield* fs.readFileString(spec)).replace("away_mode_reassign:", "away_mode_reassigned:")
      )
      const version = yield* EffectiveDocument.load({ spec: copy })
      assert.isFalse(version.own)
      assert.isNotEmpty(version.actions)
      yield* fs.writeFileString(
        copy,
        "openapi: 3.1.0\ninfo: { title: T, version: '1' }\npaths: { /x: { get: { responses: {} } } }"
      )
      const other = yield* EffectiveDocument.load({ spec: copy })
      assert.isFalse(other.own)
      assert.isEmpty(other.actions)
      assert.deepStrictEqual(other.document, other.published)
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})

describe("applying an overlay", () => {
  it.effect("merges an update into every target, and leaves the document it was given alone", () =>
    Effect.gen(function* () {
      const before = structuredClone(document)
      const { actions, document: after } = yield* apply({
        target: "$.paths[*].get",
        description: "x",
        update: { tags: ["z"], summary: "s" }
      })
      assert.deepStrictEqual(get(after, "/paths/~1a/get"), { tags: ["x", "z"], summary: "s" })
      assert.deepStrictEqual(get(after, "/paths/~1b/get"), { tags: ["x", "y", "z"], summary: "s" })
      assert.deepStrictEqual(get(after, "/paths/~1a/post"), { tags: ["y"] })
      assert.deepStrictEqual(document, before)
      assert.deepStrictEqual(actions[0]?.changes.toSorted(), [
        "/paths/~1a/get/summary",
        "/paths/~1a/get/tags/1",
        "/paths/~1b/get/summary",
        "/paths/~1b/get/tags/2"
      ])
    })
  )

  it.effect("replaces a value, and merges objects without losing their other keys", () =>
    Effect.gen(function* () {
      const { document: after } = yield* apply({
        target: "$.components.schemas.A",
        description: "x",
        update: { properties: { id: { type: ["string", "null"] }, name: { type: "string" } } }
      })
      assert.deepStrictEqual(get(after, "/components/schemas/A"), {
        type: "object",
        properties: { id: { type: ["string", "null"] }, name: { type: "string" } }
      })
    })
  )

  it.effect("removes every target", () =>
    Effect.gen(function* () {
      const { document: after } = yield* apply({ target: "$.paths[*].get", description: "x", remove: true })
      assert.deepStrictEqual(get(after, "/paths"), { "/a": { post: { tags: ["y"] } }, "/b": {} })
    })
  )

  it.effect("applies actions in order, each to what the ones before made", () =>
    Effect.gen(function* () {
      const { document: after } = yield* apply(
        { target: "$.components.schemas", description: "x", update: { B: { type: "string" } } },
        { target: "$.components.schemas.B", description: "x", update: { type: "integer" } }
      )
      assert.deepStrictEqual(get(after, "/components/schemas/B"), { type: "integer" })
    })
  )

  const refused = (name: string, action: EffectiveDocument.Action, description: RegExp) =>
    it.effect(name, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(apply(action))
        assert.strictEqual(error._tag, "DocumentError")
        assert.match(error.message, description)
      })
    )

  refused(
    "fails when an action's target is not there",
    { target: "$.paths['/c']", description: "x", update: { get: {} } },
    /^test\.yml: action 1 \(\$\.paths\['\/c'\]\) changes nothing/
  )
  refused(
    "fails when an action says what is said already",
    { target: "$.components.schemas.A", description: "x", update: { type: "object" } },
    /changes nothing/
  )
  refused(
    "fails where the library would set keys on an array",
    { target: "$.paths['/a'].get.tags", description: "x", update: { name: "z" } },
    /targets an array/
  )
  refused(
    "fails where the library would remove the wrong items of an array",
    { target: "$.paths['/b'].get.tags[*]", description: "x", remove: true },
    /removes several items/
  )
})

describe("adding a fragment", () => {
  const fragment = (fragment: Partial<Additions.Fragment>) =>
    EffectiveDocument.apply(document, [
      {
        file: "Test.yml",
        overlay: { openapi: "3.1.0", info: { title: "T", version: "1", description: "x" }, ...fragment }
      }
    ])

  it.effect("adds paths, operations of a path, and components, and leaves the rest", () =>
    Effect.gen(function* () {
      const before = structuredClone(document)
      const { actions, document: after } = yield* fragment({
        paths: { "/b": { put: { tags: ["z"] } }, "/c": { get: {} } },
        components: { schemas: { B: { type: "string" } }, responses: { R: { description: "r" } } }
      })
      assert.deepStrictEqual(get(after, "/paths/~1b"), { get: { tags: ["x", "y"] }, put: { tags: ["z"] } })
      assert.deepStrictEqual(get(after, "/paths/~1c"), { get: {} })
      assert.deepStrictEqual(get(after, "/components/schemas/B"), { type: "string" })
      assert.deepStrictEqual(
        actions.map(({ changes, index, kind, target }) => [kind, index, target, ...changes]),
        [
          ["addition", 0, "$.paths['/b']", "/paths/~1b/put"],
          ["addition", 1, "$.paths['/c']", "/paths/~1c"],
          ["addition", 2, "$.components.schemas.B", "/components/schemas/B"],
          ["addition", 3, "$.components.responses.R", "/components/responses/R"]
        ]
      )
      assert.deepStrictEqual(document, before)
    })
  )

  it.effect("fails where the document has it already", () =>
    Effect.gen(function* () {
      const taken = [
        [{ paths: { "/a": { put: {}, post: {} } } }, "#/paths/~1a/post"],
        [{ components: { schemas: { A: { type: "object" } } } }, "#/components/schemas/A"]
      ] as const
      for (const [added, pointer] of taken) {
        const { message } = yield* Effect.flip(fragment(added))
        assert.strictEqual(
          message,
          `Test.yml: ${pointer} is in the document already: what it says otherwise is an overlay's`
        )
      }
    })
  )
})

describe("reading", () => {
  const load = (text: string, overlays: EffectiveDocument.Overlays = "auto") =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.makeTempFileScoped({ suffix: ".yml" })
      yield* fs.writeFileString(file, text)
      return yield* EffectiveDocument.load({ spec: file, overlays })
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

  const refused = (name: string, text: string, description: RegExp) =>
    it.effect(name, () =>
      Effect.map(Effect.flip(load(text)), (error) => {
        assert.strictEqual(error._tag, "DocumentError")
        assert.match(error.message, description)
      })
    )
  refused("refuses what is no YAML", "a: [", /not YAML or JSON/)
  refused("refuses what is no object", "- a", /: it is not an OpenAPI document, but no object/)
  refused(
    "refuses an object that is none",
    "a: 1",
    /: it is not an OpenAPI document: it does not say openapi: 3\.0 or 3\.1$/
  )
  refused(
    "refuses other versions",
    "openapi: 3.2.0\npaths: {}",
    /: it is a document of OpenAPI "3\.2\.0", not 3\.0 or 3\.1$/
  )
  refused(
    "refuses Swagger",
    'swagger: "2.0"\npaths: {}',
    /: it is a Swagger 2\.0 document, not OpenAPI 3\.0 or 3\.1: convert it/
  )
  refused("refuses a document without paths", "openapi: 3.1.0", /: it is an OpenAPI document without paths/)
  refused(
    "names a reference that leads nowhere",
    "openapi: 3.0.3\npaths: { /a: { get: { responses: { '200': { $ref: '#/components/responses/No' } } } } }",
    /: the reference #\/components\/responses\/No at #\/paths\/~1a\/get\/responses\/200 leads nowhere$/
  )
  const utf16 = (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"))
  const bytes: ReadonlyArray<readonly [name: string, content: Uint8Array | string, sentence: string]> = [
    ["gzip", gzipSync("openapi: 3.1.0"), "it is compressed with gzip: unpack it first, with gunzip"],
    ["UTF-16", utf16("openapi: 3.1.0"), "it is text in UTF-16: save it as UTF-8, with iconv -f UTF-16 -t UTF-8"],
    [
      "UTF-16 without a mark",
      utf16("openapi: 3.1.0").slice(2),
      "it is text in UTF-16: save it as UTF-8, with iconv -f UTF-16 -t UTF-8"
    ],
    ["Latin-1", Uint8Array.of(0x61, 0x3a, 0x20, 0xe9), "it is text, but not in UTF-8: save it as UTF-8"],
    [
      "binary",
      Uint8Array.of(1, 2, 0, 0, 5, 6, 7),
      "it is binary, not text: the suite reads OpenAPI documents in YAML or JSON"
    ],
    ["no bytes", "", "it is empty: it has no bytes"],
    ["white space", " \n", "it is empty: there is nothing but white space in it"],
    [
      "HTML",
      "<!-- a page -->\n<!DOCTYPE html><html></html>",
      "it is an HTML page: download the document itself (the raw file, not the page about it, and without a login)"
    ],
    ["XML", '<?xml version="1.0"?><a/>', "it is XML: the suite reads OpenAPI documents in YAML or JSON"],
    ["an overlay", "overlay: 1.0.0\nactions: []", "it is an overlay, not an OpenAPI document: give it with --overlay"],
    [
      "a Postman collection",
      '{"info":{"_postman_id":"1"},"item":[]}',
      "it is a Postman collection: export it as OpenAPI 3 first"
    ],
    [
      "an error of the API",
      '{"type":"error.list","errors":[]}',
      "it is an error the API answered, not a document: download it again"
    ],
    ["a HAR", '{"log":{"entries":[]}}', "it is recorded traffic (HAR): live --har checks it"]
  ]
  it.effect("says of a file that is no document what it is, and what to do", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      for (const [name, content, sentence] of bytes) {
        const file = yield* fs.makeTempFileScoped()
        yield* fs.writeFile(file, typeof content === "string" ? Buffer.from(content) : content)
        const error = yield* Effect.flip(EffectiveDocument.load({ spec: file }))
        assert.strictEqual(error.message, `${file}: ${sentence}`, name)
      }
      const folder = yield* fs.makeTempDirectoryScoped()
      assert.strictEqual(
        (yield* Effect.flip(EffectiveDocument.load({ spec: folder }))).message,
        `${folder}: it is a folder: name the file of the document in it`
      )
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )

  it.effect("reads a mark of UTF-8, a version without quotes, and many aliases", () =>
    Effect.gen(function* () {
      const version = function* (text: string) {
        const { document } = yield* load(`${text}\ninfo: { title: T, version: "1" }\npaths: {}`)
        return get(document, "/openapi")
      }
      assert.strictEqual(yield* version("\ufeffopenapi: 3.1.1"), "3.1.0")
      assert.strictEqual(yield* version("openapi: 3.1"), "3.1.0")
      assert.strictEqual(yield* version("openapi: 3.0"), "3.1.0")
      const { document } = yield* load(
        'openapi: 3.0\ninfo: { title: T, version: "1" }\npaths: {}\n' +
          "components: { schemas: { A: { type: string, nullable: true } } }"
      )
      assert.deepStrictEqual(get(document, "/components/schemas/A/type"), ["string", "null"])
      const aliases = Array.from({ length: 200 }, (_, index) => `  p${index}: *x`).join("\n")
      yield* version(`x-a: &x { b: 1 }\nx-b:\n${aliases}\nopenapi: 3.1.0`)
    })
  )

  const head = 'openapi: 3.1.0\ninfo: { title: T, version: "1" }\npaths: {}\n'
  const bomb = Array.from(
    { length: 40 },
    (_, index) => `a${index}: &a${index} [${index === 0 ? "1, 1" : `*a${index - 1}, *a${index - 1}`}]`
  ).join("\n")
  const deep = (of: string, to: string) => `${of.repeat(3000)}1${to.repeat(3000)}`
  refused(
    "bounds what aliases stand for",
    `${head}${bomb}`,
    /: it is a document of \d+ values with its aliases written out/
  )
  refused("refuses a document that contains itself", `${head}x-a: &a [*a]`, /: it is a document that contains itself/)
  refused("bounds how deep YAML is nested", `${head}x-a: ${deep("[", "]")}`, /: it is nested more than 100 levels deep/)
  refused("bounds how deep JSON is nested", `{"x-a":${deep("[", "]")}}`, /: it is nested more than 100 levels deep/)
  refused("bounds the bytes", `${head}x-a: ${"x".repeat(16_000_000)}`, /: larger than 16 MB, .*: leave out/)
  refused("refuses a key that is said twice", `${head}x-a: 1\nx-a: 2`, /: not YAML or JSON: duplicated mapping key/)

  it.effect("names a file that is not there", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(EffectiveDocument.load({ spec: "/no/such/file.yml" }))
      assert.strictEqual(error.message, "/no/such/file.yml: there is no such file")
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("reads JSON, and says `null` of a 3.0 document the way of 3.1", () =>
    Effect.gen(function* () {
      const { document } = yield* load(
        JSON.stringify({
          openapi: "3.0.1",
          info: { title: "T", version: "1" },
          paths: {},
          components: { schemas: { A: { type: "string", nullable: true } } }
        })
      )
      assert.deepStrictEqual(get(document, "/components/schemas/A/type"), ["string", "null"])
    })
  )

  it.effect("refuses an overlay without a reason for each action, and additions without one", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* fs.makeTempFileScoped({ suffix: ".yml" })
      const info = "info: { title: T, version: '1' }"
      for (const text of [
        `overlay: 1.0.0\n${info}\nactions: [{ target: $.info, update: { x: 1 } }]`,
        `openapi: 3.1.0\n${info}\npaths: { /x: { get: {} } }`
      ]) {
        yield* fs.writeFileString(file, text)
        const error = yield* Effect.flip(EffectiveDocument.load({ overlays: [file] }))
        assert.strictEqual(error._tag, "DocumentError")
        assert.match(error.message, /description/)
      }
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
  )
})
