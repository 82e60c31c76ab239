/**
 * What every keyword and field means for the contract: for each an edit that breaks the client, one that drifts, and one
 * that changes nothing, where there are such; and what the suite and `diff` say of it.
 */
import * as Client from "@effect-intercom/contract-tests/subject/Client"
import * as Diff from "@effect-intercom/contract-tests/checks/Diff"
import type { Severity } from "@effect-intercom/contract-tests/report/Divergence"
import * as Document from "@effect-intercom/contract-tests/document/Document"
import type * as OpenApiVisitor from "@effect-intercom/contract-tests/schema/OpenApiVisitor"
import * as DocumentDiff from "@effect-intercom/contract-tests/checks/DocumentDiff"
import * as Vocabulary from "@effect-intercom/contract-tests/document/Vocabulary"
import { assert, describe, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as JsonPatch from "effect/JsonPatch"
import type * as Schema from "effect/Schema"
import { effective } from "../Subjects.ts"

/** Contacts are enough, and are quick. */
const methods = ["Contacts.list", "Contacts.create", "Contacts.get", "Contacts.search"]
const resources = Client.only(Client.intercom, methods)

const base = Effect.runSync(
  Effect.cached(
    Effect.gen(function* () {
      const { document } = yield* effective
      const client = yield* Client.make(resources).pipe(Effect.provide(Client.layer("https://api.intercom.io")))
      const keys = new Set(client.operations.map(({ key }) => key))
      return { client, document: Document.only(document, keys) }
    }).pipe(Effect.provide(NodeServices.layer))
  )
)

type Verdict = Exclude<Severity, "note"> | "quiet"

const worst = (found: ReadonlyArray<{ readonly class: Severity }>): Verdict =>
  found.some((one) => one.class === "breaking")
    ? "breaking"
    : found.some((one) => one.class === "drift")
      ? "drift"
      : "quiet"

type Edit = ReadonlyArray<readonly [path: string, value: Schema.Json | undefined]>

const patched = (document: Schema.Json, edit: Edit): Schema.Json =>
  JsonPatch.apply(
    edit.map(([path, value]) => (value === undefined ? { op: "remove", path } : { op: "add", path, value })),
    document
  )

/** What the suite says of a changed document, and what `diff` says of the two; the exit code is 1 for what fails. */
const said = (edit: Edit) =>
  Effect.map(base, ({ client, document }) => {
    const changed = patched(document, edit)
    const defects = Vocabulary.findings(changed)
    return {
      suite: worst([...DocumentDiff.compare(client, Document.make(changed)), ...defects]),
      diff: worst(Diff.compare(client, { document, defects: [] }, { document: changed, defects }))
    }
  })

interface Row {
  readonly breaking?: Edit
  readonly drift?: Edit
  readonly harmless?: Edit
}

const sent = "/components/schemas/CreateContact"
const received = "/components/schemas/Contact"
const inSent = (keyword: string, value: Schema.Json): Edit => [[`${sent}/properties/phone/${keyword}`, value]]
const inReceived = (keyword: string, value: Schema.Json): Edit => [[`${received}/properties/name/${keyword}`, value]]
const list = "/components/schemas/ContactList/properties/data"
const get = "/paths/~1contacts~1{contact_id}/get"
const listing = "/paths/~1contacts/get"
const create = "/paths/~1contacts/post"
const content = "content/application~1json"

/** A condition, with what follows from it. */
const when = (...parts: ReadonlyArray<Schema.Json>) =>
  Object.fromEntries(["if", "then", "else"].map((keyword, index) => [keyword, parts[index] ?? true]))

const both = (at: string, fields: { readonly [key: string]: Schema.Json }): Edit =>
  Object.entries(fields).map(([key, value]) => [`${at}/${key}`, value])

const keywords: { readonly [keyword: string]: Row } = {
  type: {
    breaking: inReceived("type", "integer"),
    drift: [[`${sent}/properties/email/type`, ["string", "null"]]],
    harmless: inReceived("type", ["null", "string"])
  },
  nullable: { breaking: [[`${received}/properties/id/nullable`, true]], harmless: inReceived("nullable", true) },
  enum: { breaking: inSent("enum", ["a"]), harmless: inReceived("enum", ["a", null]) },
  const: { breaking: inSent("const", "a"), harmless: inReceived("const", "a") },
  multipleOf: {
    breaking: [[`${sent}/properties/signed_up_at/multipleOf`, 5]],
    harmless: [[`${sent}/properties/signed_up_at/multipleOf`, 1]]
  },
  minimum: {
    breaking: [[`${sent}/properties/signed_up_at/minimum`, 5]],
    harmless: [[`${received}/properties/created_at/minimum`, 5]]
  },
  maximum: {
    breaking: [[`${sent}/properties/signed_up_at/maximum`, 5]],
    harmless: [[`${received}/properties/created_at/maximum`, 5]]
  },
  exclusiveMinimum: {
    breaking: [[`${sent}/properties/signed_up_at/exclusiveMinimum`, 5]],
    harmless: [[`${received}/properties/created_at/exclusiveMinimum`, 5]]
  },
  exclusiveMaximum: {
    breaking: [[`${sent}/properties/signed_up_at/exclusiveMaximum`, 5]],
    harmless: [[`${received}/properties/created_at/exclusiveMaximum`, 5]]
  },
  minLength: { breaking: inSent("minLength", 5), harmless: inSent("minLength", 0) },
  maxLength: { breaking: inSent("maxLength", 5), harmless: inReceived("maxLength", 5) },
  pattern: { breaking: inSent("pattern", "^[a-z]+$"), harmless: inSent("pattern", "") },
  format: {
    breaking: inSent("format", "email"),
    drift: inSent("format", "e164"),
    harmless: inSent("format", "password")
  },
  contentEncoding: { drift: inReceived("contentEncoding", "base64") },
  contentMediaType: { drift: inReceived("contentMediaType", "text/html") },
  contentSchema: {
    drift: inReceived("contentSchema", { type: "object" }),
    harmless: inReceived("contentSchema", true)
  },
  minItems: { harmless: [[`${list}/minItems`, 1]] },
  maxItems: { harmless: [[`${list}/maxItems`, 150]] },
  uniqueItems: { harmless: [[`${list}/uniqueItems`, true]] },
  contains: { harmless: both(list, { contains: { type: "object" }, minContains: 0 }) },
  minContains: { harmless: [[`${list}/minContains`, 2]] },
  maxContains: { harmless: [[`${list}/maxContains`, 2]] },
  items: { breaking: [[`${list}/items`, { type: "string" }]], harmless: [[`${list}/items/title`, "A contact"]] },
  prefixItems: {
    breaking: [[`${list}/prefixItems`, [{ type: "string" }]]],
    harmless: [[`${list}/prefixItems`, [{ $ref: "#/components/schemas/Contact" }]]]
  },
  unevaluatedItems: { harmless: [[`${list}/unevaluatedItems`, true]] },
  properties: {
    breaking: [[`${sent}/properties/phone`, undefined]],
    drift: [[`${received}/properties/brand`, {}]],
    harmless: [[`${received}/properties/name/title`, "A name"]]
  },
  required: {
    breaking: [[`${received}/required`, ["type"]]],
    harmless: [[`${received}/required`, ["id", "type", "id"]]]
  },
  additionalProperties: { harmless: [[`${received}/additionalProperties`, true]] },
  unevaluatedProperties: { harmless: [[`${sent}/unevaluatedProperties`, true]] },
  patternProperties: {
    breaking: [[`${sent}/patternProperties`, { "^ph": { type: "integer" } }]],
    harmless: [[`${sent}/patternProperties`, { "^x": {} }]]
  },
  propertyNames: {
    breaking: [[`${sent}/propertyNames`, { maxLength: 3 }]],
    harmless: [[`${sent}/propertyNames`, { type: "string" }]]
  },
  minProperties: { breaking: [[`${sent}/minProperties`, 9]], harmless: [[`${sent}/minProperties`, 0]] },
  maxProperties: { breaking: [[`${sent}/maxProperties`, 2]], harmless: [[`${received}/maxProperties`, 99]] },
  dependentRequired: {
    breaking: [[`${sent}/dependentRequired`, { name: ["phone"] }]],
    harmless: [[`${sent}/dependentRequired`, { email: [] }]]
  },
  dependentSchemas: {
    breaking: [[`${sent}/dependentSchemas`, { name: { required: ["phone"] } }]],
    harmless: [[`${sent}/dependentSchemas`, { name: {} }]]
  },
  allOf: {
    breaking: [[`${sent}/allOf`, [{ required: ["phone"] }]]],
    harmless: [[`${sent}/allOf`, [{}, true]]]
  },
  anyOf: {
    breaking: inReceived("anyOf", [{ type: ["string", "integer"] }]).concat(inReceived("type", ["string", "integer"])),
    harmless: [[`${received}/anyOf`, [true, { required: ["name"] }]]]
  },
  oneOf: {
    breaking: [[`${received}/properties/name`, { oneOf: [{ type: "string" }, { type: "integer" }] }]],
    harmless: [[`${received}/properties/name`, { oneOf: [{ type: "null" }, { type: "string" }] }]]
  },
  not: { breaking: [[`${sent}/not`, { required: ["name", "phone"] }]], harmless: [[`${sent}/not`, { not: {} }]] },
  if: {
    breaking: both(sent, when({ required: ["name"] }, { required: ["phone"] })),
    harmless: both(sent, when({ required: ["name"] }))
  },
  else: { breaking: both(sent, when(false, true, { required: ["phone"] })), harmless: [[`${sent}/else`, false]] },
  default: { harmless: inSent("default", "0") },
  readOnly: { drift: inSent("readOnly", true), harmless: inReceived("readOnly", true) },
  writeOnly: { drift: inReceived("writeOnly", true), harmless: inSent("writeOnly", true) },
  discriminator: {
    breaking: [[`${sent}/discriminator`, { propertyName: "kind" }]],
    drift: [[`${received}/discriminator`, { propertyName: "kind" }]]
  },
  $ref: {
    breaking: [[`${get}/responses/200/${content}/schema/$ref`, "#/components/schemas/ContactList"]],
    harmless: [[`${get}/responses/200/${content}/schema`, { allOf: [{ $ref: "#/components/schemas/Contact" }] }]]
  },
  $dynamicRef: { drift: [[`${received}/$dynamicRef`, "#contact"]] },
  dependencies: { drift: [[`${received}/dependencies`, { name: ["email"] }]] },
  deprecated: { harmless: inSent("deprecated", true) },
  ...Object.fromEntries(
    ["title", "description", "$comment", "example", "examples", "externalDocs", "xml", "$defs", "definitions"].map(
      (keyword): readonly [string, Row] => [
        keyword,
        { harmless: inReceived(keyword, keyword === "examples" ? ["a"] : {}) }
      ]
    )
  )
}

const parameter = `${listing}/parameters/0`
const inPath = `${get}/parameters/0`
const fresh = (fields: { readonly [key: string]: Schema.Json }): Edit => [
  [`${listing}/parameters/-`, { name: "brand", in: "query", schema: { type: "string" }, ...fields }]
]

const fields: { readonly [part: string]: { readonly [field: string]: Row } } = {
  document: {
    openapi: { harmless: [["/openapi", "3.1.1"]] },
    info: { drift: [["/info/version", "2.14"]], harmless: [["/info/title", "Another"]] },
    servers: {
      breaking: [["/servers", [{ url: "https://example.com" }]]],
      drift: [["/servers/0", undefined]],
      harmless: [["/servers/0/description", "Another"]]
    },
    webhooks: { drift: [["/webhooks", { created: { post: {} } }]], harmless: [["/webhooks", {}]] },
    security: { breaking: [["/security", [{ nowhere: [] }]]], drift: [["/security", []]] },
    jsonSchemaDialect: { drift: [["/jsonSchemaDialect", "http://json-schema.org/draft-07/schema#"]] },
    tags: { harmless: [["/tags", []]] },
    externalDocs: { harmless: [["/externalDocs", { url: "https://example.com" }]] }
  },
  pathItem: {
    servers: { breaking: [["/paths/~1contacts/servers", [{ url: "https://example.com" }]]] },
    parameters: {
      breaking: [["/paths/~1contacts/parameters", [{ name: "brand", in: "query", required: true, schema: {} }]]],
      drift: [["/paths/~1contacts/parameters", [{ name: "brand", in: "query", schema: {} }]]],
      harmless: [["/paths/~1contacts/parameters", []]]
    },
    summary: { harmless: [["/paths/~1contacts/summary", "Another"]] },
    description: { harmless: [["/paths/~1contacts/description", "Another"]] },
    get: { breaking: [[listing, undefined]] },
    patch: { drift: [["/paths/~1contacts/patch", { responses: {} }]] }
  },
  operation: {
    parameters: { breaking: [[parameter, undefined]], drift: fresh({}) },
    requestBody: {
      breaking: [[`${create}/requestBody`, undefined]],
      drift: [[`${listing}/requestBody`, { content: { "application/json": {} } }]]
    },
    responses: {
      breaking: [[`${get}/responses/200`, undefined]],
      drift: [[`${get}/responses/410`, { description: "gone" }]],
      harmless: [[`${get}/responses/x-internal`, {}]]
    },
    callbacks: { drift: [[`${create}/callbacks`, { done: {} }]], harmless: [[`${create}/callbacks`, {}]] },
    security: {
      breaking: [[`${get}/security`, [{ nowhere: [] }]]],
      drift: [[`${get}/security`, []]],
      harmless: [[`${get}/security`, [{ bearerAuth: [] }]]]
    },
    servers: { breaking: [[`${get}/servers`, [{ url: "https://example.com" }]]] },
    deprecated: { harmless: [[`${get}/deprecated`, true]] },
    ...Object.fromEntries(
      ["tags", "summary", "description", "externalDocs", "operationId"].map((field): readonly [string, Row] => [
        field,
        { harmless: [[`${get}/${field}`, "another"]] }
      ])
    )
  },
  parameter: {
    name: { breaking: [[`${parameter}/name`, "perPage"]] },
    in: { breaking: [[`${parameter}/in`, "header"]], drift: fresh({ in: "body" }) },
    required: { breaking: [[`${parameter}/required`, true]], harmless: [[`${parameter}/required`, false]] },
    schema: { breaking: [[`${parameter}/schema/maximum`, 5]], harmless: [[`${parameter}/schema/title`, "Size"]] },
    content: {
      breaking: [
        [`${listing}/parameters/1`, { name: "starting_after", in: "query", content: { "application/json": {} } }]
      ]
    },
    style: { breaking: [[`${inPath}/style`, "matrix"]], harmless: [[`${inPath}/style`, "simple"]] },
    explode: { harmless: [[`${parameter}/explode`, false]] },
    allowReserved: { harmless: [[`${parameter}/allowReserved`, true]] },
    allowEmptyValue: { harmless: [[`${parameter}/allowEmptyValue`, true]] },
    deprecated: { harmless: [[`${parameter}/deprecated`, true]] },
    ...Object.fromEntries(
      ["description", "example", "examples"].map((field): readonly [string, Row] => [
        field,
        { harmless: [[`${parameter}/${field}`, "another"]] }
      ])
    )
  },
  requestBody: {
    content: {
      breaking: [[`${create}/requestBody/content`, { "application/xml": {} }]],
      drift: [[`${create}/requestBody/content/application~1xml`, {}]]
    },
    required: {
      drift: [[`${create}/requestBody/required`, false]],
      harmless: [[`${create}/requestBody/required`, true]]
    },
    description: { harmless: [[`${create}/requestBody/description`, "another"]] }
  },
  response: {
    content: {
      breaking: [[`${get}/responses/200/content`, { "application/json; charset=iso-8859-1": {} }]],
      drift: [[`${get}/responses/200/content/text~1csv`, {}]]
    },
    headers: { drift: [[`${get}/responses/200/headers/X-Brand`, { schema: { type: "string" } }]] },
    links: { harmless: [[`${get}/responses/200/links`, {}]] },
    description: { harmless: [[`${get}/responses/200/description`, "another"]] }
  },
  media: {
    schema: {
      breaking: [[`${get}/responses/200/${content}/schema`, { type: "string" }]],
      drift: [[`${create}/requestBody/${content}/schema`, undefined]]
    },
    example: { harmless: [[`${get}/responses/200/${content}/example`, {}]] },
    examples: { harmless: [[`${get}/responses/200/${content}/examples`, {}]] },
    encoding: { harmless: [[`${create}/requestBody/${content}/encoding`, {}]] }
  }
}

const verdicts = { breaking: "breaking", drift: "drift", harmless: "quiet" } as const

const check = (name: string, row: Row) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      for (const kind of ["breaking", "drift", "harmless"] as const) {
        const edit = row[kind]
        if (edit === undefined) continue
        const verdict = verdicts[kind]
        assert.deepStrictEqual(yield* said(edit), { suite: verdict, diff: verdict }, `${kind} ${JSON.stringify(edit)}`)
      }
    })
  )

it.effect("the document itself is quiet", () =>
  Effect.map(said([]), (all) => assert.deepStrictEqual(all, { suite: "quiet", diff: "quiet" }))
)

describe("a keyword of a schema", () => {
  for (const [keyword, row] of Object.entries(keywords)) check(keyword, row)
})

for (const [part, rows] of Object.entries(fields)) {
  describe(`a field of: ${part}`, () => {
    for (const [field, row] of Object.entries(rows)) check(field, row)
  })
}

// What is looked at together with another: `then` with `if`, anchors and their like with what refers to them.
const together = new Set(["then", "$ref"])
const others: { readonly [part: string]: ReadonlyArray<string> } = {
  document: ["paths", "components"],
  pathItem: ["$ref", "put", "post", "delete", "options", "head", "trace"],
  parameter: ["$ref", "summary"],
  requestBody: ["$ref", "summary"],
  response: ["$ref", "summary"]
}

it("the table has every keyword and every field there is", () => {
  const missing = (known: Iterable<string>, table: object, but: ReadonlyArray<string>) =>
    [...known].filter((name) => !Object.hasOwn(table, name) && !together.has(name) && !but.includes(name))
  assert.deepStrictEqual(missing(Vocabulary.fields.schema, keywords, []), [])
  for (const [part, table] of Object.entries(fields)) {
    const known = Vocabulary.fields[part as OpenApiVisitor.Part]
    assert.deepStrictEqual(missing(known, table, others[part] ?? []), [], part)
  }
})
