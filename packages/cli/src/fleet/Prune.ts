/** `intercom fleet prune`. */
import { Fleet } from "@effect-intercom/fleet/Fleet"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { PruneOptions } from "../FleetCommand.ts"
import * as Place from "./Place.ts"

export const prune = (options: PruneOptions) =>
  Effect.gen(function* () {
    const fleet = yield* Fleet
    const forgotten = yield* fleet.prune(DateTime.subtract(yield* DateTime.now, { days: options.keep }))
    yield* Console.log(
      forgotten.length === 0
        ? `No night is over and older than ${options.keep} days.`
        : `Forgotten: ${forgotten.join(", ")}`
    )
  }).pipe(Effect.provide(Place.client(options, { made: false })))
