/** What is done to a request before its schemas encode it, and after. */
import type { Mismatch } from "../IntercomError.ts"
import { isPathSegment, segment } from "../Wire.ts"
import type { Scrub } from "./Scrub.ts"

type Fields = { readonly [name: string]: unknown }

/**
 * A value without the fields that are `undefined`, however deep. JSON has no `undefined`: encoded by Effect, such a field of
 * a request would be sent as `null`, which erases it.
 */
export const withoutUndefined = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return mapped(value)
  // Its fields are looked at, not used otherwise.
  const fields = value as Fields
  const names = Object.keys(fields)
  const kept = names.filter((name) => fields[name] !== undefined)
  const inner = kept.map((name) => withoutUndefined(fields[name]))
  if (kept.length === names.length && kept.every((name, index) => fields[name] === inner[index])) return value
  // An instance of a class stays one.
  const copy: object = Object.create(Object.getPrototypeOf(value) as object | null)
  for (const [index, name] of kept.entries()) {
    Object.defineProperty(copy, name, { value: inner[index], writable: true, enumerable: true, configurable: true })
  }
  return copy
}

const mapped = (list: ReadonlyArray<unknown>): ReadonlyArray<unknown> => {
  const items = list.map(withoutUndefined)
  return items.every((item, index) => item === list[index]) ? list : items
}

/** The encoded parameters that cannot be segments of a path. */
export const notSegments = (params: Fields, scrub: Scrub): ReadonlyArray<Mismatch> =>
  Object.entries(params).flatMap(([path, value]) =>
    typeof value !== "string" || isPathSegment(value)
      ? []
      : [{ path, expected: segment, actual: scrub(JSON.stringify(value), 200) }]
  )
