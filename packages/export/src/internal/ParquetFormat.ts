/** Tables as Parquet; `Parquet.ts` says how. */
import * as Json from "@effect-intercom/core/Json"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet"
import { ByteWriter, ParquetWriter } from "hyparquet-writer"
import { FileFailed, type Reason } from "../ExportError.ts"
import { tool } from "../Manifest.ts"
import * as Table from "../Table.ts"
import * as FileFormat from "./FileFormat.ts"

// ---------------------------------------------------------------------------------------------------------------------
// writing
// ---------------------------------------------------------------------------------------------------------------------

const most = { rows: 10_000, characters: 16_777_216 }

/** The lines that will be a group of rows; it grows in place, as it is long. */
interface Group {
  readonly lines: Array<string>
  readonly characters: number
}

const noGroup = (): Group => ({ lines: [], characters: 0 })

const addLine = ({ characters, lines }: Group, line: string): readonly [Group, ReadonlyArray<Group>] => {
  lines.push(line)
  const group = { lines, characters: characters + line.length }
  const isFull = lines.length >= most.rows || group.characters >= most.characters
  return isFull ? [noGroup(), [group]] : [group, []]
}

const groupsOf = <R>(text: Stream.Stream<string, Reason, R>) =>
  text.pipe(
    Stream.splitLines,
    Stream.mapAccum(noGroup, addLine, { onHalt: (group) => (group.lines.length > 0 ? [group] : []) })
  )

const elements: Readonly<Record<Table.Kind | "moment", Omit<SchemaElement, "name">>> = {
  moment: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" }
  },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
  // The older `converted_type` says string: declared as JSON, DuckDB refuses the whole file for one lone surrogate.
  json: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "JSON" } },
  integer: { type: "INT64" },
  real: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" }
}

/** The type of a column. */
export const typeOf = ({ kind, moments }: Pick<Table.Column, "kind" | "moments">): string => {
  if (moments === true) return "TIMESTAMP (UTC, ms)"
  const { logical_type: logical, type = "" } = elements[kind]
  return logical?.type ?? type
}

/** All columns, `_rest` among them. */
const columnsOf = ({
  columns
}: Table.Table): ReadonlyArray<{ readonly name: string; readonly kind: keyof typeof elements }> => [
  ...columns.map(({ kind, moments, name }) => ({ name, kind: moments === true ? ("moment" as const) : kind })),
  { name: Table.rest, kind: "json" }
]

/** As the column has it. */
const stored = (kind: keyof typeof elements, value: Table.Value): Table.Value | bigint => {
  if (value === null) return null
  if (kind === "moment") return BigInt(Number(value)) * 1000n
  return kind === "integer" ? BigInt(Number(value)) : value
}

/** From lines of JSON to the columns of a group. */
const columnar = (table: Table.Table) => {
  const rowOf = Table.rowOf(table, { moments: true })
  const columns = columnsOf(table)
  return ({ lines }: Group) => {
    const rows = lines.map((line): ReadonlyArray<Table.Value> => {
      // The part has records only.
      const { rest, values } = rowOf(Json.parse(line) as Table.Received)
      return [...values, rest]
    })
    return columns.map(({ kind, name }, index) => ({
      name,
      data: rows.map((row) => stored(kind, row[index] ?? null)),
      // Nobody looks for the JSON between two others.
      statistics: kind !== "json"
    }))
  }
}

/** The bytes of a group after those of the other, and the footer. */
const convert: NonNullable<FileFormat.FileFormat["convert"]> = (table) => (text) =>
  Stream.suspend(() => {
    const columns = columnsOf(table)
    const bytes = new ByteWriter()
    const schema: Array<SchemaElement> = [
      { name: "root", num_children: columns.length },
      ...columns.map(({ kind, name }) => ({ name, repetition_type: "OPTIONAL" as const, ...elements[kind] }))
    ]
    const parquet = new ParquetWriter({ writer: bytes, createdBy: tool.name, schema })
    const data = columnar(table)
    const flush = () => {
      const written = bytes.getBytes().slice()
      bytes.index = 0
      return written
    }
    return Stream.concat(
      Stream.map(groupsOf(text), (group) => {
        parquet.write({ columnData: data(group), rowGroupSize: group.lines.length })
        return flush()
      }),
      Stream.fromEffect(Effect.sync(() => (parquet.finish(), flush())))
    )
  })

// ---------------------------------------------------------------------------------------------------------------------
// counting
// ---------------------------------------------------------------------------------------------------------------------

/** What the end of a file says of it. */
const metadataOf = Effect.fnUntraced(function* ({ path, range, size: sizeOf }: FileFormat.Source) {
  const size = yield* sizeOf
  const last = (length: number) => range(Math.max(0, size - length), Math.min(size, length))
  const end = yield* last(8)
  const length = end.length < 8 ? 0 : new DataView(end.buffer, end.byteOffset).getUint32(0, true)
  const footer = yield* last(8 + length)
  // A copy begins where its memory begins.
  return yield* Effect.try({ try: () => parquetMetadata(new Uint8Array(footer).buffer), catch: damaged(path) })
})

const damaged = (path: string) => (cause: unknown) =>
  new FileFailed({
    path,
    description: `The file is damaged: ${cause instanceof Error ? cause.message : String(cause)}`,
    damaged: true
  })

/** The rows the footer counts; the checksum over the whole file is what an audit compares. */
const count: FileFormat.FileFormat["count"] = Effect.fnUntraced(function* (source) {
  yield* Stream.runDrain(source.bytes)
  return Number((yield* metadataOf(source)).num_rows)
})

/** A group of rows after the other, and of each the bytes of these columns alone. */
const read: NonNullable<FileFormat.FileFormat["read"]> = (source, columns) =>
  Stream.unwrap(
    Effect.map(metadataOf(source), (metadata) =>
      Stream.flatMap(Stream.fromIterable(metadata.row_groups.keys()), (index) =>
        Stream.fromIterableEffect(groupOf(source, metadata, index, columns))
      )
    )
  )

const groupOf = Effect.fnUntraced(function* (
  { path, range }: FileFormat.Source,
  metadata: FileMetaData,
  index: number,
  columns: ReadonlyArray<string>
) {
  const rowStart = metadata.row_groups.slice(0, index).reduce((sum, { num_rows }) => sum + Number(num_rows), 0)
  const group = metadata.row_groups[index]
  const chunks = (group?.columns ?? []).flatMap(({ meta_data: chunk }) => {
    if (chunk === undefined || !columns.includes(chunk.path_in_schema.join("."))) return []
    const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)
    return [{ start, end: start + Number(chunk.total_compressed_size) }]
  })
  const parts = yield* Effect.forEach(chunks, ({ end, start }) =>
    Effect.map(range(start, end - start), (bytes) => ({ start, bytes }))
  )
  // Chunks that follow one another are asked for together.
  const slice = (from: number, to = from) => {
    const all = new Uint8Array(to - from)
    for (const { bytes, start } of parts) {
      const wanted = bytes.subarray(Math.max(0, from - start), Math.max(0, to - start))
      if (start < to && wanted.length > 0) all.set(wanted, Math.max(0, start - from))
    }
    return all.buffer
  }
  return yield* Effect.tryPromise({
    try: () =>
      parquetReadObjects({
        file: { byteLength: endOf(parts), slice },
        metadata,
        columns: [...columns],
        rowStart,
        rowEnd: rowStart + Number(group?.num_rows ?? 0)
      }),
    catch: damaged(path)
  })
})

const endOf = (parts: ReadonlyArray<{ readonly start: number; readonly bytes: Uint8Array }>) =>
  Math.max(0, ...parts.map(({ bytes, start }) => start + bytes.length))

export const format: FileFormat.FileFormat = {
  extension: "parquet",
  compression: "zstd",
  header: () => "",
  line: () => (record) => `${Json.stringify(record)}\n`,
  parse: (_, path) => FileFormat.jsonLines<Table.Received>(path),
  convert,
  read,
  count
}
