/** The addresses a workspace can be used from. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { nullish, open, openEnum, optional } from "../Wire.ts"
import * as Resource from "../Resource.ts"

/** Who can use the workspace. Source: the official 2.15 document. */
export class AllowedIps extends Schema.Opaque<AllowedIps>()(
  open({
    type: nullish(openEnum("ip_allowlist")),
    /** Whether others are kept out. */
    enabled: nullish(Schema.Boolean),
    /** Addresses, and ranges of them in CIDR notation. */
    ip_allowlist: nullish(Schema.Array(Schema.String))
  })
) {}

/** What is left out stays; `ip_allowlist` takes the place of the whole list. */
export class UpdateIpAllowlist extends Schema.Opaque<UpdateIpAllowlist>()(
  Schema.Struct({
    /** As answers have it, so that one can be sent back. */
    type: optional(openEnum("ip_allowlist")),
    enabled: optional(Schema.Boolean),
    /** Addresses, and ranges of them in CIDR notation. */
    ip_allowlist: optional(Schema.Array(Schema.String))
  })
) {}

/** The addresses a workspace can be used from. */
export class IpAllowlist extends Resource.Service<IpAllowlist>()("IpAllowlist", {
  /** The list, and whether it is in force. */
  get: Endpoint.get("/ip_allowlist", { success: AllowedIps }),
  /**
   * Changes the list. Fails with `UnprocessableEntity` when the address the call comes from would be kept out by it, or an
   * entry is no address.
   */
  update: Endpoint.put("/ip_allowlist", {
    payload: UpdateIpAllowlist,
    success: AllowedIps,
    error: [ErrorResponse.BadRequest, ErrorResponse.UnprocessableEntity]
  })
}) {}
