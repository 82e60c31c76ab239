/**
 * Where an export goes: files, a database, a pipe. A sink keeps the records of each resource together with the checkpoint
 * that says how far they go, so that whatever stops an export, the next one knows what it finds.
 *
 * The rules of a sink, which `SinkLaws` tests:
 *
 * - {@link Output.commit} keeps the records and the checkpoint, or neither, and they are durable when it returns;
 * - what was written beyond the last checkpoint is gone when the output is opened again;
 * - {@link Output.written} gives what was committed, when the output is opened again;
 * - {@link Output.commit} counts every record of the batch: kept, merged with one of the same key, or set aside;
 * - {@link Output.finish} and {@link Output.forget} can be done twice, in the next export too: a crash between two steps
 *   does no harm;
 * - who connects has the lock until their scope closes, however long the layer lives, and a {@link Connection.token} that
 *   is greater than all before it. A process can be suspended, and another take the lock over: from then on nothing that the
 *   first one does is kept. Each write checks, in the same transaction or by what makes it count, that no later token was
 *   given, and each commit that the stored checkpoint is its own last one;
 * - the finished output depends on the records alone, not on how they were split into batches or how often it was opened.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Reason } from "./ExportError.ts"
import type * as Quarantine from "./Quarantine.ts"
import type { Received, Table } from "./Table.ts"

/** What is written in one step. */
export interface Batch {
  readonly records: ReadonlyArray<Received>
  /** Records that are set apart, as received, each with the reason. */
  readonly quarantined: ReadonlyArray<Quarantine.Line>
  /** The walk had to start over (a scroll expired): what this output was given before this batch is dropped. */
  readonly startOver?: boolean | undefined
}

/** What became of the records of a batch: each is counted once. */
export interface Kept {
  /** Records that the output has now and had not before. */
  readonly records: number
  /** Records whose key it had: of the two, one stays. */
  readonly merged: number
  /** Records that it cannot keep, as they stand in the quarantine instead. */
  readonly setAside: ReadonlyArray<Quarantine.Line>
}

/** What a finished output holds. */
export interface Receipt {
  /** The file's name in its directory, or the table's. */
  readonly place: string
  readonly records: number
  /** Of the file; null where that means nothing. */
  readonly bytes: number | null
  /** In hexadecimal: of the file's bytes; of a table's records, each as a line of JSON, in the order of its key. */
  readonly sha256: string
  /** How many records stand in the quarantine for this resource. */
  readonly quarantined: number
  /** Of these, in hexadecimal; absent without any, and where a sink does not say. */
  readonly quarantineSha256?: string
}

/** What is known of a finished output without reading all of it. */
export type Measure = Pick<Receipt, "bytes"> & Partial<Pick<Receipt, "records" | "sha256">>

/**
 * How the records relate to what earlier exports left: `replace` puts them in its place when the output is finished, and
 * not before; `merge` adds them (a new file; a table's rows are replaced by their key). The same goes for the quarantined
 * records of the resource.
 */
export type Mode = "replace" | "merge"

/** How an output is written, where that can differ: as a file of a kind. */
export interface Stored {
  /** As destinations have it: `ndjson.gz`. */
  readonly format: string
  /** For messages: of the output, or of its checkpoint. */
  readonly path: string
  readonly finished: boolean
}

/** What an unfinished output holds. */
export interface Written {
  /** As received, or as far as the row of each has it; in any order. */
  readonly records: Stream.Stream<Received, Reason>
  readonly quarantined: Stream.Stream<Quarantine.Line, Reason>
}

/** One resource, being written. */
export interface Output {
  /** The checkpoint of the last commit, for an export that was stopped; `undefined` for a new one. */
  readonly checkpoint: string | undefined
  /** What was committed, by earlier exports too: to be read before the next commit. */
  readonly written: Written
  /** Keeps records and checkpoint (a JSON text, made of what was kept), both or neither. */
  readonly commit: (batch: Batch, checkpoint: (kept: Kept) => string) => Effect.Effect<Kept, Reason>
  /**
   * Puts the output in its place; the checkpoint stays, until {@link forget}. A file takes the given name. No commit
   * follows, but there need not have been one: an output of nothing is empty.
   */
  readonly finish: (name: string) => Effect.Effect<Receipt, Reason>
  /** Takes the checkpoint away: the output is complete, and noted in the manifest. */
  readonly forget: Effect.Effect<void, Reason>
}

/** A sink that is locked: no other export writes to it. What writes fails with `LostLock` once another has taken over. */
export interface Connection {
  /** The fencing token: it grows with each taking of the lock. */
  readonly token: number
  /** A small document (JSON text) kept beside the data: the `manifest`, the `state`. */
  readonly read: (document: string) => Effect.Effect<string | undefined, Reason>
  /** Where a document is kept, or `contacts.checkpoint`, for messages. @default its name */
  readonly locate?: ((document: string) => string) | undefined
  /** Replaces a document, whole or not at all. */
  readonly write: (document: string, text: string) => Effect.Effect<void, Reason>
  /** Where a finished output of this name would go, when something stands there already. */
  readonly occupied: (table: Table, name: string) => Effect.Effect<string | undefined, Reason>
  /**
   * Opens the output of a resource, or resumes one that was stopped, in the mode it had. Outputs of several
   * resources may be open at once, one of each.
   */
  readonly open: (table: Table, mode: Mode) => Effect.Effect<Output, Reason, Scope.Scope>
  /** Drops the unfinished output of a resource, if there is one. */
  readonly discard: (table: Table) => Effect.Effect<void, Reason>
  /** The checkpoint of an unfinished output, without touching it. */
  readonly peek: (table: Table) => Effect.Effect<string | undefined, Reason>
  /** Reads what a finished output holds now, in whatever format; fails when it is not there. */
  readonly audit: (table: Table, place: string) => Effect.Effect<Receipt, Reason>
  /**
   * The records of a finished output, with these columns at least, in any order; absent where what was written cannot be
   * read back.
   */
  readonly records?:
    | ((table: Table, place: string, columns: ReadonlyArray<string>) => Stream.Stream<Received, Reason>)
    | undefined
  /** The same, as far as it is known without reading all of it; {@link audit} where it is absent. */
  readonly measure?: ((table: Table, place: string) => Effect.Effect<Measure, Reason>) | undefined
  /** The formats of a resource's outputs: of those finished at these places, and of the unfinished one. @default none */
  readonly formats?:
    | ((table: Table, places: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<Stored>, Reason>)
    | undefined
}

/** What can be looked at without the lock. */
export type View = Pick<Connection, "read" | "locate" | "peek" | "audit" | "measure" | "formats">

/** The sink of the current export. */
export class Sink extends Context.Service<
  Sink,
  {
    /** For people and for the manifest: `ndjson:out/workspace`. It has no secret. */
    readonly name: string
    /** What it writes, where a place can have outputs of several formats: a resource is never written in two. */
    readonly format?: string | undefined
    /** Whether everything goes into one sequence, as a pipe is: resources come one after the other then. @default false */
    readonly sequential?: boolean | undefined
    /** Takes the lock, which is given back when the scope closes. */
    readonly connect: Effect.Effect<Connection, Reason, Scope.Scope>
    /** The same without a lock, to look at what is there: nothing is written, and nothing cut off. */
    readonly inspect: Effect.Effect<View, Reason, Scope.Scope>
  }
>()("@effect-intercom/export/Sink") {}
