import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Loader from "../Loader.ts"
import { type Team, Teams } from "../resources/Teams.ts"
import type { TeamId } from "../resources/Common.ts"

/** The teams of a workspace by id, of one list that is kept a while; a team that is not in it is asked for alone. */
export class TeamLoader extends Context.Service<TeamLoader, Loader.Loader<TeamId, Team>>()(
  "@effect-intercom/core/TeamLoader"
) {
  static readonly layer = (options?: Loader.Options): Layer.Layer<TeamLoader, never, Teams> =>
    Loader.layer(
      this,
      Effect.flatMap(Teams, ({ get, list }) =>
        Loader.fromList({ name: "Teams", one: get, list: Stream.runCollect(list.items()) }, options)
      )
    )
}
