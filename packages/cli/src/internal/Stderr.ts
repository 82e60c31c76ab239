import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"

/** Erases what is right of the cursor. */
const erase = "\x1b[K"

/** Standard error, for whole lines, or one line that is drawn over itself. */
export interface Stderr {
  /** In the place of the line drawn before, at once: nothing flickers. */
  readonly redraw: (text: string) => Effect.Effect<void>
  /** Takes away the line drawn before. */
  readonly clear: Effect.Effect<void>
  /** A line that stays. */
  readonly line: (text: string) => Effect.Effect<void>
}

export const make: Effect.Effect<Stderr, never, Stdio.Stdio> = Effect.map(Stdio.Stdio, (stdio) => {
  // Nobody left to read it is no reason to stop.
  const write = (text: string) => Effect.ignore(Stream.run(Stream.succeed(text), stdio.stderr()))
  return {
    redraw: (text: string) => write(`\r${text}${erase}`),
    clear: Effect.flatMap(stdio.stderrIsTerminal, (terminal) => (terminal ? write(`\r${erase}`) : Effect.void)),
    line: (text: string) =>
      Effect.flatMap(stdio.stderrIsTerminal, (terminal) => write(terminal ? `\r${text}${erase}\n` : `${text}\n`))
  }
})
