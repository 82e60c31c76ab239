/** Faults a hand could make in the client: each an edit or two of one of its files, and what is wrong then. */

/** A text of a file, which is there once, and what stands there instead. */
export type Edit = readonly [find: string, replace: string]

export interface Fault {
  readonly name: string
  /** Below `packages/core/src`. */
  readonly file: string
  readonly edits: ReadonlyArray<Edit>
}

const fault = (file: string, name: string, ...edits: ReadonlyArray<Edit>): Fault => ({ name, file, edits })

const stage = "internal/Stage.ts"
const transport = "internal/Transport.ts"
const answers = "internal/ReadAnswer.ts"
const retry = "internal/Retry.ts"
const transient = "internal/Transient.ts"
const errors = "internal/ResponseError.ts"
const walker = "internal/Walker.ts"
const styles = "internal/PageStyle.ts"
const searches = "Search.ts"
const call = "internal/Call.ts"
const contacts = "resources/Contacts.ts"

const version = `HttpClientRequest.setHeader("Intercom-Version", version)`
const bearer = "HttpClientRequest.bearerToken(config.accessToken)"
/** The token itself, for a fault that gives it away. */
const withRedacted: Edit = [
  'import * as Ref from "effect/Ref"',
  'import * as Redacted from "effect/Redacted"\nimport * as Ref from "effect/Ref"'
]
const afterVersion = (more: string): Edit => [version, `${version}, ${more}`]

export const faults: ReadonlyArray<Fault> = [
  // What goes with every request.
  fault(stage, "no version is sent", [`${version},`, ""]),
  fault(stage, "another version is sent", ["(yield* Version) ?? config.version", '"2.11"']),
  fault("IntercomConfig.ts", "the version that is asked for is ignored", [
    "version: checked.version ?? defaultVersion",
    "version: defaultVersion"
  ]),
  fault("IntercomConfig.ts", "the default version is an old one", [
    'defaultVersion = "2.15"',
    'defaultVersion = "2.14"'
  ]),
  fault(stage, "no Accept is sent", ["HttpClientRequest.acceptJson", "(request) => request"]),
  fault(stage, "another media type is accepted", [
    "HttpClientRequest.acceptJson",
    'HttpClientRequest.accept("application/xml")'
  ]),
  fault(stage, "another token is sent", [bearer, 'HttpClientRequest.bearerToken("b3RoZXI6MQ")']),
  fault(stage, "the token is sent in lower case", withRedacted, [
    bearer,
    "HttpClientRequest.bearerToken(Redacted.value(config.accessToken).toLowerCase())"
  ]),
  fault(stage, "the token is in the URL, too", withRedacted, [
    bearer,
    `${bearer}, HttpClientRequest.setUrlParam("access_token", Redacted.value(config.accessToken))`
  ]),
  fault(
    stage,
    "the token is in a second header",
    withRedacted,
    afterVersion('HttpClientRequest.setHeader("X-Token", Redacted.value(config.accessToken))')
  ),
  fault("Intercom.ts", "a layer keeps the token of the first client", [
    "never, IntercomHttp> = Layer.fresh(",
    "never, IntercomHttp> = ("
  ]),
  fault(
    stage,
    "another content type is sent",
    afterVersion('HttpClientRequest.setHeader("Content-Type", "text/plain")')
  ),
  fault(stage, "the path of the base URL is lost", [
    "prependUrl(config.baseUrl.href)",
    "prependUrl(config.baseUrl.origin)"
  ]),
  fault(stage, "redirects are followed", ['redirect: "manual"', 'redirect: "follow"']),
  fault(transport, "an attempt has no timeout", ["Stage.timeOut(config.timeout),", ""]),

  fault(stage, "no User-Agent is sent", [
    "config.userAgent === undefined ? identity",
    "config.userAgent !== null ? identity"
  ]),
  fault("IntercomConfig.ts", "the User-Agent that is asked for is ignored", [
    "userAgent: checked.userAgent ?? (isBrowser()",
    "userAgent: (isBrowser()"
  ]),

  // What is sent again.
  fault(transient, "a write is repeated after a reset", ['"TransportError" && !reason.sent', '"TransportError"']),
  fault(transient, "a write is repeated after a timeout", [
    'reason._tag === "RateLimited" ||',
    'reason._tag === "RateLimited" || reason._tag === "TimeoutError" ||'
  ]),
  fault(transient, "a write is repeated after a 500", [
    'reason._tag === "RateLimited" ||',
    'reason._tag === "RateLimited" || reason._tag === "ServerError" ||'
  ]),
  fault(transient, "a read is not repeated after a reset", ["return !isLasting(reason)", "return !reason.sent"]),
  fault(transient, "a write that was never sent is not repeated", [
    '(reason._tag === "TransportError" && !reason.sent)',
    "false"
  ]),
  fault(transient, "a read is not repeated after a 503", ["[408, 500, 502, 503, 504]", "[408, 500, 502, 504]"]),
  fault(transient, "a full window is an end", ['return reason.scope === "window"', "return false"]),
  fault(transient, "a read is repeated whatever is said against it", [
    "    default:\n      return false",
    "    default:\n      return true"
  ]),
  fault(retry, "one repetition too many", ["attempt <= policy.times", "attempt <= policy.times + 1"]),
  fault("resources/Companies.ts", "a scroll is repeated", ["      idempotent: false,\n", ""]),
  fault(contacts, "a contact is created twice", [
    "payload: CreateContact,",
    "payload: CreateContact,\n      idempotent: true,"
  ]),
  fault(contacts, "a search is not repeated", ["idempotent: true,\n      pages", "pages"]),

  // Walks.
  fault(walker, "a walk forgets the cursor of its query", [
    "const request = cursor === undefined ? asked.query :",
    "const request = cursor === undefined ? { ...asked.query, starting_after: undefined } :"
  ]),
  fault(walker, "a search forgets the cursor of its query", [
    "const request = cursor === undefined ? asked.query :",
    'const request = cursor === undefined ? { ...asked.query, pagination: { ...(asked.query["pagination"] as object), starting_after: null } } :'
  ]),
  fault(styles, "a search forgets the size of its pages", [
    "{ ...paginationOf(query), starting_after: cursor }",
    "{ starting_after: cursor }"
  ]),
  fault(walker, "a scroll forgets where its query goes on", [
    "const request = cursor === undefined ? asked.query :",
    "const request = cursor === undefined ? { ...asked.query, scroll_param: undefined } :"
  ]),
  fault(styles, "a walk forgets the page of its query", [
    'const asked = cursor === undefined ? (numberOf(query["page"]) ?? 1)',
    "const asked = cursor === undefined ? 1"
  ]),
  fault(walker, "a walk forgets where it was to start", [
    "Stream.paginate(from,",
    "Stream.paginate(from && undefined,"
  ]),
  fault(walker, "pages fetched ahead are dropped", [
    "{ capacity: prefetch - 1 }",
    '{ capacity: Math.max(1, prefetch), strategy: "sliding" }'
  ]),
  fault(walker, "records that do not fit are not handed over", [
    "Effect.as(Effect.forEach(invalid, onInvalid), page)",
    "Effect.succeed(page)"
  ]),
  fault(walker, "records that do not fit are among the others", [
    "misfits.size === 0 ? raw",
    "misfits.size >= 0 ? raw"
  ]),
  fault(walker, "a walk in a circle does not end", ["if (endless !== undefined)", "if (endless === null)"]),
  fault(styles, "the last page is not asked for", [": asked < last", ": asked + 1 < last"]),
  fault(styles, "the query is changed", [
    "({ ...query, starting_after: cursor }),",
    "Object.assign(query, { starting_after: cursor }),"
  ]),
  fault(call, "the next page may be on another host", ["return isOfApi(resolved) ||", "return resolved !== null ||"]),
  fault(call, "behind a gateway there is no next page", ["return isOfApi(resolved) ||", "return resolved === null ||"]),

  // What the builders of searches make.
  fault(searches, "or is and", ['({ operator: "OR", value })', '({ operator: "AND", value })']),
  fault(searches, "and forgets all but two", [
    '({ operator: "AND", value })',
    '({ operator: "AND", value: value.slice(0, 2) as never })'
  ]),
  fault(searches, "and flattens groups", [
    '({ operator: "AND", value })',
    '({ operator: "AND", value: value.flatMap((one) => ("field" in one ? [one] : [...one.value])) as never })'
  ]),
  fault(searches, "dates are milliseconds", [
    "value: compared[1] })",
    'value: field.endsWith("_at") && typeof compared[1] === "number" ? compared[1] * 1000 : compared[1] })'
  ]),
  fault(searches, "NIN is IN", ["operator: compared[0],", 'operator: compared[0] === "NIN" ? "IN" : compared[0],']),
  fault(searches, "a group has one member less", ["const mostMembers = 15", "const mostMembers = 14"]),
  fault(searches, "groups do not nest", ["const mostNested = 2", "const mostNested = 1"]),

  // What calls send and give back.
  fault("Resource.ts", "the payload is changed", [
    "{ payload: orNothing(rest.shift()) }",
    '{ payload: Object.assign(rest.shift() ?? {}, path === "/contacts" ? { role: "user" } : {}) }'
  ]),
  fault("Resource.ts", "a field nobody gave is sent", [
    "{ payload: orNothing(rest.shift()) }",
    '{ payload: { ...(path === "/contacts" ? { name: null } : {}), ...(rest.shift() ?? {}) } }'
  ]),
  fault("internal/Ids.ts", "an id is encoded twice", [
    'encodeURIComponent(String(Object(ids)[name] ?? ""))',
    'encodeURIComponent(encodeURIComponent(String(Object(ids)[name] ?? "")))'
  ]),
  fault("Wire.ts", "an id may be the way out of its path", ['id !== "" && id !== "." && id !== ".." && id', "id"]),
  fault(call, "unknown fields are dropped", [
    "Effect.succeed(answer.body)",
    'Effect.succeed(operation.name === "Contacts.get" ? (({ email, id, type }) => ({ type, id, email }))(answer.body as never) : answer.body)'
  ]),
  fault(contacts, "a path is misspelt", ['get("/contacts/:contact_id"', 'get("/contact/:contact_id"']),
  fault(contacts, "a parameter is misspelt", [
    "per_page: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 150 }))),\n    starting_after",
    "perPage: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 150 }))),\n    starting_after"
  ]),

  // Errors.
  fault(errors, "what was not found is gone", ["new E.NotFound(fields)", "new E.Gone(fields)"]),
  fault(errors, "the request id of the body is lost", [
    'word?.requestId ?? headers["x-request-id"]',
    'headers["x-request-id"]'
  ]),
  fault(errors, "the request id of the headers is lost", [
    'word?.requestId ?? headers["x-request-id"]',
    "word?.requestId"
  ]),
  fault(answers, "the request id of what cannot be read is lost", [
    "reply.requestId === undefined",
    "reply.requestId !== null"
  ]),
  fault(errors, "codes are lost", ["text(code) ?? text(type),", "text(type),"]),
  fault(errors, "messages are lost", ["message: text(message),", "message: undefined,"]),
  fault(errors, "the field that is wrong is lost", ["field: text(field)\n", "field: undefined\n"]),
  fault(errors, "the text of an error that is no list is lost", [
    "body: empty || body.encoding !== undefined ?",
    "body: empty || body.encoding === undefined ?"
  ]),
  fault(errors, "when to come again is lost", [
    "Number.isSafeInteger(seconds) ? { resetAt",
    "Number.isNaN(seconds) ? { resetAt"
  ]),
  fault(errors, "what a server asks to wait is ignored", [
    "const after = retryAfter(headers, at)",
    "const after = Duration.zero"
  ])
]
