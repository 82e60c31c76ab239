/**
 * `--to`: where an export goes, in a word. Each sink is loaded when it is the one: who writes files needs no driver of a
 * database.
 */
import * as NodeExport from "@effect-intercom/export/NodeExport"
import type { Sink } from "@effect-intercom/export/Sink"
import * as Argument from "effect/cli/Argument"
import * as CliError from "effect/cli/CliError"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Stdio from "effect/Stdio"

/** A destination, as parsed. */
export type Destination =
  | { readonly kind: "ndjson" | "csv"; readonly directory: string; readonly compression: Compression | undefined }
  | { readonly kind: "parquet"; readonly directory: string }
  | { readonly kind: "sqlite"; readonly file: string }
  /** Without a URL, {@link postgresUrl} has it. */
  | { readonly kind: "postgres"; readonly url: Redacted.Redacted | undefined }
  | { readonly kind: "stdout" }

export type Compression = "gzip" | "zstd"

/** All forms, each with what it is. */
export const forms: ReadonlyArray<readonly [form: string, meaning: string]> = [
  ["ndjson:DIR", "a file for each resource, a record a line, exactly as received"],
  ["ndjson.gz:DIR, ndjson.zst:DIR", "the same, compressed"],
  ["csv:DIR, csv.gz:DIR, csv.zst:DIR", "tables as CSV"],
  ["parquet:DIR", "tables as Parquet"],
  ["sqlite:FILE", "tables in a SQLite database"],
  ["postgres:", "tables in the PostgreSQL database of INTERCOM_EXPORT_POSTGRES_URL"],
  ["postgres:URL", "the same; a password in it is seen in the list of processes"],
  ["-", "standard output, as NDJSON"]
]

/** The forms alone, for a sentence. */
export const formNames: string = forms.map(([form]) => form).join(", ")

/** The variable with the URL of a PostgreSQL database. */
export const postgresVariable = "INTERCOM_EXPORT_POSTGRES_URL"

const isPostgresUrl = (text: string): boolean => /^postgres(ql)?:\/\//i.test(text)

/** Reads a destination; fails with a sentence, which does not repeat what may hold a password. */
export const parse = (text: string): Result.Result<Destination, string> => {
  if (text === "-") return Result.succeed({ kind: "stdout" })
  if (isPostgresUrl(text)) return postgres(text)
  const [, format = "", place = ""] = /^([^:]*):(.*)$/s.exec(text) ?? []
  if (format === "") return Result.fail(`it names no format, such as ndjson:${text === "" ? "DIR" : text}`)
  const make = makers[format.toLowerCase()]
  if (make === undefined) return Result.fail(`"${format}" is none of the formats`)
  return make(place)
}

const postgres = (url: string): Result.Result<Destination, string> => {
  if (url === "") return Result.succeed({ kind: "postgres", url: undefined })
  return isPostgresUrl(url)
    ? Result.succeed({ kind: "postgres", url: Redacted.make(url, { label: "postgres URL" }) })
    : Result.fail("the URL of a PostgreSQL database starts with postgres://")
}

const placed =
  (what: string, make: (place: string) => Destination) =>
  (place: string): Result.Result<Destination, string> =>
    place === "" ? Result.fail(`the ${what} is missing after the colon`) : Result.succeed(make(place))

const lines = (kind: "ndjson" | "csv", compression?: Compression) =>
  placed("directory", (directory) => ({ kind, directory, compression }))

const makers: { readonly [format: string]: (place: string) => Result.Result<Destination, string> } = {
  ndjson: lines("ndjson"),
  "ndjson.gz": lines("ndjson", "gzip"),
  "ndjson.zst": lines("ndjson", "zstd"),
  csv: lines("csv"),
  "csv.gz": lines("csv", "gzip"),
  "csv.zst": lines("csv", "zstd"),
  parquet: placed("directory", (directory) => ({ kind: "parquet", directory })),
  sqlite: placed("file", (file) => ({ kind: "sqlite", file })),
  postgres,
  postgresql: postgres
}

/** Whether a word may hold a password, and must not be repeated. */
export const isSecret = (text: string): boolean => /^postgres/i.test(text)

/** Whether a password can be read from the command line. */
export const showsPassword = (destination: Destination): boolean => {
  if (destination.kind !== "postgres" || destination.url === undefined) return false
  const url = Redacted.value(destination.url)
  return URL.canParse(url) && new URL(url).password !== ""
}

// ---------------------------------------------------------------------------------------------------------------------
// the sink
// ---------------------------------------------------------------------------------------------------------------------

/** The URL of `postgres:` without one. */
export const postgresUrl: Config.Config<Redacted.Redacted> = Config.Redacted(postgresVariable)

type Environment = FileSystem.FileSystem | Path.Path | Stdio.Stdio

/** The sink of a destination. `named`: in a pipe, each record comes with the name of its resource. */
export const layer = (
  destination: Destination,
  { named = false } = {}
): Layer.Layer<Sink, Config.ConfigError, Environment> =>
  Layer.unwrap(sink(destination, named)).pipe(Layer.provide(NodeExport.layer))

const loaded = <A>(load: () => Promise<A>): Effect.Effect<A> => Effect.promise(load)

type Services = Layer.Success<typeof NodeExport.layer>

const sink: (
  destination: Destination,
  named: boolean
) => Effect.Effect<Layer.Layer<Sink, never, Environment | Services>, Config.ConfigError> = Effect.fnUntraced(
  function* (destination, named) {
    switch (destination.kind) {
      case "ndjson":
        return (yield* loaded(() => import("@effect-intercom/export/Ndjson"))).layer(destination)
      case "csv":
        return (yield* loaded(() => import("@effect-intercom/export/Csv"))).layer(destination)
      case "parquet":
        return (yield* loaded(() => import("@effect-intercom/export/Parquet"))).layer(destination)
      case "sqlite":
        return (yield* loaded(() => import("@effect-intercom/export/NodeSqlite"))).layer(destination)
      case "postgres": {
        const url = destination.url ?? (yield* postgresUrl)
        return (yield* loaded(() => import("@effect-intercom/export/Postgres"))).layer({ url })
      }
      case "stdout":
        return (yield* loaded(() => import("@effect-intercom/export/Stdout"))).layer({ named })
    }
  }
)

/** Where records are that do not fit their schema. */
export const quarantine = (destination: Destination): string => {
  switch (destination.kind) {
    case "sqlite":
    case "postgres":
      return "the table _intercom_quarantine"
    case "stdout":
      return "standard error"
    default:
      return `${destination.directory}/quarantine.ndjson`
  }
}

/** What a receipt's place is to someone in a shell. */
export const path = (destination: Destination, place: string): Effect.Effect<string, never, Path.Path> =>
  Effect.map(Path.Path, ({ join }) => {
    if ("directory" in destination) return join(destination.directory, place)
    return destination.kind === "sqlite" ? `${destination.file}, ${place}` : place
  })

// ---------------------------------------------------------------------------------------------------------------------
// the command line
// ---------------------------------------------------------------------------------------------------------------------

/** What help says of the forms. */
export const help: string = forms.map(([form, meaning]) => `  ${form.padEnd(30)}${meaning}`).join("\n")

const refused = (option: string, kind: "flag" | "argument", value: string) => (why: string) =>
  new CliError.InvalidValue({
    option,
    kind,
    // It may have a password.
    value: isSecret(value) ? "postgres:…" : value,
    expected: `one of ${formNames}; ${why}`
  })

/** `--to`. */
export const flag = Flag.String("to").pipe(
  Flag.withAlias("t"),
  Flag.withMetavar("DESTINATION"),
  Flag.withDescription(`Where to: ${formNames}`),
  Flag.mapEffect((value) => Effect.mapError(Effect.fromResult(parse(value)), refused("to", "flag", value)))
)

/** A destination that was exported to; of files, the directory is enough. */
export const argument = Argument.String("destination").pipe(
  Argument.withDescription(`What --to said; a directory of files or a SQLite database alone will do`),
  Argument.mapEffect((value) =>
    Effect.gen(function* () {
      const found = yield* recognized(value)
      const destination = found ?? (yield* Effect.fromResult(parse(value)))
      return destination.kind === "stdout" ? yield* Effect.fail("nothing stays in a pipe") : destination
    }).pipe(Effect.mapError(refused("destination", "argument", value)))
  )
)

/** How the files of each kind of destination end, finished or not. */
const endings: ReadonlyArray<readonly [ending: RegExp, make: (directory: string) => Destination]> = [
  [/\.ndjson\.gz(\.part)?$/, (directory) => ({ kind: "ndjson", directory, compression: "gzip" })],
  [/\.ndjson\.zst(\.part)?$/, (directory) => ({ kind: "ndjson", directory, compression: "zstd" })],
  [/\.csv\.gz(\.part)?$/, (directory) => ({ kind: "csv", directory, compression: "gzip" })],
  [/\.csv\.zst(\.part)?$/, (directory) => ({ kind: "csv", directory, compression: "zstd" })],
  [/\.csv(\.part)?$/, (directory) => ({ kind: "csv", directory, compression: undefined })],
  [/\.parquet(\.part)?$/, (directory) => ({ kind: "parquet", directory })],
  [/\.ndjson(\.part)?$/, (directory) => ({ kind: "ndjson", directory, compression: undefined })]
]

/** The destination that a path is, by what is there; `undefined` when it is none. */
const recognized = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const info = yield* Effect.option(fs.stat(path))
  if (Option.isNone(info)) return undefined
  if (info.value.type === "File") return { kind: "sqlite", file: path } satisfies Destination
  // The quarantine is of this kind whatever the records are.
  const names = (yield* Effect.orElseSucceed(fs.readDirectory(path), () => [])).filter(
    (name) => !name.startsWith("quarantine.")
  )
  const [, make] = endings.find(([ending]) => names.some((name) => ending.test(name))) ?? []
  return make?.(path)
})
