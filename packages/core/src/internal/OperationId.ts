/** The name of an operation in the published document, by its name here: `Tags.list` is `listTags`, `Tags.get` `getTag`. */
export const operationIdOf = (resource: string, method: string): string =>
  method + (ofMany.has(method) ? resource : singular(resource))

const ofMany: ReadonlySet<string> = new Set(["list", "search", "scroll"])

const singular = (plural: string): string => plural.replace(/ies$/, "y").replace(/s$/, "")
