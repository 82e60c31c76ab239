/** Standard error: whole lines that stay, above a few that are drawn over themselves. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"

/** Erases what is right of the cursor, and below. */
const erase = "\x1b[J"

/** To the start of the first of `rows` lines, the cursor being in the last. */
const up = (rows: number): string => (rows > 1 ? `\x1b[${rows - 1}A\r` : "\r")

/** The standard error of the command. */
export class Stderr extends Context.Service<
  Stderr,
  {
    readonly isTerminal: boolean
    /** In the place of the lines drawn before, at once: nothing flickers. On a terminal only. */
    readonly redraw: (lines: ReadonlyArray<string>) => Effect.Effect<void>
    /** A line that stays; what is drawn is below it. */
    readonly line: (text: string) => Effect.Effect<void>
    /** Takes away what is drawn. */
    readonly clear: Effect.Effect<void>
    /** What takes away what is drawn, for those who write to standard error themselves: written at once. */
    readonly clearing: () => string
  }
>()("@effect-intercom/cli/Stderr") {
  static readonly layer = Layer.effect(
    this,
    Effect.gen(function* () {
      const stdio = yield* Stdio.Stdio
      const isTerminal = yield* stdio.stderrIsTerminal
      // That nobody is left to read it is not a reason to stop.
      const write = (text: string) => Effect.ignore(Stream.run(Stream.succeed(text), stdio.stderr()))
      let drawn: ReadonlyArray<string> = []
      const clearing = () => {
        const text = drawn.length === 0 ? "" : `${up(drawn.length)}${erase}`
        drawn = []
        return text
      }
      const block = (lines: ReadonlyArray<string>) => {
        drawn = lines
        return lines.join("\n")
      }
      return Stderr.of({
        isTerminal,
        redraw: (lines) =>
          Effect.suspend(() => {
            // Over the old ones, line by line: taking all away first would flicker.
            const text = `${drawn.length === 0 ? "" : up(drawn.length)}${lines.map((line) => `${line}\x1b[K`).join("\n")}${erase}`
            drawn = lines
            return write(text)
          }),
        line: (text) =>
          Effect.suspend(() => {
            const lines = drawn
            return write(`${clearing()}${text}\n${block(lines)}`)
          }),
        clear: Effect.suspend(() => {
          const text = clearing()
          return text === "" ? Effect.void : write(text)
        }),
        clearing
      })
    })
  )
}
