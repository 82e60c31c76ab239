/** Records as lines of JSON, as files and objects have them. */
import * as Json from "@effect-intercom/core/Json"
import * as Stream from "effect/Stream"
import * as Compression from "../Compression.ts"
import type { Received } from "../Table.ts"
import { type FileFormat, jsonLines, plain } from "./FileFormat.ts"

export const make = (compression: Compression.Format | undefined): FileFormat => ({
  extension: compression === undefined ? "ndjson" : `ndjson.${Compression.extensions[compression]}`,
  compression,
  header: () => "",
  line: () => (record) => `${Json.stringify(record)}\n`,
  parse: (_, path) => jsonLines<Received>(path),
  count: ({ bytes, path }) => Stream.runFold(plain(compression, path, bytes), () => 0, addLines)
})

const newline = 10

const addLines = (sum: number, bytes: Uint8Array): number => {
  let count = sum
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1
  return count
}
