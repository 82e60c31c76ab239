/** A command as the main program of a process: whatever ends it is told on standard error, and by the exit code. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import { Diverged } from "./Diverged.ts"

/** What ended a program, in a line; `undefined` where it is on the screen already. */
export const sentence = (cause: Cause.Cause<Error>): string | undefined => {
  if (Cause.hasInterruptsOnly(cause)) return undefined
  const error = Cause.squash(cause)
  // Divergences, help and mistakes in the command line.
  if (error instanceof Diverged || CliError.isCliError(error)) return undefined
  if (!Cause.hasDies(cause) && error instanceof Error) return error.message
  return `The suite broke, and says nothing of the client; please report this: ${String(error).split("\n")[0]}`
}

const codeOf = (exit: Exit.Exit<unknown, unknown>, code: number): number =>
  // 1 is for divergences: 2 says that nobody can tell.
  Exit.isFailure(exit) && code === 1 && !(Cause.squash(exit.cause) instanceof Diverged) ? 2 : code

// The process ends at once, and a pipe takes 64 KiB at a time: what is printed has to be through first.
const teardown: Runtime.Teardown = (exit, onExit) =>
  Runtime.defaultTeardown(exit, (code) =>
    process.stdout.write("", () => process.stderr.write("", () => onExit(codeOf(exit, code))))
  )

/** Runs a program, and ends the process with its exit code. */
export const run = (main: Effect.Effect<void, Error>): void =>
  NodeRuntime.runMain(
    Effect.tapCause(main, (cause) => {
      const told = sentence(cause)
      return told === undefined ? Effect.void : Console.error(told)
    }),
    { disableErrorReporting: true, teardown }
  )
