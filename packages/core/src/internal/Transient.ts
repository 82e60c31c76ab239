import type { Reason } from "../IntercomError.ts"
import { isLasting } from "./TransportCode.ts"

const transientStatus = new Set([408, 500, 502, 503, 504])

/** Whether the same request may succeed some time later. */
export const isTransient = (reason: Reason): boolean => {
  switch (reason._tag) {
    case "RateLimited":
      return reason.scope === "window"
    case "TransportError":
      return !isLasting(reason)
    case "TimeoutError":
    // An empty or cut-off body of a success is a broken connection in disguise; one of another shape fails after this.
    case "DecodeError":
      return true
    case "ServerError":
    case "UnexpectedStatus":
      return transientStatus.has(reason.status)
    default:
      return false
  }
}

/** Whether the request was certainly not processed. */
export const isUnprocessed = (reason: Reason): boolean =>
  reason._tag === "RateLimited" || (reason._tag === "TransportError" && !reason.sent)
