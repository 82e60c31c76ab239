/** `intercom fleet retry`. */
import { Fleet } from "@effect-intercom/fleet/Fleet"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { RetryOptions } from "../FleetCommand.ts"
import * as Place from "./Place.ts"

export const retry = (options: RetryOptions) =>
  Effect.gen(function* () {
    const fleet = yield* Fleet
    const night = yield* Place.nightOf(options.night)
    const names = yield* fleet.retry(night, options.workspace.length > 0 ? options.workspace : undefined)
    yield* Console.log(
      names.length === 0
        ? `Nothing of the night ${night} that was named has failed.`
        : `Tried again, of the night ${night}: ${names.toSorted().join(", ")}`
    )
  }).pipe(Effect.provide(Place.client(options, { made: false })))
