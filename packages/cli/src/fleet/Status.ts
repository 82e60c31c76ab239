/** `intercom fleet status`. */
import * as Printable from "@effect-intercom/core/Printable"
import { Fleet } from "@effect-intercom/fleet/Fleet"
import * as StatusPage from "@effect-intercom/fleet/StatusPage"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { StatusOptions } from "../FleetCommand.ts"
import * as WholeFile from "../internal/WholeFile.ts"
import * as Place from "./Place.ts"
import * as StatusTable from "./StatusTable.ts"

const json = (value: unknown) => Console.log(JSON.stringify(value, null, 2).split("\n").map(Printable.json).join("\n"))

export const status = (options: StatusOptions) =>
  Effect.gen(function* () {
    const fleet = yield* Fleet
    if (options.nights) {
      const nights = yield* fleet.nights
      return yield* options.json ? json(nights) : Console.log(StatusTable.renderNights(nights))
    }
    const found = yield* fleet.status(Option.getOrUndefined(options.night))
    if (Option.isSome(options.out)) {
      const file = options.out.value
      yield* WholeFile.write(file, StatusPage.render(found))
      return yield* Console.log(file)
    }
    yield* options.json ? json(found) : Console.log(StatusTable.render(found))
  }).pipe(Effect.provide(Place.client(options, { made: false })))
