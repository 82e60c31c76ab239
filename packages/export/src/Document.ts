/** The documents a sink keeps beside the records, as their types. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { Checkpoint } from "./Checkpoint.ts"
import { type Reason, Unreadable } from "./ExportError.ts"
import { Manifest, State } from "./Manifest.ts"
import type { Connection } from "./Sink.ts"
import type { Table } from "./Table.ts"

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/** The first field that is wrong; nothing of a text that is no JSON. */
const fieldOf = ({ issue }: Schema.SchemaError): { readonly field?: string } => {
  const path = formatIssue(issue).issues[0]?.path ?? []
  return path.length === 0 ? {} : { field: path.map(String).join(".") }
}

const decoder = <S extends Schema.Codec<unknown, unknown>>(schema: S, finished: boolean) => {
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
  return (path: string, text: string | undefined): Effect.Effect<S["Type"] | undefined, Reason> =>
    text === undefined
      ? Effect.succeed(undefined)
      : Effect.mapError(decode(text), (error) => new Unreadable({ path, finished, ...fieldOf(error) }))
}

const document = <S extends Schema.Codec<unknown, unknown>>(name: string, schema: S) => {
  const decode = decoder(schema, true)
  const encode = Schema.encodeSync(schema)
  return {
    read: (sink: Pick<Connection, "read" | "locate">) =>
      Effect.flatMap(sink.read(name), (text) => decode(sink.locate?.(name) ?? name, text)),
    // For people to read, too.
    write: (sink: Connection, value: S["Type"]) => sink.write(name, `${JSON.stringify(encode(value), null, 2)}\n`)
  }
}

/** What is complete. */
export const { read: manifest, write: writeManifest } = document("manifest", Manifest)

/** What exports since `last` go on from. */
export const { read: state, write: writeState } = document("state", State)

const decode = decoder(Checkpoint, false)

/** Reads the checkpoint of an unfinished output. */
export const decodeCheckpoint = (table: Table, text: string | undefined) => decode(`${table.name}.checkpoint`, text)

const encode = Schema.encodeSync(Checkpoint)

export const encodeCheckpoint = (checkpoint: Checkpoint): string => JSON.stringify(encode(checkpoint))
