/** The lines that show the progress of an export; made of plain values, as wide as the terminal allows. */
import * as Changes from "@effect-intercom/export/Changes"
import * as Printable from "@effect-intercom/core/Printable"
import type { ExportError } from "@effect-intercom/export/ExportError"
import type { Entry } from "@effect-intercom/export/Manifest"
import * as CliOutput from "effect/cli/CliOutput"
import * as Format from "@effect-intercom/export/Format"
import { plain, type Style } from "./Style.ts"
import type { Pause } from "./Traffic.ts"

/** What is known about the export of a resource at a moment. */
export interface View {
  readonly resource: string
  /** Records so far, quarantined ones and those left out included. */
  readonly records: number
  readonly quarantined: number
  readonly missing: number
  /** What the API says there is in all, if it says. */
  readonly total: number | null
  /** Records per second in this run; 0 while that is not known. */
  readonly rate: number
  /** Milliseconds since the last step. */
  readonly silence: number
  readonly requests: number
  readonly retries: number
  /** Milliseconds spent waiting for the rate limit. */
  readonly waited: number
  /** Why no request is under way, if none is. */
  readonly pause: Pause | undefined
}

const barCells = 20

/** Silence shorter than this is not worth a word. */
const patience = 2000

const nameWidth = 13

const column = (name: string): string => Printable.line(name).padEnd(nameWidth)

const bar = (share: number, style: Style): string => {
  const full = Math.floor(share * barCells)
  return style.good("━".repeat(full)) + style.dim("─".repeat(barCells - full))
}

/** A part of the line. The lower its rank, the longer it stays when the line gets narrow. */
interface Part {
  readonly rank: number
  readonly text: string
}

/** Milliseconds until all is there, at the rate so far; `undefined` while that is not known. */
export const left = ({ rate, records, total }: View): number | undefined =>
  total === null || total <= 0 || rate <= 0 ? undefined : (Math.max(0, total - records) / rate) * 1000

const idle = ({ pause, silence }: View, style: Style): string => {
  if (pause?.cause === "limit") {
    return style.warn(`waiting for the rate limit, ${Format.duration(Math.ceil(pause.millis / 1000) * 1000)}`)
  }
  if (pause?.cause === "scroll")
    return style.warn(`waiting for the workspace's other scroll to end, for ${Format.duration(pause.millis)}`)
  if (pause?.cause === "failure") return style.warn("a request failed, sent again soon")
  return silence >= patience ? style.dim(`nothing new for ${Format.duration(silence)}`) : ""
}

const parts = (view: View, style: Style): ReadonlyArray<Part> => {
  const { rate, records, total } = view
  const known = total !== null && total > 0
  const share = known ? Math.min(1, records / total) : 0
  const remaining = left(view)
  return [
    { rank: 0, text: style.bold(column(view.resource)) },
    { rank: 8, text: known ? bar(share, style) : "" },
    { rank: 2, text: known ? `${Math.floor(share * 100)} %`.padStart(5) : "" },
    { rank: 1, text: known ? `${Format.count(records)} of ${Format.count(total)}` : Format.plural(records, "record") },
    { rank: 5, text: rate > 0 ? `${Format.count(rate)}/s` : "" },
    { rank: 4, text: remaining === undefined || remaining === 0 ? "" : `${Format.duration(remaining)} left` },
    { rank: 6, text: view.quarantined > 0 ? style.bad(`${Format.count(view.quarantined)} quarantined`) : "" },
    { rank: 7, text: view.missing > 0 ? style.bad(`${Format.count(view.missing)} missing`) : "" },
    { rank: 9, text: view.retries > 0 ? Format.plural(view.retries, "retry", "retries") : "" },
    { rank: 10, text: view.waited >= 100 ? `requests waited ${Format.duration(view.waited)} in all` : "" },
    { rank: view.pause === undefined ? 11 : 3, text: idle(view, style) }
  ].filter(({ text }) => text !== "")
}

const width = (chosen: ReadonlyArray<Part>): number =>
  chosen.reduce((sum, { text }) => sum + CliOutput.displayWidth(text), 0) + 2 * Math.max(0, chosen.length - 1)

/** The line, at most `columns` cells wide. What matters least goes first; the resource and its count always stay. */
export const render = (view: View, columns: number, style: Style = plain): string => {
  let chosen = parts(view, style)
  while (width(chosen) > columns && chosen.length > 2) {
    const last = Math.max(...chosen.map(({ rank }) => rank))
    chosen = chosen.filter(({ rank }) => rank !== last)
  }
  if (width(chosen) <= columns) return chosen.map(({ text }) => text).join("  ")
  // Without style: half an escape sequence would show.
  return `${view.resource} ${Format.count(view.records)}`.slice(0, Math.max(0, columns))
}

/** The line of a resource whose turn has not come. */
export const waiting = (resource: string, columns: number, style: Style = plain): string =>
  style.dim(`${column(resource)}  waiting`.slice(0, Math.max(0, columns)))

const recordsOf = (entry: Entry): string =>
  `${Format.count(entry.counts.records).padStart(9)} ${entry.counts.records === 1 ? "record " : "records"}`

const flaws = (entry: Entry): ReadonlyArray<string> => {
  const { duplicates = 0, quarantined } = entry.counts
  const missing = Changes.lacking(entry)
  return [
    ...(quarantined === 0 ? [] : [`${Format.count(quarantined)} quarantined`]),
    ...(missing === 0 ? [] : [`${Format.count(missing)} missing`]),
    ...(duplicates === 0 ? [] : [Format.plural(duplicates, "duplicate")])
  ]
}

const drifted = ({ counts: { drift } }: Entry, style: Style): ReadonlyArray<string> =>
  drift === undefined ? [] : [style.warn(`${Format.count(drift.records)} drifted`)]

/** Kinds of drift that are told; the manifest has more. */
const mostKinds = 5

/** How records differ from their schema that are written all the same: a line for each kind, the commonest first. */
export const drift = ({ counts: { drift } }: Entry, style: Style = plain): ReadonlyArray<string> => {
  if (drift === undefined) return []
  const kinds = drift.kinds.toSorted((a, b) => b.records - a.records)
  const left = kinds.length - mostKinds
  return [
    ...kinds
      .slice(0, mostKinds)
      .map(({ expected, path, records, shape }) =>
        Printable.line(`${path}: expected ${expected}, found ${shape}, in ${Format.plural(records, "record")}`)
      ),
    ...(left > 0 ? [`and ${Format.plural(left, "kind")} more, in the manifest`] : [])
  ].map((line) => `  ${style.warn("drift")} ${line}`)
}

/** What remains of the line when the resource is complete. `millis`: how long this run took. */
export const completed = (entry: Entry, millis: number, style: Style = plain): string =>
  [
    `${style.good("✓")} ${style.bold(column(entry.resource))}`,
    recordsOf(entry),
    ...(entry.bytes === null ? [] : [Format.bytes(entry.bytes).padStart(9)]),
    `in ${Format.duration(millis)}`,
    ...flaws(entry).map(style.bad),
    ...drifted(entry, style),
    ...(entry.effort.retries === 0 ? [] : [Format.plural(entry.effort.retries, "retry", "retries")]),
    ...(entry.effort.waitedMillis < 100 ? [] : [`requests waited ${Format.duration(entry.effort.waitedMillis)} in all`])
  ].join("  ")

/** Said instead when the resource was complete before. */
export const skipped = (entry: Entry, style: Style = plain): string =>
  [
    `${style.dim("=")} ${style.bold(column(entry.resource))}`,
    recordsOf(entry),
    `complete since ${Printable.line(entry.finishedAt)}; --force exports it again`,
    ...flaws(entry).map(style.bad),
    ...drifted(entry, style)
  ].join("  ")

/** Said when the resource failed. */
export const failed = (resource: string, { reason }: ExportError, style: Style = plain): string =>
  `${style.bad("✗")} ${style.bold(column(resource))}  ${style.bad(Printable.line(reason.message))}`
