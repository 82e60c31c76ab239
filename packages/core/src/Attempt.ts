/** The vocabulary of an attempt to carry out an operation: what is known of it, what it answers, and why it fails. */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import type * as Headers from "effect/http/Headers"
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
  /** The permission an app needs for it, where a document names one. */
  readonly permission?: string | undefined
}

/** The answer to a request, complete. */
export interface Answer {
  readonly status: number
  readonly requestId: string | undefined
  /** The parsed JSON, nothing checked yet; `undefined` when the operation answers without a body. */
  readonly body: unknown
}

/** What an attempt was answered with, a success or not. The token is in none of it, whatever a server echoes. */
export interface Reply {
  /** `Contacts.get`, say. */
  readonly operation: string
  readonly method: string
  /** The path template, `/contacts/{contact_id}`. */
  readonly path: string
  readonly status: number
  /** With names in lower case. */
  readonly headers: Headers.Headers
  /** What Intercom's support asks for. */
  readonly requestId: string | undefined
  /** Which attempt of the call it is, from 1. */
  readonly attempt: number
}

/** A failed attempt: why, and how long the server asks to wait. */
export class Failure extends Data.TaggedClass("Failure")<{
  readonly reason: Reason
  readonly notBefore?: Duration.Duration
}> {}
