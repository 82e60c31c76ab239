import * as Predicate from "effect/Predicate"

/** The system's code for a failed connection, wherever the HTTP client nested it. */
export const systemCode = (cause: unknown): string | undefined => {
  if (!Predicate.isObject(cause)) return undefined
  if ("code" in cause && typeof cause.code === "string") return cause.code
  if ("errors" in cause && Array.isArray(cause.errors)) return systemCode(cause.errors[0])
  return "cause" in cause ? systemCode(cause.cause) : undefined
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
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID"
])

/** Whether the code proves that the request was not sent. */
export const neverSent = (code: string | undefined): boolean => code !== undefined && beforeConnection.has(code)
