/** The schemas of both sides, compared field by field, without sampling. */
import type * as Schema from "effect/Schema"
import { distinct, type Divergence, type Finding } from "./Divergence.ts"
import * as Document from "./Document.ts"
import * as Node from "./Node.ts"
import * as ShapeOf from "./Shape.ts"
import { divergence, type Pair, type Shape } from "./Subject.ts"

interface Place {
  /** How a program would write it: `data[].email`. */
  readonly path: string
  readonly depth: number
}

interface Sides {
  readonly client: ReadonlyArray<Node.Node>
  readonly document: ReadonlyArray<Node.Node>
}

// Schemas may contain themselves.
const deepest = 12

const below = ({ depth, path }: Place, step: string): Place => ({
  depth: depth + 1,
  path: path === "" ? step.replace(/^\./, "") : path + step
})

const found = (
  node: Node.Node,
  keys: ReadonlyArray<string>,
  severity: Finding["class"],
  place: Place,
  message: string
): Finding => ({
  class: severity,
  pointer: Node.below(node.pointer, ...keys),
  through: node.through,
  message: `${place.path === "" ? "the body" : place.path}: ${message}`
})

const list = (values: Iterable<unknown>): string => [...new Set(values)].map(String).join(" or ")

/** What a sender may send and a receiver does not take. `keyword` is where the document says so. */
const kinds = (sender: ShapeOf.Shape, receiver: ShapeOf.Shape) =>
  [...sender.kinds].filter((kind) => !ShapeOf.includes(receiver.kinds, kind))

/** Of a schema without a type, only what it says counts. */
const isOpen = (shape: ShapeOf.Shape) => !shape.typed && shape.fields.size === 0 && shape.values === undefined

const typeFindings = (
  sender: ShapeOf.Shape,
  receiver: ShapeOf.Shape,
  at: Node.Node,
  place: Place,
  words: { readonly sender: string; readonly receiver: string }
): ReadonlyArray<Finding> => {
  if (isOpen(receiver) || isOpen(sender)) return []
  const refused = kinds(sender, receiver)
  const others = refused.filter((kind) => kind !== "null")
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
  sender: ShapeOf.Shape,
  receiver: ShapeOf.Shape,
  at: Node.Node,
  place: Place,
  words: { readonly sender: string; readonly receiver: string }
): ReadonlyArray<Finding> => {
  const { values } = receiver
  if (values === undefined) return []
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
const described = (shape: ShapeOf.Shape, name: string): ShapeOf.Field | undefined => {
  const field = shape.fields.get(name)
  return field === undefined || field.nodes.length === 0 ? undefined : field
}

/** What the client sends against what the document takes. */
const request = (sides: Sides, place: Place): ReadonlyArray<Finding> => {
  const client = ShapeOf.of(sides.client)
  const document = ShapeOf.of(sides.document)
  const [at] = sides.document
  if (client === undefined || document === undefined || at === undefined || place.depth > deepest) return []
  const words = { sender: "the client's value", receiver: "the document's" }
  return [
    ...typeFindings(client, document, at, place, words),
    ...enumFindings(client, document, at, place, words),
    ...bounds(client, document, at, place),
    ...requestFields(client, document, place),
    ...request({ client: client.items, document: document.items }, below(place, "[]"))
  ]
}

const limits = [
  ["minimum", (client: number, document: number) => client < document],
  ["maximum", (client: number, document: number) => client > document],
  ["minLength", (client: number, document: number) => client < document],
  ["maxLength", (client: number, document: number) => client > document],
  ["minItems", (client: number, document: number) => client < document],
  ["maxItems", (client: number, document: number) => client > document]
] as const

const bounds = (client: ShapeOf.Shape, document: ShapeOf.Shape, at: Node.Node, place: Place): ReadonlyArray<Finding> =>
  limits
    .filter(([keyword, exceeds]) => Number.isFinite(document[keyword]) && exceeds(client[keyword], document[keyword]))
    .filter(([keyword]) => document[keyword] !== 0)
    .map(([keyword]) =>
      found(
        at,
        [keyword],
        "breaking",
        place,
        `the client does not keep to the document's ${keyword} of ${document[keyword]}`
      )
    )

const requestFields = (client: ShapeOf.Shape, document: ShapeOf.Shape, place: Place): ReadonlyArray<Finding> => {
  // An object without fields takes any, and has none to miss.
  if (client.fields.size === 0) return []
  const open = document.fields.size === 0
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
        ["properties", name],
        required ? "breaking" : "drift",
        below(place, `.${name}`),
        required
          ? "the document requires it, the client cannot send it"
          : "the document takes it, the client cannot send it"
      )
    )
  return [...sent, ...unknown]
}

/** What the document lets come against what the client takes. */
const response = (sides: Sides, place: Place): ReadonlyArray<Finding> => {
  const client = ShapeOf.of(sides.client)
  const document = ShapeOf.of(sides.document)
  const [at] = sides.document
  if (client === undefined || document === undefined || at === undefined || place.depth > deepest) return []
  const words = { sender: "the document's value", receiver: "the client's" }
  return [
    ...typeFindings(document, client, at, place, words),
    ...enumFindings(document, client, at, place, words),
    ...responseFields(client, document, place),
    ...(client.additional && document.additional
      ? response({ client: [client.additional], document: [document.additional] }, below(place, ".*"))
      : []),
    ...response({ client: client.items, document: document.items }, below(place, "[]"))
  ]
}

const responseFields = (client: ShapeOf.Shape, document: ShapeOf.Shape, place: Place): ReadonlyArray<Finding> => {
  if (!document.kinds.has("object") || !client.kinds.has("object")) return []
  const expected = [...client.fields].flatMap(([name, field]) => {
    const known = described(document, name)
    const at = below(place, `.${name}`)
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
      // A schema for all further fields speaks for this one.
      if (document.additional)
        return [...promised, ...response({ client: field.nodes, document: [document.additional] }, at)]
      return [
        ...promised,
        found(document.node, ["properties", name], "drift", at, "the client knows it, the document does not")
      ]
    }
    return [...promised, ...response({ client: field.nodes, document: known.nodes }, at)]
  })
  // Where the client takes any object, nothing is missing.
  const unknown =
    client.fields.size === 0
      ? []
      : [...document.fields]
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

const parameters = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  (["path", "query"] as const).flatMap((where) => {
    const part = where === "path" ? client.params : client.query
    const fields =
      part === undefined
        ? new Map<string, ShapeOf.Field>()
        : (ShapeOf.of([part.node])?.fields ?? new Map<string, ShapeOf.Field>())
    const declared = operation.parameters.filter((parameter) => parameter.in === where)
    const place = { path: `${where} parameter`, depth: 0 }
    const sent = [...fields].flatMap(([name, field]) => {
      const at = below(place, ` ${name}`)
      const known = declared.find((parameter) => parameter.name === name)
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
        ...(known.schema === undefined ? [] : request({ client: field.nodes, document: [known.schema] }, at))
      ]
    })
    const unknown = declared
      .filter(({ name }) => !fields.has(name))
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

const bodies = ({ client, operation }: Pair): ReadonlyArray<Finding> => {
  const schema = operation.body && Document.jsonOf(operation.body.content)
  if (client.payload === undefined || schema === undefined) return []
  return request({ client: [client.payload.node], document: [schema] }, { path: "", depth: 0 })
}

const answers = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  Document.successes(operation).flatMap(({ content }) => {
    const schema = Document.jsonOf(content)
    if (client.success === undefined || schema === undefined) return []
    return response({ client: [client.success.node], document: [schema] }, { path: "", depth: 0 })
  })

/** Error bodies: what the document lets come against what the client declares for the status. */
const errors = ({ client, operation }: Pair): ReadonlyArray<Finding> =>
  operation.responses.flatMap(({ content, status }) => {
    const schema = Document.jsonOf(content)
    const [, declared] = [...client.errorBodies].find(([known]) => Document.covers(status, known)) ?? []
    if (schema === undefined || declared === undefined) return []
    return (
      response({ client: [declared.node], document: [schema] }, { path: "", depth: 0 })
        // The tag is the program's: errors are told apart by it, and it is never sent.
        .filter(({ pointer }) => !pointer.endsWith("/properties/_tag"))
        .map((finding) => ({ ...finding, message: `error ${finding.message}` }))
    )
  })

/** Compares parameters, request body, answers and error bodies of an operation. */
export const check = (subject: Pick<Shape, "document">, pair: Pair): ReadonlyArray<Divergence> =>
  distinct([...parameters(pair), ...bodies(pair), ...answers(pair), ...errors(pair)]).map((finding) =>
    divergence(subject, pair, "structure", finding)
  )
