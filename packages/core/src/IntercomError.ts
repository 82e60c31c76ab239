/** The one error of the client, and the reasons it carries. */
import * as Schema from "effect/Schema"
import { printable } from "./internal/Printable.ts"
import { type Answered, fates, later, ofAnswer, ofConnection, ofPage, ofRead } from "./internal/Remedy.ts"
import { isTransient } from "./internal/Transient.ts"

/** What the API said about one problem. `code` is an open set and comes under several statuses: keep both. */
export const Problem = Schema.Struct({
  code: Schema.String,
  message: Schema.optionalKey(Schema.String),
  field: Schema.optionalKey(Schema.String)
})
export type Problem = typeof Problem.Type

const response = {
  /** The HTTP status. */
  status: Schema.Int,
  /** What to quote to Intercom's support. */
  requestId: Schema.optionalKey(Schema.String),
  /** The entries of the `error.list` body; empty when the body was something else. */
  errors: Schema.Array(Problem),
  /** The start of a body that was not an `error.list` (an HTML page, say); at most 2 KiB. */
  body: Schema.optionalKey(Schema.String),
  /** The host that was asked. */
  host: Schema.optionalKey(Schema.String),
  /** The workspace whose client asked, where `Workspaces` has it. */
  workspace: Schema.optionalKey(Schema.String),
  /** The media type of such a body, and an encoding of it that could not be undone. */
  contentType: Schema.optionalKey(Schema.String),
  encoding: Schema.optionalKey(Schema.String),
  /** What such an answer calls its server, and how that wants to be asked (the scheme of `WWW-Authenticate`). */
  server: Schema.optionalKey(Schema.String),
  authenticate: Schema.optionalKey(Schema.String),
  /** Where a redirect leads: origin and path. */
  location: Schema.optionalKey(Schema.String),
  /** The base URL a redirect suggests: its target without the path that was asked for. */
  movedTo: Schema.optionalKey(Schema.String),
  /** The target of a redirect is what was asked. */
  redirectsToItself: Schema.optionalKey(Schema.Boolean)
}

const says = (reason: Answered & { readonly requestId?: string }, otherwise: string): string => {
  const problems = reason.errors.map(
    ({ code, field, message }) =>
      `${code}${field === undefined ? "" : ` (field ${field})`}${message === undefined ? "" : `: ${message}`}`
  )
  const id = reason.requestId === undefined ? "" : ` [request ${reason.requestId}]`
  return printable(
    `HTTP ${reason.status}${problems.length === 0 ? "" : ` ${problems.join("; ")}`}${id}. ${ofAnswer(reason, otherwise)}`
  )
}

/** 400: a parameter is missing, malformed, or not allowed here. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", response) {
  override get message(): string {
    return says(
      this,
      this.errors.length === 0
        ? "It does not tell what is wrong."
        : "Correct the named parameter and send the request again."
    )
  }
}

/** 401: the token is missing, revoked, or belongs to a workspace in another region. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()("Unauthorized", response) {
  override get message(): string {
    return says(this, "Check the access token (INTERCOM_ACCESS_TOKEN).")
  }
}

/**
 * 403: the app's permissions or the workspace's plan (`api_plan_restricted`) do not cover the operation. `permission` is the
 * one it needs, where a document names it.
 */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", {
  ...response,
  permission: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const permission = this.permission === undefined ? "the permission" : `the permission "${this.permission}"`
    return says(
      this,
      this.errors.length === 0
        ? `It does not tell why: the app may lack ${permission} (Intercom's Developer Hub), or something before the API refused it.`
        : `If the app lacks ${permission}, give it in Intercom's Developer Hub.`
    )
  }
}

/** 404: no such object; also what the API answers to a wrong method. */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", response) {
  override get message(): string {
    return says(this, "Check the id; a deleted or merged object is not found either.")
  }
}

/** 409: it exists already. `existingId` is its id, when the message carries one. */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", {
  ...response,
  existingId: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return says(
      this,
      this.existingId === undefined ? "Look the existing object up." : `Use the existing object, ${this.existingId}.`
    )
  }
}

/** 410: the object is gone, such as a contact merged into another (from 2.16), whose id `mergedInto` is. */
export class Gone extends Schema.TaggedError<Gone>()("Gone", {
  ...response,
  mergedInto: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return says(
      this,
      this.mergedInto === undefined
        ? "The object no longer exists."
        : `It was merged into another object: use that, ${this.mergedInto}.`
    )
  }
}

/** 422: well-formed input with a value the API cannot take. */
export class UnprocessableEntity extends Schema.TaggedError<UnprocessableEntity>()("UnprocessableEntity", response) {
  override get message(): string {
    return says(
      this,
      this.errors.length === 0
        ? "It does not tell what is wrong."
        : "Correct the named value and send the request again."
    )
  }
}

// The last moment a `Date` can say.
const latest = 8.64e12

const until = (resetAt: number | undefined): string =>
  resetAt === undefined || resetAt > latest
    ? "It does not say how long to wait."
    : `Wait until ${new Date(resetAt * 1000).toISOString().replace(".000Z", "Z")}.`

/**
 * 429. `scope: "window"`: too many requests in this window, over at `resetAt` (Unix seconds). `scope: "job"`: a job of
 * the kind is running already; waiting for the window does not help.
 */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", {
  ...response,
  scope: Schema.Literals(["window", "job"]),
  resetAt: Schema.optionalKey(Schema.Int)
}) {
  override get message(): string {
    return says(
      this,
      this.scope === "job" ? "Wait for the running job to end." : `${until(this.resetAt)} Send fewer requests.`
    )
  }
}

/** 5xx: Intercom, or a proxy before it, failed. */
export class ServerError extends Schema.TaggedError<ServerError>()("ServerError", response) {
  override get message(): string {
    return says(this, later)
  }
}

/** Any other status. */
export class UnexpectedStatus extends Schema.TaggedError<UnexpectedStatus>()("UnexpectedStatus", response) {
  override get message(): string {
    return says(this, "The API answered with a status this client does not know.")
  }
}

/**
 * The connection failed. `sent` tells whether the request may have reached the API: when false, it certainly did not,
 * and sending it again is harmless. `code` is the system's (`ECONNREFUSED`, …), where there is one.
 */
export class TransportError extends Schema.TaggedError<TransportError>()("TransportError", {
  sent: Schema.Boolean,
  code: Schema.optionalKey(Schema.String),
  description: Schema.String,
  /** The host that was asked. */
  host: Schema.optionalKey(Schema.String),
  /** The workspace whose client asked, where `Workspaces` has it. */
  workspace: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const code = this.code === undefined || this.description.includes(this.code) ? "" : ` (${this.code})`
    return printable(`The connection failed: ${this.description}${code}. ${ofConnection(this)}`)
  }
}

/** No complete answer, body included, within `afterMillis` milliseconds. The request may have been processed. */
export class TimeoutError extends Schema.TaggedError<TimeoutError>()("TimeoutError", {
  afterMillis: Schema.Finite
}) {
  override get message(): string {
    return (
      `No complete answer within ${this.afterMillis} ms. ${fates.sent} If answers take that long, ask for smaller pages, ` +
      "or raise the timeout."
    )
  }
}

/** Where a value differs from its schema. `path` reads `data[3].id`; it is empty for the value itself. */
export const Mismatch = Schema.Struct({
  path: Schema.String,
  expected: Schema.String,
  actual: Schema.String
})
export type Mismatch = typeof Mismatch.Type

const lines = (mismatches: ReadonlyArray<Mismatch>): string =>
  mismatches
    .map(({ actual, expected, path }) => `${path === "" ? "the value" : path}: expected ${expected}, got ${actual}`)
    .join("; ")

/** The input of a call does not fit; nothing was sent. */
export class EncodeError extends Schema.TaggedError<EncodeError>()("EncodeError", {
  mismatches: Schema.Array(Mismatch)
}) {
  override get message(): string {
    return printable(`Nothing was sent, the input does not fit: ${lines(this.mismatches)}.`)
  }
}

/** The body of a successful answer does not fit. `body` is its start, at most 8 KiB; the token never is in it. */
export class DecodeError extends Schema.TaggedError<DecodeError>()("DecodeError", {
  status: Schema.Int,
  requestId: Schema.optionalKey(Schema.String),
  /** `invalid`: JSON of another shape. `malformed`: not JSON, cut off, or empty. */
  kind: Schema.Literals(["invalid", "malformed"]),
  mismatches: Schema.Array(Mismatch),
  body: Schema.String,
  /** The workspace whose client asked, where `Workspaces` has it and the body is no JSON. */
  workspace: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    const id = this.requestId === undefined ? "" : ` [request ${this.requestId}]`
    const page = this.mismatches.some(({ actual }) => /html/i.test(actual)) ? ` ${ofPage(this)}` : ` ${fates.processed}`
    const advice = this.kind === "malformed" ? page : ""
    return printable(`HTTP ${this.status}${id}, but the body does not fit: ${lines(this.mismatches)}.${advice}`)
  }
}

/** The body of a successful answer has more than `limit` bytes. No more of it was read. */
export class BodyTooLargeError extends Schema.TaggedError<BodyTooLargeError>()("BodyTooLargeError", {
  status: Schema.Int,
  /** In bytes: the option `maxBodySize`. */
  limit: Schema.Finite
}) {
  override get message(): string {
    return (
      `HTTP ${this.status}, but the body has more than ${this.limit} bytes, the limit. ` +
      "Ask for smaller pages, or raise maxBodySize."
    )
  }
}

/**
 * A walk over pages cannot continue without repeating itself, losing records, or sending the token elsewhere. `cursor` is
 * the one at fault.
 */
export class PaginationError extends Schema.TaggedError<PaginationError>()("PaginationError", {
  description: Schema.String,
  cursor: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return printable(`${this.description}.`)
  }
}

export const Reason = Schema.Union([
  BadRequest,
  Unauthorized,
  Forbidden,
  NotFound,
  Conflict,
  Gone,
  UnprocessableEntity,
  RateLimited,
  ServerError,
  UnexpectedStatus,
  TransportError,
  TimeoutError,
  EncodeError,
  DecodeError,
  BodyTooLargeError,
  PaginationError
])
export type Reason = typeof Reason.Type

/**
 * What every operation fails with. `reason` says what happened:
 *
 * @example
 * ```ts
 * import { Contacts, type CreateContact } from "@effect-intercom/core"
 * import { Effect } from "effect"
 *
 * const idOf = (contact: CreateContact) =>
 *   Contacts.use((contacts) => contacts.create(contact)).pipe(
 *     Effect.map((created): string | undefined => created.id),
 *     Effect.catchReason("IntercomError", "Conflict", ({ existingId }) => Effect.succeed(existingId))
 *   )
 * ```
 */
export class IntercomError extends Schema.TaggedError<IntercomError>()("IntercomError", {
  /** `Contacts.create`, say. */
  operation: Schema.String,
  method: Schema.String,
  /** The path template, `/contacts/{contact_id}`: never an id. */
  path: Schema.String,
  reason: Reason
}) {
  override get message(): string {
    const { message } = this.reason
    const isRead = this.method === "GET" || /\/(search|list)$/.test(this.path)
    return `${this.operation} (${this.method} ${this.path}): ${this.reason._tag}: ${isRead ? ofRead(message) : message}`
  }

  /**
   * Whether the same call may succeed some time later: a full window, a server that failed, a connection that broke. The
   * client has repeated what it may by itself; it says nothing of whether a write was processed.
   */
  get isRetryable(): boolean {
    return isTransient(this.reason) && !(this.reason._tag === "DecodeError" && this.reason.kind === "invalid")
  }
}

/**
 * Whether the API gave one of these codes for it.
 *
 * @example
 * ```ts
 * import { hasCode, type IntercomError } from "@effect-intercom/core"
 *
 * const isBusy = (error: IntercomError) => hasCode(error, "scroll_exists")
 * ```
 */
export const hasCode = ({ reason }: IntercomError, ...codes: ReadonlyArray<string>): boolean =>
  "errors" in reason && reason.errors.some(({ code }) => codes.includes(code))
