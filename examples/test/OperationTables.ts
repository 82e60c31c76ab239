/** What documents say of the operations there are: tables and counts, which follow from the client's catalogue. */
import * as Description from "@effect-intercom/export/Description"
import * as Resource from "@effect-intercom/export/Resource"
import { operations, type ApiOperation, resources } from "@effect-intercom/core"

/** One for each operation of the API: methods that share one (a reply as an admin, as a contact) are in one row. */
const rows = () => {
  const byOperation = new Map<string, ReadonlyArray<ApiOperation>>()
  for (const operation of operations) {
    const key = `${operation.method} ${operation.path}`
    byOperation.set(key, [...(byOperation.get(key) ?? []), operation])
  }
  return [...byOperation]
}

/** How many of the API's operations the client has. */
export const count = rows().length

/** The service of a resource within `Intercom`: `newsItems` of `NewsItems`. */
const field = ({ resource }: ApiOperation) =>
  Object.entries(resources).find(([, declared]) => declared === resource)?.[0] ?? ""

const methodOf = (operation: ApiOperation) => operation.name.slice(operation.name.indexOf(".") + 1)

/** Every operation, with the methods that call it. */
const table = () =>
  [
    "| operation | method | permission |",
    "| - | - | - |",
    ...rows().map(([key, of]) => {
      const methods = of.map((operation) => `\`${field(operation)}.${methodOf(operation)}\``)
      const permissions = new Set(of.map(({ permission }) => permission ?? "not documented"))
      return `| \`${key}\` | ${methods.join(", ")} | ${[...permissions].join(", ")} |`
    })
  ].join("\n")

/** Every service, with its methods. */
const list = () =>
  Object.values(resources)
    .map(({ composed, endpoints, resource }) => {
      const named = (methods: ReadonlyArray<string>) => methods.map((method) => `\`${method}\``).join(", ")
      const several = composed.length === 0 ? "" : `; of several operations: ${named(composed)}`
      return `- \`${resource}\`: ${named(Object.keys(endpoints))}${several}`
    })
    .join("\n")

const between = (name: string, content: string) => ({
  pattern: new RegExp(`(<!-- ${name} -->).*?(<!-- /${name} -->)`, "s"),
  content: `$1\n\n${content}\n\n$2`
})

/** What is written where, by document. */
const parts: { readonly [document: string]: ReadonlyArray<{ readonly pattern: RegExp; readonly content: string }> } = {
  "README.md": [
    { pattern: /\*\*\d+ operations\*\*/, content: `**${count} operations**` },
    { pattern: /(\| operations +\| \d+ +\| )\d+/, content: `$1${count}` },
    between("operations", table())
  ],
  "packages/core/README.md": [between("methods", list())],
  "packages/export/README.md": [
    between("resources", Description.resources(Object.values(Resource.all))),
    between("deletions", Description.deletions(Object.values(Resource.all)))
  ],
  "packages/cli/README.md": [between("resources", Description.resources(Object.values(Resource.all)))]
}

/** The documents that have such parts. */
export const documents = Object.keys(parts)

/** A document as it should be. */
export const written = (document: string, current: string): string =>
  (parts[document] ?? []).reduce((text, { content, pattern }) => {
    if (!pattern.test(text)) throw new Error(`${document} has no place for ${pattern.source}`)
    return text.replace(pattern, content)
  }, current)

/** A text without its layout, which the formatter gives it. */
export const bare = (text: string): string => text.replaceAll(/-+/g, "-").replaceAll(/\s+/g, " ")
