/** The `intercom` command: what it offers, and how it ends. */
import { ExportError } from "@effect-intercom/export/ExportError"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as Stdio from "effect/Stdio"
import * as DemoCommand from "./DemoCommand.ts"
import * as ExitCode from "./ExitCode.ts"
import * as ExportCommand from "./ExportCommand.ts"
import * as SimulateCommand from "./SimulateCommand.ts"
import * as WhoamiCommand from "./WhoamiCommand.ts"

/** The version of this package. */
export const version = "0.1.0"

/** The command with all subcommands. */
export const command = Command.make("intercom").pipe(
  Command.withDescription("Export Intercom workspaces, and simulate them"),
  Command.withSubcommands([ExportCommand.command, WhoamiCommand.command, SimulateCommand.command, DemoCommand.command])
)

/** Which code a failure ends the command with, and which sentence. */
interface Ending {
  readonly code: ExitCode.ExitCode
  readonly sentence?: string
}

const ending = (error: unknown): Ending => {
  if (CliError.isCliError(error)) {
    // Help and mistakes in the command line are on the screen already.
    return { code: error._tag === "ShowHelp" && error.errors.length === 0 ? ExitCode.complete : ExitCode.usage }
  }
  if (error instanceof Config.ConfigError) return { code: ExitCode.usage, sentence: misconfigured(error) }
  if (error instanceof ExportCommand.Quarantined) return { code: ExitCode.quarantined, sentence: error.message }
  if (error instanceof ExportError && error.resumable) {
    return {
      code: ExitCode.failed,
      sentence: `${error.message} What was written is kept: the same command goes on from there.`
    }
  }
  return { code: ExitCode.failed, sentence: error instanceof Error ? error.message : String(error) }
}

/** The variable or flag behind each option. */
const settings: { readonly [option: string]: string } = {
  accessToken: "INTERCOM_ACCESS_TOKEN",
  region: "--region",
  baseUrl: "--base-url",
  version: "--api-version"
}

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

const misconfigured = ({ cause, message }: Config.ConfigError): string => {
  if (!Schema.isSchemaError(cause)) return message
  return issuesOf(cause.issue)
    .issues.map(({ message, path = [] }) => {
      const name = path.map(String).join(".")
      // What is not there is no text.
      if (name === settings["accessToken"] && message === "Expected string") return noToken
      return `${settings[name] ?? name}: ${message.replace(/^Expected/, "expected")}.`
    })
    .join(" ")
}

const noToken =
  "INTERCOM_ACCESS_TOKEN is not set: it takes an access token of the workspace, from Intercom's Developer Hub " +
  "(or of a simulator: intercom simulate)."

/** A bug, not a circumstance. */
const broken = (defect: unknown): Ending => ({
  code: ExitCode.failed,
  sentence: `The tool broke, please report this: ${defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect)}`
})

const end = (cause: Cause.Cause<unknown>): Effect.Effect<ExitCode.ExitCode> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.interrupt
  const { code, sentence } = Cause.hasFails(cause) ? ending(Cause.squash(cause)) : broken(Cause.squash(cause))
  return Effect.as(sentence === undefined ? Effect.void : Console.error(sentence), code)
}

/** Says what is wrong with a command line, and where to read more, without the whole help. */
const presenter = CliOutput.layerPresenter({
  present: (event) => {
    if (event._tag !== "InvalidInvocation") return CliOutput.defaultPresenter.present(event)
    const messages = event.errors.map(({ message }) => message).join("\n")
    return Console.error(`${messages}\nSee ${event.commandPath.join(" ")} --help`)
  }
})

/** For people: the message, without tearing the progress line apart. */
const terminalLogger = Logger.make<unknown, string>(
  ({ logLevel, message }) =>
    `\r\x1b[K${logLevel}: ${(Array.isArray(message) ? message : [message]).map(String).join(" ")}`
)

/** Standard output is for results, so logs go to standard error. */
const logger = Layer.unwrap(
  Effect.gen(function* () {
    const { stderrIsTerminal } = yield* Stdio.Stdio
    const format = (yield* stderrIsTerminal) ? terminalLogger : Logger.formatLogFmt
    return Logger.layer([Logger.withConsoleError(format)])
  })
)

/** Runs the command line of the `Stdio` service to its exit code. Failures become one sentence on standard error. */
export const main = Command.run(command, { version }).pipe(
  Effect.as<ExitCode.ExitCode>(ExitCode.complete),
  Effect.catchCause(end),
  Effect.provide([presenter, logger, TerminalCapabilities.layer])
)

/** The exit code of {@link main}, for the platform's runner. */
export const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return typeof exit.value === "number" ? exit.value : ExitCode.complete
  return Cause.hasInterruptsOnly(exit.cause) ? ExitCode.interrupted : ExitCode.failed
}
