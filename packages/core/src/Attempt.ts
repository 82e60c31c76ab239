/** The vocabulary of an attempt to carry out an operation: what is known of it, what it answers, and why it fails. */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import type { Body } from "./Endpoint.ts"
import type { Reason } from "./IntercomError.ts"

/** What is known about an operation besides its schemas. */
export interface Operation {
  /** `Contacts.create`, say: the name of the span and the `operation` of metrics and errors. */
  readonly name: string
  /** The `operationId` in the published document. */
  readonly operationId: string
  readonly method: string
  /** The path template, `/contacts/{contact_id}`. */
  readonly path: string
  /** Whether sending it twice does what sending it once does (RFC 9110). */
  readonly idempotent: boolean
  /** What a success answers with. */
  readonly body: Body
}

/** The answer to a request, complete. */
export interface Answer {
  readonly status: number
  readonly requestId: string | undefined
  /** The parsed JSON, nothing checked yet; `undefined` when the operation answers without a body. */
  readonly body: unknown
}

/** A failed attempt: why, and how long the server asks to wait. */
export class Failure extends Data.TaggedClass("Failure")<{
  readonly reason: Reason
  readonly notBefore?: Duration.Duration
}> {}
