/** The one line that tells how an export is doing; made of plain values, as wide as the terminal allows. */
import type { Entry } from "@effect-intercom/export/Manifest"
import * as CliOutput from "effect/cli/CliOutput"
import * as Format from "./Format.ts"
import { plain, type Style } from "./Style.ts"

/** What is known about the export of a resource at a moment. */
export interface View {
  readonly resource: string
  /** Records so far, quarantined ones included. */
  readonly records: number
  readonly quarantined: number
  /** What the API says there is in all, if it says. */
  readonly total: number | null
  /** Records per second in this run; 0 while that is not known. */
  readonly rate: number
  /** Milliseconds since the last page. */
  readonly silence: number
  readonly retries: number
  /** Milliseconds spent waiting for the rate limit. */
  readonly waited: number
}

const barCells = 20

/** Silence shorter than this is not worth a word. */
const patience = 2000

const bar = (share: number, style: Style): string => {
  const full = Math.floor(share * barCells)
  return style.good("━".repeat(full)) + style.dim("─".repeat(barCells - full))
}

/** A part of the line. The lower its rank, the longer it stays when the line gets narrow. */
interface Part {
  readonly rank: number
  readonly text: string
}

const parts = (view: View, style: Style): ReadonlyArray<Part> => {
  const { rate, records, total } = view
  const known = total !== null && total > 0
  const share = known ? Math.min(1, records / total) : 0
  const left = known && rate > 0 ? (Math.max(0, total - records) / rate) * 1000 : undefined
  return [
    { rank: 0, text: style.bold(view.resource.padEnd(13)) },
    { rank: 6, text: known ? bar(share, style) : "" },
    { rank: 2, text: known ? `${Math.floor(share * 100)} %`.padStart(5) : "" },
    { rank: 1, text: known ? `${Format.count(records)} of ${Format.count(total)}` : Format.plural(records, "record") },
    { rank: 4, text: rate > 0 ? `${Format.count(rate)}/s` : "" },
    { rank: 3, text: left === undefined || left === 0 ? "" : `${Format.duration(left)} left` },
    { rank: 5, text: view.quarantined > 0 ? style.bad(`${Format.count(view.quarantined)} quarantined`) : "" },
    { rank: 7, text: view.retries > 0 ? Format.plural(view.retries, "retry", "retries") : "" },
    { rank: 8, text: view.waited >= 100 ? `waited ${Format.duration(view.waited)}` : "" },
    { rank: 9, text: view.silence >= patience ? style.dim(`no page for ${Format.duration(view.silence)}`) : "" }
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

const column = (name: string): string => name.padEnd(13)

/** What remains of the line when the resource is complete. `millis`: how long this run took. */
export const completed = (entry: Entry, millis: number, style: Style = plain): string =>
  [
    `${style.good("✓")} ${style.bold(column(entry.resource))}`,
    `${Format.count(entry.records).padStart(9)} ${entry.records === 1 ? "record " : "records"}`,
    Format.bytes(entry.bytes).padStart(9),
    `in ${Format.duration(millis)}`,
    ...(entry.quarantined === 0 ? [] : [style.bad(`${Format.count(entry.quarantined)} quarantined`)]),
    ...(entry.effort.retries === 0 ? [] : [Format.plural(entry.effort.retries, "retry", "retries")]),
    ...(entry.effort.waitedMillis < 100 ? [] : [`waited ${Format.duration(entry.effort.waitedMillis)}`])
  ].join("  ")

/** Said instead when the resource was complete before. */
export const skipped = (entry: Entry, style: Style = plain): string =>
  [
    `${style.dim("=")} ${style.bold(column(entry.resource))}`,
    `${Format.count(entry.records).padStart(9)} ${entry.records === 1 ? "record " : "records"}`,
    `complete since ${entry.finishedAt}; --force exports it again`
  ].join("  ")

/** Said when what was exported is not as much as the API said there is. */
export const mismatch = ({ quarantined, records, resource, total }: Entry): string =>
  `${resource}: the API counted ${Format.count(total ?? 0)} records, ${Format.count(records + quarantined)} came. ` +
  "Records that are created or deleted during an export make such a difference."
