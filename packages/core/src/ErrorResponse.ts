/**
 * The error bodies of the API, one schema per status, as they are on the wire. Programs see
 * {@link "./IntercomError".IntercomError} instead; these are for servers and documents.
 */
import * as Schema from "effect/Schema"
import { nullish } from "./Wire.ts"

/** One entry of an `error.list`. `code` is an open set; `field` names the offending input where there is one. */
export class ErrorItem extends Schema.Opaque<ErrorItem>()(
  Schema.Struct({
    code: Schema.String,
    message: nullish(Schema.String),
    field: nullish(Schema.String)
  })
) {}

const fields = {
  type: Schema.Literal("error.list"),
  // Documented as a UUID or null; live it is a 20 character id or null.
  request_id: nullish(Schema.String),
  errors: Schema.Array(ErrorItem)
}

/** 400: a parameter is missing, malformed or not allowed. */
export class BadRequest extends Schema.Error<BadRequest>("BadRequestResponse")(
  { _tag: Schema.tagDefaultOmit("BadRequestResponse"), ...fields },
  { httpApiStatus: 400 }
) {}

/** 401: the token is missing, revoked, or belongs to another region. */
export class Unauthorized extends Schema.Error<Unauthorized>("UnauthorizedResponse")(
  { _tag: Schema.tagDefaultOmit("UnauthorizedResponse"), ...fields },
  { httpApiStatus: 401 }
) {}

/** 403: the plan or the app's scopes do not cover the operation. */
export class Forbidden extends Schema.Error<Forbidden>("ForbiddenResponse")(
  { _tag: Schema.tagDefaultOmit("ForbiddenResponse"), ...fields },
  { httpApiStatus: 403 }
) {}

/** 404: no such object, or the wrong method. */
export class NotFound extends Schema.Error<NotFound>("NotFoundResponse")(
  { _tag: Schema.tagDefaultOmit("NotFoundResponse"), ...fields },
  { httpApiStatus: 404 }
) {}

/** 409: the object exists already; the message of a contact's conflict carries `id=…`. */
export class Conflict extends Schema.Error<Conflict>("ConflictResponse")(
  { _tag: Schema.tagDefaultOmit("ConflictResponse"), ...fields },
  { httpApiStatus: 409 }
) {}

/** 422: well-formed input with a value the API cannot take. */
export class UnprocessableEntity extends Schema.Error<UnprocessableEntity>("UnprocessableEntityResponse")(
  { _tag: Schema.tagDefaultOmit("UnprocessableEntityResponse"), ...fields },
  { httpApiStatus: 422 }
) {}

/** 429: the rate-limit window or a job slot is used up. */
export class RateLimited extends Schema.Error<RateLimited>("RateLimitedResponse")(
  { _tag: Schema.tagDefaultOmit("RateLimitedResponse"), ...fields },
  { httpApiStatus: 429 }
) {}

/** 500: Intercom failed. */
export class ServerError extends Schema.Error<ServerError>("ServerErrorResponse")(
  { _tag: Schema.tagDefaultOmit("ServerErrorResponse"), ...fields },
  { httpApiStatus: 500 }
) {}
