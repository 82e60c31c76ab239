import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Loader from "../Loader.ts"
import type { CompanyId } from "../resources/Common.ts"
import { Companies } from "../resources/Companies.ts"
import type { Company } from "../resources/Company.ts"

/**
 * Companies by id. The API has no search for them, so each is a request; but those that are asked for several times are asked
 * for once, and kept a while.
 */
export class CompanyLoader extends Context.Service<CompanyLoader, Loader.Loader<CompanyId, Company>>()(
  "@effect-intercom/core/CompanyLoader"
) {
  static readonly layer = (options?: Loader.Options): Layer.Layer<CompanyLoader, never, Companies> =>
    Loader.layer(
      this,
      Effect.flatMap(Companies, ({ get }) => Loader.make({ name: "Companies", one: get }, options))
    )
}
