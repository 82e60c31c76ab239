/** The document as the judge of values: Ajv for what it says, and a closed-world look for what it does not mention. */
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as JsonPointer from "effect/JsonPointer"
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import type { Finding } from "../report/Divergence.ts"
import * as JsonNode from "./JsonNode.ts"
import * as NormalizedSchema from "./NormalizedSchema.ts"

export interface Validator {
  /** Where a value breaks the rules of a schema of the document. */
  readonly violations: (schema: JsonNode.Node, value: unknown) => ReadonlyArray<Finding>
  /** Why a schema cannot be compiled, `undefined` when it can. */
  readonly defect: (schema: JsonNode.Node) => string | undefined
}

const uri = (pointer: string): string =>
  `document${JsonPointer.formatUriFragment(pointer.split("/").slice(1).map(JsonPointer.unescapeToken))}`

/** A compiled document. */
export const make = (document: JsonNode.Node): Validator => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, logger: false, inlineRefs: false })
  // A CommonJS module: its default export is the function, and has itself as `default`.
  addFormats.default(ajv)
  ajv.addSchema(document.value as object, "document")
  const compiled = new Map<string, Result.Result<ValidateFunction, string>>()
  const compile = ({ pointer }: JsonNode.Node) => {
    const known = compiled.get(pointer)
    if (known !== undefined) return known
    const made = Result.try({
      try: () => ajv.compile({ $ref: uri(pointer) }),
      catch: (error) => String(error)
    })
    compiled.set(pointer, made)
    return made
  }
  return {
    defect: (schema) => {
      const made = compile(schema)
      return Result.isFailure(made) ? made.failure : undefined
    },
    violations: (schema, value) => {
      const made = compile(schema)
      if (Result.isFailure(made)) {
        return [{ class: "breaking", pointer: schema.pointer, through: schema.through, message: made.failure }]
      }
      if (made.success(value)) return []
      return telling(made.success.errors ?? []).map((error) => findingOf(schema, error))
    }
  }
}

const single = new Ajv2020({ strict: false, logger: false })
addFormats.default(single)
const rules = new Map<string, ValidateFunction>()

/** Whether values are held against a format; of any other it is only known what it is called. */
export const knowsFormat = (format: Schema.Json): boolean => Object.hasOwn(single.formats, String(format))

/** Whether a value keeps one keyword by itself. A keyword that cannot be read forbids nothing. */
export const obeys = (value: Schema.Json, keyword: string, argument: Schema.Json): boolean => {
  const schema = { [keyword]: argument }
  const key = JSON.stringify(schema)
  const known = rules.get(key)
  if (known !== undefined) return known(value)
  const made = Result.try(() => single.compile(schema))
  if (Result.isFailure(made)) return true
  rules.set(key, made.success)
  return made.success(value)
}

const isAlternatives = ({ keyword }: ErrorObject): boolean => keyword === "anyOf" || keyword === "oneOf"

/**
 * Each alternative that does not fit reports its own errors, before the one that says that none does: of a value that
 * fits another alternative better they would blame what is right. What the schema around says besides stays.
 */
const telling = (errors: ReadonlyArray<ErrorObject>): ReadonlyArray<ErrorObject> => {
  const silent = new Set<ErrorObject>()
  for (const [index, whole] of errors.entries()) {
    if (!isAlternatives(whole)) continue
    const around = whole.schemaPath.slice(0, -whole.keyword.length)
    for (const error of errors.slice(0, index)) {
      const inside =
        error.instancePath === whole.instancePath || error.instancePath.startsWith(`${whole.instancePath}/`)
      // An alternative behind a `$ref` has a path of its own.
      const beside =
        error.schemaPath.startsWith(around) && !/^(anyOf|oneOf)\/\d+\//.test(error.schemaPath.slice(around.length))
      if (inside && !beside) silent.add(error)
    }
  }
  return errors.filter((error) => !silent.has(error) && !/\/(anyOf|oneOf)\/\d+\//.test(error.schemaPath))
}

const findingOf = (schema: JsonNode.Node, error: ErrorObject): Finding => {
  const place = placeOf(schema, error.instancePath)
  return {
    class: "breaking",
    pointer: JsonNode.below(place.pointer, error.keyword),
    through: place.through,
    message: `${fieldIn(schema, error.instancePath)} ${error.message ?? error.keyword}${detail(error)}`,
    at: error.instancePath
  }
}

const detail = ({ keyword, params }: ErrorObject): string =>
  keyword === "enum" || keyword === "const" ? ` (${JSON.stringify(params)})` : ""

/** A JSON pointer into a value, as a program would write it: `data[].email`. */
export const fieldOf = (instancePath: string): string =>
  instancePath === ""
    ? "the value"
    : instancePath
        .split("/")
        .slice(1)
        .map(JsonPointer.unescapeToken)
        .map((key) => (/^\d+$/.test(key) ? "[]" : `.${key}`))
        .join("")
        .replace(/^\./, "")

/** {@link fieldOf}, with `*` for keys the schema has no names for: they differ with every sample. */
export const fieldIn = (schema: JsonNode.Node, instancePath: string): string => {
  const keys = instancePath.split("/").slice(1)
  const named = keys.map((key, index) => {
    const parent = NormalizedSchema.of([
      placeOf(
        schema,
        keys
          .slice(0, index)
          .map((key) => `/${key}`)
          .join("")
      )
    ])
    if (parent === undefined || parent.fields.has(JsonPointer.unescapeToken(key))) return key
    // Keys of an object may look like places in a list.
    return /^\d+$/.test(key) && (parent.items.length > 0 || !parent.kinds.has("object")) ? key : "*"
  })
  return fieldOf(named.map((key) => `/${key}`).join(""))
}

/** The schema of the document that a place of a value is judged by, its `$ref`s followed. */
export const placeOf = (schema: JsonNode.Node, instancePath: string): JsonNode.Node => {
  const place = instancePath
    .split("/")
    .slice(1)
    .map(JsonPointer.unescapeToken)
    .reduce((node, key) => {
      const shape = NormalizedSchema.of([node])
      const field = shape?.fields.get(key)?.nodes[0]
      const item = /^\d+$/.test(key) ? shape?.items[0] : undefined
      return field ?? item ?? (shape?.additional === false ? undefined : shape?.additional) ?? shape?.node ?? node
    }, schema)
  return JsonNode.resolve(place) ?? place
}

/** The fields of a value the document does not mention, in objects whose fields it lists. */
export const unmentioned = (schema: JsonNode.Node, value: unknown, path = "", at = ""): ReadonlyArray<Finding> => {
  const shape = NormalizedSchema.of([schema])
  if (shape === undefined) return []
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown, index) =>
      shape.items.slice(0, 1).flatMap((items) => unmentioned(items, item, `${path}[]`, `${at}/${index}`))
    )
  }
  if (!JsonNode.isRecord(value) || shape.fields.size === 0) return []
  return Object.entries(value).flatMap(([name, field]) => {
    const [known] = shape.fields.get(name)?.nodes ?? []
    const inside = JsonNode.below(at, name)
    if (known !== undefined) return unmentioned(known, field, `${path}.${name}`, inside)
    if (shape.additional !== undefined && shape.additional !== false)
      return unmentioned(shape.additional, field, `${path}.*`, inside)
    return [
      {
        class: "breaking" as const,
        pointer: JsonNode.below(shape.node.pointer, "properties", name),
        through: shape.node.through,
        message: `${`${path}.${name}`.replace(/^\./, "")} is not in the document`,
        at: inside
      }
    ]
  })
}
