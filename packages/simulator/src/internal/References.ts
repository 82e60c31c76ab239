/** What requests name by its id: records that have to be there. */
import * as Predicate from "effect/Predicate"
import type { Workspace } from "../Kind.ts"
import type { Name } from "../World.ts"
import * as ErrorList from "./ErrorList.ts"

/** What is named, and where it is kept. */
const kinds = {
  admin: "admins",
  collection: "collections",
  contact: "contacts",
  "content import source": "contentImportSources",
  "help center": "helpCenters",
  newsfeed: "newsfeeds"
} as const satisfies { readonly [word: string]: Name }

/**
 * What the fields of a body name, by their paths: `{ author_id: "admin" }`. In a list, and where a key is `*`, it is each of
 * them: `newsfeed_assignments.newsfeed_id`, `translated_content.*.author_id`.
 */
export interface References {
  readonly [path: string]: keyof typeof kinds
}

/** What is at a path of a value, in all places it leads to. */
const valuesAt = (value: unknown, [key, ...rest]: ReadonlyArray<string>): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, key === undefined ? [] : [key, ...rest]))
  if (key === undefined) return [value]
  if (!Predicate.isObject(value)) return []
  const inner = key === "*" ? Object.values(value) : [Reflect.get(value, key)]
  return inner.flatMap((item) => valuesAt(item, rest))
}

/** The refusal of a body that names what is not there; `undefined` where all is. */
export const refusal = (references: References, body: unknown, { collections }: Workspace) => {
  for (const [path, word] of Object.entries(references)) {
    const unknown = valuesAt(body, path.split(".")).find(
      (id) => id !== undefined && id !== null && collections[kinds[word]].find(String(id)) === undefined
    )
    if (unknown !== undefined) {
      return ErrorList.respond(400, {
        code: "parameter_invalid",
        message: `There is no ${word} ${String(unknown)}`,
        field: path
      })
    }
  }
  return undefined
}
