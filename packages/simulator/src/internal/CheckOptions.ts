/** What options of a workspace cannot be. */
import * as Effect from "effect/Effect"
import type * as Kind from "../Kind.ts"
import type * as Collection from "./Collection.ts"
import { OptionsError } from "./OptionsError.ts"
import { isVersion } from "./Version.ts"
import { collectionOf, type Given, type Kinds } from "./Workspaces.ts"

const refused = (option: string, description: string) => Effect.fail(new OptionsError({ option, description }))

export const version = (version: string): Effect.Effect<void, OptionsError> =>
  isVersion(version) ? Effect.void : refused("version", `the API has no version ${version}; give one such as 2.15`)

/** How many there are to be of each kind, by its name. */
export const counts = (counts: { readonly [name: string]: number | undefined }): Effect.Effect<void, OptionsError> => {
  const wrong = Object.entries(counts).find(
    ([, count]) => count !== undefined && !(Number.isSafeInteger(count) && count >= 0)
  )
  return wrong === undefined
    ? Effect.void
    : refused(wrong[0], `${wrong[1]} records; give a whole number from 0, or the records`)
}

/** Kinds of one's own are served beside those there are: neither their names nor their resources' may be of these. */
export const kinds = (there: Kinds, own: Kinds = {}): Effect.Effect<void, OptionsError> => {
  const taken = new Map(Object.entries(there).map(([name, { resource }]) => [resource.resource, name]))
  for (const [name, { resource }] of Object.entries(own)) {
    if (Object.hasOwn(there, name)) {
      return refused(
        "kinds",
        `${name}, of the resource ${resource.resource}, is called like a kind there is; to change what that does, there is extend`
      )
    }
    const other = taken.get(resource.resource)
    if (other !== undefined) {
      return refused(
        "kinds",
        `the resource of ${name} is called ${resource.resource}, like that of ${other}; give it a name of its own`
      )
    }
    taken.set(resource.resource, name)
  }
  return Effect.void
}

/** What tells records of a kind apart, with a word for each. */
const marksOf = (
  { unique = {} }: Kind.Top,
  row: Collection.Row
): ReadonlyArray<readonly [name: string, value: string]> =>
  [["id", row.id] as const, ...Object.entries(unique).map(([name, { of }]) => [name, of(row)] as const)].flatMap(
    ([name, value]) => (value === undefined ? [] : [[name, value] as const])
  )

/** Records that are given are told apart: two with one id would be found as one, and removed as one. */
export const given = (given: Given, kinds: Kinds, workspace: Kind.Workspace): Effect.Effect<void, OptionsError> => {
  for (const [name, records = []] of Object.entries(given)) {
    const kind = kinds[name]
    if (kind === undefined) continue
    const seen = new Map<string, number>()
    for (const index of records.keys()) {
      for (const [mark, value] of marksOf(kind, collectionOf(workspace, name).last(index))) {
        const key = JSON.stringify([mark, value])
        const other = seen.get(key)
        if (other !== undefined) {
          return refused(name, `the records ${other} and ${index} have one ${mark}, ${value}; give each its own`)
        }
        seen.set(key, index)
      }
    }
  }
  return Effect.void
}
