/** `--log-format json`: everything on standard error is a {@link LogEvent}, the last of which has the exit code. */
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Ending from "./Ending.ts"
import * as ExitCode from "./ExitCode.ts"
import { Stderr } from "./Stderr.ts"
import * as LogEvent from "./LogEvent.ts"

const logger = Logger.layer([
  Logger.withConsoleError(
    Logger.make(({ date, logLevel, message }) =>
      LogEvent.line({
        event: "log",
        time: date.toISOString(),
        level: logLevel,
        message: (Array.isArray(message) ? message : [message]).map(String).join(" ")
      })
    )
  )
])

const endingOf = (exit: Exit.Exit<unknown, unknown>): Ending.Ending => {
  if (Exit.isSuccess(exit)) return { code: ExitCode.complete }
  return Cause.hasInterruptsOnly(exit.cause)
    ? { code: ExitCode.interrupted, sentence: "Stopped." }
    : Ending.of(exit.cause)
}

/** Tells the ending as an event; the failure that is left has nothing more to say. */
export const speaking = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, Ending.Told, R | Stderr> =>
  effect.pipe(
    Effect.onExit((exit) =>
      Effect.gen(function* () {
        const { code, sentence } = endingOf(exit)
        const time = DateTime.formatIso(yield* DateTime.now)
        const event = LogEvent.line({ event: "finished", time, code, message: sentence ?? null })
        yield* (yield* Stderr).line(event)
      })
    ),
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.fail(new Ending.Told({ code: Ending.of(cause).code }))
    ),
    Effect.provide(logger)
  )
