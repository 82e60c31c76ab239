/** Brands: the names a workspace writes to its customers under. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import * as Resource from "../Resource.ts"
import { LooseId, nullish, open, openEnum, UnixSeconds } from "../Wire.ts"

/** The id of a brand. */
export const BrandId = Id.any("intercom/BrandId")
export type BrandId = typeof BrandId.Type

/** A brand. Times are Unix seconds. Source: the official 2.15 document. */
export class Brand extends Schema.Opaque<Brand>()(
  open({
    type: openEnum("brand"),
    id: BrandId,
    name: nullish(Schema.String),
    is_default: nullish(Schema.Boolean),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    help_center_id: nullish(LooseId),
    /** The address its emails come from: of `Emails`. */
    default_address_settings_id: nullish(LooseId)
  })
) {}

/** The brands of a workspace. */
export class Brands extends Resource.Service<Brands>()("Brands", {
  /** All brands, in one answer. */
  list: Endpoint.all("/brands", "data", Brand),
  /** Fails with `NotFound` when there is no such brand. */
  get: Endpoint.get("/brands/:id", { params: { id: BrandId }, success: Brand, error: ErrorResponse.NotFound })
}) {}
