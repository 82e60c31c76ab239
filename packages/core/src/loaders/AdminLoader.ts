import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Loader from "../Loader.ts"
import { type Admin, Admins } from "../resources/Admins.ts"
import type { AdminId } from "../resources/Common.ts"

/** The admins of a workspace by id, of one list that is kept a while; an admin that is not in it is asked for alone. */
export class AdminLoader extends Context.Service<AdminLoader, Loader.Loader<AdminId, Admin>>()(
  "@effect-intercom/core/AdminLoader"
) {
  static readonly layer = (options?: Loader.Options): Layer.Layer<AdminLoader, never, Admins> =>
    Loader.layer(
      this,
      Effect.flatMap(Admins, ({ get, list }) =>
        Loader.fromList({ name: "Admins", one: get, list: Stream.runCollect(list.items()) }, options)
      )
    )
}
