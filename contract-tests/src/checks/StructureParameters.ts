/** The parameters of both sides: of the path, the query and the headers. */
import { IntercomConfig } from "@effect-intercom/core"
import type { Finding } from "../report/Divergence.ts"
import * as Document from "../document/Document.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import * as Validator from "../schema/Validator.ts"
import type { Pair } from "../subject/Subject.ts"
import { below, found, list, type Place, top } from "./StructurePlace.ts"
import { request } from "./StructureWalk.ts"

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

/** What differs in the parameters of an operation. */
export const check = (pair: Pair): ReadonlyArray<Finding> => [
  ...parameters(pair),
  ...headerParameters(pair),
  ...undeclared(pair)
]
