/** The command as a process: Node's services, and how it ends. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import { command, version } from "./Main.ts"

const main = command.pipe(
  Command.run({ version }),
  // Divergences, help and mistakes in the command line are on the screen already.
  Effect.tapError((error) =>
    CliError.isCliError(error) || error._tag === "Diverged" ? Effect.void : Console.error(error.message)
  ),
  Effect.provide(Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici))
)

/** Runs the command to its end, with the arguments of this process. */
export const run = (): void =>
  NodeRuntime.runMain(main, {
    disableErrorReporting: true,
    // The process ends at once, and a pipe takes 64 KiB at a time: what is printed has to be through first.
    teardown: (exit, onExit) =>
      Runtime.defaultTeardown(exit, (code) =>
        process.stdout.write("", () => process.stderr.write("", () => onExit(code)))
      )
  })
