/**
 * Documents with one change each. The operators are those of the literature on mutating schemas and interfaces (Offutt
 * and Xu on XML Schema; Li and Miller; the change catalogues of OpenAPI comparison; REST fault models): leave something
 * out, add it, rename it, move it, give it another type, cardinality, bound or alternative; for every part of an
 * OpenAPI document. Beside them are edits that change nothing of what a document means.
 */
import type * as JsonPatch from "effect/JsonPatch"
import type * as Schema from "effect/Schema"
import * as Document from "../document/Document.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as MutationSites from "./MutationSites.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"

type Json = Schema.Json

/**
 * What a mutant must be found to be.
 * - `breaking`, `drift`: at least that.
 * - `widened`: breaking, if the client cannot read the value; otherwise nobody is hurt.
 * - `changed`: it means something else, and the client is none the worse.
 * - `same`: it means the same; nothing may be found.
 */
export type Expected = "breaking" | "drift" | "widened" | "changed" | "same"

/** A value that a response may hold after the change: at the end of the ways to a schema, or left out there. */
export type Witness =
  | { readonly _tag: "value"; readonly site: MutationSites.Site; readonly value: Json }
  | { readonly _tag: "absent"; readonly site: MutationSites.Site; readonly name: string }
  | { readonly _tag: "any"; readonly site: MutationSites.Site }

export interface Mutant {
  readonly kind: string
  readonly operator: string
  /** The place that is changed. */
  readonly pointer: string
  readonly description: string
  readonly expected: Expected
  readonly patch: JsonPatch.JsonPatch
  /** Names of the operations that use the place; all of them when left out. */
  readonly operations?: ReadonlyArray<string>
  /** What decides a `widened` one. */
  readonly witness?: Witness
}

const add = (path: string, value: Json): JsonPatch.JsonPatchOperation => ({ op: "add", path, value })
const replace = (path: string, value: Json): JsonPatch.JsonPatchOperation => ({ op: "replace", path, value })
const remove = (path: string): JsonPatch.JsonPatchOperation => ({ op: "remove", path })

const { below } = JsonNode

const without = (value: { readonly [key: string]: Json }, ...keys: ReadonlyArray<string>) =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))

/** With a key under another name, in its place. */
const renamed = (value: { readonly [key: string]: Json }, from: string, to: string) =>
  Object.fromEntries(Object.entries(value).map(([key, field]) => [key === from ? to : key, field]))

type Draft = Omit<Mutant, "kind" | "pointer" | "operations"> & { readonly pointer?: string }

// ---------------------------------------------------------------------------------------------------------------------
// schemas
// ---------------------------------------------------------------------------------------------------------------------

const isSent = ({ uses }: MutationSites.Site) => uses.has("request") || uses.has("parameter")
const isReceived = ({ uses }: MutationSites.Site) => uses.has("response") || uses.has("error")

/** What a change comes to that lets more values pass, or fewer. */
const wider = (site: MutationSites.Site): Expected => (isReceived(site) ? "widened" : "drift")
const narrower = (site: MutationSites.Site): Expected => (isSent(site) ? "breaking" : "changed")
/** Some more, some fewer. */
const other = (site: MutationSites.Site): Expected =>
  isSent(site) ? "breaking" : isReceived(site) ? "widened" : "drift"

const typesOf = (schema: { readonly [key: string]: Json }): ReadonlyArray<string> =>
  Array.isArray(schema["type"])
    ? schema["type"].map(String)
    : typeof schema["type"] === "string"
      ? [schema["type"]]
      : []

const examples: { readonly [type: string]: Json } = {
  string: "text",
  integer: 7,
  number: 7.5,
  boolean: true,
  array: [],
  object: { nested: true },
  null: null
}

/** Other types in turn, so that all pairs come up over a document. */
const others: { readonly [type: string]: ReadonlyArray<string> } = {
  string: ["integer", "object", "boolean"],
  integer: ["string", "boolean"],
  number: ["string"],
  boolean: ["string", "integer"],
  object: ["string", "array"],
  array: ["object", "string"]
}

const value = (site: MutationSites.Site, type: string): Witness => ({
  _tag: "value",
  site,
  value: examples[type] ?? null
})

const schemaTypes = (site: MutationSites.Site): ReadonlyArray<Draft> => {
  const schema = JsonNode.record(site.node)
  const types = typesOf(schema)
  const named = types.filter((type) => type !== "null")
  const [type] = named
  if (type === undefined || named.length > 1 || "enum" in schema || "const" in schema) return []
  const nullable = types.includes("null")
  const at = below(site.pointer, "type")
  const bare = { ...without(schema, "type", "properties", "required", "items", "additionalProperties") }
  const changes = (others[type] ?? []).map((next): Draft => ({
    operator: `type-${type}-to-${next}`,
    description: `${type} becomes ${next}`,
    expected: other(site),
    patch: [replace(site.pointer, { ...bare, type: nullable ? [next, "null"] : next })],
    witness: value(site, next)
  }))
  return [
    ...changes,
    ...(type === "integer"
      ? [
          {
            operator: "type-integer-to-number",
            description: "integer becomes number",
            expected: wider(site),
            patch: [replace(at, nullable ? ["number", "null"] : "number")],
            witness: value(site, "number")
          }
        ]
      : []),
    ...((type === "string" || type === "integer") && !alternativeTakes(site, "boolean")
      ? [
          {
            operator: "type-widened",
            description: `${type} becomes ${type} or boolean`,
            expected: wider(site),
            patch: [replace(at, [...types, "boolean"])],
            witness: value(site, "boolean")
          }
        ]
      : []),
    {
      operator: "type-removed",
      description: "the type is left out",
      // Properties tell what is meant.
      expected: "properties" in schema && !isReceived(site) ? "changed" : wider(site),
      patch: [remove(at)],
      witness: value(site, type === "boolean" ? "integer" : "boolean")
    }
  ]
}

/** Whether another alternative takes values of a type already: then it changes nothing that this one does too. */
const alternativeTakes = (site: MutationSites.Site, type: string): boolean =>
  site.chains.every(({ steps }) => {
    const last = steps.at(-1)
    if (last?._tag !== "part" || last.of !== "anyOf") return false
    return last.others.some((other) => {
      const node = JsonNode.resolve(other)
      return node !== undefined && typesOf(JsonNode.record(node)).includes(type)
    })
  })

const nullability = (site: MutationSites.Site): ReadonlyArray<Draft> => {
  const schema = JsonNode.record(site.node)
  const types = typesOf(schema)
  // A query or a header has no null.
  if (types.length === 0 || site.uses.has("parameter") || site.uses.has("header")) return []
  if ("enum" in schema || "const" in schema) return []
  const at = below(site.pointer, "type")
  const rest = types.filter((type) => type !== "null")
  return types.includes("null")
    ? [
        {
          operator: "null-forbidden",
          description: "null is not allowed any more",
          expected: narrower(site),
          patch: [replace(at, rest.length === 1 ? (rest[0] ?? "string") : rest)]
        }
      ].filter(() => rest.length > 0)
    : alternativeTakes(site, "null")
      ? []
      : [
          {
            operator: "null-allowed",
            description: "null is allowed",
            expected: wider(site),
            patch: [replace(at, [...types, "null"])],
            witness: value(site, "null")
          },
          {
            operator: "null-allowed-by-anyOf",
            description: "null is allowed, by an alternative",
            expected: wider(site),
            patch: [replace(site.pointer, { anyOf: [site.node.value, { type: "null" }] })],
            witness: value(site, "null")
          }
        ]
}

const constraints = (site: MutationSites.Site): ReadonlyArray<Draft & { readonly kind: string }> => {
  const schema = JsonNode.record(site.node)
  const types = typesOf(schema)
  const set = (kind: string, operator: string, fields: { readonly [key: string]: Json }) => ({
    kind,
    operator,
    description: JSON.stringify(fields),
    expected: narrower(site),
    patch: [replace(site.pointer, { ...schema, ...fields })]
  })
  if ("enum" in schema || "const" in schema) return []
  return [
    ...(types.includes("string")
      ? [
          set("enum", "enum-added", { enum: ["one", "two", ...(types.includes("null") ? [null] : [])] }),
          set("enum", "const-added", { const: "one" }),
          set("format", "format-uuid", { format: "uuid" }),
          set("format", "format-date-time", { format: "date-time" }),
          set("format", "format-email", { format: "email" }),
          set("bounds", "maxLength", { maxLength: 3 }),
          set("bounds", "minLength", { minLength: 400 }),
          set("bounds", "pattern", { pattern: "^[a-z]{2,4}$" }),
          {
            ...set("format", "content-encoded", { contentEncoding: "base64" }),
            expected: isSent(site) || isReceived(site) ? ("drift" as const) : ("changed" as const)
          }
        ]
      : []),
    ...(types.includes("integer") || types.includes("number")
      ? [
          set("enum", "enum-added", { enum: [1, 2] }),
          set("bounds", "maximum", { maximum: 0 }),
          set("bounds", "minimum", { minimum: 100 }),
          set("bounds", "exclusiveMaximum", { exclusiveMaximum: 20 }),
          set("bounds", "exclusiveMinimum", { exclusiveMinimum: 1 }),
          set("bounds", "multipleOf", { multipleOf: 5 }),
          set("format", "format-int32", { format: "int32" })
        ]
      : []),
    ...(types.includes("array")
      ? [
          set("bounds", "minItems", { minItems: 2 }),
          set("bounds", "maxItems", { maxItems: 1 }),
          set("bounds", "uniqueItems", { uniqueItems: true })
        ]
      : []),
    ...(types.includes("object")
      ? [
          set("bounds", "minProperties", { minProperties: 60 }),
          set("bounds", "maxProperties", {
            maxProperties: Array.isArray(schema["required"]) ? schema["required"].length : 0
          })
        ]
      : [])
  ]
}

const properties = (site: MutationSites.Site): ReadonlyArray<Draft & { readonly kind: string }> => {
  const schema = JsonNode.record(site.node)
  const fields = schema["properties"]
  if (!JsonNode.isRecord(fields) || Object.keys(fields).length === 0) return []
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : []
  const at = below(site.pointer, "properties")
  const each = Object.keys(fields).flatMap((name): ReadonlyArray<Draft & { readonly kind: string }> => {
    const place = below(at, name)
    const demanded = required.includes(name)
    const gone: Expected = isSent(site) ? "breaking" : demanded ? "widened" : "drift"
    const rest = required.filter((one) => one !== name)
    const absent: Witness = { _tag: "absent", site, name }
    const move = (operator: string, to: string) => ({
      kind: "property",
      operator,
      pointer: place,
      description: `${name} is called ${to}`,
      expected: gone,
      patch: [
        replace(site.pointer, {
          ...schema,
          properties: renamed(fields, name, to),
          ...(demanded ? { required: required.map((one) => (one === name ? to : one)) } : undefined)
        })
      ],
      witness: absent
    })
    return [
      {
        kind: "property",
        operator: "property-removed",
        pointer: place,
        description: `${name} is gone`,
        expected: gone,
        patch: [
          replace(site.pointer, {
            ...schema,
            properties: without(fields, name),
            ...(demanded ? { required: rest } : undefined)
          })
        ],
        witness: absent
      },
      {
        kind: "property",
        operator: "property-moved-down",
        pointer: place,
        description: `${name} is inside another property`,
        expected: gone,
        patch: [
          replace(site.pointer, {
            ...schema,
            properties: {
              ...without(fields, name),
              brand_new: { type: "object", properties: { [name]: fields[name] ?? {} } }
            },
            ...(demanded ? { required: rest } : undefined)
          })
        ],
        witness: absent
      },
      ...(demanded
        ? []
        : [
            {
              kind: "property",
              operator: "property-forbidden",
              pointer: place,
              description: `${name} can have no value`,
              expected: isSent(site) ? ("breaking" as const) : ("drift" as const),
              patch: [replace(place, false)]
            }
          ]),
      ...(demanded || isSent(site) || "$ref" in JsonNode.record(JsonNode.make(fields[name] ?? null))
        ? []
        : [
            {
              kind: "property",
              operator: "property-write-only",
              pointer: place,
              description: `${name} never comes`,
              expected: "drift" as const,
              patch: [add(below(place, "writeOnly"), true)]
            }
          ]),
      move("property-renamed", `${name}_x`),
      move(
        "property-camel-cased",
        name.replace(/_?([a-z])$/, (_, last: string) => last.toUpperCase())
      ),
      demanded
        ? {
            kind: "required",
            operator: "required-removed",
            pointer: below(site.pointer, "required"),
            description: `${name} may be left out`,
            expected: isReceived(site) ? "widened" : "changed",
            patch: [replace(below(site.pointer, "required"), rest)],
            witness: absent
          }
        : {
            kind: "required",
            operator: "required-added",
            pointer: below(site.pointer, "required"),
            description: `${name} is required`,
            expected: narrower(site),
            patch: [add(below(site.pointer, "required"), [...required, name])],
            ...(isSent(site) ? { witness: absent } : undefined)
          }
    ]
  })
  const [one, another] = Object.keys(fields).filter((name) => !required.includes(name))
  const condition = (operator: string, fields: { readonly [key: string]: Json }) => ({
    kind: "required",
    operator,
    description: JSON.stringify(fields),
    expected: narrower(site),
    patch: [replace(site.pointer, { ...schema, ...fields })]
  })
  return [
    ...each,
    ...(one === undefined || another === undefined
      ? []
      : [
          condition("dependent-required", { dependentRequired: { [one]: [another] } }),
          condition("required-if", { if: { not: { required: [one] } }, else: { required: [another] } }),
          condition("required-not-both", { not: { required: [one, another] } })
        ]),
    {
      kind: "alternatives",
      operator: "discriminator-added",
      pointer: below(site.pointer, "discriminator"),
      description: "kinds are told apart by a new property",
      expected: isSent(site) ? "breaking" : "drift",
      patch: [add(below(site.pointer, "discriminator"), { propertyName: "brand_new" })]
    },
    {
      kind: "property",
      operator: "property-added",
      pointer: below(at, "brand_new"),
      description: "there is a new property",
      expected: "drift",
      patch: [add(below(at, "brand_new"), { type: "string" })]
    },
    {
      kind: "required",
      operator: "required-property-added",
      pointer: below(at, "brand_new"),
      description: "there is a new property, and it is required",
      expected: isSent(site) ? "breaking" : "drift",
      patch: [
        replace(site.pointer, {
          ...schema,
          properties: { ...fields, brand_new: { type: "string" } },
          required: [...required, "brand_new"]
        })
      ]
    },
    {
      kind: "required",
      operator: "required-unknown-added",
      pointer: below(site.pointer, "required"),
      description: "a property is required that is not described",
      expected: isSent(site) ? "breaking" : "drift",
      patch: [add(below(site.pointer, "required"), [...required, "brand_new"])]
    },
    // What is closed beside an allOf forbids what the parts describe: nothing fits any more.
    ...("allOf" in schema
      ? []
      : [
          {
            kind: "additionalProperties",
            operator: "closed",
            pointer: below(site.pointer, "additionalProperties"),
            description: "no other properties are allowed",
            expected: "changed" as const,
            patch: [add(below(site.pointer, "additionalProperties"), false)]
          }
        ])
  ]
}

const maps = (site: MutationSites.Site): ReadonlyArray<Draft> => {
  const schema = JsonNode.record(site.node)
  if (!typesOf(schema).includes("object") || "properties" in schema || "allOf" in schema) return []
  const at = below(site.pointer, "additionalProperties")
  return [
    {
      operator: "map-closed",
      description: "no properties are allowed",
      expected: narrower(site),
      patch: [add(at, false)]
    },
    {
      operator: "map-typed",
      description: "all properties are integers",
      expected: narrower(site),
      patch: [add(at, { type: "integer" })]
    }
  ]
}

const cardinality = (site: MutationSites.Site): ReadonlyArray<Draft> => {
  const schema = JsonNode.record(site.node)
  const types = typesOf(schema)
  if (types.length !== 1) return []
  const items = JsonNode.child(site.node, "items")
  if (types[0] === "array") {
    return items === undefined
      ? []
      : [
          {
            operator: "array-to-single",
            description: "an array becomes one of its items",
            expected: other(site),
            patch: [replace(site.pointer, items.value)],
            witness: { _tag: "any", site }
          },
          {
            operator: "items-removed",
            description: "items of an array are not described",
            expected: wider(site),
            patch: [remove(items.pointer)],
            witness: { _tag: "value", site, value: [true] }
          },
          {
            operator: "items-listed",
            description: "the first item is described by itself",
            expected: other(site),
            patch: [add(below(site.pointer, "prefixItems"), [{ type: "boolean" }])],
            witness: { _tag: "value", site, value: [true] }
          },
          {
            operator: "items-nested",
            description: "items of an array are arrays",
            expected: other(site),
            patch: [replace(items.pointer, { type: "array", items: items.value })],
            witness: { _tag: "value", site, value: [[]] }
          }
        ]
  }
  return [
    {
      operator: "single-to-array",
      description: "one becomes an array of them",
      expected: other(site),
      patch: [replace(site.pointer, { type: "array", items: site.node.value })],
      witness: value(site, "array")
    }
  ]
}

const alternatives = (site: MutationSites.Site): ReadonlyArray<Draft> =>
  (["anyOf", "oneOf"] as const).flatMap((combinator): ReadonlyArray<Draft> => {
    const node = JsonNode.child(site.node, combinator)
    const parts = Array.isArray(node?.value) ? node.value : []
    if (node === undefined) return []
    // Alternatives that only require something belong to the object around them.
    const whole = parts.every((part) => JsonNode.isRecord(part) && ("type" in part || "$ref" in part))
    return [
      ...parts.map((_, index) => ({
        operator: "alternative-removed",
        pointer: below(node.pointer, index),
        description: `alternative ${index} is gone`,
        expected: narrower(site),
        patch: [remove(below(node.pointer, index))]
      })),
      ...(combinator === "anyOf" && !whole && isSent(site)
        ? [
            {
              operator: "alternatives-exclusive",
              description: "exactly one alternative may fit",
              expected: "breaking" as const,
              patch: [remove(node.pointer), add(below(site.pointer, "oneOf"), parts)]
            }
          ]
        : []),
      ...(whole
        ? [
            {
              operator: "alternative-added",
              description: "there is another alternative",
              expected: wider(site),
              patch: [add(below(node.pointer, parts.length), { type: "boolean" })],
              witness: value(site, "boolean")
            }
          ]
        : [])
    ]
  })

const allOfParts = (site: MutationSites.Site): ReadonlyArray<Draft> => {
  const node = JsonNode.child(site.node, "allOf")
  return (node === undefined ? [] : JsonNode.children(node)).map(([index, part]) => ({
    operator: "part-removed",
    pointer: part.pointer,
    description: `part ${index} of allOf is gone`,
    expected: isSent(site) ? "breaking" : "drift",
    patch: [remove(part.pointer)]
  }))
}

/** The parts of a schema site, by kind. */
const ofSchema = (site: MutationSites.Site): ReadonlyArray<Mutant> => {
  const operations = [...new Set(site.chains.map(({ operation }) => operation.name))]
  const error = !site.uses.has("request") && !site.uses.has("response") && site.uses.has("error")
  const header = [...site.uses].every((use) => use === "header")
  const kindOf = (kind: string) =>
    error ? `error ${kind}` : header ? `header ${kind}` : site.uses.has("parameter") ? `parameter ${kind}` : kind
  const of = (kind: string, drafts: ReadonlyArray<Draft>) =>
    drafts.map((draft): Mutant => ({ kind: kindOf(kind), pointer: site.pointer, operations, ...draft }))
  return [
    ...of("type", schemaTypes(site)),
    ...of("nullability", nullability(site)),
    ...(header ? [] : constraints(site).flatMap(({ kind, ...draft }) => of(kind, [draft]))),
    ...properties(site).flatMap(({ kind, ...draft }) => of(kind, [draft])),
    ...of("additionalProperties", maps(site)),
    ...of("cardinality", cardinality(site)),
    ...of("alternatives", alternatives(site)),
    ...of("alternatives", allOfParts(site))
  ]
}

// ---------------------------------------------------------------------------------------------------------------------
// references and envelopes
// ---------------------------------------------------------------------------------------------------------------------

/** `$ref`s below an operation or a component that is used, each pointed at another schema. */
const references = ({ root }: Document.Document, sites: ReadonlyArray<MutationSites.Site>): ReadonlyArray<Mutant> => {
  const components = Object.keys(JsonNode.record(JsonNode.follow(root, "components", "schemas") ?? JsonNode.make({})))
  const places = new Map<string, MutationSites.Site>()
  for (const site of sites) {
    for (const reference of site.node.through) if (reference.endsWith("/$ref")) places.set(reference, site)
  }
  // What is around the reference tells what it is used for: its target may be used elsewhere, too.
  const isSentAt = (pointer: string): boolean => {
    const around = sites
      .filter((site) => pointer.startsWith(`${site.pointer}/`))
      .toSorted((a, b) => b.pointer.length - a.pointer.length)[0]
    return around === undefined ? !pointer.includes("/responses/") : isSent(around)
  }
  return [...places].flatMap(([pointer, site], index) => {
    const now = JsonNode.at(root.value, pointer)?.value
    if (typeof now !== "string" || !now.startsWith("#/components/schemas/")) return []
    const name = now.slice("#/components/schemas/".length)
    const next = components[(components.indexOf(name) + 1 + (index % 5)) % components.length] ?? name
    if (next === name) return []
    return [
      {
        kind: "reference",
        operator: "reference-swapped",
        pointer,
        description: `${name} becomes ${next}`,
        expected: isSentAt(pointer) ? "breaking" : "drift",
        patch: [replace(pointer, `#/components/schemas/${next}`)],
        operations: site.chains.map(({ operation }) => operation.name)
      } satisfies Mutant
    ]
  })
}

const envelopes = (operation: Document.Operation): ReadonlyArray<Mutant> =>
  operation.responses.filter(Document.isSuccess).flatMap(({ content }) => {
    const schema = Document.jsonOf(content)
    if (schema === undefined) return []
    const { pointer } = schema
    const of = (operator: string, description: string, next: Json): Mutant => ({
      kind: "envelope",
      operator,
      pointer,
      description,
      expected: "breaking",
      patch: [replace(pointer, next)],
      operations: [operation.name]
    })
    const shape = NormalizedSchema.of([schema])
    const list = [...(shape?.fields ?? [])].find(
      ([, { nodes }]) => NormalizedSchema.of(nodes)?.kinds.has("array") === true
    )
    const items = list?.[1].nodes[0]
    const resolved = items && JsonNode.resolve(items)
    return [
      of("wrapped", "the answer is wrapped in `data`", {
        type: "object",
        properties: { data: schema.value },
        required: ["data"]
      }),
      of("listed", "the answer is an array of what it was", { type: "array", items: schema.value }),
      of("emptied", "the answer is an object of which nothing is said", { type: "object" }),
      ...(resolved === undefined || operation.method !== "GET" || !NormalizedSchema.of([resolved])?.kinds.has("array")
        ? []
        : [of("unwrapped", "the answer is the list itself", resolved.value)])
    ]
  })

// ---------------------------------------------------------------------------------------------------------------------
// operations and what surrounds their schemas
// ---------------------------------------------------------------------------------------------------------------------

const bare = { operationId: "brandNew", responses: { "200": { description: "fine" } } }

const paths = ({ operations, root }: Document.Document): ReadonlyArray<Mutant> => {
  const all = JsonNode.record(JsonNode.child(root, "paths") ?? JsonNode.make({}))
  return Object.entries(all).flatMap(([path, item]): ReadonlyArray<Mutant> => {
    const pointer = below("/paths", path)
    const names = operations.filter((one) => one.path === path).map(({ name }) => name)
    const of = (operator: string, description: string, expected: Expected, next: Json): Mutant => ({
      kind: "path",
      operator,
      pointer,
      description,
      expected,
      patch: [replace("/paths", next)],
      operations: names
    })
    const called = (operator: string, to: string): ReadonlyArray<Mutant> =>
      to === path ? [] : [of(operator, `${path} becomes ${to}`, "breaking", renamed(all, path, to))]
    return [
      of("path-removed", `${path} is gone`, "breaking", without(all, path)),
      ...called("path-renamed", path.replace(/^\/(\w+)/, "/$1_x")),
      ...called("path-prefixed", `/v2${path}`),
      ...called(
        "path-upper-cased",
        path.replace(/^\/(\w)/, (first) => first.toUpperCase())
      ),
      ...called("path-slashed", `${path}/`),
      ...called("path-deepened", `${path}/all`),
      ...called("path-parameter-fixed", path.replace(/\{[^}]*\}/, "one")),
      of("path-parameter-required", `a parameter of all of ${path} is required`, "breaking", {
        ...all,
        [path]: {
          ...(JsonNode.isRecord(item) ? item : {}),
          parameters: [
            ...(JsonNode.isRecord(item) && Array.isArray(item["parameters"]) ? item["parameters"] : []),
            { name: "brand_new", in: "query", required: true, schema: { type: "string" } }
          ]
        }
      }),
      of("path-added", `${path}/brand_new is new`, "drift", { ...all, [`${path}/brand_new`]: { get: bare } }),
      ...["get", "put", "delete", "patch"]
        .filter((method) => JsonNode.isRecord(item) && !(method in item))
        .slice(0, 2)
        .map((method): Mutant => ({
          kind: "operation",
          operator: `operation-added-${method}`,
          pointer: below(pointer, method),
          description: `${method} ${path} is new`,
          expected: "drift",
          patch: [add(below(pointer, method), bare)]
        }))
    ]
  })
}

const operationsOf = (operation: Document.Operation): ReadonlyArray<Mutant> => {
  const { node, path } = operation
  const item = below("/paths", path)
  const { pointer } = node
  const of = (operator: string, description: string, expected: Expected, patch: JsonPatch.JsonPatch): Mutant => ({
    kind: "operation",
    operator,
    pointer,
    description,
    expected,
    patch,
    operations: [operation.name]
  })
  const method = ["put", "patch", "delete"]
  return [
    of("operation-removed", `${operation.name} is gone`, "breaking", [remove(pointer)]),
    of("callback-added", `${operation.name} calls back`, "drift", [
      add(below(pointer, "callbacks"), { done: { "{$request.body#/url}": { post: bare } } })
    ]),
    ...method.map((to) =>
      of(`method-to-${to}`, `${operation.name} becomes ${to}`, "breaking", [
        remove(pointer),
        add(below(item, to), node.value)
      ])
    )
  ]
}

const parametersOf = (operation: Document.Operation): ReadonlyArray<Mutant> => {
  const list = JsonNode.child(operation.node, "parameters")
  const end = list === undefined ? undefined : below(list.pointer, Array.isArray(list.value) ? list.value.length : 0)
  const with_ = (parameter: Json) =>
    end === undefined ? [add(below(operation.node.pointer, "parameters"), [parameter])] : [add(end, parameter)]
  const of = (
    operator: string,
    pointer: string,
    description: string,
    expected: Expected,
    patch: JsonPatch.JsonPatch
  ): Mutant => ({ kind: "parameter", operator, pointer, description, expected, patch, operations: [operation.name] })
  const news = (["query", "header", "cookie"] as const).flatMap((place) => [
    of(
      `${place}-parameter-added`,
      operation.node.pointer,
      `there is a new ${place} parameter`,
      "drift",
      with_({ name: "brand_new", in: place, schema: { type: "string" } })
    ),
    of(
      `required-${place}-parameter-added`,
      operation.node.pointer,
      `there is a new ${place} parameter, and it is required`,
      "breaking",
      with_({ name: "brand_new", in: place, required: true, schema: { type: "string" } })
    )
  ])
  const versions = (["pattern", "const"] as const).map((keyword) =>
    of(
      `version-header-${keyword}`,
      operation.node.pointer,
      `the version header is of another version, by its ${keyword}`,
      "breaking",
      with_({
        name: "Intercom-Version",
        in: "header",
        schema: { type: "string", [keyword]: keyword === "const" ? "1.4" : "^1\\." }
      })
    )
  )
  const each = operation.parameters.flatMap(({ in: place, name, node, required, schema }): ReadonlyArray<Mutant> => {
    const { pointer } = node
    const { schema: written, ...rest } = JsonNode.record(node)
    const isText = schema !== undefined && NormalizedSchema.of([schema])?.kinds.has("string") === true
    const elsewhere = ["query", "header", "cookie"].filter((other) => other !== place)
    return [
      of("parameter-removed", pointer, `${place} parameter ${name} is gone`, "breaking", [remove(pointer)]),
      of("parameter-renamed", pointer, `${place} parameter ${name} is called ${name}_x`, "breaking", [
        replace(below(pointer, "name"), `${name}_x`)
      ]),
      of("parameter-upper-cased", pointer, `${place} parameter ${name} is written in capitals`, "breaking", [
        replace(below(pointer, "name"), name.toUpperCase())
      ]),
      ...(place === "query" && name === "page" && written !== undefined
        ? [
            of("pages-from-0", pointer, "pages are counted from 0", "breaking", [
              add(below(pointer, "schema"), { ...(JsonNode.isRecord(written) ? written : {}), default: 0 })
            ])
          ]
        : []),
      ...(place === "path"
        ? ["matrix", "label"].map((style) =>
            of(`parameter-style-${style}`, pointer, `path parameter ${name} is in style ${style}`, "breaking", [
              add(below(pointer, "style"), style)
            ])
          )
        : []),
      ...(written === undefined || place !== "query"
        ? []
        : [
            of("parameter-as-json", pointer, `query parameter ${name} is JSON`, isText ? "breaking" : "changed", [
              replace(pointer, { ...rest, content: { "application/json": { schema: written } } })
            ])
          ]),
      ...elsewhere.map((other) =>
        of(`parameter-to-${other}`, pointer, `${place} parameter ${name} moves to ${other}`, "breaking", [
          replace(below(pointer, "in"), other)
        ])
      ),
      ...(required || place === "path"
        ? []
        : [
            of("parameter-required", pointer, `${place} parameter ${name} is required`, "breaking", [
              add(below(pointer, "required"), true)
            ])
          ])
    ]
  })
  return [...news, ...versions, ...each]
}

const bodiesOf = ({ body, name, node }: Document.Operation): ReadonlyArray<Mutant> => {
  const of = (
    kind: string,
    operator: string,
    pointer: string,
    description: string,
    expected: Expected,
    patch: JsonPatch.JsonPatch
  ): Mutant => ({ kind, operator, pointer, description, expected, patch, operations: [name] })
  if (body === undefined) {
    const at = below(node.pointer, "requestBody")
    const content = {
      "application/json": { schema: { type: "object", properties: { brand_new: { type: "string" } } } }
    }
    return [
      of("body", "body-added", at, "a body can be sent", "drift", [add(at, { content })]),
      of("body", "required-body-added", at, "a body must be sent", "breaking", [add(at, { content, required: true })])
    ]
  }
  const { pointer } = body.node
  const content = below(pointer, "content")
  const all = JsonNode.record(JsonNode.child(body.node, "content") ?? JsonNode.make({}))
  const [type] = Object.keys(all)
  const schema = Document.jsonOf(body.content)
  if (type === undefined) return []
  return [
    of("body", "body-removed", pointer, "no body can be sent", "breaking", [remove(pointer)]),
    ...(body.required
      ? [
          of("body", "body-optional", below(pointer, "required"), "the body may be left out", "drift", [
            replace(below(pointer, "required"), false)
          ]),
          of("body", "body-required-removed", below(pointer, "required"), "the body may be left out", "drift", [
            remove(below(pointer, "required"))
          ])
        ]
      : []),
    ...(schema === undefined
      ? []
      : [
          of("body", "body-listed", schema.pointer, "the body is an array of what it was", "breaking", [
            replace(schema.pointer, { type: "array", items: schema.value })
          ]),
          of("body", "body-wrapped", schema.pointer, "the body is wrapped in `data`", "breaking", [
            replace(schema.pointer, { type: "object", properties: { data: schema.value }, required: ["data"] })
          ]),
          of("body", "body-undescribed", schema.pointer, "the body has no schema", "drift", [remove(schema.pointer)])
        ]),
    ...[
      "application/xml",
      "application/x-www-form-urlencoded",
      "application/vnd.intercom+json",
      `${type}; version=2`
    ].map((to) =>
      of("content type", "request-type-changed", content, `${type} becomes ${to}`, "breaking", [
        replace(content, renamed(all, type, to))
      ])
    ),
    of("content type", "request-type-added", content, "another content type is taken", "drift", [
      add(below(content, "application/xml"), { schema: { type: "object" } })
    ])
  ]
}

const responsesOf = (operation: Document.Operation): ReadonlyArray<Mutant> => {
  const responses = JsonNode.child(operation.node, "responses")
  if (responses === undefined) return []
  const all = JsonNode.record(responses)
  const of = (
    kind: string,
    operator: string,
    pointer: string,
    description: string,
    expected: Expected,
    patch: JsonPatch.JsonPatch
  ): Mutant => ({ kind, operator, pointer, description, expected, patch, operations: [operation.name] })
  const added = ["201", "206", "410", "default"].filter((status) => !(status in all))
  const declared = operation.responses.flatMap((response): ReadonlyArray<Mutant> => {
    const { content, status } = response
    const success = Document.isSuccess(response)
    const at = below(responses.pointer, status)
    // Shared by operations, if it is a component.
    const { pointer: place } = response.node
    const written = JsonNode.record(response.node)
    const to = (next: string) =>
      next === status || next in all
        ? []
        : [
            of(
              "status",
              `status-to-${next}`,
              at,
              `${status} becomes ${next}`,
              success && next !== "default" ? "breaking" : "drift",
              [replace(responses.pointer, renamed(all, status, next))]
            )
          ]
    const json = [...content.keys()].find((type) => type.includes("json"))
    const types = JsonNode.record(JsonNode.child(response.node, "content") ?? JsonNode.make({}))
    const put = (next: { readonly [key: string]: Json }) => [replace(place, { ...written, ...next })]
    return [
      of("status", "status-removed", at, `${status} is gone`, success ? "breaking" : "drift", [remove(at)]),
      ...(success ? ["201", "204", "2XX", "default"].flatMap(to) : ["418"].flatMap(to)),
      ...(json === undefined
        ? success
          ? [
              of("body", "response-body-added", at, "the answer has a body", "drift", [
                replace(place, { ...written, content: { "application/json": { schema: { type: "object" } } } })
              ])
            ]
          : []
        : [
            of(
              success ? "body" : "error body",
              "response-body-removed",
              at,
              "the answer has no body",
              success ? "breaking" : "drift",
              [replace(place, without(written, "content"))]
            ),
            of(
              success ? "body" : "error body",
              "response-undescribed",
              at,
              "the body of the answer has no schema",
              success ? "breaking" : "drift",
              put({ content: { ...types, [json]: {} } })
            ),
            ...["text/html", "application/xml", "application/hal+json", `${json}; charset=iso-8859-1`].map((type) =>
              of(
                "content type",
                success ? "response-type-changed" : "error-type-changed",
                at,
                `${json} becomes ${type}`,
                success ? "breaking" : "drift",
                put({ content: renamed(types, json, type) })
              )
            ),
            of(
              "content type",
              "response-type-added",
              at,
              "another content type may come",
              "drift",
              put({ content: { ...types, "text/csv": { schema: { type: "string" } } } })
            ),
            ...(success
              ? []
              : [
                  of(
                    "error shape",
                    "error-replaced",
                    at,
                    "an error is an object with a message",
                    "breaking",
                    put({
                      content: {
                        ...types,
                        [json]: {
                          schema: { type: "object", properties: { message: { type: "string" } }, required: ["message"] }
                        }
                      }
                    })
                  ),
                  of(
                    "error shape",
                    "error-single",
                    at,
                    "an error is one entry of the list",
                    "breaking",
                    put({
                      content: {
                        ...types,
                        [json]: {
                          schema: {
                            type: "object",
                            properties: { code: { type: "string" }, message: { type: "string" } },
                            required: ["code"]
                          }
                        }
                      }
                    })
                  )
                ])
          ]),
      ...headersOf(operation, response)
    ]
  })
  return [
    ...declared,
    ...added.map((status) =>
      of("status", `status-added-${status}`, below(responses.pointer, status), `${status} is new`, "drift", [
        add(below(responses.pointer, status), { description: "new" })
      ])
    )
  ]
}

const headersOf = ({ name: operation }: Document.Operation, response: Document.Response): ReadonlyArray<Mutant> => {
  const { pointer: at } = response.node
  const written = JsonNode.record(response.node)
  const headers = JsonNode.record(JsonNode.child(response.node, "headers") ?? JsonNode.make({}))
  const of = (operator: string, description: string, next: { readonly [name: string]: Json }): Mutant => ({
    kind: "response header",
    operator,
    pointer: below(at, "headers"),
    description,
    expected: "drift",
    patch: [replace(at, { ...written, headers: next })],
    operations: [operation]
  })
  // Only where there are any: most documents describe none.
  if (Object.keys(headers).length === 0) return []
  return [
    ...Object.keys(headers).flatMap((name) => [
      of("header-removed", `${name} is gone`, without(headers, name)),
      of("header-renamed", `${name} is called ${name}-X`, renamed(headers, name, `${name}-X`))
    ]),
    of("header-added", "there is a new header", { ...headers, "X-Brand-New": { schema: { type: "string" } } })
  ]
}

// ---------------------------------------------------------------------------------------------------------------------
// security and servers
// ---------------------------------------------------------------------------------------------------------------------

const security = ({ operations, root }: Document.Document): ReadonlyArray<Mutant> => {
  const declared = JsonNode.child(root, "security")
  const schemes = JsonNode.record(JsonNode.follow(root, "components", "securitySchemes") ?? JsonNode.make({}))
  const [scheme] = Object.keys(schemes)
  if (scheme === undefined) return []
  const at = below("/components/securitySchemes", scheme)
  const of = (operator: string, pointer: string, expected: Expected, patch: JsonPatch.JsonPatch): Mutant => ({
    kind: "security",
    operator,
    pointer,
    description: operator.replaceAll("-", " "),
    expected,
    patch
  })
  const apiKey = { type: "apiKey", in: "header", name: "X-Api-Key" }
  const withKey = add("/components/securitySchemes/brandNew", apiKey)
  const whole =
    declared === undefined
      ? []
      : [
          of("security-removed", "/security", "drift", [remove("/security")]),
          of("security-emptied", "/security", "drift", [replace("/security", [])]),
          of("security-optional", "/security", "drift", [replace("/security", [{ [scheme]: [] }, {}])]),
          of("security-other", "/security", "breaking", [withKey, replace("/security", [{ brandNew: [] }])]),
          of("security-both", "/security", "breaking", [
            withKey,
            replace("/security", [{ [scheme]: [], brandNew: [] }])
          ]),
          of("security-either", "/security", "drift", [
            withKey,
            replace("/security", [{ [scheme]: [] }, { brandNew: [] }])
          ]),
          of("security-unknown", "/security", "breaking", [replace("/security", [{ nowhere: [] }])])
        ]
  return [
    ...whole,
    of("scheme-to-api-key", at, "breaking", [replace(at, apiKey)]),
    of("scheme-to-query-key", at, "breaking", [replace(at, { type: "apiKey", in: "query", name: "token" })]),
    of("scheme-to-basic", at, "breaking", [replace(at, { type: "http", scheme: "basic" })]),
    of("scheme-removed", at, "breaking", [remove(at)]),
    ...operations.flatMap(({ name, node }) => {
      const place = below(node.pointer, "security")
      return [
        { ...of("operation-security-none", place, "drift", [add(place, [])]), operations: [name] },
        {
          ...of("operation-security-optional", place, "drift", [add(place, [{}, { [scheme]: [] }])]),
          operations: [name]
        },
        {
          ...of("operation-security-scoped", place, "changed", [add(place, [{ [scheme]: ["write"] }])]),
          operations: [name]
        },
        {
          ...of("operation-security-other", place, "breaking", [withKey, add(place, [{ brandNew: [] }])]),
          operations: [name]
        }
      ]
    })
  ]
}

const servers = ({ operations, root }: Document.Document): ReadonlyArray<Mutant> => {
  const all = JsonNode.child(root, "servers")
  const list = Array.isArray(all?.value) ? all.value : []
  const of = (operator: string, pointer: string, expected: Expected, patch: JsonPatch.JsonPatch): Mutant => ({
    kind: "server",
    operator,
    pointer,
    description: operator.replaceAll("-", " "),
    expected,
    patch
  })
  const moved = [{ url: "https://api.example.com" }]
  return [
    ...list.flatMap((server, index): ReadonlyArray<Mutant> => {
      const at = below("/servers", index)
      const url = JsonNode.isRecord(server) ? String(server["url"]) : ""
      const become = (operator: string, to: string) => of(operator, at, "drift", [replace(below(at, "url"), to)])
      return [
        of("server-removed", at, "drift", [remove(at)]),
        become("server-renamed", url.replace("intercom", "intercom-x")),
        become("server-path-added", `${url}/v2`),
        become("server-plain", url.replace("https:", "http:"))
      ]
    }),
    ...(list.length === 0
      ? []
      : [
          of("servers-removed", "/servers", "drift", [remove("/servers")]),
          of("servers-replaced", "/servers", "breaking", [replace("/servers", moved)]),
          of("server-added", "/servers", "drift", [add("/servers/-", moved[0] ?? {})])
        ]),
    ...operations.map(({ name, node }) => ({
      ...of("operation-server", below(node.pointer, "servers"), "breaking", [
        add(below(node.pointer, "servers"), moved)
      ]),
      operations: [name]
    })),
    ...[...new Set(operations.map(({ path }) => path))].map((path) => {
      const at = below("/paths", path, "servers")
      return of("path-server", at, "breaking", [add(at, moved)])
    })
  ]
}

/** What a document is about, and what the API does by itself. */
const whole = (): ReadonlyArray<Mutant> => {
  const of = (operator: string, pointer: string, value: Json): Mutant => ({
    kind: "document",
    operator,
    pointer,
    description: operator.replaceAll("-", " "),
    expected: "drift",
    patch: [add(pointer, value)],
    operations: []
  })
  return [of("webhook-added", "/webhooks", { brandNew: { post: bare } }), of("version-changed", "/info/version", "1.4")]
}

// ---------------------------------------------------------------------------------------------------------------------
// nothing
// ---------------------------------------------------------------------------------------------------------------------

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

const neutralSchemas = (site: MutationSites.Site): ReadonlyArray<Mutant> => {
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

const neutralReferences = (
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

const neutralOperations = (document: Document.Document): ReadonlyArray<Mutant> =>
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

const neutralWhole = ({ root }: Document.Document): ReadonlyArray<Mutant> => {
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

// ---------------------------------------------------------------------------------------------------------------------
// all
// ---------------------------------------------------------------------------------------------------------------------

/** Every mutant of a document, in an order that does not change. */
export const all = (root: Json): ReadonlyArray<Mutant> => {
  const document = Document.make(root)
  const sites = MutationSites.schemas(document)
  const { operations } = document
  const mutants = [
    ...paths(document),
    ...operations.flatMap(operationsOf),
    ...operations.flatMap(parametersOf),
    ...operations.flatMap(bodiesOf),
    ...operations.flatMap(responsesOf),
    ...operations.flatMap(envelopes),
    ...sites.flatMap(ofSchema),
    ...references(document, sites),
    ...security(document),
    ...servers(document),
    ...whole(),
    ...sites.flatMap(neutralSchemas),
    ...neutralReferences(document, sites),
    ...neutralOperations(document),
    ...neutralWhole(document)
  ]
  // What operations share is changed once.
  const shared = new Map<string, Mutant>()
  for (const mutant of mutants) {
    const key = JSON.stringify([mutant.operator, mutant.patch])
    const known = shared.get(key)
    shared.set(
      key,
      known?.operations === undefined || mutant.operations === undefined
        ? mutant
        : { ...known, operations: [...new Set([...known.operations, ...mutant.operations])] }
    )
  }
  return [...shared.values()]
}
