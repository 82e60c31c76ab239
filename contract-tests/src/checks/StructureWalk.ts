/** Two schemas, walked together field by field: a value that is sent, and one that is received. */
import type { Finding } from "../report/Divergence.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import { below, found, type Place } from "./StructurePlace.ts"
import { bounds, encoded, enumFindings, isOpen, rules, typeFindings, unsent, wider } from "./StructureRules.ts"

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
export const request = (sides: Sides, place: Place): ReadonlyArray<Finding> => {
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

/** The first items of a list, where the document describes each by itself. */
const leading = ({ node }: NormalizedSchema.Shape): ReadonlyArray<JsonNode.Node> => {
  const items = JsonNode.child(node, "prefixItems")
  return items === undefined ? [] : JsonNode.children(items).map(([, item]) => item)
}

/** What the document lets come against what the client takes. */
export const response = (sides: Sides, place: Place): ReadonlyArray<Finding> => {
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
