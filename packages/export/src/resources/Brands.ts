/** All brands, in one answer. */
import { Brand, Brands } from "@effect-intercom/core/resources/Brands"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"

export const brands = listing({
  name: "brands",
  about: "brands",
  schema: Brand,
  requests: ["GET /brands"],
  permissions: [],
  pages: (_, options) => Stream.unwrap(Brands.useSync(({ list }) => list.pages({}, options)))
})
