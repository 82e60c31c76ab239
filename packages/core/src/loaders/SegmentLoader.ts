import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Loader from "../Loader.ts"
import { type Segment, Segments } from "../resources/Segments.ts"
import type { SegmentId } from "../resources/Common.ts"

/** The segments of a workspace by id, of one list that is kept a while; a segment that is not in it is asked for alone. */
export class SegmentLoader extends Context.Service<SegmentLoader, Loader.Loader<SegmentId, Segment>>()(
  "@effect-intercom/core/SegmentLoader"
) {
  static readonly layer = (options?: Loader.Options): Layer.Layer<SegmentLoader, never, Segments> =>
    Loader.layer(
      this,
      Effect.flatMap(Segments, ({ get, list }) =>
        Loader.fromList({ name: "Segments", one: get, list: Stream.runCollect(list.items()) }, options)
      )
    )
}
