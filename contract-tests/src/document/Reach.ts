/**
 * The part of a document an action of an overlay can reach, by the names its target begins with: an action is applied to
 * that alone, since a document is large, and its overlays have many actions.
 */
import type * as Schema from "effect/Schema"
import { isRecord } from "../schema/JsonNode.ts"

export interface Reach {
  /** Nothing but what these keys lead to, one below the other. */
  readonly keys: ReadonlyArray<string>
  /** Of the object they lead to, only these. */
  readonly fields: ReadonlySet<string> | undefined
}

// A name, or one in brackets: all else may be several places.
const name = /\.([A-Za-z_]\w*)(?=[.[]|$)|\['([^'\\]*)'\]/y

/** What an action can reach. */
export const of = ({ target, update }: { readonly target: string; readonly update?: Schema.Json }): Reach => {
  const keys: Array<string> = []
  let end = 1
  for (;;) {
    name.lastIndex = end
    const match = name.exec(target)
    if (match === null) break
    keys.push(match[1] ?? match[2] ?? "")
    end = name.lastIndex
  }
  return { keys, fields: end === target.length && isRecord(update) ? new Set(Object.keys(update)) : undefined }
}

/** A document with nothing but what is within reach. */
export const take = (document: Schema.Json, { fields, keys: [key, ...keys] }: Reach): Schema.Json => {
  if (!isRecord(document)) return document
  if (key !== undefined) {
    const found = Object.hasOwn(document, key) ? document[key] : undefined
    return found === undefined ? {} : { [key]: take(found, { keys, fields }) }
  }
  return fields === undefined
    ? document
    : Object.fromEntries(Object.entries(document).filter(([name]) => fields.has(name)))
}

/** A document with another in place of what was taken from it. */
export const put = (document: Schema.Json, { fields, keys: [key, ...keys] }: Reach, part: Schema.Json): Schema.Json => {
  if (!isRecord(document) || !isRecord(part)) return part
  if (key === undefined) return fields === undefined ? part : { ...document, ...part }
  const found = Object.hasOwn(document, key) ? document[key] : undefined
  if (found === undefined) return document
  const next = part[key]
  return next === undefined
    ? Object.fromEntries(Object.entries(document).filter(([name]) => name !== key))
    : { ...document, [key]: put(found, { keys, fields }, next) }
}
