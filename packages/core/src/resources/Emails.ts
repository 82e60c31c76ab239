/** Email addresses a workspace sends from. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import { LooseId, LooseTime, nullish, open, openEnum } from "../Wire.ts"
import * as Resource from "../Resource.ts"

/** The id of an email address a workspace sends from. */
export const EmailId = Id.any("intercom/EmailId")
export type EmailId = typeof EmailId.Type

/**
 * An address the workspace sends from. Times are Unix seconds in the official 2.15 document, and text (RFC 3339) in live
 * answers.
 */
export class Email extends Schema.Opaque<Email>()(
  open({
    type: openEnum("email_setting"),
    id: EmailId,
    email: nullish(Schema.String),
    /** It was shown to be the workspace's. */
    verified: nullish(Schema.Boolean),
    domain: nullish(Schema.String),
    brand_id: nullish(LooseId),
    /** What arrives there is forwarded to Intercom. */
    forwarding_enabled: nullish(Schema.Boolean),
    forwarded_email_last_received_at: nullish(LooseTime),
    created_at: nullish(LooseTime),
    updated_at: nullish(LooseTime)
  })
) {}

/** The addresses a workspace sends from. */
export class Emails extends Resource.Service<Emails>()("Emails", {
  /** All addresses, in one answer. */
  list: Endpoint.all("/emails", "data", Email),
  /** Fails with `NotFound` when there is no such address. */
  get: Endpoint.get("/emails/:id", { params: { id: EmailId }, success: Email, error: ErrorResponse.NotFound })
}) {}
