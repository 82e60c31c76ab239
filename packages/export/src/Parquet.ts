/**
 * A sink that writes each resource to a Parquet file: `contacts.parquet`.
 *
 * Its columns are those of the table (see `Table.ts`), `_rest` last, all of them optional: `STRING`, `JSON` (text
 * to readers that do not know the logical type), 64-bit integers, doubles and booleans. Times are `TIMESTAMP` in UTC, to
 * the millisecond (the API sends seconds); one outside of the years 1 to 9999, which not every reader knows, stands in
 * `_rest` as the number it was. Pages are compressed with Snappy, which every reader knows.
 *
 * A Parquet file cannot grow, so that an export collects the records first, compressed (`contacts.parquet.part`), and makes
 * the file of them when it finishes, a group of rows at a time. A group has 10,000 rows, or fewer that are 16 million
 * characters of JSON: the memory this takes does not grow with the export.
 */
import * as Json from "@effect-intercom/core/Json"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { type FileMetaData, parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet"
import { ByteWriter, ParquetWriter } from "hyparquet-writer"
import { FileFailed } from "./ExportError.ts"
import * as FileSink from "./internal/FileSink.ts"
import * as Files from "./internal/Files.ts"
import { tool } from "./Manifest.ts"
import { Sha256 } from "./Sha256.ts"
import type { Sink } from "./Sink.ts"
import * as Table from "./Table.ts"

export interface Options {
  /** Created when it does not exist. */
  readonly directory: string
}

/** What the sink needs of the machine. */
export type Environment = FileSink.Environment

const stage = "zstd"

export const layer = ({ directory }: Options): Layer.Layer<Sink, never, Environment> =>
  FileSink.layer(
    {
      extension: "parquet",
      compression: stage,
      header: () => "",
      line: () => (record) => `${Json.stringify(record)}\n`,
      parse: (_, file) => FileSink.jsonLines<Table.Received>(file),
      convert,
      read,
      count
    },
    { directory }
  )

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

const groupsOf = (part: string) =>
  FileSink.plain(stage, part, Files.read(part)).pipe(
    Stream.decodeText(),
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

const convert = Effect.fnUntraced(function* (table: Table.Table, part: string, file: string) {
  const fs = yield* FileSystem.FileSystem
  const hash = yield* (yield* Sha256).make
  const columns = columnsOf(table)
  const bytes = new ByteWriter()
  const schema: Array<SchemaElement> = [
    { name: "root", num_children: columns.length },
    ...columns.map(({ kind, name }) => ({ name, repetition_type: "OPTIONAL" as const, ...elements[kind] }))
  ]
  const parquet = new ParquetWriter({ writer: bytes, createdBy: tool.name, schema })
  const data = columnar(table)

  yield* Effect.scoped(
    Effect.gen(function* () {
      const handle = yield* Files.at(file)(fs.open(file, { flag: "w" }))
      const flush = Effect.gen(function* () {
        const group = bytes.getBytes().slice()
        bytes.index = 0
        yield* hash.update(group)
        yield* Files.at(file)(handle.writeAll(group))
      })
      const write = (group: Group) =>
        Effect.andThen(
          Effect.sync(() => void parquet.write({ columnData: data(group), rowGroupSize: group.lines.length })),
          flush
        )
      yield* Stream.runForEach(groupsOf(part), write)
      yield* Effect.sync(() => void parquet.finish())
      yield* flush
      yield* Files.at(file)(handle.sync)
    })
  )
  return { bytes: bytes.offset, sha256: yield* hash.hex }
})

// ---------------------------------------------------------------------------------------------------------------------
// counting
// ---------------------------------------------------------------------------------------------------------------------

/** What the end of a file says of it. */
const metadataOf = Effect.fnUntraced(function* (file: string) {
  const size = yield* Files.size(file)
  const last = (length: number) =>
    Stream.runFold(Files.read(file, Math.max(0, size - length)), () => new Uint8Array(), concat)
  const end = yield* last(8)
  const footer = yield* last(8 + (end.length < 8 ? 0 : new DataView(end.buffer).getUint32(0, true)))
  return yield* Effect.try({ try: () => parquetMetadata(footer), catch: damaged(file) })
})

const damaged = (path: string) => (cause: unknown) =>
  new FileFailed({
    path,
    description: `The file is damaged: ${cause instanceof Error ? cause.message : String(cause)}`
  })

/** The rows the footer counts; the checksum over the whole file is what an audit compares. */
const count: FileSink.Format["count"] = Effect.fnUntraced(function* (file, bytes) {
  yield* Stream.runDrain(bytes)
  return Number((yield* metadataOf(file)).num_rows)
})

/** A group of rows after the other, and of each the bytes of these columns alone. */
const read: NonNullable<FileSink.Format["read"]> = (_, file, columns) =>
  Stream.unwrap(
    Effect.map(metadataOf(file), (metadata) =>
      Stream.flatMap(Stream.fromIterable(metadata.row_groups.keys()), (index) =>
        Stream.fromIterableEffect(groupOf(file, metadata, index, columns))
      )
    )
  )

const groupOf = Effect.fnUntraced(function* (
  file: string,
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
    Effect.map(Files.readRange(file, start, end - start), (bytes) => ({ start, bytes }))
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
    catch: damaged(file)
  })
})

const endOf = (parts: ReadonlyArray<{ readonly start: number; readonly bytes: Uint8Array }>) =>
  Math.max(0, ...parts.map(({ bytes, start }) => start + bytes.length))

const concat = (a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> => {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}
