/** All brands, in one answer. */
import { Brand, Brands, type BrandId } from "@effect-intercom/core/resources/Brands"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const brands = listing({
  name: "brands",
  about: "brands",
  schema: Brand,
  requests: ["GET /brands"],
  permissions: [],
  get: {
    request: "GET /brands/{id}",
    // The id of one.
    record: (id) => Brands.use(({ get }) => get(id as BrandId))
  },
  pages: (_, options) => Stream.unwrap(Brands.useSync(({ list }) => list.pages({}, options)))
})
