/** The documents a sink keeps beside the records, as their types. */
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import { Checkpoint } from "./Checkpoint.ts"
import { type Reason, Unreadable } from "./ExportError.ts"
import * as Files from "./internal/Files.ts"
import { Manifest, State } from "./Manifest.ts"
import * as Resource from "./Resource.ts"
import type { Connection } from "./Sink.ts"
import type { Table } from "./Table.ts"

const decoder = <S extends Schema.Codec<unknown, unknown>>(schema: S, finished: boolean) => {
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
  return (path: string, text: string | undefined): Effect.Effect<S["Type"] | undefined, Reason> =>
    text === undefined
      ? Effect.succeed(undefined)
      : Effect.mapError(decode(text), (error) => new Unreadable({ path, finished, ...Files.fieldOf(error) }))
}

/** Those of earlier versions have names of resources that are others today. */
const document = <S extends Schema.Codec<unknown, unknown>>(
  name: string,
  schema: S,
  today: (found: S["Type"]) => S["Type"]
) => {
  const decode = decoder(schema, true)
  const encode = Schema.encodeSync(schema)
  return {
    read: (sink: Pick<Connection, "read" | "locate">) =>
      Effect.flatMap(sink.read(name), (text) =>
        Effect.map(decode(sink.locate?.(name) ?? name, text), (found) =>
          found === undefined ? undefined : today(found)
        )
      ),
    // For people to read, too.
    write: (sink: Connection, value: S["Type"]) => sink.write(name, `${JSON.stringify(encode(value), null, 2)}\n`)
  }
}

/** A record whose keys are the names of today, in the same order; a key that is there under both stays as it is. */
const named = <A>(record: { readonly [name: string]: A }): { readonly [name: string]: A } =>
  Record.mapKeys(record, (name) => {
    const today = Resource.current(name)
    return today in record ? name : today
  })

/** What is complete. */
export const { read: manifest, write: writeManifest } = document("manifest", Manifest, (manifest) => ({
  ...manifest,
  exports: named(Record.map(manifest.exports, (entry) => ({ ...entry, resource: Resource.current(entry.resource) })))
}))

/** What exports since `last` resume from. */
export const { read: state, write: writeState } = document("state", State, (state) => ({
  ...state,
  resources: named(state.resources)
}))

const decode = decoder(Checkpoint, false)

/** Reads the checkpoint of an unfinished output. */
export const readCheckpoint = (sink: Pick<Connection, "peek" | "locate">, table: Table) =>
  Effect.flatMap(sink.peek(table), (text) => decode(checkpointPath(sink, table), text))

/** Where the checkpoint of an unfinished output is kept, for messages. */
export const checkpointPath = ({ locate }: Pick<Connection, "locate">, { name }: Table): string =>
  locate?.(`${name}.checkpoint`) ?? `${name}.checkpoint`

const encode = Schema.encodeSync(Checkpoint)

export const encodeCheckpoint = (checkpoint: Checkpoint): string => JSON.stringify(encode(checkpoint))
