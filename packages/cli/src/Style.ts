/** Colours, where the terminal has them. */
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as Effect from "effect/Effect"

/** How texts are set off: with colours, or not at all. */
export interface Style {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly warn: (text: string) => string
  readonly bad: (text: string) => string
}

const ansi = (code: number) => (text: string) => (text === "" ? "" : `\x1b[${code}m${text}\x1b[0m`)
const same = (text: string) => text

export const plain: Style = { bold: same, dim: same, good: same, warn: same, bad: same }
export const colored: Style = { bold: ansi(1), dim: ansi(2), good: ansi(32), warn: ansi(33), bad: ansi(31) }

/** What the terminal can show; honours NO_COLOR and FORCE_COLOR. */
export const current: Effect.Effect<Style> = Effect.map(TerminalCapabilities.TerminalCapabilities, ({ canColor }) =>
  canColor ? colored : plain
)
