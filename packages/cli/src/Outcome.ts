/** What an export came to, when it is neither complete nor broken off. */
import { hasCode } from "@effect-intercom/core/IntercomError"
import * as Changes from "@effect-intercom/export/Changes"
import { ExportError } from "@effect-intercom/export/ExportError"
import type { Entry } from "@effect-intercom/export/Manifest"
import * as Schema from "effect/Schema"
import * as Format from "@effect-intercom/export/Format"

/** Everything the API gave is there, but some records are set apart, or the API did not give all. */
export class Incomplete extends Schema.TaggedError<Incomplete>()("Incomplete", {
  quarantined: Schema.Int,
  /** Where those are. */
  quarantine: Schema.String,
  missing: Schema.Int,
  /** Given more than once. */
  duplicates: Schema.Int
}) {
  override get message(): string {
    const { duplicates, missing, quarantine, quarantined } = this
    return [
      ...(quarantined === 0
        ? []
        : [
            `${Format.plural(quarantined, "record")} ${quarantined === 1 ? "is" : "are"} set apart in ${quarantine}, ` +
              "each with the reason."
          ]),
      ...(missing === 0
        ? []
        : [
            `The API did not give ${Format.plural(missing, "record")} or parts that it counts: the manifest names ` +
              "them as far as it can, with the reason where a request failed, which the next run tries again. Records " +
              "that are deleted during an export make such a difference, too. --force exports again."
          ]),
      ...(duplicates === 0
        ? []
        : [
            `The API gave ${Format.plural(duplicates, "record")} a second time, which ${duplicates === 1 ? "is" : "are"} ` +
              "kept once: what moves in a listing while it is read does that, and may have hidden others."
          ])
    ].join(" ")
  }
}

/** Some resources failed, each of which was reported; the others are complete. */
export class Unfinished extends Schema.TaggedError<Unfinished>()("Unfinished", {
  of: Schema.Int,
  failures: Schema.NonEmptyArray(ExportError),
  /** False for a pipe. */
  kept: Schema.Boolean
}) {
  override get message(): string {
    const names = this.failures.flatMap(({ resource }) => resource ?? [])
    const restricted = this.failures.filter(isRestricted).flatMap(({ resource }) => resource ?? [])
    return [
      `${this.failures.length} of ${Format.plural(this.of, "resource")} failed: ${list(names)}.`,
      ...(restricted.length === 0
        ? []
        : [`The workspace's plan is without ${list(restricted)}: name the others, instead of --all.`]),
      ...this.remedy
    ].join(" ")
  }

  private get remedy(): ReadonlyArray<string> {
    const resumable = this.failures.filter((failure) => !isRestricted(failure) && failure.resumable)
    if (!this.kept) return resumable.length === 0 ? [] : [startsOver]
    const kept = resumable.filter(({ kept }) => kept === true)
    if (kept.length === 0) return []
    const of = kept.length === this.failures.length ? "" : ` of ${list(kept.flatMap(({ resource }) => resource ?? []))}`
    return [`What was written${of} is kept: the same command resumes there.`]
  }
}

/** What went into a pipe is not there to resume from. */
export class BrokenPipe extends Schema.TaggedError<BrokenPipe>()("BrokenPipe", { error: ExportError }) {
  override get message(): string {
    return this.error.resumable ? `${this.error.message} ${startsOver}` : this.error.message
  }
}

/** A failure of an export into a pipe. */
export const intoPipe = <E>(error: E): E | Unfinished | BrokenPipe => {
  if (error instanceof Unfinished) return new Unfinished({ of: error.of, failures: error.failures, kept: false })
  return error instanceof ExportError ? new BrokenPipe({ error }) : error
}

/** Of an export that has a checkpoint. */
export const resumes = "What was written is kept: the same command resumes there."

const startsOver = "A pipe cannot be resumed: the same command starts over."

const formatter = new Intl.ListFormat("en-US", { type: "conjunction" })

const list = (names: ReadonlyArray<string>): string => formatter.format(names)

const isRestricted = ({ reason }: ExportError): boolean =>
  reason._tag === "RequestFailed" && hasCode(reason.error, "api_plan_restricted")

/** The shortcomings of complete outputs; `undefined` when there are none. */
export const incomplete = (entries: ReadonlyArray<Entry>, quarantine: string): Incomplete | undefined => {
  const sum = (of: (entry: Entry) => number) => entries.reduce((all, entry) => all + of(entry), 0)
  const found = {
    quarantined: sum(({ counts }) => counts.quarantined),
    missing: sum(Changes.lacking),
    duplicates: sum(({ counts }) => counts.duplicates ?? 0)
  }
  return Object.values(found).every((count) => count === 0) ? undefined : new Incomplete({ ...found, quarantine })
}
