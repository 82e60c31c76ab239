/** Answers that are no success: `error.list` bodies, and the pages of proxies. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** The id of the request being answered. */
export const RequestId = Context.Reference<string>("@effect-intercom/simulator/internal/ErrorList/RequestId", {
  defaultValue: () => "00000000000000000000"
})

/** One entry of an `error.list`. */
export interface ErrorItem {
  readonly code: string
  readonly message: string
  readonly field?: string
}

/** An answer of this status that says what is wrong. */
export const respond = (status: number, ...errors: ReadonlyArray<ErrorItem>) =>
  Effect.map(RequestId, (request_id) =>
    HttpServerResponse.text(JSON.stringify({ type: "error.list", request_id, errors }), {
      status,
      contentType: "application/json; charset=utf-8"
    })
  )

export const notFound = (message: string, code = "not_found") => respond(404, { code, message })

const phrases: { readonly [status: number]: string } = {
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out"
}

const codes: { readonly [status: number]: string } = {
  500: "server_error",
  502: "bad_gateway",
  503: "service_unavailable",
  504: "request_timeout"
}

/** A 5xx with an `error.list`. */
export const serverError = (status: number, message = phrases[status] ?? "Server Error") =>
  respond(status, { code: codes[status] ?? "server_error", message })

/** What a token meets that may not do this, or nothing any more. */
export const refusal = (kind: "error401" | "error403") =>
  kind === "error401"
    ? respond(401, { code: "token_revoked", message: "This token was revoked" })
    : respond(403, { code: "api_plan_restricted", message: "Active subscription needed." })

/** A 5xx with the HTML page of a proxy. */
export const html = (status: number) => {
  const title = `${status} ${phrases[status] ?? "Error"}`
  return HttpServerResponse.text(
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
      "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
    { status, contentType: "text/html" }
  )
}
