import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Loader from "../Loader.ts"
import { type Tag, Tags } from "../resources/Tags.ts"
import type { TagId } from "../resources/Common.ts"

/** The tags of a workspace by id, of one list that is kept a while; a tag that is not in it is asked for alone. */
export class TagLoader extends Context.Service<TagLoader, Loader.Loader<TagId, Tag>>()(
  "@effect-intercom/core/TagLoader"
) {
  static readonly layer = (options?: Loader.Options): Layer.Layer<TagLoader, never, Tags> =>
    Loader.layer(
      this,
      Effect.flatMap(Tags, ({ get, list }) =>
        Loader.fromList({ name: "Tags", one: get, list: Stream.runCollect(list.items()) }, options)
      )
    )
}
