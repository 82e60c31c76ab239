/** `intercom export status`: what stands at a destination. */
import * as Changes from "@effect-intercom/export/Changes"
import * as Printable from "@effect-intercom/core/Printable"
import type { Checkpoint } from "@effect-intercom/export/Checkpoint"
import * as Format from "@effect-intercom/export/Format"
import type { Entry } from "@effect-intercom/export/Manifest"
import * as Overview from "@effect-intercom/export/Overview"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Destination from "./Destination.ts"
import * as Table from "./internal/Table.ts"

const time = (iso: string): string => iso.replace(/\.\d+Z$/, "Z")

const moment = (seconds: number): string => time(DateTime.formatIso(DateTime.makeUnsafe(seconds * 1000)))

const sinceOf = (since: number | null): string => (since === null ? "" : `changes since ${moment(since)}`)

const flaw = (count: number): string => (count === 0 ? "" : Format.count(count))

const unfinished = ({ counts, scope, total, updatedAt }: Checkpoint): ReadonlyArray<string> => [
  scope.output,
  "unfinished",
  `${Format.count(counts.records)}${total === null ? "" : ` of ${Format.count(total)}`}`,
  flaw(counts.drift?.records ?? 0),
  flaw(counts.quarantined),
  flaw(counts.missing),
  flaw(counts.duplicates ?? 0),
  time(updatedAt),
  "",
  sinceOf(scope.since)
]

const complete = (output: string, entry: Entry, next: string, isDamaged: boolean): ReadonlyArray<string> => [
  output,
  isDamaged ? "damaged" : "complete",
  Format.count(entry.counts.records),
  flaw(entry.counts.drift?.records ?? 0),
  flaw(entry.counts.quarantined),
  flaw(Changes.lacking(entry)),
  flaw(entry.counts.duplicates ?? 0),
  time(entry.finishedAt),
  next,
  sinceOf(entry.scope.since)
]

/** The table, and where the next export resumes. */
export const render = ({ damaged, manifest, name, state, unfinished: begun }: Overview.Overview): string => {
  const done = Object.entries(manifest?.exports ?? {})
  if (done.length === 0 && begun.length === 0) return `${Printable.line(name)}: nothing is exported there.`
  const next = (output: string): string => {
    const since = state?.resources[output]
    return since === undefined ? "" : moment(since.until)
  }
  const rows = [
    ...done.map(([output, entry]) => complete(output, entry, next(output), damaged?.has(entry.place) === true)),
    ...begun.map(unfinished)
  ]
  const table = Table.render(
    [
      { title: "output" },
      { title: "state" },
      { title: "records", right: true },
      { title: "drifted", right: true },
      { title: "quarantined", right: true },
      { title: "missing", right: true },
      { title: "duplicates", right: true },
      { title: "last step" },
      { title: "since last" },
      { title: "what" }
    ],
    rows
  )
  return [
    Printable.line(name),
    table,
    ...(damaged === undefined
      ? []
      : [
          "What is damaged is gone, of another size than it was left with, or cannot be read, as verify tells: --force exports it again."
        ]),
    ...(begun.length === 0 ? [] : ["The same command resumes what is unfinished."])
  ].join("\n")
}

export const command = Command.make("status", Destination.place, (options) =>
  Destination.look(
    "status",
    options,
    Effect.flatMap(Overview.read, (overview) => Console.log(render(overview)))
  )
).pipe(
  Command.validate((options) => Destination.validPlace(options)),
  Command.withDescription("Show what is exported, what is unfinished, and where the next export resumes"),
  Command.withExamples([{ command: "intercom export status ndjson:dump", description: "Or just the directory: dump" }])
)
