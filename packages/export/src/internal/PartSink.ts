/** What the sinks have in common that write parts, and finish them when they are whole: as files, or as objects. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Compression } from "../Compression.ts"
import { OtherExport, type Reason } from "../ExportError.ts"
import type * as Quarantine from "../Quarantine.ts"
import type { Batch, Kept, Output, Receipt, Written } from "../Sink.ts"
import type { Table } from "../Table.ts"
import { type FileFormat, jsonLines, plain } from "./FileFormat.ts"
import type { State } from "./Part.ts"

/** An output whose effects still need the environment. */
export interface Open<R> extends Pick<Output, "checkpoint" | "written"> {
  readonly commit: (batch: Batch, checkpoint: (kept: Kept) => string) => Effect.Effect<Kept, Reason, R>
  readonly finish: (name: string) => Effect.Effect<Receipt, Reason, R>
  readonly forget: Effect.Effect<void, Reason, R>
}

/** The same, where each effect is guarded by the lock. */
export const guardedOutput =
  <R>(guarded: <A>(effect: Effect.Effect<A, Reason, R>) => Effect.Effect<A, Reason>) =>
  ({ checkpoint, commit, finish, forget, written }: Open<R>): Output => ({
    checkpoint,
    written,
    commit: (batch, checkpoint) => guarded(commit(batch, checkpoint)),
    finish: (name) => guarded(finish(name)),
    forget: guarded(forget)
  })

/** Fails when an unfinished output is another one than the export would write. */
export const same = (path: string, field: string, found: string, wanted: string): Effect.Effect<void, OtherExport> =>
  found === wanted ? Effect.void : Effect.fail(new OtherExport({ path, field, found, wanted }))

/** What the export wants to know when it resumes. */
export const checkpointOf = (progress: { readonly checkpoint: string | null } | undefined): string | undefined =>
  progress?.checkpoint ?? undefined

/** A part as it was left. */
interface Left<R> {
  readonly path: string
  readonly state: State
  readonly bytes: Stream.Stream<Uint8Array, Reason, R>
}

const textOf = <R>({ bytes, path, state }: Left<R>, compression: FileFormat["compression"]) =>
  (state.bytes === 0 ? Stream.empty : plain(compression, path, bytes)).pipe(
    Stream.decodeText(),
    Stream.concat(Stream.succeed(state.tail))
  )

/** The text of a part of records. */
export const recordsText = <R>({ compression }: FileFormat, left: Left<R>) => textOf(left, compression)

/** What the parts hold, to be read before they grow. */
export const written = <R>(
  format: FileFormat,
  table: Table,
  { quarantined, records }: { readonly records: Left<R>; readonly quarantined: Left<R> }
): { readonly [Name in keyof Written]: Stream.Stream<Stream.Success<Written[Name]>, Reason, R | Compression> } => ({
  records: format.parse(table, records.path)(recordsText(format, records)),
  quarantined: jsonLines<Quarantine.Line>(quarantined.path)(textOf(quarantined, undefined))
})

/** What a finished output has, of which nothing is to be read any more. */
export const nothingWritten: Written = { records: Stream.empty, quarantined: Stream.empty }
