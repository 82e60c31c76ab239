/** What kind of failure a request met, without a word of the answer: that may have values of customers. */
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import type { Failure } from "../Walk.ts"

/** `Conversations.get (GET /conversations/{conversation_id}): ServerError 500`. */
export const of = (failure: Failure): string => (failure._tag === "IntercomError" ? told(failure) : failure._tag)

const told = ({ method, operation, path, reason }: IntercomError): string => {
  const status = "status" in reason && typeof reason.status === "number" ? ` ${reason.status}` : ""
  return `${operation} (${method} ${path}): ${reason._tag}${status}`
}
