/** The command as a process: Node's services, and its exit code. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import { exitCode, main } from "./Main.ts"

/** Runs the command to its end, with the arguments of this process. */
export const run = (): void =>
  NodeRuntime.runMain(Effect.provide(main, NodeServices.layer), {
    disableErrorReporting: true,
    teardown: (exit, onExit) => onExit(exitCode(exit))
  })
