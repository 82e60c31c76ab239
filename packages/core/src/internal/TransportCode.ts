import * as Predicate from "effect/Predicate"

/** What a failed connection says of itself. */
export interface SystemError {
  /** The system's code, `ECONNREFUSED` say. */
  readonly code?: string
  readonly message?: string
  /** What the system was asked to do: `connect`, `getaddrinfo`, `read`, `write`. */
  readonly syscall?: string
}

/** The innermost error with a code, wherever the HTTP client nested it; without one, what the outer error says. */
export const systemError = (cause: unknown): SystemError =>
  coded(cause, 8) ?? (cause instanceof Error ? { message: cause.message } : {})

const coded = (cause: unknown, depth: number): SystemError | undefined => {
  if (depth === 0 || !Predicate.isObject(cause)) return undefined
  const inner = "errors" in cause && Array.isArray(cause.errors) ? cause.errors[0] : "cause" in cause && cause.cause
  const found = coded(inner, depth - 1)
  if (found !== undefined || !("code" in cause) || typeof cause.code !== "string") return found
  return {
    code: cause.code,
    ...("message" in cause && typeof cause.message === "string" ? { message: cause.message } : undefined),
    ...("syscall" in cause && typeof cause.syscall === "string" ? { syscall: cause.syscall } : undefined)
  }
}

// No byte of a request leaves before there is a connection.
const beforeConnection = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID"
])
const connecting = new Set(["connect", "getaddrinfo"])

/** Whether the error proves that the request was not sent. */
export const neverSent = ({ code, syscall }: SystemError): boolean =>
  (code !== undefined && beforeConnection.has(code)) || (syscall !== undefined && connecting.has(syscall))
