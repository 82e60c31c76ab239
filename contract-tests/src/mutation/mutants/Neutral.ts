/** Edits that change nothing of what a document means. */
import type * as JsonPatch from "effect/JsonPatch"
import * as Document from "../../document/Document.ts"
import * as JsonNode from "../../schema/JsonNode.ts"
import * as MutationSites from "../MutationSites.ts"
import { type Json, type Mutant, add, below, renamed, replace, without } from "./Mutant.ts"
import { typesOf } from "./Schemas.ts"

const reversed = (value: Json): Json =>
  Array.isArray(value)
    ? value.map(reversed)
    : JsonNode.isRecord(value)
      ? Object.fromEntries(
          Object.entries(value)
            .toReversed()
            .map(([key, field]) => [key, reversed(field)])
        )
      : value

/** A condition, with what follows from it, and what otherwise. */
const when = (...parts: ReadonlyArray<Json>) =>
  Object.fromEntries(["if", "then", "else"].map((keyword, index) => [keyword, parts[index] ?? true]))

const allOfIn = ({ allOf }: { readonly [key: string]: Json }): ReadonlyArray<Json> =>
  Array.isArray(allOf) ? allOf : []

/** Keywords that constrain nothing, where the schema does not have them. */
const vacuous = (
  schema: { readonly [key: string]: Json },
  types: ReadonlyArray<string>
): ReadonlyArray<readonly [operator: string, next: Json]> => {
  const added: ReadonlyArray<
    readonly [operator: string, type: string | undefined, fields: { readonly [key: string]: Json }]
  > = [
    ["not-nothing", undefined, { not: false }],
    ["not-the-impossible", undefined, { not: { not: {} } }],
    ["all-of-nothing-more", undefined, { allOf: [...allOfIn(schema), {}, true] }],
    ["any-of-everything", undefined, { anyOf: [true, { type: "integer" }] }],
    ["names-are-text", "object", { propertyNames: { type: "string" } }],
    ["dependents-emptied", "object", { dependentRequired: { email: [] }, dependentSchemas: { email: {} } }],
    ["consequences-idle", "object", when({ required: ["one"] }, true, {})],
    ["condition-impossible", "object", when(false, { required: ["one"] })],
    ["properties-at-least-none", "object", { minProperties: 0 }],
    ["unevaluated-said", "object", { unevaluatedProperties: true }],
    ["any-text", "string", { pattern: ".*", contentSchema: true }],
    ["any-text-through", "string", { pattern: "^[\\s\\S]*$" }],
    ["items-at-least-none", "array", { minItems: 0, uniqueItems: false }],
    ["none-contained", "array", { contains: { type: "integer" }, minContains: 0 }],
    ["first-items-like-all", "array", { prefixItems: [schema["items"] ?? true], unevaluatedItems: true }]
  ]
  return added
    .filter(([operator, type, fields]) => {
      const named = type === undefined || types.includes(type)
      return named && (operator === "all-of-nothing-more" || !Object.keys(fields).some((key) => key in schema))
    })
    .map(([operator, , fields]) => [operator, { ...schema, ...fields }] as const)
}

/** Other ways to write a schema. */
const rewritten = (site: MutationSites.Site): ReadonlyArray<readonly [operator: string, next: Json]> => {
  const schema = JsonNode.record(site.node)
  const types = typesOf(schema)
  const [type] = types
  const rest = types.filter((one) => one !== "null")
  return [
    ["schema-described", { ...schema, title: "Another title", description: "Another description" }],
    ["schema-commented", { ...schema, $comment: "see elsewhere", deprecated: false }],
    ["schema-example", { ...schema, examples: ["an example"] }],
    ["schema-extended", { ...schema, "x-internal": { owner: "somebody" } }],
    ["schema-wrapped-allOf", { allOf: [schema] }],
    ["schema-wrapped-anyOf", { anyOf: [schema] }],
    ["schema-wrapped-oneOf", { oneOf: [schema] }],
    ...(types.length === 1 && type !== undefined ? [["type-listed", { ...schema, type: [type] }] as const] : []),
    ...(types.length > 1
      ? [
          ["types-reordered", { ...schema, type: types.toReversed() }] as const,
          [
            "types-as-alternatives",
            {
              ...without(schema, "type"),
              anyOf: types.map((one) => ({ type: one }))
            }
          ] as const,
          [
            "null-as-alternative",
            {
              anyOf: [{ ...schema, type: rest.length === 1 ? (rest[0] ?? "string") : rest }, { type: "null" }]
            }
          ] as const
        ].filter(([operator]) => operator !== "null-as-alternative" || types.includes("null"))
      : []),
    ...("const" in schema
      ? [["const-as-enum", { ...without(schema, "const"), enum: [schema["const"] ?? null] }] as const]
      : []),
    ...(types.includes("object")
      ? [
          ["additional-said", { ...schema, additionalProperties: schema["additionalProperties"] ?? true }] as const,
          ["required-emptied", { ...schema, required: schema["required"] ?? [] }] as const
        ]
      : []),
    ...(types.includes("boolean") && types.every((one) => one === "boolean" || one === "null")
      ? [["booleans-listed", { ...schema, enum: types.length > 1 ? [true, false, null] : [true, false] }] as const]
      : []),
    ...(types.length === 1 && type === "integer" && !("multipleOf" in schema)
      ? [["multiples-of-one", { ...schema, multipleOf: 1 }] as const]
      : []),
    ...vacuous(schema, types),
    ...(types.includes("object")
      ? [
          [
            "conditions-idle",
            { ...schema, dependentRequired: {}, if: { required: ["one"] }, $defs: { Unused: {} } }
          ] as const
        ]
      : []),
    ...(types.includes("string") && !("format" in schema) && !("pattern" in schema)
      ? [["text-of-any-kind", { ...schema, format: "password", pattern: "" }] as const]
      : []),
    ...(types.includes("string")
      ? [["minLength-zero", { ...schema, minLength: schema["minLength"] ?? 0 }] as const]
      : []),
    ...(Array.isArray(schema["required"])
      ? [["required-reordered", { ...schema, required: schema["required"].toReversed() }] as const]
      : []),
    ...(["anyOf", "oneOf"] as const).flatMap((combinator) => {
      const parts = schema[combinator]
      return Array.isArray(parts)
        ? [["alternatives-reordered", { ...schema, [combinator]: parts.toReversed() }] as const]
        : []
    }),
    ...("properties" in schema ? [["keys-reversed", reversed(schema)] as const] : [])
  ]
}

export const neutralSchemas = (site: MutationSites.Site): ReadonlyArray<Mutant> => {
  const operations = [...new Set(site.chains.map(({ operation }) => operation.name))]
  return rewritten(site).map(([operator, next]) => ({
    kind: "neutral schema",
    operator,
    pointer: site.pointer,
    description: operator.replaceAll("-", " "),
    expected: "same",
    patch: [replace(site.pointer, next)],
    operations
  }))
}

export const neutralReferences = (
  { root }: Document.Document,
  sites: ReadonlyArray<MutationSites.Site>
): ReadonlyArray<Mutant> => {
  const of = (operator: string, pointer: string, patch: JsonPatch.JsonPatch): Mutant => ({
    kind: "neutral reference",
    operator,
    pointer,
    description: operator.replaceAll("-", " "),
    expected: "same",
    patch
  })
  const inlined = new Map<string, Mutant>()
  for (const { node } of sites) {
    const reference = node.through.at(-1)
    // What is below the target was reached through the same reference.
    if (reference === undefined || JsonNode.at(root.value, reference)?.value !== `#${node.pointer}`) continue
    const place = reference.slice(0, -"/$ref".length)
    if (JsonNode.at(root.value, place) !== undefined)
      inlined.set(place, of("reference-inlined", place, [replace(place, node.value)]))
  }
  const extracted = sites
    .filter(({ node, pointer }) => !/^\/components\/schemas\/[^/]+$/.test(pointer) && "type" in JsonNode.record(node))
    .map(({ node, pointer }) =>
      of("schema-extracted", pointer, [
        add("/components/schemas/BrandNew", node.value),
        replace(pointer, { $ref: "#/components/schemas/BrandNew" })
      ])
    )
  const aliased = sites
    .filter(({ pointer }) => /^\/components\/schemas\/[^/]+$/.test(pointer))
    .map(({ node, pointer }) =>
      of("schema-aliased", pointer, [
        add(`${pointer}Record`, node.value),
        replace(pointer, { $ref: `#${pointer}Record` })
      ])
    )
  return [...inlined.values(), ...extracted, ...aliased]
}

export const neutralOperations = (document: Document.Document): ReadonlyArray<Mutant> =>
  document.operations.flatMap((operation): ReadonlyArray<Mutant> => {
    const { node, path, responses } = operation
    const written = JsonNode.record(node)
    const { pointer } = node
    const item = below("/paths", path)
    const of = (operator: string, place: string, patch: JsonPatch.JsonPatch): Mutant => ({
      kind: "neutral operation",
      operator,
      pointer: place,
      description: operator.replaceAll("-", " "),
      expected: "same",
      patch
    })
    const parameters = written["parameters"]
    const [response] = responses
    const type = response === undefined ? undefined : [...response.content.keys()][0]
    const media =
      response === undefined || type === undefined ? undefined : below(response.node.pointer, "content", type)
    const body = operation.body && [...operation.body.content.keys()][0]
    return [
      of("operation-renamed", pointer, [add(below(pointer, "operationId"), `another_${operation.method}`)]),
      of("operation-unnamed", pointer, [replace(pointer, without(written, "operationId"))]),
      of("operation-described", pointer, [
        replace(pointer, { ...written, summary: "Another summary", description: "Another description" })
      ]),
      of("operation-tagged", pointer, [add(below(pointer, "tags"), ["Another tag"])]),
      of("operation-documented", pointer, [
        add(below(pointer, "externalDocs"), { url: "https://example.com", description: "more" })
      ]),
      of("operation-extended", pointer, [add(below(pointer, "x-owner"), { team: "another" })]),
      of("responses-extended", pointer, [add(below(pointer, "responses", "x-owner"), { team: "another" })]),
      of("operation-reversed", pointer, [replace(pointer, reversed(node.value))]),
      of("path-described", item, [add(below(item, "summary"), "Another summary")]),
      of("security-repeated", pointer, [
        add(below(pointer, "security"), JsonNode.child(document.root, "security")?.value ?? [])
      ]),
      of("servers-repeated", pointer, [
        add(below(pointer, "servers"), JsonNode.child(document.root, "servers")?.value ?? [])
      ]),
      ...(response === undefined
        ? []
        : [
            of("response-described", response.node.pointer, [
              replace(below(response.node.pointer, "description"), "Another description")
            ]),
            of("response-extended", response.node.pointer, [add(below(response.node.pointer, "x-cache"), true)])
          ]),
      ...(media === undefined
        ? []
        : [of("example-added", media, [add(below(media, "examples"), { one: { summary: "one", value: {} } })])]),
      ...(response === undefined || type === undefined || media === undefined
        ? []
        : [
            of("type-with-charset", media, [
              replace(
                below(response.node.pointer, "content"),
                renamed(
                  JsonNode.record(JsonNode.child(response.node, "content") ?? JsonNode.make({})),
                  type,
                  `${type}; charset=utf-8`
                )
              )
            ])
          ]),
      ...(operation.body === undefined || body === undefined
        ? []
        : [
            of("body-described", operation.body.node.pointer, [
              add(below(operation.body.node.pointer, "description"), "Another description")
            ]),
            of("body-extracted", operation.body.node.pointer, [
              add("/components/requestBodies", { BrandNew: operation.body.node.value }),
              replace(operation.body.node.pointer, { $ref: "#/components/requestBodies/BrandNew" })
            ]),
            of("body-example", operation.body.node.pointer, [
              add(below(operation.body.node.pointer, "content", body, "example"), {})
            ])
          ]),
      ...(Array.isArray(parameters) && parameters.length > 0
        ? [
            of("parameters-reordered", pointer, [replace(below(pointer, "parameters"), parameters.toReversed())]),
            of(
              "parameters-shared",
              pointer,
              document.operations.some((other) => other.path === path && other !== operation)
                ? []
                : [replace(pointer, without(written, "parameters")), add(below(item, "parameters"), parameters)]
            ),
            of("parameter-described", below(pointer, "parameters", 0), [
              replace(below(pointer, "parameters", 0), {
                ...(JsonNode.isRecord(parameters[0]) ? parameters[0] : {}),
                description: "Another description",
                example: "1",
                deprecated: false
              })
            ]),
            of("parameter-styled", below(pointer, "parameters", 0), [
              add(below(pointer, "parameters", 0, "explode"), false)
            ]),
            of("parameter-extracted", below(pointer, "parameters", 0), [
              add("/components/parameters", { BrandNew: parameters[0] ?? {} }),
              replace(below(pointer, "parameters", 0), { $ref: "#/components/parameters/BrandNew" })
            ])
          ].filter(({ patch }) => patch.length > 0)
        : []),
      ...Document.parametersIn(path).map((name) => {
        const all = JsonNode.record(JsonNode.child(document.root, "paths") ?? JsonNode.make({}))
        const text = JSON.stringify(all[path]).replaceAll(`"name":"${name}"`, `"name":"key"`)
        return of("path-parameter-renamed", pointer, [
          replace(
            "/paths",
            Object.fromEntries(
              Object.entries(all).map(([key, value]) =>
                key === path ? [key.replace(`{${name}}`, "{key}"), JSON.parse(text) as Json] : [key, value]
              )
            )
          )
        ])
      })
    ]
  })

export const neutralWhole = ({ root }: Document.Document): ReadonlyArray<Mutant> => {
  const of = (operator: string, pointer: string, patch: JsonPatch.JsonPatch): Mutant => ({
    kind: "neutral document",
    operator,
    pointer,
    description: operator.replaceAll("-", " "),
    expected: "same",
    patch
  })
  const written = JsonNode.record(root)
  const servers = written["servers"]
  return [
    of("info-changed", "/info", [
      replace("/info", {
        title: "Another title",
        version: JsonNode.record(JsonNode.follow(root, "info") ?? root)["version"] ?? "1"
      })
    ]),
    of("document-extended", "", [add("/x-generator", { name: "another" })]),
    of("paths-extended", "/paths", [add("/paths/x-owner", { team: "another" })]),
    of("tags-removed", "", [replace("", without(written, "tags", "externalDocs"))]),
    of("paths-reversed", "/paths", [
      replace(
        "/paths",
        Object.fromEntries(Object.entries(JsonNode.record(JsonNode.child(root, "paths") ?? root)).toReversed())
      )
    ]),
    of("document-reversed", "", [replace("", reversed(root.value))]),
    of("component-unused", "/components/schemas/Unused", [
      add("/components/schemas/Unused", { type: "object", properties: { one: { type: "string" } } })
    ]),
    ...(Array.isArray(servers)
      ? [
          of("servers-reordered", "/servers", [replace("/servers", servers.toReversed())]),
          of("servers-described", "/servers", [
            replace(
              "/servers",
              servers.map((server) => (JsonNode.isRecord(server) ? { ...server, description: "somewhere" } : server))
            )
          ])
        ]
      : [])
  ]
}
