import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"

/** Erases what is right of the cursor. */
const erase = "\x1b[K"

/** Writes to standard error: whole lines, or one line that is drawn over itself. */
export const make = Effect.map(Stdio.Stdio, (stdio) => {
  // Nobody left to read it is no reason to stop.
  const write = (text: string) => Effect.ignore(Stream.run(Stream.succeed(text), stdio.stderr()))
  return {
    /** In the place of the line drawn before, at once: nothing flickers. */
    redraw: (text: string) => write(`\r${text}${erase}`),
    clear: Effect.flatMap(stdio.stderrIsTerminal, (terminal) => (terminal ? write(`\r${erase}`) : Effect.void)),
    line: (text: string) =>
      Effect.flatMap(stdio.stderrIsTerminal, (terminal) => write(terminal ? `\r${text}${erase}\n` : `${text}\n`))
  }
})
