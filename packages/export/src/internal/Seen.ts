/**
 * What an export has been given so far: which records, so that each is kept and counted once, and which of them changed
 * late. It is in memory; an export that is resumed reads it back from what is written.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Reason } from "../ExportError.ts"
import type { Written } from "../Sink.ts"
import * as Table from "../Table.ts"
import type { Step } from "../Walk.ts"
import * as Keys from "./Keys.ts"
import * as Recent from "./Recent.ts"

export interface Seen {
  /** Whether a record was given, kept or not. */
  readonly has: (record: unknown) => boolean
  /** A step without the records that were given before, which are counted. */
  readonly sift: (step: Step) => Step
  readonly changed: Recent.Changed
}

export interface Options {
  readonly table: Table.Table
  /** The field that tells when a record changed. */
  readonly changedAt: string
  /** What changed at this moment or later is remembered, in Unix seconds. */
  readonly after: number
  /** What earlier exports left to remember. */
  readonly before: Recent.Changed
}

export const make = ({
  after,
  before,
  changedAt,
  table
}: Options): Seen & { readonly note: (record: unknown) => boolean } => {
  const keys = Keys.make()
  const changed: Recent.Changed = new Map(before)
  const identityOf = Table.identity(table)
  const timeOf = Recent.changedAt(changedAt)

  /** Notes a record; whether it is new. */
  const note = (record: unknown): boolean => {
    const identity = identityOf(record)
    const isNew = identity === undefined || keys.add(identity)
    if (isNew && Table.isObject(record)) Recent.add(changed, record, timeOf(record), after)
    return isNew
  }

  const sift = (step: Step): Step => {
    if (step.startOver === true) keys.clear()
    const records = step.records.filter(note)
    const invalid = step.invalid.filter(({ raw }) => note(raw))
    for (const { id, what } of step.missing ?? []) if (what === "record") note({ [table.key ?? "id"]: id })
    const again = step.records.length + step.invalid.length - records.length - invalid.length
    if (again === 0) return step
    return step.rest === true
      ? { ...step, records, invalid, read: step.read - again }
      : { ...step, records, invalid, duplicates: (step.duplicates ?? 0) + again }
  }

  const has = (record: unknown): boolean => {
    const identity = identityOf(record)
    return identity !== undefined && keys.has(identity)
  }

  return { has, sift, note, changed }
}

/** What an export that is resumed was given. */
export const restore = (options: Options, { quarantined, records }: Written): Effect.Effect<Seen, Reason> =>
  Effect.gen(function* () {
    const seen = make(options)
    yield* Stream.runForEach(records, (record) => Effect.sync(() => void seen.note(record)))
    yield* Stream.runForEach(quarantined, ({ record }) => Effect.sync(() => void seen.note(record)))
    return seen
  })
