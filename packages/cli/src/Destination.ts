/**
 * `--to`: where an export goes, in a word. Sinks are loaded on demand, so writing files needs no database
 * driver.
 */
import * as Printable from "@effect-intercom/core/Printable"
import type { Formulas } from "@effect-intercom/export/Csv"
import { nearest } from "@effect-intercom/export/Nearest"
import * as NodeExport from "@effect-intercom/export/NodeExport"
import * as Overview from "@effect-intercom/export/Overview"
import * as PostgresAddress from "@effect-intercom/export/PostgresAddress"
import type { Sink } from "@effect-intercom/export/Sink"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Stdio from "effect/Stdio"
import { text } from "./internal/Flags.ts"
import { Held } from "./internal/Held.ts"
import * as WholeFile from "./internal/WholeFile.ts"
import * as Mistake from "./Mistake.ts"

/** A destination, as parsed. */
export type Destination =
  | {
      readonly kind: "ndjson" | "csv"
      readonly directory: string
      readonly compression: Compression | undefined
      /** Nobody named the format: it is a directory that was exported to. */
      readonly found?: boolean
      /** Of CSV. */
      readonly bom?: boolean
      readonly formulas?: Formulas
    }
  | { readonly kind: "parquet"; readonly directory: string }
  | { readonly kind: "sqlite" | "duckdb"; readonly file: string }
  | {
      readonly kind: "postgres"
      /** Without one, {@link postgresUrl} has it. */
      readonly url: Redacted.Redacted | undefined
      /** Without one, the first of the address' `search_path`, or `public`. */
      readonly schema?: string
    }
  | ({
      readonly kind: "s3"
      readonly bucket: string
      readonly prefix: string
      /** As with directories. */
      readonly found?: boolean
    } & ObjectFormat)
  | { readonly kind: "stdout" }

/** What the objects of a bucket are. */
export type ObjectFormat =
  | { readonly format: "ndjson"; readonly compression: Compression | undefined }
  | {
      readonly format: "csv"
      readonly compression: Compression | undefined
      readonly bom?: boolean
      readonly formulas?: Formulas
    }
  | { readonly format: "parquet" }

export type Compression = "gzip" | "zstd"

/** All forms, each with what it is. */
export const forms: ReadonlyArray<readonly [form: string, meaning: string]> = [
  ["ndjson:DIR", "a file for each resource, a record a line, exactly as received"],
  ["ndjson.gz:DIR, ndjson.zst:DIR", "the same, compressed"],
  ["csv:DIR, csv.gz:DIR, csv.zst:DIR", "tables as CSV"],
  ["parquet:DIR", "tables as Parquet"],
  ["sqlite:FILE", "tables in a SQLite database"],
  ["duckdb:FILE", "tables in a DuckDB database; a FILE.duckdb alone will do"],
  ["postgres:", "tables in the PostgreSQL database of INTERCOM_EXPORT_POSTGRES_URL"],
  ["postgres:URL", "the same; a password in it is seen in the list of processes"],
  ["s3://BUCKET/PREFIX", "object storage: what ndjson:DIR writes, as objects; the AWS variables say where it is"],
  ["FORMAT:s3://…", "the same in another format: ndjson.gz, ndjson.zst, csv, csv.gz, csv.zst or parquet"],
  ["-", "standard output, as NDJSON"]
]

/** The forms alone, for a sentence. */
export const formNames: string = forms.map(([form]) => form).join(", ")

/** The variable with the URL of a PostgreSQL database. */
export const postgresVariable = "INTERCOM_EXPORT_POSTGRES_URL"

const takes = `It takes one of ${formNames}.`

/** Reads a destination; fails with sentences that do not repeat what may hold a password. */
export const parse = (text: string): Result.Result<Destination, string> => {
  if (text === "-") return Result.succeed({ kind: "stdout" })
  if (/^postgres(ql)?:\/\//i.test(text)) return postgres(text)
  if (isBucket(text)) return objects({ format: "ndjson", compression: undefined })(text)
  if (/^[^:]+\.duckdb$/i.test(text)) return Result.succeed({ kind: "duckdb", file: text })
  const [, format = "", place = ""] = /^([^:]*):(.*)$/s.exec(text) ?? []
  if (format === "") return Result.fail(withoutFormat(text))
  const make = makers[format.toLowerCase()]
  if (make !== undefined) return make(place)
  const meant = nearest(format, Object.keys(makers))
  return Result.fail(
    `"${Mistake.shown(format)}" is not a format.${meant === undefined ? "" : ` Did you mean ${meant}?`} ${takes}`
  )
}

/** Without a format. */
const isBucket = (text: string): boolean => /^s3:/i.test(text)

const withoutFormat = (text: string): string => {
  if (PostgresAddress.isAddress(text)) return "The address of a database comes after postgres:, as postgres:host=…"
  const shown = Mistake.shown(text)
  return `It names no format, such as ndjson:${shown === "" || shown === "…" ? "DIR" : shown}. ${takes}`
}

const postgres = (address: string): Result.Result<Destination, string> => {
  if (address === "") return Result.succeed({ kind: "postgres", url: undefined })
  if (!PostgresAddress.isAddress(address)) {
    return Result.fail("The address of a PostgreSQL database starts with postgres://, or is host=… dbname=….")
  }
  return Result.map(PostgresAddress.parse(address), () => ({
    kind: "postgres",
    url: Redacted.make(address, { label: "postgres URL" })
  }))
}

const placed =
  (what: string, make: (place: string) => Destination) =>
  (place: string): Result.Result<Destination, string> =>
    place === "" ? Result.fail(`The ${what} is missing after the colon.`) : Result.succeed(make(place))

/** Files in a directory, or objects in a bucket. */
const files = (make: (directory: string) => Destination, format: ObjectFormat) => {
  const inDirectory = placed("directory", make)
  return (place: string) => (isBucket(place) ? objects(format)(place) : inDirectory(place))
}

const lines = (kind: "ndjson" | "csv", compression?: Compression) =>
  files((directory) => ({ kind, directory, compression }), { format: kind, compression })

/** What is not a bucket's name may be a key of somebody's. */
const objects =
  (format: ObjectFormat) =>
  (address: string): Result.Result<Destination, string> => {
    const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]*)\/*(.*)$/is.exec(address) ?? []
    if (bucket.includes("@")) {
      return Result.fail("Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, not from the address.")
    }
    return /^[\w.-]+$/.test(bucket)
      ? Result.succeed({ kind: "s3", bucket, prefix: prefix.replace(/\/+$/, ""), ...format })
      : Result.fail("The address of a bucket is s3://BUCKET/PREFIX.")
  }

const addressOf = ({ bucket, prefix }: { readonly bucket: string; readonly prefix: string }): string =>
  prefix === "" ? `s3://${bucket}` : `s3://${bucket}/${prefix}`

const makers: { readonly [format: string]: (place: string) => Result.Result<Destination, string> } = {
  ndjson: lines("ndjson"),
  "ndjson.gz": lines("ndjson", "gzip"),
  "ndjson.zst": lines("ndjson", "zstd"),
  csv: lines("csv"),
  "csv.gz": lines("csv", "gzip"),
  "csv.zst": lines("csv", "zstd"),
  parquet: files((directory) => ({ kind: "parquet", directory }), { format: "parquet" }),
  sqlite: placed("file", (file) => ({ kind: "sqlite", file })),
  duckdb: placed("file", (file) => ({ kind: "duckdb", file })),
  postgres,
  postgresql: postgres
}

/** Whether a password can be read from the command line. */
export const showsPassword = (destination: Destination): boolean => {
  if (destination.kind !== "postgres" || destination.url === undefined) return false
  return Result.match(PostgresAddress.parse(Redacted.value(destination.url)), {
    onFailure: () => true,
    onSuccess: ({ password, sslpassword }) => password !== undefined || sslpassword !== undefined
  })
}

// ---------------------------------------------------------------------------------------------------------------------
// the sink
// ---------------------------------------------------------------------------------------------------------------------

const Address = Schema.Redacted(
  Schema.String.check(
    Schema.makeFilter((text) =>
      Result.match(PostgresAddress.parse(text), { onFailure: (problem) => problem, onSuccess: () => undefined })
    )
  )
)

/** Any of these leads to a database too, as it does with `psql`. */
const itsOwn = ["PGHOST", "PGHOSTADDR", "PGDATABASE"].map((name) =>
  Config.map(Config.NonEmptyString(name), () => Redacted.make("postgres://"))
)

/** The address of `postgres:` without one. */
export const postgresUrl: Config.Config<Redacted.Redacted> = itsOwn.reduceRight(
  (otherwise, variable) => Config.orElse(variable, () => otherwise),
  Config.schema(Address, postgresVariable)
)

type Environment = FileSystem.FileSystem | Path.Path | Stdio.Stdio

/**
 * The sink of a destination. `named`: in a pipe, each record comes with the name of its resource. `patience`: how long a
 * database keeps the lock of a process that gives no sign of life.
 */
export const layer = (
  destination: Destination,
  { named = false, patience }: { readonly named?: boolean; readonly patience?: Duration.Input } = {}
): Layer.Layer<Sink, Config.ConfigError, Environment> =>
  Layer.unwrap(sink(destination, named, patience)).pipe(Layer.provide(NodeExport.layer))

const loaded = <A>(load: () => Promise<A>): Effect.Effect<A> => Effect.promise(load)

type Services = Layer.Success<typeof NodeExport.layer>

const sink: (
  destination: Destination,
  named: boolean,
  patience: Duration.Input | undefined
) => Effect.Effect<Layer.Layer<Sink, never, Environment | Services>, Config.ConfigError> = Effect.fnUntraced(
  function* (destination, named, patience) {
    switch (destination.kind) {
      case "ndjson":
        return (yield* loaded(() => import("@effect-intercom/export/Ndjson"))).layer(destination)
      case "csv":
        return (yield* loaded(() => import("@effect-intercom/export/Csv"))).layer(destination)
      case "parquet":
        return (yield* loaded(() => import("@effect-intercom/export/Parquet"))).layer(destination)
      case "sqlite":
        return (yield* loaded(() => import("@effect-intercom/export/NodeSqlite"))).layer(destination)
      case "duckdb":
        return (yield* loaded(() => import("@effect-intercom/export/NodeDuckDb"))).layer(destination)
      case "postgres": {
        const url = destination.url ?? (yield* postgresUrl)
        return (yield* loaded(() => import("@effect-intercom/export/Postgres"))).layer({
          url,
          schema: destination.schema,
          patience
        })
      }
      case "s3": {
        const { config, layer } = yield* loaded(() => import("@effect-intercom/export/NodeS3"))
        return layer({ ...(yield* config), ...destination, patience })
      }
      case "stdout":
        return (yield* loaded(() => import("@effect-intercom/export/Stdout"))).layer({ named })
    }
  }
)

/** Where records are that are set apart. */
export const quarantine = (destination: Destination): string => {
  switch (destination.kind) {
    case "sqlite":
    case "duckdb":
    case "postgres":
      return "the table _intercom_quarantine"
    case "s3":
      return `${addressOf(destination)}/quarantine`
    case "stdout":
      return "standard error"
    default:
      return `${destination.directory}/quarantine.ndjson`
  }
}

/** What a receipt's place is to someone in a shell. */
export const path = (destination: Destination, place: string): Effect.Effect<string, never, Path.Path> =>
  Effect.map(Path.Path, ({ join }) => {
    if (destination.kind === "s3") return `${addressOf(destination)}/${place}`
    if ("directory" in destination) return join(destination.directory, place)
    return "file" in destination ? `${destination.file}, ${place}` : place
  })

// ---------------------------------------------------------------------------------------------------------------------
// the command line
// ---------------------------------------------------------------------------------------------------------------------

const formWidth = Math.max(...forms.map(([form]) => form.length)) + 2

/** What help says of the forms. */
export const help: string = forms.map(([form, meaning]) => `  ${form.padEnd(formWidth)}${meaning}`).join("\n")

const refused = (name: string) => (problem: string) => new CliError.ValidationError({ message: `${name}: ${problem}` })

/** `--to`. */
export const flag = Flag.String("to").pipe(
  Flag.withAlias("t"),
  Flag.withMetavar("DESTINATION"),
  Flag.withDescription(`Where to: ${formNames}`),
  Flag.mapEffect((value) => Effect.mapError(Effect.fromResult(parse(value)), refused("--to")))
)

/** A destination that was exported to; of files, the directory is enough. */
export const argument = Argument.String("destination").pipe(
  Argument.withDescription(`What --to said; a directory of files or the file of a database alone will do`),
  Argument.mapEffect((value) =>
    Effect.gen(function* () {
      const found = yield* recognized(value)
      const wrong = found === undefined ? notThere(value) : undefined
      if (wrong !== undefined) return yield* Effect.fail(wrong)
      const destination = found ?? (yield* Effect.fromResult(parse(value)))
      if (destination.kind === "stdout") return yield* Effect.fail("Nothing stays in a pipe.")
      return destination.kind === "s3" && isBucket(value) ? { ...destination, found: true } : destination
    }).pipe(Effect.mapError(refused("<destination>")))
  )
)

const schemaOf = (what: string) =>
  text("schema", "the name of a schema").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription(`The schema of the PostgreSQL database${what}; else the search_path's, else public`),
    Flag.optional
  )

/** `--schema`. */
export const schemaFlag = schemaOf(", created when it is not there")

/** What is wrong with a schema for this destination. */
export const schemaMistake = (destination: Destination, schema: Option.Option<string>): string | undefined =>
  Option.isSome(schema) && destination.kind !== "postgres"
    ? `--schema is for postgres:, and the destination is ${destination.kind}`
    : undefined

/** `--csv-bom` and `--csv-formulas`. */
export const csvFlags = {
  csvBom: Flag.Boolean("csv-bom").pipe(
    Flag.withDescription("Begin CSV files with a byte order mark, by which Excel knows UTF-8"),
    Flag.withDefault(false)
  ),
  csvFormulas: Flag.Literals("csv-formulas", ["guarded", "verbatim"]).pipe(
    Flag.withDescription(
      "A text in CSV that a spreadsheet would run gets an apostrophe in front, or stays as received (default: guarded)"
    ),
    Flag.optional
  )
}

interface CsvOptions {
  readonly csvBom: boolean
  readonly csvFormulas: Option.Option<Formulas>
}

/** What is wrong with options of CSV for this destination. */
export const csvMistake = (destination: Destination, { csvBom, csvFormulas }: CsvOptions): string | undefined => {
  const flag = csvBom ? "--csv-bom" : Option.isSome(csvFormulas) ? "--csv-formulas" : undefined
  const kind = fileFormat(destination) ?? destination.kind
  return flag === undefined || kind === "csv" ? undefined : `${flag} is for csv:, and the destination is ${kind}`
}

/** What files or objects are; `undefined` where there are none. */
export const fileFormat = (destination: Destination): ObjectFormat["format"] | undefined => {
  if (destination.kind === "s3") return destination.format
  const { kind } = destination
  return kind === "ndjson" || kind === "csv" || kind === "parquet" ? kind : undefined
}

/** The destination with the options that CSV has. */
export const asCsv = (destination: Destination, { csvBom, csvFormulas }: CsvOptions): Destination =>
  destination.kind === "csv" || (destination.kind === "s3" && destination.format === "csv")
    ? { ...destination, bom: csvBom, formulas: Option.getOrElse(csvFormulas, () => "guarded" as const) }
    : destination

/** The destination with the schema that was asked for. */
export const inSchema = (destination: Destination, schema: Option.Option<string>): Destination =>
  destination.kind === "postgres" && Option.isSome(schema) ? { ...destination, schema: schema.value } : destination

/** What `status`, `verify` and `report` are asked about. */
export const place = { destination: argument, schema: schemaOf("") }

/** Refuses a place that is not there, and a schema where there are none. */
export const validPlace = Effect.fnUntraced(function* ({
  destination,
  schema
}: {
  readonly destination: Destination
  readonly schema: Option.Option<string>
}) {
  const wrong = schemaMistake(destination, schema) ?? (yield* missing(destination))
  if (wrong !== undefined) return yield* new CliError.ValidationError({ message: wrong })
})

/** What an export leaves in a directory, whatever it writes. */
const traces = ["manifest.json", "state.json", ".export"]

/** The destination that a path is, by what is there; `undefined` when nothing is. */
const recognized = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<Destination | undefined, string, FileSystem.FileSystem> {
  const fs = yield* FileSystem.FileSystem
  const info = yield* Effect.option(fs.stat(path))
  if (Option.isNone(info)) return undefined
  if (info.value.type !== "Directory") {
    const { isDuckDb } = yield* loaded(() => import("@effect-intercom/export/NodeDuckDb"))
    return { kind: (yield* isDuckDb(path)) ? "duckdb" : "sqlite", file: path }
  }
  // What cannot be read is reported when it is read.
  const names = yield* Effect.orElseSucceed(fs.readDirectory(path), () => traces)
  if (!traces.some((name) => names.includes(name))) {
    return yield* Effect.fail(`The directory ${Printable.line(path)} holds no export.`)
  }
  // What stands there is looked at in whatever format it is.
  return { kind: "ndjson", directory: path, compression: undefined, found: true }
})

/** Of a path that is none of the forms: the forms are no help to who mistyped it. */
const notThere = (text: string): string | undefined => {
  if (text === "" || text === "-" || text.includes(":") || PostgresAddress.isAddress(text)) return undefined
  const shown = Mistake.shown(text)
  return `${shown === "…" ? "It" : shown} is not there: name a directory or a database that was exported to, or what --to said.`
}

/** What is to be looked at has to be there, as `fs` has it. */
const missing = Effect.fnUntraced(function* (destination: Destination) {
  const fs = yield* FileSystem.FileSystem
  const path = "directory" in destination ? destination.directory : "file" in destination ? destination.file : undefined
  if (path === undefined) return undefined
  const shown = Printable.line(path)
  // What cannot be looked at is reported when it is read.
  if (!(yield* Effect.orElseSucceed(fs.exists(path), () => true))) return `<destination>: ${shown} is not there.`
  if (!("directory" in destination)) return undefined
  const info = yield* Effect.option(fs.stat(path))
  return Option.exists(info, ({ type }) => type !== "Directory")
    ? `<destination>: ${shown} is not a directory. Name the directory that was exported to; of a database, the file alone will do.`
    : undefined
})

/** What is beside a database and part of it, or of the export that writes to it. */
const besides = ["", "-wal", "-shm", "-journal", ".wal", ".lock"]

/** The files and directories of an export that are on this machine. */
const filesOf = (destination: Destination, { manifest }: Overview.Overview): ReadonlyArray<string> => {
  if ("file" in destination) return besides.map((suffix) => destination.file + suffix)
  if (!("directory" in destination)) return []
  const places = Object.values(manifest?.exports ?? {}).map(({ place }) => place)
  return [...traces, "quarantine.ndjson", "export.lock", ...places].map((name) => `${destination.directory}/${name}`)
}

/** Refuses a file to write that belongs to the export, whatever leads there. */
export const mustNotHold = Effect.fnUntraced(function* (
  destination: Destination,
  overview: Overview.Overview,
  out: string
) {
  const { sep } = yield* Path.Path
  const both = (path: string) => Effect.all([WholeFile.named(path), WholeFile.resolved(path)])
  const files = (yield* Effect.forEach(filesOf(destination, overview), both)).flat()
  const isHeld = (yield* both(out)).some((path) =>
    files.some((file) => path === file || path.startsWith(`${file}${sep}`))
  )
  if (!isHeld) return
  return yield* new Held({ out })
})

/** A directory or bucket holds exports, none of which is in the format that was named. */
export class OtherFormat extends Schema.TaggedError<OtherFormat>()("OtherFormat", {
  command: Schema.String,
  place: Schema.String,
  found: Schema.NonEmptyArray(Schema.String),
  named: Schema.String
}) {
  override get message(): string {
    const { command, found, named, place } = this
    return `${place} holds ${found.join(" and ")}, not ${named}: intercom export ${command} ${place}`
  }
}

/** What `--to` has before the place. */
const formatOf = (destination: Destination): string => {
  const compression = "compression" in destination ? destination.compression : undefined
  return `${fileFormat(destination)}${compression === undefined ? "" : { gzip: ".gz", zstd: ".zst" }[compression]}`
}

/** Where files or objects are of which a format was named. */
const placeOf = (destination: Destination): string | undefined => {
  if ("found" in destination && destination.found) return undefined
  if (destination.kind === "s3") return addressOf(destination)
  return "directory" in destination ? destination.directory : undefined
}

const mustBeOf = Effect.fnUntraced(function* (command: string, destination: Destination) {
  const place = placeOf(destination)
  if (place === undefined) return
  // What is damaged is reported when it is read.
  const [first, ...others] = yield* Effect.orElseSucceed(Overview.formats, (): ReadonlyArray<string> => [])
  const named = formatOf(destination)
  if (first === undefined || [first, ...others].includes(named)) return
  return yield* new OtherFormat({ command, place, found: [first, ...others], named })
})

/** Looks at what was exported, for the command of this name. */
export const look = <A, E, R>(
  command: string,
  { destination, schema }: { readonly destination: Destination; readonly schema: Option.Option<string> },
  effect: Effect.Effect<A, E, R>
) => Effect.andThen(mustBeOf(command, destination), effect).pipe(Effect.provide(layer(inSchema(destination, schema))))
