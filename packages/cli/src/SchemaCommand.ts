/** `intercom export schema`: what an export will hold, without a request. */
import * as Description from "@effect-intercom/export/Description"
import * as Resource from "@effect-intercom/export/Resource"
import type { Table } from "@effect-intercom/export/Table"
import * as Array from "effect/Array"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Destination from "./Destination.ts"
import * as Resources from "./Resources.ts"

type Format = "ddl" | "views" | "json-schema" | "markdown"

/** What tables are where they are written. */
interface Written {
  readonly typeOf: Description.TypeOf
  /** The statement that makes one, in a database. */
  readonly definition?: (table: Table) => string
  /** Those that make a view for each list within its records. */
  readonly views?: (table: Table) => string
}

const asReceived: Written = { typeOf: ({ kind }) => kind }

const loaded = <A>(load: () => Promise<A>): Effect.Effect<A> => Effect.promise(load)

const writtenTo = (destination: Destination.Destination): Effect.Effect<Written> => {
  if (Destination.fileFormat(destination) === "parquet") return loaded(() => import("@effect-intercom/export/Parquet"))
  switch (destination.kind) {
    case "sqlite":
      return Effect.map(
        loaded(() => import("@effect-intercom/export/NodeSqlite")),
        ({ tableDefinition, typeOf, viewDefinitions }) => ({
          typeOf,
          definition: tableDefinition,
          views: viewDefinitions
        })
      )
    case "duckdb":
      return Effect.map(
        loaded(() => import("@effect-intercom/export/NodeDuckDb")),
        ({ tableDefinition, typeOf, viewDefinitions }) => ({
          typeOf,
          definition: tableDefinition,
          views: viewDefinitions
        })
      )
    case "postgres":
      return Effect.map(
        loaded(() => import("@effect-intercom/export/Postgres")),
        ({ tableDefinition, typeOf, viewDefinitions }) => ({
          typeOf,
          definition: (table) => tableDefinition(table, destination.schema),
          views: (table) => viewDefinitions(table, destination.schema)
        })
      )
    default:
      return Effect.succeed(asReceived)
  }
}

const usual = (destination: Destination.Destination): Format => {
  const { kind } = destination
  if (kind === "sqlite" || kind === "duckdb" || kind === "postgres") return "ddl"
  const format = Destination.fileFormat(destination)
  return format === "csv" || format === "parquet" ? "markdown" : "json-schema"
}

/** The tables there are: those with what was deleted among them. */
const tableOf = (name: string): ReadonlyArray<Table> => {
  const resource = Object.hasOwn(Resource.deleted, name) ? Resource.deleted[name] : Resource.all[Resources.today(name)]
  return resource === undefined ? [] : [resource.table]
}

const rendered = (names: ReadonlyArray<string>, format: Format, { definition, typeOf, views }: Written): string => {
  if (format === "views" && views !== undefined) {
    return names
      .flatMap(tableOf)
      .flatMap((table) => (table.lists === undefined ? [] : [views(table)]))
      .join("\n")
      .trimEnd()
  }
  if (format === "json-schema") return JSON.stringify(Description.jsonSchema(names), null, 2)
  return names
    .flatMap(tableOf)
    .map((table) => {
      return format === "ddl" && definition !== undefined ? definition(table) : Description.markdown(table, typeOf)
    })
    .join("\n")
    .trimEnd()
}

export const command = Command.make(
  "schema",
  {
    resources: Resources.orDeleted("Which, else all but those with what was deleted, such as deletedContacts"),
    to: Destination.flag,
    schema: Destination.schemaFlag,
    format: Flag.Literals("format", ["ddl", "views", "json-schema", "markdown"]).pipe(
      Flag.withDescription(
        "The statements that make the tables, or a view for each list within them; the JSON Schema of the records, or a table of the columns " +
          "(default: ddl for databases, markdown for csv and parquet, else json-schema)"
      ),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ format, resources, schema, to }) {
    const destination = Destination.inSchema(to, schema)
    const names = resources.length === 0 ? Resource.everything : Array.dedupe(resources.map(Resource.current))
    const written = yield* writtenTo(destination)
    yield* Console.log(
      rendered(
        names,
        Option.getOrElse(format, () => usual(to)),
        written
      )
    )
  })
).pipe(
  Command.validate(({ format, schema, to }) => {
    const wrong =
      Destination.schemaMistake(to, schema) ??
      (Option.exists(format, (one) => one === "ddl" || one === "views") && usual(to) !== "ddl"
        ? `--format ${Option.getOrElse(format, () => "ddl")} is for databases, and the destination is ${to.kind}`
        : undefined)
    return wrong === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message: wrong }))
  }),
  Command.withDescription(
    "Print what an export will hold, without a request: the tables of a database as DDL, the records as JSON " +
      "Schema, or the columns as a Markdown table"
  ),
  Command.withExamples([
    { command: "intercom export schema contacts --to postgres:", description: "The statement that makes the table" },
    { command: "intercom export schema tags --to ndjson:dump", description: "The JSON Schema of its lines" },
    {
      command: "intercom export schema conversations --to sqlite:workspace.db --format views | sqlite3 workspace.db",
      description: "Parts, tags and contacts of conversations as rows of their own"
    },
    { command: "intercom export schema --to parquet:dump", description: "The columns of all tables, in Markdown" }
  ])
)
