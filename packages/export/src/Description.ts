/** What an export will hold, told without making one: the JSON Schema of its records, or the columns of its tables. */
import * as Schema from "effect/Schema"
import * as Deletions from "./Deletions.ts"
import * as Resource from "./Resource.ts"
import * as Table from "./Table.ts"

const dialect = "https://json-schema.org/draft/2020-12/schema"

/** The JSON Schema of records as the API documents them; one that differs is written all the same, as drift. */
export const jsonSchema = (names: ReadonlyArray<Resource.ResourceName | (string & {})>): object => {
  const known: Resource.Known = { ...Resource.all, ...Resource.deleted }
  const documents = names.flatMap((name) => {
    const resource = known[name]
    return resource === undefined ? [] : [{ name, ...Schema.toJsonSchemaDocument(resource.schema) }]
  })
  const definitions = Object.assign({}, ...documents.map(({ definitions }) => definitions)) as object
  const [only] = documents
  return documents.length === 1 && only !== undefined
    ? {
        $schema: dialect,
        title: only.name,
        ...only.schema,
        ...(Object.keys(definitions).length === 0 ? undefined : { $defs: definitions })
      }
    : {
        $schema: dialect,
        $defs: { ...definitions, ...Object.fromEntries(documents.map(({ name, schema }) => [name, schema])) }
      }
}

const changing = {
  search: "asks for what changed",
  filter: "reads all, keeps what changed",
  whole: "everything, each time"
} as const

/** Resources, as a table of Markdown: what each is, what it asks for, what an export of changes is, and what its token needs. */
export const resources = (all: ReadonlyArray<Resource.Resource<Resource.Services>>): string =>
  [
    row(["resource", "records", "requests", "`since`", "permissions"]),
    row(["---", "---", "---", "---", "---"]),
    ...all.map(({ about, changes, cost: { perParent, perRecord = 0 }, name, permissions, requests }) => {
      const asked = requests.map((request) => `\`${request}\``).join(", ")
      return row([
        `\`${name}\``,
        about,
        perParent === undefined && perRecord === 0
          ? asked
          : `${asked}; ${perParent === undefined ? "one for each record" : `one for each of ${perParent.resource}`}`,
        changing[changes],
        permissions.join(", ") || "not documented"
      ])
    })
  ].join("\n")

/** How it is found out what was deleted of resources, as a table of Markdown: the requests it takes, or why it is not. */
export const deletions = (all: ReadonlyArray<Resource.Resource<Resource.Services>>): string =>
  [
    row(["resource", "what was deleted", "requests"]),
    row(["---", "---", "---"]),
    ...all.map((resource) => {
      const told = Deletions.of(resource)
      return row([
        `\`${resource.name}\``,
        Deletions.described(resource),
        told?.requests.map((request) => `\`${request}\``).join(", ") ?? ""
      ])
    })
  ].join("\n")

/** How a column is called where it is written. */
export type TypeOf = (column: Pick<Table.Column, "kind" | "moments">) => string

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

const note = ({ key }: Table.Table, { kind, moments, name, path }: Table.Column, type: string): string => {
  const field = path.length > 1 ? [`\`${path.join(".")}\``] : []
  const time = moments === true && !/timestamp/i.test(type) ? ["Unix seconds"] : []
  const json = kind === "json" && !/json/i.test(type) ? ["JSON"] : []
  return [...(name === key ? ["the key"] : []), ...field, ...time, ...json].join("; ")
}

/** The columns of a table, as a table of Markdown. */
export const markdown = (table: Table.Table, typeOf: TypeOf): string =>
  [
    `## ${table.name}`,
    "",
    row(["column", "type", "what"]),
    row(["---", "---", "---"]),
    ...table.columns.map((column) => {
      const type = typeOf(column)
      return row([`\`${column.name}\``, type, note(table, column, type)])
    }),
    row([
      `\`${Table.rest}\``,
      typeOf({ kind: "json" }),
      "what has no column, or does not fit its own, as a JSON object"
    ]),
    ""
  ].join("\n")
