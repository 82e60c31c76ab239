/** Tables as CSV; `Csv.ts` says how. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Compression from "../Compression.ts"
import * as Table from "../Table.ts"
import { type FileFormat, plain } from "./FileFormat.ts"

export interface Options {
  /** @default none */
  readonly compression?: Compression.Format | undefined
  /** Begins each file with a byte order mark, by which Excel knows UTF-8. @default false */
  readonly bom?: boolean | undefined
  /**
   * What becomes of a text that a spreadsheet would run: it is `guarded` by an apostrophe, or stays as received,
   * `verbatim`, for readers that are no spreadsheets. @default "guarded"
   */
  readonly formulas?: Formulas | undefined
}

export type Formulas = "guarded" | "verbatim"

export const make = ({ bom = false, compression, formulas = "guarded" }: Options): FileFormat => {
  const [written, read] = formulas === "guarded" ? [guard, unguard] : [asReceived, asReceived]
  return {
    extension: compression === undefined ? "csv" : `csv.${Compression.extensions[compression]}`,
    compression,
    header: ({ columns }) =>
      `${bom ? "\ufeff" : ""}${line([...columns.map(({ name }) => name), Table.rest], asReceived)}`,
    line: (table) => {
      const rowOf = Table.rowOf(table)
      return (record) => {
        const { rest, values } = rowOf(record)
        return line([...values, rest], written)
      }
    },
    parse: (table) => (text) =>
      text.pipe(
        Stream.mapAccum(nothingRead, readText),
        // The header.
        Stream.drop(1),
        Stream.map(recordOf(table, read))
      ),
    // By the names in the header: an earlier version had other columns.
    read: ({ bytes, path }, columns) =>
      plain(compression, path, bytes).pipe(
        Stream.decodeText(),
        Stream.mapAccum(nothingRead, readText),
        Stream.mapAccum(
          (): ReadonlyArray<Field> | undefined => undefined,
          (header, fields): readonly [ReadonlyArray<Field>, ReadonlyArray<Table.Received>] =>
            header === undefined ? [fields, []] : [header, [pickedOf(header, fields, columns, read)]]
        )
      ),
    count: ({ bytes, path }) =>
      Effect.map(
        // One line is the header.
        Stream.runFold(plain(compression, path, bytes), () => ({ lines: -1, isQuoted: false }), addLines),
        ({ lines }) => lines
      )
  }
}

const asReceived = (text: string): string => text

/** What a spreadsheet takes for a formula, with or without apostrophes in front. */
const formula = /^'*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/

/** Of these, numbers: `-5`, `+353 87 123 4567`, `-1.5e-10`. */
const number = /^'*[+-][\d ]*\.?\d+(?:e[+-]?\d+)?$/i

const isGuarded = (text: string): boolean => formula.test(text) && !number.test(text)

const guard = (text: string): string => (isGuarded(text) ? `'${text}` : text)

const unguard = (text: string): string => (text.startsWith("'") && isGuarded(text.slice(1)) ? text.slice(1) : text)

const line = (fields: ReadonlyArray<Table.Value>, written: (text: string) => string): string =>
  `${fields.map((value) => field(typeof value === "string" ? written(value) : value)).join(",")}\r\n`

// Spaces at an end are part of the field; some readers take them away unless it is quoted.
const needsQuotes = /[",\r\n]|^ | $|^$/

const field = (value: Table.Value): string => {
  if (value === null) return ""
  const text = String(value)
  return typeof value === "string" && needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const quote = 34
const newline = 10

/** A line break in quotes is part of its field. */
const addLines = (state: { readonly lines: number; readonly isQuoted: boolean }, bytes: Uint8Array) => {
  let { isQuoted, lines } = state
  for (const byte of bytes) {
    if (byte === quote) isQuoted = !isQuoted
    else if (byte === newline && !isQuoted) lines += 1
  }
  return { lines, isQuoted }
}

/** A field as it was written: nothing is null. */
type Field = string | null

/** What is read of a line. */
interface Reading {
  readonly fields: ReadonlyArray<Field>
  /** Of the field under way: `undefined` before its first character. */
  readonly field: string | undefined
  readonly isQuoted: boolean
}

const nothingRead = (): Reading => ({ fields: [], field: undefined, isQuoted: false })

// A run of anything else is taken at once.
const tokens = /[",\r\n]|[^",\r\n]+/g

/** Reads on: the lines that end in the text. Two quotes within quotes end and begin them, with a quote in between. */
const readText = (before: Reading, text: string): readonly [Reading, ReadonlyArray<ReadonlyArray<Field>>] => {
  const lines: Array<ReadonlyArray<Field>> = []
  let fields = [...before.fields]
  let { field, isQuoted } = before
  for (const [token] of text.matchAll(tokens)) {
    if (token === '"') {
      // The second of two.
      if (!isQuoted && field !== undefined) field += '"'
      isQuoted = !isQuoted
      field ??= ""
    } else if (isQuoted) field = `${field ?? ""}${token}`
    else if (token === ",") {
      fields.push(field ?? null)
      field = undefined
    } else if (token === "\n") {
      lines.push([...fields, field ?? null])
      fields = []
      field = undefined
    } else if (token !== "\r") field = `${field ?? ""}${token}`
  }
  return [{ fields, field, isQuoted }, lines]
}

/** Some columns of a line, as text. */
const pickedOf = (
  header: ReadonlyArray<Field>,
  fields: ReadonlyArray<Field>,
  columns: ReadonlyArray<string>,
  read: (text: string) => string
): Table.Received =>
  Object.fromEntries(
    columns.flatMap((name) => {
      const field = fields[header.findIndex((title) => title?.replace("\ufeff", "") === name)]
      return field === undefined || field === null ? [] : [[name, read(field)]]
    })
  )

/** The way back from {@link line}. */
const recordOf = (
  table: Table.Table,
  read: (text: string) => string
): ((fields: ReadonlyArray<Field>) => Table.Received) => {
  const toRecord = Table.recordOf(table)
  const valueOf = (kind: Table.Kind, field: Field): Table.Value => {
    if (field === null || kind === "json") return field
    if (kind === "text") return read(field)
    return kind === "boolean" ? field === "true" : Number(field)
  }
  return (fields) =>
    toRecord({
      values: table.columns.map(({ kind }, index) => valueOf(kind, fields[index] ?? null)),
      rest: fields[table.columns.length] ?? null
    })
}
