/** What the suite finds: one disagreement between a client and a document, as data. */
import type * as Schema from "effect/Schema"

/**
 * What it is about, however it was found: what the client sends, what it receives when all is well, what it receives
 * otherwise, or what there is at all on either side (operations, statuses, media types, servers, security).
 */
export const directions = ["request", "response", "error", "coverage"] as const

export type Direction = (typeof directions)[number]

/**
 * - `breaking`: something one side may send is refused by the other, or a promise is relied on that nobody made.
 * - `drift`: one side knows something the other does not; nothing fails yet.
 * - `note`: worth knowing, and agreed on: the client is stricter than it must be. Notes never fail a run.
 */
export type Severity = "breaking" | "drift" | "note"

/** Why something says nothing of the client: the document contradicts itself or asks too much, or a check broke. */
export type Fault = "document" | "check"

/** How to see a sampled divergence again: run with the same seed; `path` leads fast-check to the counterexample. */
export interface Replay {
  readonly seed: number
  readonly path: string
}

export interface Divergence {
  /** Method and path, `POST /contacts`. */
  readonly operation: string
  /** The client's method, `Contacts.create`; absent when it has none. */
  readonly method?: string
  readonly direction: Direction
  readonly class: Severity
  /** JSON pointer into the document: where the disagreement is, or where what is missing would be. */
  readonly pointer: string
  /** Pointers of the `$ref`s that were followed to get there. */
  readonly through: ReadonlyArray<string>
  readonly message: string
  /** The smallest value found that shows it. */
  readonly counterexample?: Schema.Json
  readonly replay?: Replay
  /** The request, for a shell in which `INTERCOM_ACCESS_TOKEN` is set. */
  readonly curl?: string
  /** Operations of which the same is true, where it is told once for all of them. */
  readonly others?: ReadonlyArray<string>
  /** Why a baseline accepts it. */
  readonly accepted?: string
  /** The rule of the baseline that accepts it, where it is no entry of its own. */
  readonly rule?: string
  /** The day until which a baseline accepted it, `2026-12-31`. */
  readonly expired?: string
  /** Whose fault it is where the client could not be judged. */
  readonly fault?: Fault
}

/** What a check says of one place; the suite adds the operation to make it a {@link Divergence}. */
export interface Finding extends Pick<Divergence, "class" | "pointer" | "through" | "message"> {
  /** JSON pointer into the value that was judged, where there is one. */
  readonly at?: string
  readonly fault?: Fault
}

/** A finding, and what it is about. */
export interface Directed extends Finding {
  readonly direction: Direction
}

/** Findings about one direction. */
export const directed = (direction: Direction, findings: ReadonlyArray<Finding>): ReadonlyArray<Directed> =>
  findings.map((finding) => ({ ...finding, direction }))

/** Two findings with the same key are one. */
export const key = (finding: Finding): string => `${finding.pointer} ${finding.message}`

/** The first of each key. */
export const distinct = <F extends Finding>(findings: ReadonlyArray<F>): ReadonlyArray<F> => {
  const seen = new Set<string>()
  return findings.filter((finding) => !seen.has(key(finding)) && seen.add(key(finding)))
}

/** Whether it fails a run: no note, and not accepted by a baseline. */
export const isFailure = (divergence: Pick<Divergence, "class" | "accepted">): boolean =>
  divergence.class !== "note" && divergence.accepted === undefined

const most = 600

// A document's text must not end the line, move the cursor, or turn the direction of what follows.
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** A text that came from outside, for a line of its own: what would end it, or turn it round, is written out. */
export const onOneLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/[ \t]*\r?\n[ \t]*/g, " ")
    .replaceAll(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)

const mostNamed = 10

/** Operations a fact touches besides the first, as words. */
export const alsoIn = (others: ReadonlyArray<string>): string =>
  `also in ${others.slice(0, mostNamed).join(", ")}${others.length > mostNamed ? ` and ${others.length - mostNamed} more` : ""}`

/** {@link format} with the place in a file, as `SourceLocations.format` writes it. */
export const formatAt = (divergence: Divergence, place: string | undefined): string => {
  const { counterexample, curl, expired, method, others = [], replay } = divergence
  const value = counterexample === undefined ? undefined : JSON.stringify(counterexample)
  const parts = [
    `${divergence.class} ${divergence.direction}: ${divergence.operation}${method === undefined ? "" : ` (${method})`}:`,
    `${divergence.message} at #${divergence.pointer}${place === undefined ? "" : `, ${place}`}`,
    ...(others.length === 0 ? [] : [`| ${alsoIn(others)}`]),
    ...(expired === undefined ? [] : [`| accepted until ${expired}`]),
    ...(value === undefined ? [] : [`| value ${value.length > most ? `${value.slice(0, most)}…` : value}`]),
    ...(replay === undefined ? [] : [`| seed ${replay.seed} path ${replay.path}`]),
    ...(curl === undefined ? [] : [`| ${curl}`])
  ]
  return onOneLine(parts.join(" "))
}

/** One line. */
export const format = (divergence: Divergence): string => formatAt(divergence, undefined)
