/** The documents a sink keeps beside the records, as their types. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Checkpoint } from "./Checkpoint.ts"
import { type Reason, Unreadable } from "./ExportError.ts"
import { Manifest, State } from "./Manifest.ts"
import type { Connection } from "./Sink.ts"
import type { Table } from "./Table.ts"

const decoder = <S extends Schema.Codec<unknown, unknown>>(schema: S) => {
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
  return (name: string, text: string | undefined): Effect.Effect<S["Type"] | undefined, Reason> =>
    text === undefined ? Effect.succeed(undefined) : Effect.mapError(decode(text), () => new Unreadable({ path: name }))
}

const document = <S extends Schema.Codec<unknown, unknown>>(name: string, schema: S) => {
  const decode = decoder(schema)
  const encode = Schema.encodeSync(schema)
  return {
    read: (sink: Pick<Connection, "read">) => Effect.flatMap(sink.read(name), (text) => decode(name, text)),
    // For people to read, too.
    write: (sink: Connection, value: S["Type"]) => sink.write(name, `${JSON.stringify(encode(value), null, 2)}\n`)
  }
}

/** What is complete. */
export const { read: manifest, write: writeManifest } = document("manifest", Manifest)

/** What exports since `last` go on from. */
export const { read: state, write: writeState } = document("state", State)

const decode = decoder(Checkpoint)

/** Reads the checkpoint of an unfinished output. */
export const decodeCheckpoint = (table: Table, text: string | undefined) => decode(`${table.name}.checkpoint`, text)

const encode = Schema.encodeSync(Checkpoint)

export const encodeCheckpoint = (checkpoint: Checkpoint): string => JSON.stringify(encode(checkpoint))
