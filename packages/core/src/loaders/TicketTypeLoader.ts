import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Loader from "../Loader.ts"
import type { TicketType, TicketTypeId } from "../resources/TicketType.ts"
import { TicketTypes } from "../resources/TicketTypes.ts"

/** The types of tickets of a workspace by id, of one list that is kept a while; a type of ticket that is not in it is asked for alone. */
export class TicketTypeLoader extends Context.Service<TicketTypeLoader, Loader.Loader<TicketTypeId, TicketType>>()(
  "@effect-intercom/core/TicketTypeLoader"
) {
  static readonly layer = (options?: Loader.Options): Layer.Layer<TicketTypeLoader, never, TicketTypes> =>
    Loader.layer(
      this,
      Effect.flatMap(TicketTypes, ({ get, list }) =>
        Loader.fromList({ name: "TicketTypes", one: get, list: Stream.runCollect(list.items()) }, options)
      )
    )
}
