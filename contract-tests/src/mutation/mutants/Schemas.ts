/** Changes of schemas: types, bounds, fields, alternatives. */
import * as JsonNode from "../../schema/JsonNode.ts"
import * as MutationSites from "../MutationSites.ts"
import {
  type Draft,
  type Expected,
  type Json,
  type Mutant,
  type Witness,
  add,
  below,
  remove,
  renamed,
  replace,
  without
} from "./Mutant.ts"

export const isSent = ({ uses }: MutationSites.Site) => uses.has("request") || uses.has("parameter")
const isReceived = ({ uses }: MutationSites.Site) => uses.has("response") || uses.has("error")

/** What a change comes to that lets more values pass, or fewer. */
const wider = (site: MutationSites.Site): Expected => (isReceived(site) ? "widened" : "drift")
const narrower = (site: MutationSites.Site): Expected => (isSent(site) ? "breaking" : "changed")
/** Some more, some fewer. */
const other = (site: MutationSites.Site): Expected =>
  isSent(site) ? "breaking" : isReceived(site) ? "widened" : "drift"

export const typesOf = (schema: { readonly [key: string]: Json }): ReadonlyArray<string> =>
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
export const ofSchema = (site: MutationSites.Site): ReadonlyArray<Mutant> => {
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
