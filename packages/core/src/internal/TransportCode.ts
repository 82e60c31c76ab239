import * as Predicate from "effect/Predicate"

/** What a failed connection says of itself. */
export interface SystemError {
  /** The system's code, `ECONNREFUSED` say. */
  readonly code?: string
  readonly message?: string
  /** What the system was asked to do: `connect`, `getaddrinfo`, `read`, `write`. */
  readonly syscall?: unknown
}

/** The innermost error with a code, wherever the HTTP client nested it; without one, what the outer error says. */
export const systemError = (cause: unknown): SystemError =>
  coded(cause, 8) ?? (cause instanceof Error ? { message: cause.message } : {})

const coded = (error: unknown, depth: number): SystemError | undefined => {
  if (depth === 0 || !Predicate.isObject(error)) return undefined
  const { cause, code, errors, message, syscall } = error
  const inner = coded(Array.isArray(errors) ? errors[0] : cause, depth - 1)
  if (inner !== undefined || typeof code !== "string") return inner
  return { code, syscall, ...(typeof message === "string" ? { message } : undefined) }
}

// No byte of a request leaves before there is a connection.
const beforeConnection = new Set<unknown>([
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
const connecting = new Set<unknown>(["connect", "getaddrinfo"])

/** Whether the error proves that the request was not sent. */
export const neverSent = ({ code, syscall }: SystemError): boolean =>
  beforeConnection.has(code) || connecting.has(syscall)
