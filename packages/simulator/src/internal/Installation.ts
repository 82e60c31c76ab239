/** How an app is installed: the authorize page, where everybody says yes at once, and the trade of a code for a token. */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import * as ErrorList from "./ErrorList.ts"
import * as Request from "./Request.ts"

/** An app that can be installed. */
export interface App {
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted
  /** Where people are sent back to, if the request names nothing. */
  readonly redirectUri?: string | undefined
}

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest.HttpServerRequest>

const refused = ErrorList.respond(401, { code: "unauthorized", message: "Unauthorized Code" })

/** What answers a request that has to do with it; nothing for all others. */
export const make = (app: App, tokens: ReadonlyArray<Redacted.Redacted>) => {
  /** Codes that were not traded yet, and the index of their workspace. */
  const codes = new Map<string, number>()
  let given = 0

  const authorize = (query: URLSearchParams): Answer => {
    const back = URL.parse(query.get("redirect_uri") ?? app.redirectUri ?? "")
    const workspace = Number(query.get("workspace") ?? 0)
    if (query.get("client_id") !== app.clientId || back === null || tokens[workspace] === undefined) {
      return Effect.succeed(
        HttpServerResponse.text("There is no such app, workspace or redirect URL.\n", { status: 404 })
      )
    }
    // As base64 may end.
    const code = `${btoa(`code-${++given}`).replaceAll("=", "")}==`
    codes.set(code, workspace)
    back.searchParams.set("code", code)
    back.searchParams.set("state", query.get("state") ?? "")
    return Effect.succeed(HttpServerResponse.redirect(back))
  }

  const trade: Answer = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const form = new URLSearchParams(yield* Effect.orElseSucceed(request.text, () => ""))
    const code = form.get("code") ?? ""
    const token = tokens[codes.get(code) ?? -1]
    const isApp =
      form.get("client_id") === app.clientId && form.get("client_secret") === Redacted.value(app.clientSecret)
    if (token === undefined || !isApp) return yield* refused
    codes.delete(code)
    const access_token = Redacted.value(token)
    return HttpServerResponse.jsonUnsafe({ token_type: "Bearer", token: access_token, access_token })
  })

  return (request: HttpServerRequest.HttpServerRequest): Answer | undefined => {
    const { pathname, searchParams } = Request.urlOf(request)
    if (request.method === "GET" && pathname === "/oauth") return authorize(searchParams)
    return request.method === "POST" && pathname === "/auth/eagle/token" ? trade : undefined
  }
}
