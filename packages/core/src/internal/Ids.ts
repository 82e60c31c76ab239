/** The ids a method is called with. */
import { namesIn } from "./Declaration.ts"

/** What an operation has in its path, and the arguments that are left. */
export interface Ids {
  readonly params: { readonly params?: unknown }
  readonly rest: Array<unknown>
}

/** A path with its ids, each one segment. */
export const fill = (path: string, ids: unknown): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(Object(ids)[name] ?? "")))

/** One id is given by itself, several as an object. */
export const idsOf = (path: string, args: ReadonlyArray<unknown>): Ids => {
  const [name, ...others] = namesIn(path)
  if (name === undefined) return { params: {}, rest: [...args] }
  const [given, ...rest] = args
  return { params: { params: others.length > 0 ? given : { [name]: given } }, rest }
}
