/** `intercom fleet start`. */
import { Fleet } from "@effect-intercom/fleet/Fleet"
import * as Night from "@effect-intercom/fleet/Night"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StartOptions } from "../FleetCommand.ts"
import * as Place from "./Place.ts"
import * as Workspaces from "./Workspaces.ts"

export const start = (options: StartOptions) =>
  Effect.gen(function* () {
    const fleet = yield* Fleet
    const names = options.workspace.length > 0 ? options.workspace : yield* Workspaces.all(options)
    const today = Night.nightOf(yield* DateTime.now)
    const night = Option.getOrElse(options.night, () => today)
    yield* Workspaces.told("Started", night, yield* fleet.start(night, names))
  }).pipe(Effect.provide([Place.client(options, { made: true }), Workspaces.tokens(options)]))
