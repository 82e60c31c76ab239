import * as Duration from "effect/Duration"
import * as Headers from "effect/http/Headers"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as E from "../IntercomError.ts"
import type { Body } from "./Body.ts"
import type { Scrub } from "./Scrub.ts"

/** The API's word on what went wrong. */
interface Word {
  readonly requestId: string | undefined
  readonly errors: ReadonlyArray<{
    readonly code: string | undefined
    readonly message: string | undefined
    readonly field: string | undefined
  }>
}

// A proxy, or an API to come, may have numbers in the place of strings.
const text = (value: unknown): string | undefined => {
  if (typeof value === "string") return value
  return typeof value === "number" ? String(value) : undefined
}

/** What a body says, each field by itself: nothing in an error body may make the error itself fail, or hide the rest. */
const wordOf = (body: string): Word | undefined => {
  const list = Result.getOrUndefined(Result.try(() => JSON.parse(body) as unknown))
  if (!Predicate.isObject(list) || !Array.isArray(list["errors"])) return undefined
  const entries: ReadonlyArray<unknown> = list["errors"]
  const errors = entries.filter(Predicate.isObject).map(({ code, field, message, type }) => ({
    // Old answers name the code `type`.
    code: text(code) ?? text(type),
    message: text(message),
    field: text(field)
  }))
  const told = errors.filter(({ code, field, message }) => (code ?? message ?? field) !== undefined)
  return told.length === 0 && entries.length > 0 ? undefined : { requestId: text(list["request_id"]), errors: told }
}

/** An answer that is no success. */
export interface Refusal {
  readonly status: number
  readonly headers: Headers.Headers
  readonly body: Body
  /** The base URL that was asked. */
  readonly baseUrl: URL
  /** Whose client asked, where there are several. */
  readonly workspace?: string | undefined
  /** What was asked there. */
  readonly url: string
  /** What an app needs for it, where that is known. */
  readonly permission?: string | undefined
  /** When it arrived, in Unix milliseconds of the server's clock. */
  readonly at: number
}

/**
 * When a window resets, in Unix milliseconds, of an answer of this moment: the header has Unix seconds, and may have
 * milliseconds, seconds from now, or a date as text. `undefined` where it makes no sense.
 */
export const resetAt = (headers: Headers.Headers, at: number): number | undefined => {
  const header = headers["x-ratelimit-reset"]?.trim() ?? ""
  if (/^\d{4}-\d\d-\d\d[T ]|GMT$/.test(header)) {
    const date = Date.parse(header)
    return Number.isNaN(date) ? undefined : date
  }
  const number = /^\d+$/.test(header) ? Number(header) : 0
  if (number === 0 || !Number.isSafeInteger(number)) return undefined
  if (number > 1e11) return number
  return number > 1e9 ? number * 1000 : at + number * 1000
}

/** What a `Retry-After` of this moment (Unix milliseconds) asks to wait; nothing where it makes no sense. */
export const retryAfter = (headers: Headers.Headers, at: number): Duration.Duration => {
  const header = headers["retry-after"]
  // Most answers have none, and a failure to parse it is an error with a stack.
  if (header === undefined) return Duration.zero
  if (/^\s*\d{1,9}\.\d+\s*$/.test(header)) return Duration.millis(Math.ceil(Number(header) * 1000))
  const parsed = Headers.parseRetryAfter(header)
  return Result.isSuccess(parsed) ? Headers.retryAfterDelay(parsed.success, at) : Duration.zero
}

/** How long an answer asks to wait before the next request: `Retry-After`, and for a 429 the reset of its window. */
export const resetDelay = ({ at, headers, status }: Refusal): Duration.Duration => {
  const after = retryAfter(headers, at)
  return status === 429 ? Duration.max(after, Duration.millis((resetAt(headers, at) ?? at) - at)) : after
}

/** The reason for a status that is no success, free of the secret that `scrub` takes out. */
export const reasonOf = (refusal: Refusal, scrub: Scrub): E.Reason => {
  const { body, headers, status } = refusal
  const word = wordOf(body.text)
  const safe = (value: string, length = 200) => scrub(value, length)
  const requestId = word?.requestId ?? headers["x-request-id"]
  const fields = {
    status,
    ...(requestId === undefined ? undefined : { requestId: safe(requestId) }),
    errors: (word?.errors ?? []).slice(0, 50).map(({ code, field, message }) => ({
      code: safe(code ?? "unknown"),
      ...(message === undefined ? undefined : { message: safe(message, 2048) }),
      ...(field === undefined ? undefined : { field: safe(field) })
    })),
    host: refusal.baseUrl.host,
    ...(refusal.workspace === undefined ? undefined : { workspace: refusal.workspace }),
    ...(word === undefined ? ofAnother(refusal, scrub) : undefined),
    ...redirect(refusal, scrub)
  }
  switch (status) {
    case 400:
      return new E.BadRequest(fields)
    case 401:
      return new E.Unauthorized(fields)
    case 403:
      return new E.Forbidden({ ...fields, ...defined({ permission: refusal.permission }) })
    case 404:
      return new E.NotFound(fields)
    case 409:
      return new E.Conflict({ ...fields, ...existingId(fields.errors) })
    case 410:
      return new E.Gone({ ...fields, ...mergedInto(safe(headers["link"] ?? "", 2048)) })
    case 422:
      return new E.UnprocessableEntity(fields)
    case 429:
      return new E.RateLimited({ ...fields, ...limit(refusal, fields.errors) })
    default:
      return status >= 500 && status < 600 ? new E.ServerError(fields) : new E.UnexpectedStatus(fields)
  }
}

/** What tells of an answer that is not in the API's format. */
const ofAnother = ({ body, headers }: Refusal, scrub: Scrub) => {
  const header = (name: string) => (headers[name] ? scrub(headers[name], 100) : undefined)
  const authenticate = header("www-authenticate")?.split(/[ ,]/)[0]
  const empty = body.text === "" && body.encoding === undefined
  return defined({
    body: empty || body.encoding !== undefined ? undefined : scrub(body.text, 2048, !body.complete),
    contentType: empty ? undefined : header("content-type"),
    encoding: body.encoding === undefined ? undefined : scrub(body.encoding, 100),
    server: header("server"),
    authenticate
  })
}

/** Where a redirect leads, without what may be secret in it, and the base URL it would be if only that changed. */
const redirect = ({ baseUrl, headers, status, url }: Refusal, scrub: Scrub) => {
  const { location } = headers
  if (location === undefined || status < 300 || status >= 400) return undefined
  const target = URL.parse(location, url)
  if (target === null) return { location: scrub(location, 200) }
  const { host, pathname, protocol } = target
  const at = `${protocol}//${host}`
  const source = URL.parse(url)
  if (source !== null && at + pathname === `${source.protocol}//${source.host}${source.pathname}`) {
    return { location: scrub(at + pathname, 200), redirectsToItself: true }
  }
  const asked = source?.pathname.slice(baseUrl.pathname.replace(/\/$/, "").length)
  const base = asked !== undefined && pathname.endsWith(asked) ? at + pathname.slice(0, -asked.length) : undefined
  return {
    location: scrub(at + pathname, 200),
    ...(base === undefined || !/^https?:$/.test(protocol) ? undefined : { movedTo: scrub(base, 200) })
  }
}

const defined = <Key extends string>(fields: Readonly<Record<Key, string | undefined>>) =>
  // What is left has a value.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [K in Key]?: string
  }

// "A contact matching those details already exists with id=5ba682d23d7cf92bef87bfd4"
const existingId = (errors: ReadonlyArray<E.Problem>) => {
  const id = errors.map(({ message }) => /\bid=([\w-]+)/.exec(message ?? "")?.[1]).find((id) => id !== undefined)
  return id === undefined ? undefined : { existingId: id }
}

// "</contacts/5ba682d23d7cf92bef87bfd4>", with or without the API's host, and parameters.
const mergedInto = (link: string) => {
  const id = /\/contacts\/([\w-]{1,100})(?![\w/-])/.exec(link)?.[1]
  return id === undefined ? undefined : { mergedInto: id }
}

// "Exceeded rate limit of 1 pending message data export jobs"
const limit = (refusal: Refusal, errors: ReadonlyArray<E.Problem>) => {
  const job = errors.some(({ message }) => /\bpending\b.*\bjobs?\b/i.test(message ?? ""))
  const delay = Duration.toMillis(resetDelay(refusal))
  const over = delay > 0 ? refusal.at + delay : resetAt(refusal.headers, refusal.at)
  const seconds = Math.ceil((over ?? Number.NaN) / 1000)
  return {
    scope: job ? ("job" as const) : ("window" as const),
    ...(Number.isSafeInteger(seconds) ? { resetAt: seconds } : undefined)
  }
}
