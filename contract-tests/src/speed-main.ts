#!/usr/bin/env node
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { version } from "./cli/Main.ts"
import { command } from "./cli/Speed.ts"

command.pipe(
  Command.run({ version }),
  Effect.provide(Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici)),
  NodeRuntime.runMain
)
