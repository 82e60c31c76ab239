/** The schemas of both sides, compared field by field, without sampling. */
import type * as Schema from "effect/Schema"
import { IntercomConfig } from "@effect-intercom/core"
import { directed, distinct, key, type Divergence, type Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import { divergence, type Pair, type Shape } from "../subject/Subject.ts"
import * as Validator from "../schema/Validator.ts"

interface Place {
  /** How a program would write it: `data[].email`. */
  readonly path: string
  readonly depth: number
  /** How often both sides were compared already, by what they are. */
  readonly seen: Map<string, number>
}

interface Sides {
  readonly client: ReadonlyArray<JsonNode.Node>
  readonly document: ReadonlyArray<JsonNode.Node>
}

// Schemas may contain themselves, and each other: a schema is looked at in the first few places it is used in.
const deepest = 12
const mostOften = 6

const isTired = ({ client, document }: Sides, { depth, seen }: Place): boolean => {
  const key = [client, document]
    .map((nodes) => nodes.map((node) => (JsonNode.resolve(node) ?? node).pointer).join(" "))
    .join(" | ")
  const times = (seen.get(key) ?? 0) + 1
  seen.set(key, times)
  return depth > deepest || times > mostOften
}

const top = (path: string): Place => ({ path, depth: 0, seen: new Map() })

const below = ({ depth, path, seen }: Place, step: string): Place => ({
  depth: depth + 1,
  seen,
  path: path === "" ? step.replace(/^\./, "") : path + step
})

const found = (
  node: JsonNode.Node,
  keys: ReadonlyArray<string>,
  severity: Finding["class"],
  place: Place,
  message: string
): Finding => ({
  class: severity,
  pointer: JsonNode.below(node.pointer, ...keys),
  through: node.through,
  message: `${place.path === "" ? "the body" : place.path}: ${message}`
})

const list = (values: Iterable<unknown>): string => [...new Set(values)].map(String).join(" or ")

/** What a sender may send and a receiver does not take. `keyword` is where the document says so. */
const kinds = (sender: NormalizedSchema.Shape, receiver: NormalizedSchema.Shape) =>
  [...sender.kinds].filter((kind) => !NormalizedSchema.includes(receiver.kinds, kind))

/** Of a schema without a type, only what it says counts. */
const isOpen = (shape: NormalizedSchema.Shape) => !shape.typed && shape.fields.size === 0 && shape.values === undefined

const typeFindings = (
  sender: NormalizedSchema.Shape,
  receiver: NormalizedSchema.Shape,
  at: JsonNode.Node,
  place: Place,
  words: { readonly sender: string; readonly receiver: string }
): ReadonlyArray<Finding> => {
  if (isOpen(receiver)) return []
  const refused = kinds(sender, receiver)
  const others = refused.filter((kind) => kind !== "null")
  if (isOpen(sender)) {
    return refused.length === 0
      ? []
      : [
          found(
            at,
            ["type"],
            "breaking",
            place,
            `${words.sender} may be anything, ${words.receiver} is ${list(receiver.kinds)}`
          )
        ]
  }
  return [
    ...(refused.includes("null")
      ? [found(at, ["type"], "breaking", place, `${words.sender} may be null, ${words.receiver} may not`)]
      : []),
    ...(others.length > 0
      ? [
          found(
            at,
            ["type"],
            "breaking",
            place,
            `${words.sender} may be ${list(others)}, ${words.receiver} is ${list(receiver.kinds)}`
          )
        ]
      : [])
  ]
}

const enumFindings = (
  sender: NormalizedSchema.Shape,
  receiver: NormalizedSchema.Shape,
  at: JsonNode.Node,
  place: Place,
  words: { readonly sender: string; readonly receiver: string }
): ReadonlyArray<Finding> => {
  const { values } = receiver
  if (values === undefined) {
    return [...receiver.choices].flatMap(([kind, choices]) => {
      if (isOpen(sender) || !sender.kinds.has(kind)) return []
      const sent = sender.choices.get(kind)
      if (sent?.every((value) => choices.includes(value)) === true) return []
      const only = list(choices.map((value) => JSON.stringify(value)))
      return [found(at, ["enum"], "breaking", place, `${words.receiver}, where it is a ${kind}, is ${only} only`)]
    })
  }
  if (sender.values === undefined) {
    return isOpen(sender)
      ? []
      : [
          found(
            at,
            ["enum"],
            "breaking",
            place,
            `${words.receiver} is ${list(values.map((value) => JSON.stringify(value)))} only`
          )
        ]
  }
  const refused = sender.values.filter((value: Schema.Json) => !values.includes(value))
  return refused.length === 0
    ? []
    : [
        found(
          at,
          ["enum"],
          "breaking",
          place,
          `${words.receiver} does not take ${list(refused.map((value) => JSON.stringify(value)))}`
        )
      ]
}

/** A field that is only required, and not described, is as good as unknown. */
const described = (shape: NormalizedSchema.Shape, name: string): NormalizedSchema.Field | undefined => {
  const field = shape.fields.get(name)
  return field === undefined || field.nodes.length === 0 ? undefined : field
}

/** A schema of which nothing is said, where one would be. */
const unsaid = (at: JsonNode.Node, keyword: string): JsonNode.Node => ({
  ...at,
  pointer: JsonNode.below(at.pointer, keyword),
  value: {}
})

/** A field of an answer: one that is only written never comes. */
const read = (shape: NormalizedSchema.Shape, name: string): NormalizedSchema.Field | undefined => {
  const field = described(shape, name)
  const never = field?.nodes.every(({ value }) => value === false)
  return field && (never || NormalizedSchema.of(field.nodes)?.rules.get("writeOnly") === true) ? undefined : field
}

/** What a document says of a field it does not name: by a pattern, or for all further ones. */
const unnamed = ({ additional, node }: NormalizedSchema.Shape, name: string): ReadonlyArray<JsonNode.Node> => {
  const patterns = JsonNode.child(node, "patternProperties")
  const fitting = (patterns === undefined ? [] : JsonNode.children(patterns)).filter(([pattern]) =>
    new RegExp(pattern, "u").test(name)
  )
  return fitting.length > 0 ? fitting.map(([, schema]) => schema) : additional ? [additional] : []
}

/** The items of both sides, where both may be arrays. */
const itemsOf = (client: NormalizedSchema.Shape, document: NormalizedSchema.Shape): Sides => {
  const both = client.kinds.has("array") && document.kinds.has("array") && client.typed && document.typed
  if (!both) return { client: client.items, document: document.items }
  return {
    client: client.items.length > 0 ? client.items : [unsaid(client.node, "items")],
    document: document.items.length > 0 ? document.items : [unsaid(document.node, "items")]
  }
}

/** What the document takes and the client cannot send: null, or values of another type. */
const wider = (
  client: NormalizedSchema.Shape,
  document: NormalizedSchema.Shape,
  at: JsonNode.Node,
  place: Place
): ReadonlyArray<Finding> => {
  if (isOpen(client)) return []
  if (isOpen(document)) {
    return [...kinds(document, client)].length === 0
      ? []
      : [
          found(
            at,
            ["type"],
            "drift",
            place,
            `the document takes anything, the client's value is ${list(client.kinds)}`
          )
        ]
  }
  const more = document.typed ? kinds(document, client) : []
  const values = document.values?.filter((value) => client.values !== undefined && !client.values.includes(value)) ?? []
  return [
    ...(more.length === 0
      ? []
      : [found(at, ["type"], "drift", place, `the document takes ${list(more)}, the client cannot send it`)]),
    ...(values.length === 0
      ? []
      : [
          found(
            at,
            ["enum"],
            "drift",
            place,
            `the document takes ${list(values.map((value) => JSON.stringify(value)))}, the client cannot send it`
          )
        ])
  ]
}

const namesOf = ({ fields }: NormalizedSchema.Shape): string => [...fields.keys()].toSorted().join(" ")

/**
 * The objects of both sides that have the same fields, where there are several kinds of objects. Taken together, a field
 * of one hides behind the field of that name in another.
 */
const apart = ({
  client,
  document
}: Sides): ReadonlyArray<readonly [client: NormalizedSchema.Shape, document: NormalizedSchema.Shape]> => {
  const ours = NormalizedSchema.objects(client)
  const theirs = ours.length < 2 ? [] : NormalizedSchema.objects(document)
  if (theirs.length < 2) return []
  return theirs.flatMap((one) => {
    const same = (other: NormalizedSchema.Shape) => namesOf(other) === namesOf(one)
    const [match, ...others] = ours.filter(same)
    return match === undefined || others.length > 0 || theirs.filter(same).length > 1 ? [] : [[match, one] as const]
  })
}

/** What the client sends against what the document takes. */
const request = (sides: Sides, place: Place): ReadonlyArray<Finding> => {
  const client = NormalizedSchema.of(sides.client)
  const document = NormalizedSchema.of(sides.document)
  const [at] = sides.document
  if (client === undefined || document === undefined || at === undefined || isTired(sides, place)) return []
  const words = { sender: "the client's value", receiver: "the document's" }
  return [
    ...typeFindings(client, document, at, place, words),
    ...wider(client, document, at, place),
    ...enumFindings(client, document, at, place, words),
    ...bounds(client, document, at, place, "the client does not keep to the document's"),
    ...rules(client, document, at, place, "the client does not keep to the document's"),
    ...unsent(document, at, place),
    ...requestFields(client, document, place),
    ...apart(sides).flatMap(([ours, theirs]) => requestFields(ours, theirs, place)),
    ...further(client, document, place),
    ...request(itemsOf(client, document), below(place, "[]"))
  ]
}

/** What the document takes a value for that is left out. */
const unsent = ({ otherwise }: NormalizedSchema.Shape, at: JsonNode.Node, place: Place): ReadonlyArray<Finding> =>
  otherwise === undefined
    ? []
    : [found(at, ["default"], "note", place, `left out, the document takes it for ${JSON.stringify(otherwise)}`)]

/** Properties nobody named: what the client sends under them, and what the document takes. */
const further = (
  client: NormalizedSchema.Shape,
  document: NormalizedSchema.Shape,
  place: Place
): ReadonlyArray<Finding> => {
  const maps = client.additional !== false && client.kinds.has("object") && !isOpen(client)
  if (!maps || document.additional === undefined || (client.additional === undefined && client.fields.size > 0))
    return []
  if (document.additional === false) {
    return [
      found(
        document.node,
        ["additionalProperties"],
        "breaking",
        place,
        "the client sends any property, the document takes none"
      )
    ]
  }
  const sent = client.additional ?? unsaid(client.node, "additionalProperties")
  return request({ client: [sent], document: [document.additional] }, below(place, ".*"))
}

const limits = [
  ["minimum", (client: number, document: number) => client < document],
  ["maximum", (client: number, document: number) => client > document],
  ["minLength", (client: number, document: number) => client < document],
  ["maxLength", (client: number, document: number) => client > document],
  ["minItems", (client: number, document: number) => client < document],
  ["maxItems", (client: number, document: number) => client > document]
] as const

/** Bounds of a receiver the sender does not keep. */
const bounds = (
  sender: NormalizedSchema.Shape,
  receiver: NormalizedSchema.Shape,
  at: JsonNode.Node,
  place: Place,
  words: string
): ReadonlyArray<Finding> =>
  limits
    // Beyond are the numbers JSON does not keep.
    .filter(([keyword]) => Math.abs(receiver[keyword]) < Number.MAX_SAFE_INTEGER)
    .filter(([keyword, exceeds]) =>
      sender.values === undefined
        ? exceeds(sender[keyword], receiver[keyword])
        : !sender.values.every((value) => Validator.obeys(value, keyword, receiver[keyword]))
    )
    .map(([keyword]) => found(at, [keyword], "breaking", place, `${words} ${keyword} of ${receiver[keyword]}`))

/** Whether all numbers of a sender are multiples of a number, as all integers are of one half. */
const isMultiple = ({ kinds, rules }: NormalizedSchema.Shape, of: number): boolean => {
  const own = rules.get("multipleOf")
  const step = typeof own === "number" ? own : kinds.has("number") ? undefined : 1
  return step !== undefined && Number.isInteger(step / of)
}

/** Whether a sender keeps a rule without saying it. */
const keeps = (sender: NormalizedSchema.Shape, keyword: string, value: Schema.Json): boolean => {
  if (JSON.stringify(sender.rules.get(keyword)) === JSON.stringify(value)) return true
  if (sender.values !== undefined && keyword !== "readOnly") {
    return sender.values.every((one) => Validator.obeys(one, keyword, value))
  }
  switch (keyword) {
    case "multipleOf":
      return isMultiple(sender, Number(value))
    case "exclusiveMinimum":
      return sender.minimum > Number(value)
    case "exclusiveMaximum":
      return sender.maximum < Number(value)
    case "minProperties":
      return sender.required.size >= Number(value)
    case "maxProperties":
      return sender.additional === false && sender.fields.size <= Number(value)
    case "uniqueItems":
      return sender.maxItems <= 1
    case "writeOnly":
      return true
    default:
      return false
  }
}

// What tells a program how to read a text, and forbids none.
const encodings = ["contentEncoding", "contentMediaType", "contentSchema"]

/** How grave it is not to keep a rule: some only tell what is meant. */
const gravity = (keyword: string, value: Schema.Json): Finding["class"] =>
  // Whether a value can be of two alternatives is for samples to tell.
  keyword === "oneOf"
    ? "note"
    : keyword === "readOnly" || encodings.includes(keyword) || (keyword === "format" && !Validator.knowsFormat(value))
      ? "drift"
      : "breaking"

/** Rules of a receiver the sender does not keep. */
const rules = (
  sender: NormalizedSchema.Shape,
  receiver: NormalizedSchema.Shape,
  at: JsonNode.Node,
  place: Place,
  words: string
): ReadonlyArray<Finding> =>
  [...receiver.rules]
    .filter(([keyword, value]) => [...sender.kinds].some((kind) => NormalizedSchema.concerns(keyword, value, kind)))
    .filter(([keyword, value]) => !keeps(sender, keyword, value))
    .map(([keyword, value]) =>
      found(at, [keyword], gravity(keyword, value), place, `${words} ${keyword} of ${JSON.stringify(value)}`)
    )

const requestFields = (
  client: NormalizedSchema.Shape,
  document: NormalizedSchema.Shape,
  place: Place
): ReadonlyArray<Finding> => {
  if (!client.kinds.has("object") || !document.kinds.has("object") || isOpen(client)) return []
  const open = document.fields.size === 0 && document.additional !== false
  const sent = [...client.fields].flatMap(([name, field]) => {
    const known = described(document, name)
    const at = below(place, `.${name}`)
    if (known === undefined) {
      return open
        ? [
            found(
              document.node,
              ["properties", name],
              "drift",
              at,
              "the client knows this field of what the document leaves open"
            )
          ]
        : [
            found(
              document.node,
              ["properties", name],
              "breaking",
              at,
              "the client sends it, the document does not know it"
            )
          ]
    }
    return [
      ...(known.required && !field.required
        ? [found(document.node, ["required"], "breaking", at, "the document requires it, the client does not")]
        : []),
      ...(field.required && !known.required
        ? [found(document.node, ["required"], "note", at, "the client requires it, the document does not")]
        : []),
      ...request({ client: field.nodes, document: known.nodes }, at)
    ]
  })
  const unknown = [...document.fields]
    .filter(([name]) => !client.fields.has(name))
    .map(([name, { required }]) =>
      found(
        document.node,
        required ? ["required"] : ["properties", name],
        required ? "breaking" : "drift",
        below(place, `.${name}`),
        required
          ? "the document requires it, the client cannot send it"
          : "the document takes it, the client cannot send it"
      )
    )
  return [...sent, ...unknown]
}

const said = (value: Schema.Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value))

/** How the document writes what it sends as text, and the client does not know to read. */
const encoded = (client: NormalizedSchema.Shape, document: NormalizedSchema.Shape, at: JsonNode.Node, place: Place) =>
  encodings
    .filter((keyword) => document.rules.has(keyword) && !client.rules.has(keyword))
    .map((keyword) =>
      found(at, [keyword], "drift", place, `the document's ${keyword} is ${said(document.rules.get(keyword))}`)
    )

/** The first items of a list, where the document describes each by itself. */
const leading = ({ node }: NormalizedSchema.Shape): ReadonlyArray<JsonNode.Node> => {
  const items = JsonNode.child(node, "prefixItems")
  return items === undefined ? [] : JsonNode.children(items).map(([, item]) => item)
}

/** What the document lets come against what the client takes. */
const response = (sides: Sides, place: Place): ReadonlyArray<Finding> => {
  const client = NormalizedSchema.of(sides.client)
  const document = NormalizedSchema.of(sides.document)
  const [at] = sides.document
  if (client === undefined || document === undefined || at === undefined || isTired(sides, place)) return []
  const words = { sender: "the document's value", receiver: "the client's" }
  return [
    ...typeFindings(document, client, at, place, words),
    ...enumFindings(document, client, at, place, words),
    ...bounds(document, client, at, place, "the document does not keep to the client's"),
    ...rules(document, client, at, place, "the document does not keep to the client's"),
    ...encoded(client, document, at, place),
    ...responseFields(client, document, place),
    ...apart(sides).flatMap(([ours, theirs]) => responseFields(ours, theirs, place)),
    ...leading(document).flatMap((item) => response({ client: client.items, document: [item] }, below(place, "[]"))),
    ...(client.additional && document.additional
      ? response({ client: [client.additional], document: [document.additional] }, below(place, ".*"))
      : []),
    ...response(itemsOf(client, document), below(place, "[]"))
  ]
}

const responseFields = (
  client: NormalizedSchema.Shape,
  document: NormalizedSchema.Shape,
  place: Place
): ReadonlyArray<Finding> => {
  if (!document.kinds.has("object") || !client.kinds.has("object")) return []
  const expected = [...client.fields].flatMap(([name, field]) => {
    const known = read(document, name)
    const at = below(place, `.${name}`)
    const otherwise = unnamed(document, name)
    if (known === undefined && field.required && otherwise.length === 0) {
      return [
        found(
          document.node,
          ["properties", name],
          "breaking",
          at,
          "the client demands it, the document does not have it"
        )
      ]
    }
    const promised =
      field.required && !document.required.has(name)
        ? [
            found(
              document.node,
              ["required"],
              "breaking",
              at,
              "the client demands it, the document does not promise it"
            )
          ]
        : []
    if (known === undefined) {
      if (otherwise.length > 0) return [...promised, ...response({ client: field.nodes, document: otherwise }, at)]
      return [found(document.node, ["properties", name], "drift", at, "the client knows it, the document does not")]
    }
    return [...promised, ...response({ client: field.nodes, document: known.nodes }, at)]
  })
  const unknown = [...document.fields]
    .filter(([name]) => !client.fields.has(name))
    .map(([name]) =>
      found(
        document.node,
        ["properties", name],
        "drift",
        below(place, `.${name}`),
        "the document has it, the client does not know it"
      )
    )
  return [...expected, ...unknown]
}

/** Which of the document's parameters is one of the client's: those of a path by their place, whatever they are called. */
const counterpart = (
  { client, operation }: Pair,
  where: "path" | "query",
  name: string
): Document.Parameter | undefined => {
  const index = where === "path" ? Document.parametersIn(client.path).indexOf(name) : -1
  const called = index < 0 ? name : Document.parametersIn(operation.path)[index]
  return operation.parameters.find((parameter) => parameter.in === where && parameter.name === called)
}

// What the client sends whatever is called, or the standard takes for granted.
const sentHeaders = new Set([...Document.ownHeaders, "intercom-version"])

/** The keyword by which a schema refuses a text; `undefined` when it takes it. */
const refusedBy = (schema: JsonNode.Node, value: string): string | undefined => {
  const shape = NormalizedSchema.of([schema])
  if (shape === undefined || !shape.kinds.has("string")) return "type"
  if (shape.values !== undefined) return shape.values.includes(value) ? undefined : "enum"
  const limit = (["minLength", "maxLength"] as const).find(
    (keyword) => Number.isFinite(shape[keyword]) && !Validator.obeys(value, keyword, shape[keyword])
  )
  return limit ?? [...shape.rules].find(([keyword, rule]) => !Validator.obeys(value, keyword, rule))?.[0]
}

/** Headers and cookies the document has and no call of the client makes. */
const headerParameters = ({ operation }: Pair): ReadonlyArray<Finding> =>
  operation.parameters.flatMap(({ in: where, name, node, required, schema }) => {
    if (where !== "header" && where !== "cookie") return []
    const at = below(top(`${where} parameter`), ` ${name}`)
    if (where === "header" && sentHeaders.has(name.toLowerCase())) {
      const versioned = name.toLowerCase() === "intercom-version" && schema !== undefined
      const refused = versioned ? refusedBy(schema, IntercomConfig.defaultVersion) : undefined
      return refused === undefined
        ? []
        : [
            found(
              schema ?? node,
              [refused],
              "breaking",
              at,
              `the client sends ${IntercomConfig.defaultVersion}, the document does not take it`
            )
          ]
    }
    return [
      required
        ? found(node, [], "breaking", at, "the document requires it, the client cannot send it")
        : found(node, [], "drift", at, "the document takes it, the client cannot send it")
    ]
  })

/** Parameters of a path the document does not declare. */
const undeclared = ({ operation }: Pair): ReadonlyArray<Finding> =>
  Document.parametersIn(operation.path)
    .filter((name) => !operation.parameters.some((parameter) => parameter.in === "path" && parameter.name === name))
    .map((name) =>
      found(
        operation.node,
        ["parameters"],
        "breaking",
        top(`path parameter ${name}`),
        "the path has it, the document does not declare it"
      )
    )

/** How the document wants a parameter to be written into the URL, and the client does not write it. */
const written = (
  { in: where, node, part }: Document.Parameter,
  field: NormalizedSchema.Field,
  at: Place
): ReadonlyArray<Finding> => {
  // A part of an object is written as the object says; the operation has it under the name it gets.
  if (part !== undefined) return []
  const { explode, style } = JsonNode.record(node)
  const kinds = NormalizedSchema.of(field.nodes)?.kinds ?? new Set()
  const isList = kinds.has("array") || kinds.has("object")
  const own = where === "path" ? "simple" : "form"
  const other = style !== undefined && style !== own && (where === "path" || isList)
  const types = [...Document.contentOf(node).keys()]
  return [
    ...(other
      ? [found(node, ["style"], "breaking", at, `the document has it in style ${String(style)}, the client in ${own}`)]
      : []),
    ...(explode === false && isList && where === "query"
      ? [found(node, ["explode"], "breaking", at, "the document has it as one text, the client repeats it")]
      : []),
    // Numbers and booleans are the same in JSON.
    ...(types.length > 0 && [...kinds].some((kind) => kind === "string")
      ? [found(node, ["content"], "breaking", at, `the document has it as ${list(types)}, the client as plain text`)]
      : [])
  ]
}

/** Where the document counts pages from; the client counts them from 1. */
const counted = ({ in: where, name, node, schema }: Document.Parameter, at: Place): ReadonlyArray<Finding> => {
  const shape = schema && NormalizedSchema.of([schema])
  if (where !== "query" || name !== "page" || shape === undefined || !shape.kinds.has("integer")) return []
  const message = "the document counts pages from 0, the client from 1"
  if (shape.otherwise === 0) return [found(schema ?? node, ["default"], "breaking", at, message)]
  return shape.minimum === 0 ? [found(schema ?? node, ["minimum"], "drift", at, message)] : []
}

const lacksNumbers =
  /: the document takes (integer|number|boolean)((, | or )(integer|number|boolean))*, the client cannot send it$/

/** In a URL everything is text: who sends texts sends numbers, too. */
const asText = (field: NormalizedSchema.Field, findings: ReadonlyArray<Finding>): ReadonlyArray<Finding> =>
  NormalizedSchema.of(field.nodes)?.kinds.has("string") === true
    ? findings.filter(({ message }) => !lacksNumbers.test(message))
    : findings

const parameters = (pair: Pair): ReadonlyArray<Finding> =>
  (["path", "query"] as const).flatMap((where) => {
    const { client, operation } = pair
    const part = where === "path" ? client.params : client.query
    const fields =
      part === undefined
        ? new Map<string, NormalizedSchema.Field>()
        : (NormalizedSchema.of([part.node])?.fields ?? new Map<string, NormalizedSchema.Field>())
    const declared = operation.parameters.filter((parameter) => parameter.in === where)
    const place = top(`${where} parameter`)
    const sent = [...fields].flatMap(([name, field]) => {
      const at = below(place, ` ${name}`)
      const known = counterpart(pair, where, name)
      if (known === undefined) {
        return [
          found(operation.node, ["parameters"], "breaking", at, "the client sends it, the document does not know it")
        ]
      }
      return [
        ...(known.required && !field.required
          ? [found(known.node, ["required"], "breaking", at, "the document requires it, the client does not")]
          : []),
        ...(field.required && !known.required
          ? [found(known.node, ["required"], "note", at, "the client requires it, the document does not")]
          : []),
        ...written(known, field, at),
        ...counted(known, at),
        ...(known.schema === undefined
          ? []
          : asText(field, request({ client: field.nodes, document: [known.schema] }, at)))
      ]
    })
    const unknown = declared
      .filter((parameter) => ![...fields.keys()].some((name) => counterpart(pair, where, name) === parameter))
      .map(({ name, node, required }) =>
        found(
          node,
          [],
          required ? "breaking" : "drift",
          below(place, ` ${name}`),
          required
            ? "the document requires it, the client cannot send it"
            : "the document takes it, the client cannot send it"
        )
      )
    return [...sent, ...unknown]
  })

const bodies = ({ beside, client, operation }: Pair): ReadonlyArray<Finding> => {
  const schema = operation.body && Document.jsonOf(operation.body.content)
  if (schema === undefined) return []
  const of = ({ payload }: Pair["client"]) =>
    payload === undefined ? [] : request({ client: [payload.node], document: [schema] }, top(""))
  // What one method cannot send another may.
  const others = beside.map((other) => new Set(of(other).map(key)))
  return of(client).filter((finding) => finding.class !== "drift" || others.every((unsent) => unsent.has(key(finding))))
}

const answers = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  Document.successes(operation).flatMap(({ content }) => {
    const schema = Document.jsonOf(content)
    if (client.success === undefined || schema === undefined) return []
    return response({ client: [client.success.node], document: [schema] }, top(""))
  })

/** Error bodies: what the document lets come against what the client declares for the status. */
const errors = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  operation.responses.flatMap(({ content, status }) => {
    const schema = Document.jsonOf(content)
    const [, declared] = [...client.errorBodies].find(([known]) => Document.covers(status, known)) ?? []
    if (schema === undefined || declared === undefined) return []
    return (
      response({ client: [declared.node], document: [schema] }, top(""))
        // The tag is the program's: errors are told apart by it, and it is never sent.
        .filter(({ pointer }) => !pointer.endsWith("/properties/_tag"))
        .map((finding) => ({
          ...finding,
          // The client reads errors whatever they call themselves.
          class: finding.pointer.endsWith("/type/enum") ? "drift" : finding.class,
          message: `error ${finding.message}`
        }))
    )
  })

const sent = (pair: Pair): ReadonlyArray<Finding> => [
  ...parameters(pair),
  ...headerParameters(pair),
  ...undeclared(pair),
  ...bodies(pair)
]

/** Compares parameters, request body, answers and error bodies of an operation. */
export const check = (subject: Pick<Shape, "document">, pair: Pair): ReadonlyArray<Divergence> =>
  [
    ...directed("request", distinct(sent(pair))),
    ...directed("response", distinct(answers(pair))),
    ...directed("error", distinct(errors(pair)))
  ].map((finding) => divergence(subject, pair, finding.direction, finding))
