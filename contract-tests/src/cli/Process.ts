/** The command as a process: Node's services, and how it ends. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Program from "./Program.ts"
import * as Network from "../traffic/Network.ts"
import { command, version } from "./Main.ts"

/** Runs the command to its end, with the arguments of this process. */
export const run = (): void =>
  Program.run(command.pipe(Command.run({ version }), Effect.provide(Layer.merge(NodeServices.layer, Network.layer))))
