/**
 * The name of an operation in the published document, by its name here: `Tags.list` is `listTags`, `Tags.get` `getTag`,
 * `Contacts.attachTag` `attachTagToContact`.
 */
export const operationIdOf = (resource: string, method: string): string => {
  const one = singular(resource)
  if (/^attach[A-Z]/.test(method)) return `${method}To${one}`
  if (/^detach[A-Z]/.test(method)) return `${method}From${one}`
  return method + (ofMany.has(method) ? resource : one)
}

const ofMany: ReadonlySet<string> = new Set(["list", "listAll", "search", "scroll"])

const singular = (plural: string): string => plural.replace(/ies$/, "y").replace(/s$/, "")
