import * as Bundle from "@effect-intercom/contract-tests/document/Bundle"
import * as EffectiveDocument from "@effect-intercom/contract-tests/document/EffectiveDocument"
import * as SourceLocations from "@effect-intercom/contract-tests/document/SourceLocations"
import { Prism } from "@effect-intercom/contract-tests/traffic/Prism"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { services } from "../Subjects.ts"

const head = 'openapi: 3.1.0\ninfo: { title: T, version: "1" }\n'

/** A folder with files; `api/openapi.yml` among them is the document. */
const folder = (files: { readonly [name: string]: string }) =>
  Effect.gen(function* () {
    const [fs, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
    const root = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
    for (const [name, text] of Object.entries(files)) {
      yield* fs.makeDirectory(path.dirname(path.join(root, name)), { recursive: true })
      yield* fs.writeFileString(path.join(root, name), text)
    }
    return root
  })

const load = (root: string, options: EffectiveDocument.Options = {}) =>
  EffectiveDocument.load({ spec: `${root}/api/openapi.yml`, overlays: "none", ...options })

const at = (document: unknown, pointer: string): unknown =>
  pointer
    .split("/")
    .slice(1)
    .reduce<unknown>(
      (value, key) => (value as Record<string, unknown>)[key.replaceAll("~1", "/").replaceAll("~0", "~")],
      document
    )

const several = {
  "api/openapi.yml": `${head}paths:\n  /contacts:\n    $ref: paths/contacts.yml\n  /tags:\n    get: { responses: { "200": { $ref: "parts.json#/responses/Tag" } } }\n`,
  "api/paths/contacts.yml":
    "get:\n  responses:\n    '200':\n      description: all\n      content:\n        application/json:\n          schema:\n            $ref: ../schemas/contact.yml\n",
  "api/schemas/contact.yml":
    "type: object\nproperties:\n  id: { type: string }\n  parent:\n    $ref: '#'\n  owner:\n    $ref: 'owner.yml#/Owner'\n",
  "api/schemas/owner.yml": "Owner:\n  type: object\n  properties:\n    email:\n      type: string\n",
  "api/parts.json": '{"responses":{"Tag":{"description":"a tag"}}}'
}

const schema = "/paths/~1contacts/get/responses/200/content/application~1json/schema"

describe("a document in several files", () => {
  it.effect("is one, and each place is told in the file it is written in", () =>
    Effect.gen(function* () {
      const root = yield* folder(several)
      const effective = yield* load(root)
      const { document } = effective
      assert.isUndefined(Bundle.externalReference(document))
      assert.strictEqual(at(document, "/paths/~1tags/get/responses/200/description"), "a tag")
      assert.strictEqual(at(document, `${schema}/properties/id/type`), "string")
      assert.strictEqual(at(document, `${schema}/properties/parent/$ref`), `#${schema}`)
      assert.strictEqual(at(document, `${schema}/properties/owner/properties/email/type`), "string")
      const places = yield* SourceLocations.make(effective)
      const line = (pointer: string) => {
        const place = places.of({ pointer })
        return place && `${place.file.slice(root.length)}:${place.line}`
      }
      assert.strictEqual(line("/paths/~1tags/get"), "/api/openapi.yml:7")
      assert.strictEqual(line("/paths/~1contacts/get/responses/200/description"), "/api/paths/contacts.yml:4")
      assert.strictEqual(line(`${schema}/properties/id/type`), "/api/schemas/contact.yml:3")
      assert.strictEqual(line(`${schema}/properties/owner/properties/email/type`), "/api/schemas/owner.yml:5")
      // What is missing would be beside its siblings.
      assert.strictEqual(line(`${schema}/properties/owner/required`), "/api/schemas/owner.yml:1")
      assert.lengthOf([...effective.sources], 5)
    }).pipe(Effect.scoped, Effect.provide(services))
  )

  it.effect("is converted like any other: 3.0 in all its files", () =>
    Effect.gen(function* () {
      const root = yield* folder({
        "api/openapi.yml":
          'openapi: 3.0.3\ninfo: { title: T, version: "1" }\npaths: {}\ncomponents: { schemas: { A: { $ref: a.yml } } }',
        "api/a.yml": "type: string\nnullable: true"
      })
      assert.deepStrictEqual(at((yield* load(root)).document, "/components/schemas/A/type"), ["string", "null"])
    }).pipe(Effect.scoped, Effect.provide(services))
  )

  it.effect("says of a file what is wrong with it", () =>
    Effect.gen(function* () {
      const broken: ReadonlyArray<readonly [files: Record<string, string>, message: RegExp]> = [
        [
          {},
          /\/api\/openapi\.yml: the reference a\.yml at #\/components\/schemas\/A\/\$ref, line 4 leads to a file that is not there$/
        ],
        [{ "api/a.yml": "a: [" }, /\/api\/a\.yml: not YAML or JSON: /],
        [{ "api/a.yml": "<!doctype html>" }, /\/api\/a\.yml: it is an HTML page/],
        [
          { "api/a.yml": "$ref: b.yml" },
          /\/api\/a\.yml: the reference b\.yml at #\/\$ref, line 1 leads to a file that is not there$/
        ]
      ]
      for (const [files, message] of broken) {
        const root = yield* folder({
          "api/openapi.yml": `${head}paths: {}\ncomponents: { schemas: { A: { $ref: a.yml } } }`,
          ...files
        })
        assert.match((yield* Effect.flip(load(root))).message, message)
      }
      const root = yield* folder({
        "api/openapi.yml": `${head}paths: {}\ncomponents: { schemas: { A: { $ref: "a.yml#/No" } } }`,
        "api/a.yml": "B: {}"
      })
      assert.match(
        (yield* Effect.flip(load(root))).message,
        /\/api\/openapi\.yml: its files are not one document: .*No/
      )
    }).pipe(Effect.scoped, Effect.provide(services))
  )
})

describe("what leads out of the folder of a document", () => {
  // Wherever a `$ref` may stand, and what stands for one.
  const stands: ReadonlyArray<readonly [where: string, yaml: (ref: string) => string]> = [
    ["components/schemas/A/$ref", (ref) => `{ schemas: { A: { $ref: "${ref}" } } }`],
    ["components/schemas/A/example/$ref", (ref) => `{ schemas: { A: { example: { $ref: "${ref}" } } } }`],
    ["components/schemas/A/default/0/$ref", (ref) => `{ schemas: { A: { default: [{ $ref: "${ref}" }] } } }`],
    ["components/schemas/A/x-a/b/$ref", (ref) => `{ schemas: { A: { x-a: { b: { $ref: "${ref}" } } } } }`],
    ["components/schemas/A/$dynamicRef", (ref) => `{ schemas: { A: { $dynamicRef: "${ref}" } } }`],
    [
      "components/schemas/A/discriminator/mapping/b",
      (ref) => `{ schemas: { A: { discriminator: { propertyName: a, mapping: { b: "${ref}" } } } } }`
    ],
    ["components/links/A/$ref", (ref) => `{ links: { A: { $ref: "${ref}" } } }`],
    ["components/examples/A/value/$ref", (ref) => `{ examples: { A: { value: { $ref: "${ref}" } } } }`],
    ["components/callbacks/A/$ref", (ref) => `{ callbacks: { A: { $ref: "${ref}" } } }`],
    ["components/x-b/$ref", (ref) => `{ x-b: { $ref: "${ref}" } }`]
  ]
  const refs = [
    "file:///etc/passwd",
    "http://127.0.0.1:1/a.yml",
    "https://x.test/a.yml",
    "../a.yml",
    "/etc/passwd",
    "parts/../../a.yml"
  ]

  for (const [where, yaml] of stands) {
    it.effect(`is refused at ${where}, and named`, () =>
      Effect.gen(function* () {
        for (const ref of refs) {
          const root = yield* folder({
            "api/openapi.yml": `${head}paths: {}\ncomponents:\n  ${yaml(ref)}\n`,
            "a.yml": "type: string"
          })
          const { message } = yield* Effect.flip(load(root))
          assert.include(
            message,
            `${root}/api/openapi.yml: the reference ${ref} at #/${where}, line 5 leads out of the folder of the document, to `
          )
          assert.include(message, ": allow it with --allow-ref ")
        }
      }).pipe(Effect.scoped, Effect.provide(services))
    )
  }

  it.effect("is refused through a symbolic link, and in a file that is referred to", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const linked = yield* folder({
        "api/openapi.yml": `${head}paths: {}\ncomponents: { schemas: { A: { $ref: inside.yml } } }`,
        "secret.yml": "type: string"
      })
      yield* fs.symlink(`${linked}/secret.yml`, `${linked}/api/inside.yml`)
      assert.match(
        (yield* Effect.flip(load(linked))).message,
        /the reference inside\.yml at .* leads out of the folder/
      )
      const nested = yield* folder({
        "api/openapi.yml": `${head}paths: {}\ncomponents: { schemas: { A: { $ref: parts/a.yml } } }`,
        "api/parts/a.yml": "example: { $ref: ../../secret.yml }",
        "secret.yml": "type: string"
      })
      assert.include(
        (yield* Effect.flip(load(nested))).message,
        `${nested}/api/parts/a.yml: the reference ../../secret.yml at #/example/$ref, line 1 leads out of the folder`
      )
    }).pipe(Effect.scoped, Effect.provide(services))
  )

  it.effect("is followed when it is allowed by name, and no further", () =>
    Effect.gen(function* () {
      const root = yield* folder({
        "api/openapi.yml": `${head}paths: {}\ncomponents: { schemas: { A: { $ref: ../shared/a.yml } } }`,
        "shared/a.yml": "type: string",
        "shared2/a.yml": "type: string"
      })
      for (const allowed of [`${root}/shared`, `${root}/shared/a.yml`, `file://${root}/shared/`]) {
        const { document } = yield* load(root, { allowRefs: [allowed] })
        assert.strictEqual(at(document, "/components/schemas/A/type"), "string")
      }
      const other = yield* Effect.flip(load(root, { allowRefs: [`${root}/shared2`, `${root}/share`] }))
      assert.match(other.message, /leads out of the folder/)
    }).pipe(Effect.scoped, Effect.provide(services))
  )

  it.effect("is refused in an overlay", () =>
    Effect.gen(function* () {
      const root = yield* folder({
        "api/openapi.yml": `${head}paths: {}\ncomponents: { schemas: { A: { type: string } } }`,
        "overlay.yml":
          "overlay: 1.0.0\ninfo: { title: T, version: '1' }\nactions:\n  - { target: $.components.schemas.A, description: x, update: { example: { $ref: 'file:///etc/passwd' } } }"
      })
      const overlay = `${root}/overlay.yml`
      const error = yield* Effect.flip(load(root, { overlays: [overlay] }))
      assert.strictEqual(
        error.message,
        `${overlay}: the reference file:///etc/passwd at #/components/schemas/A/example/$ref leads out of the document: an overlay may refer to the document only`
      )
    }).pipe(Effect.scoped, Effect.provide(services))
  )
})

describe("Prism", () => {
  const start = (document: Parameters<typeof Prism.layer>[0]) =>
    Layer.build(Prism.layer(document)).pipe(Effect.scoped, Effect.provide(services))

  it.effect("is given nothing that leads out of a document", () =>
    Effect.gen(function* () {
      const example = { $ref: "file:///etc/passwd" }
      const error = yield* Effect.flip(start({ openapi: "3.1.0", paths: {}, "x-a": { example } }))
      assert.match(error.message, /the reference file:\/\/\/etc\/passwd at #\/x-a\/example\/\$ref leads out/)
    })
  )

  it.live("fetches nothing that only names an address", () =>
    Effect.gen(function* () {
      const asked: Array<string | undefined> = []
      const server = createServer((request, response) => {
        asked.push(request.url)
        response.end("{}")
      })
      yield* Effect.acquireRelease(
        Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
        () => Effect.sync(() => server.close())
      )
      // It listens on a port, not on a pipe.
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      yield* start({
        openapi: "3.1.0",
        info: { title: "T", version: "1", license: { name: "x", url: `${url}/license` } },
        externalDocs: { url: `${url}/docs` },
        paths: {
          "/a": {
            get: {
              responses: {
                "200": {
                  description: "",
                  links: { next: { operationRef: `${url}/other.yml#/paths/~1b/get` } },
                  content: {
                    "application/json": {
                      schema: { $id: `${url}/id.json`, $schema: `${url}/schema.json`, type: "string" },
                      examples: { a: { externalValue: `${url}/example.json` } }
                    }
                  }
                }
              }
            }
          }
        }
      })
      assert.deepStrictEqual(asked, [])
    }).pipe(Effect.scoped)
  )
})
