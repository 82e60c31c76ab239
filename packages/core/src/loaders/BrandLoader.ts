import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Loader from "../Loader.ts"
import { type Brand, type BrandId, Brands } from "../resources/Brands.ts"

/** The brands of a workspace by id, of one list that is kept a while; a brand that is not in it is asked for alone. */
export class BrandLoader extends Context.Service<BrandLoader, Loader.Loader<BrandId, Brand>>()(
  "@effect-intercom/core/BrandLoader"
) {
  static readonly layer = (options?: Loader.Options): Layer.Layer<BrandLoader, never, Brands> =>
    Loader.layer(
      this,
      Effect.flatMap(Brands, ({ get, list }) =>
        Loader.fromList({ name: "Brands", one: get, list: Stream.runCollect(list.items()) }, options)
      )
    )
}
