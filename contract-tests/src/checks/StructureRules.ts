/** Rules of two schemas compared, one place at a time: types, values, bounds and the rest. */
import type * as Schema from "effect/Schema"
import type { Finding } from "../report/Divergence.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import * as NormalizedSchema from "../schema/NormalizedSchema.ts"
import * as Validator from "../schema/Validator.ts"
import { found, list, type Place } from "./StructurePlace.ts"

/** What a sender may send and a receiver does not take. `keyword` is where the document says so. */
const kinds = (sender: NormalizedSchema.Shape, receiver: NormalizedSchema.Shape) =>
  [...sender.kinds].filter((kind) => !NormalizedSchema.includes(receiver.kinds, kind))

/** Of a schema without a type, only what it says counts. */
export const isOpen = (shape: NormalizedSchema.Shape) =>
  !shape.typed && shape.fields.size === 0 && shape.values === undefined

export const typeFindings = (
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

export const enumFindings = (
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

/** What the document takes and the client cannot send: null, or values of another type. */
export const wider = (
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

/** What the document takes a value for that is left out. */
export const unsent = (
  { otherwise }: NormalizedSchema.Shape,
  at: JsonNode.Node,
  place: Place
): ReadonlyArray<Finding> =>
  otherwise === undefined
    ? []
    : [found(at, ["default"], "note", place, `left out, the document takes it for ${JSON.stringify(otherwise)}`)]

const limits = [
  ["minimum", (client: number, document: number) => client < document],
  ["maximum", (client: number, document: number) => client > document],
  ["minLength", (client: number, document: number) => client < document],
  ["maxLength", (client: number, document: number) => client > document],
  ["minItems", (client: number, document: number) => client < document],
  ["maxItems", (client: number, document: number) => client > document]
] as const

/** Bounds of a receiver the sender does not keep. */
export const bounds = (
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
export const rules = (
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

const said = (value: Schema.Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value))

/** How the document writes what it sends as text, and the client does not know to read. */
export const encoded = (
  client: NormalizedSchema.Shape,
  document: NormalizedSchema.Shape,
  at: JsonNode.Node,
  place: Place
) =>
  encodings
    .filter((keyword) => document.rules.has(keyword) && !client.rules.has(keyword))
    .map((keyword) =>
      found(at, [keyword], "drift", place, `the document's ${keyword} is ${said(document.rules.get(keyword))}`)
    )
