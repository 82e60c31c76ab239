/** The `intercom` command: what it offers, and how it ends. */
import * as Printable from "@effect-intercom/core/Printable"
import * as Cause from "effect/Cause"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as CodegenCommand from "./CodegenCommand.ts"
import * as DemoCommand from "./DemoCommand.ts"
import * as Ending from "./Ending.ts"
import * as ExitCode from "./ExitCode.ts"
import * as ExportCommand from "./ExportCommand.ts"
import * as FleetCommand from "./FleetCommand.ts"
import * as ListenCommand from "./ListenCommand.ts"
import * as Mistake from "./Mistake.ts"
import { Stderr } from "./Stderr.ts"
import * as SimulateCommand from "./SimulateCommand.ts"
import * as WhoamiCommand from "./WhoamiCommand.ts"

/** The version of this package. */
export const version = "0.1.0"

/** The command with all subcommands. */
export const command = Command.make("intercom").pipe(
  Command.withDescription("Export Intercom workspaces, simulate them, and listen to them"),
  Command.withSubcommands([
    ExportCommand.command,
    FleetCommand.command,
    WhoamiCommand.command,
    ListenCommand.command,
    SimulateCommand.command,
    CodegenCommand.command,
    DemoCommand.command
  ])
)

const end = (cause: Cause.Cause<unknown>): Effect.Effect<ExitCode.ExitCode> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
  const { code, sentence } = Ending.of(cause)
  return Effect.as(sentence === undefined ? Effect.void : Console.error(Printable.line(sentence)), code)
}

/** Says what is wrong with a command line, and where to read more, without the whole help. */
const presenter = CliOutput.layerPresenter({
  present: (event) => {
    if (event._tag !== "InvalidInvocation") return CliOutput.defaultPresenter.present(event)
    return Console.error(`${Mistake.of(event.errors).join("\n")}\nSee ${event.commandPath.join(" ")} --help`)
  }
})

/** Standard output is for results, so logs go to standard error; on a terminal, above what is drawn there. */
const logger = Layer.unwrap(
  Effect.gen(function* () {
    const { clearing, isTerminal } = yield* Stderr
    const terminal = Logger.make<unknown, string>(
      ({ logLevel, message }) =>
        `${clearing()}${logLevel}: ${Printable.line((Array.isArray(message) ? message : [message]).map(String).join(" "))}`
    )
    const plain = Logger.map(Logger.formatLogFmt, Printable.line)
    return Logger.layer([Logger.withConsoleError(isTerminal ? terminal : plain)])
  })
)

/** Runs the command line of the `Stdio` service to its exit code. Failures become one sentence on standard error. */
export const main = Command.run(command, { version }).pipe(
  Effect.as<ExitCode.ExitCode>(ExitCode.complete),
  Effect.catchCause(end),
  Effect.provide([presenter, TerminalCapabilities.layer, Layer.provideMerge(logger, Stderr.layer)])
)

/** The exit code of {@link main}, for the platform's runner. */
export const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return typeof exit.value === "number" ? exit.value : ExitCode.complete
  return Cause.hasInterruptsOnly(exit.cause) ? ExitCode.interrupted : ExitCode.failed
}
