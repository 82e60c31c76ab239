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
import * as Stdio from "effect/Stdio"
import * as Ending from "./Ending.ts"
import * as ExitCode from "./ExitCode.ts"
import * as Mistake from "./Mistake.ts"
import { Stderr } from "./Stderr.ts"

/** The version of this package. */
export const version = "0.1.0"

/** Each is loaded, with all that it needs, when it is asked for: who exports does not wait for a simulator. */
const subcommands = {
  export: () => import("./ExportCommand.ts"),
  fleet: () => import("./FleetCommand.ts"),
  whoami: () => import("./WhoamiCommand.ts"),
  listen: () => import("./ListenCommand.ts"),
  simulate: () => import("./SimulateCommand.ts"),
  codegen: () => import("./CodegenCommand.ts"),
  demo: () => import("./DemoCommand.ts")
}
type Name = keyof typeof subcommands
type Subcommand = Awaited<ReturnType<(typeof subcommands)[Name]>>["command"]

const isName = (name: string | undefined): name is Name => name !== undefined && Object.hasOwn(subcommands, name)

// Its keys are these, and no others.
const names = Object.keys(subcommands) as ReadonlyArray<Name>

/** The command as a command line needs it: with the subcommand it starts with, else with all. */
export const command = (args: ReadonlyArray<string>) =>
  Effect.forEach(isName(args[0]) ? [args[0]] : names, (name) =>
    Effect.map(Effect.promise<{ readonly command: Subcommand }>(subcommands[name]), ({ command }) => command)
  ).pipe(
    Effect.map((subcommands) =>
      Command.make("intercom").pipe(
        Command.withDescription("Export Intercom workspaces, simulate them, and listen to them"),
        Command.withSubcommands(subcommands)
      )
    )
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
export const main = Effect.gen(function* () {
  const args = yield* (yield* Stdio.Stdio).args
  yield* Command.runWith(yield* command(args), { version })(args)
}).pipe(
  Effect.as<ExitCode.ExitCode>(ExitCode.complete),
  Effect.catchCause(end),
  // Nothing here exports spans.
  Effect.withTracerEnabled(false),
  Effect.provide([presenter, TerminalCapabilities.layer, Layer.provideMerge(logger, Stderr.layer)])
)

/** The exit code of {@link main}, for the platform's runner. */
export const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return typeof exit.value === "number" ? exit.value : ExitCode.complete
  return Cause.hasInterruptsOnly(exit.cause) ? ExitCode.interrupted : ExitCode.failed
}
