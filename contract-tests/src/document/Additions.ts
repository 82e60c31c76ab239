/**
 * What a document lacks, as a fragment of OpenAPI: whole operations, schemas and other components, with the reason and the
 * source in `info.description`. A fragment only adds; what is said otherwise than in the document takes an overlay.
 */
import * as Schema from "effect/Schema"
import { below, isRecord } from "../schema/JsonNode.ts"

type JsonRecord = { readonly [key: string]: Schema.Json }

const Entries = Schema.Record(Schema.String, Schema.Record(Schema.String, Schema.Json))

/** A fragment of OpenAPI. */
export const Fragment = Schema.Struct({
  openapi: Schema.String.check(Schema.isPattern(/^3\.1\.\d+$/)),
  info: Schema.Struct({ title: Schema.String, version: Schema.String, description: Schema.NonEmptyString }),
  paths: Schema.optionalKey(Entries),
  components: Schema.optionalKey(Entries)
})
export type Fragment = typeof Fragment.Type

/** A path, with its operations, or a component. */
export interface Addition {
  /** JSONPath of what gets it. */
  readonly target: string
  /** The keys that lead to it. */
  readonly at: ReadonlyArray<string>
  readonly value: Schema.Json
}

/** What a fragment adds, in the order it is written. */
export const additionsOf = ({ components = {}, paths = {} }: Fragment): ReadonlyArray<Addition> => [
  ...Object.entries(paths).map(([path, value]) => ({ target: `$.paths['${path}']`, at: ["paths", path], value })),
  ...Object.entries(components).flatMap(([section, entries]) =>
    Object.entries(entries).map(([name, value]) => ({
      target: `$.components.${section}.${name}`,
      at: ["components", section, name],
      value
    }))
  )
]

/** A document with an addition, and the pointers of what is new; of a path that is there, those are its operations. */
export const add = (
  document: Schema.Json,
  { at, value }: Addition
): { readonly document: Schema.Json; readonly changes: ReadonlyArray<string>; readonly taken?: string } => {
  const found = at.reduce<Schema.Json | undefined>((node, key) => (isRecord(node) ? node[key] : undefined), document)
  if (found === undefined) return { document: set(document, at, value), changes: [below("", ...at)] }
  const entries = at[0] === "paths" && isRecord(value) && isRecord(found) ? Object.entries(value) : []
  const taken = entries.find(([key]) => Object.hasOwn(Object(found), key))
  if (entries.length === 0) return { document, changes: [], taken: below("", ...at) }
  if (taken !== undefined) return { document, changes: [], taken: below("", ...at, taken[0]) }
  return {
    document: entries.reduce((document, [key, value]) => set(document, [...at, key], value), document),
    changes: entries.map(([key]) => below("", ...at, key))
  }
}

const set = (document: Schema.Json, [key, ...rest]: ReadonlyArray<string>, value: Schema.Json): Schema.Json => {
  if (key === undefined) return value
  const record: JsonRecord = isRecord(document) ? document : {}
  return { ...record, [key]: set(record[key] ?? {}, rest, value) }
}
