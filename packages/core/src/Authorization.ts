import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as ErrorResponse from "./ErrorResponse.ts"

/**
 * The bearer token every operation needs, and the failures any of them can answer with. A server of the API (the
 * simulator) implements it; the client sends the token from `IntercomConfig` by itself.
 */
export class Authorization extends HttpApiMiddleware.Service<Authorization>()("@effect-intercom/core/Authorization", {
  security: { bearerAuth: HttpApiSecurity.bearer },
  error: [ErrorResponse.Unauthorized, ErrorResponse.Forbidden, ErrorResponse.RateLimited, ErrorResponse.ServerError]
}) {}
