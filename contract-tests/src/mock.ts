#!/usr/bin/env node
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Program from "./cli/Program.ts"
import { version } from "./cli/Main.ts"
import { command } from "./cli/PrismCommand.ts"

Program.run(
  command.pipe(Command.run({ version }), Effect.provide(Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)))
)
