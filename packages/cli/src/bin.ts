#!/usr/bin/env node
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as v8 from "node:v8"
import { exitCode, main } from "./Main.ts"

// An export may run for hours beside other programs: garbage is collected early rather than kept.
v8.setFlagsFromString("--heap-growing-percent=10")

NodeRuntime.runMain(Effect.provide(main, NodeServices.layer), {
  disableErrorReporting: true,
  teardown: (exit, onExit) => onExit(exitCode(exit))
})
