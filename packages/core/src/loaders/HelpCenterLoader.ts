import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Loader from "../Loader.ts"
import { type HelpCenter, type HelpCenterId, HelpCenters } from "../resources/HelpCenters.ts"

/** The Help Centers of a workspace by id, of one list that is kept a while; a Help Center that is not in it is asked for alone. */
export class HelpCenterLoader extends Context.Service<HelpCenterLoader, Loader.Loader<HelpCenterId, HelpCenter>>()(
  "@effect-intercom/core/HelpCenterLoader"
) {
  static readonly layer = (options?: Loader.Options): Layer.Layer<HelpCenterLoader, never, HelpCenters> =>
    Loader.layer(
      this,
      Effect.flatMap(HelpCenters, ({ get, list }) =>
        Loader.fromList({ name: "HelpCenters", one: get, list: Stream.runCollect(list.items()) }, options)
      )
    )
}
