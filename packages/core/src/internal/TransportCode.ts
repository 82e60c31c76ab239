import * as Predicate from "effect/Predicate"

/** What a failed connection says of itself. */
export interface SystemError {
  /** The system's code, `ECONNREFUSED` say. */
  readonly code?: string
  readonly message?: string
  /** What the system was asked to do: `connect`, `getaddrinfo`, `queryA`, `read`, `write`. */
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

/** What went wrong with a connection, where its code tells. */
export type Kind =
  | "certificate"
  | "hostname"
  | "validity"
  | "tls"
  | "name"
  | "refused"
  | "unreachable"
  | "slow"
  | "browser"

const kinds: Readonly<Record<string, Kind>> = {
  CERT_CHAIN_TOO_LONG: "certificate",
  CERT_REJECTED: "certificate",
  CERT_REVOKED: "certificate",
  CERT_SIGNATURE_FAILURE: "certificate",
  CERT_UNTRUSTED: "certificate",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate",
  INVALID_CA: "certificate",
  INVALID_PURPOSE: "certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate",
  UNABLE_TO_GET_ISSUER_CERT: "certificate",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate",
  UNKNOWN_CERTIFICATE_VERIFICATION_ERROR: "certificate",
  ERR_TLS_CERT_ALTNAME_INVALID: "hostname",
  HOSTNAME_MISMATCH: "hostname",
  CERT_HAS_EXPIRED: "validity",
  CERT_NOT_YET_VALID: "validity",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "tls",
  ERR_SSL_WRONG_VERSION_NUMBER: "tls",
  ENOTFOUND: "name",
  EAI_AGAIN: "name",
  EAI_FAIL: "name",
  EAI_NODATA: "name",
  EAI_NONAME: "name",
  ECONNREFUSED: "refused",
  ConnectionRefused: "refused",
  EHOSTUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETUNREACH: "unreachable",
  ENETDOWN: "unreachable",
  UND_ERR_CONNECT_TIMEOUT: "slow"
}

// Each browser has its own sentence for everything.
const ofBrowsers = /^(?:Failed to fetch|NetworkError when attempting|Load failed)/

export const kindOf = (failed: { readonly code?: string; readonly description: string }): Kind | undefined => {
  if (failed.code === undefined) return ofBrowsers.test(failed.description) ? "browser" : undefined
  return kindOfCode(failed.code)
}

const kindOfCode = (code: string): Kind | undefined => (Object.hasOwn(kinds, code) ? kinds[code] : undefined)

/** Whether no attempt to come can go better: certificates do not change in a minute. */
export const isLasting = (failed: { readonly code?: string; readonly description: string }): boolean =>
  lasting.has(kindOf(failed))
const lasting = new Set<Kind | undefined>(["certificate", "hostname", "validity", "tls"])

const connecting = /^(?:connect|getaddrinfo|query[A-Z]\w*)$/

// The network may go in the middle of an answer, and a record of TLS be garbled there.
const beforeConnection = new Set<Kind | undefined>(["certificate", "hostname", "validity", "name", "refused", "slow"])

/** Whether the error proves that the request was not sent: no byte of it leaves before there is a connection. */
export const neverSent = ({ code, syscall }: SystemError): boolean =>
  typeof syscall === "string"
    ? connecting.test(syscall)
    : beforeConnection.has(code === undefined ? undefined : kindOfCode(code))
