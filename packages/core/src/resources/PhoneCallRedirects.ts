/** Redirects of phone calls: callers go on in the Messenger. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import { JsonObject, nullish, open, openEnum, optional } from "../Wire.ts"
import * as Resource from "../Resource.ts"

/**
 * What became of the call. Nothing in it needs to be there, as an answer that differs must not hide that a message was
 * sent. Source: the official 2.15 document.
 */
export class PhoneCallRedirect extends Schema.Opaque<PhoneCallRedirect>()(
  open({
    type: nullish(openEnum("phone_call_redirect")),
    phone: nullish(Schema.String)
  })
) {}

/** Who called. */
export class CreatePhoneCallRedirect extends Schema.Opaque<CreatePhoneCallRedirect>()(
  Schema.Struct({
    /** The number, with its country: `+353831234567`. */
    phone: Schema.String,
    /** Set on the conversation. */
    custom_attributes: optional(JsonObject)
  })
) {}

/** Redirects of phone calls. The workspace needs the Switch feature. */
export class PhoneCallRedirects extends Resource.Service<PhoneCallRedirects>()("PhoneCallRedirects", {
  /**
   * Sends the caller a text message with a link to the Messenger. Fails with `BadRequest` when the number is missing, with
   * `UnprocessableEntity` when it is none. Never sent twice.
   *
   * Permission: Create phone call redirects.
   */
  create: Endpoint.post("/phone_call_redirects", {
    permission: "Create phone call redirects",
    payload: CreatePhoneCallRedirect,
    success: Schema.NullOr(PhoneCallRedirect),
    error: [ErrorResponse.BadRequest, ErrorResponse.UnprocessableEntity]
  })
}) {}
