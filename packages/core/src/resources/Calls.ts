/** Calls: conversations by phone, with recordings and transcripts. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import { CustomAttributes, listing, LooseId, LooseTime, nullish, open, openEnum, optional, unchecked } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"

/** The id of a call, as paths have it: a string. Live answers have it as a number. */
export const CallId = Id.digits("intercom/CallId")
export type CallId = typeof CallId.Type

const callFields = {
  type: openEnum("call"),
  /** A string in the official 2.15 document, a number live: `CallId.make(String(call.id))` is what paths take. */
  id: LooseId,
  conversation_id: nullish(LooseId),
  admin_id: nullish(LooseId),
  contact_id: nullish(LooseId),
  state: nullish(Schema.String),
  /** Times are Unix seconds or text (RFC 3339). */
  initiated_at: nullish(LooseTime),
  answered_at: nullish(LooseTime),
  ended_at: nullish(LooseTime),
  created_at: nullish(LooseTime),
  updated_at: nullish(LooseTime),
  /** Null when there is none, as of the other addresses. */
  recording_url: nullish(Schema.String),
  transcription_url: nullish(Schema.String),
  call_type: nullish(Schema.String),
  direction: nullish(openEnum("inbound", "outbound")),
  ended_reason: nullish(Schema.String),
  /** The other party's number. */
  phone: nullish(Schema.String),
  /** Of the part of the call that the AI agent led. */
  fin_recording_url: nullish(Schema.String),
  fin_transcription_url: nullish(Schema.String)
} as const

/** A call. Any field but `type` and `id` may be null or missing; fields not listed here are kept. */
export class Call extends Schema.Opaque<Call>()(open(callFields)) {}

/** One page of calls. `pages.next` is a URL or null. */
export class CallList extends Schema.Opaque<CallList>()(
  listing({
    data: Schema.Array(Call),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** `page` counts from 1. `per_page`: 1 to 25, which is the default. */
export class ListCalls extends Schema.Opaque<ListCalls>()(
  Schema.Struct({
    page: optional(Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))),
    per_page: optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 25 })))
  })
) {}

/** A call with what was said, one entry after the other. */
export class TranscribedCall extends Schema.Opaque<TranscribedCall>()(
  open({
    ...callFields,
    transcript: nullish(Schema.Array(CustomAttributes)),
    /** Whether there is a transcript yet. */
    transcript_status: nullish(Schema.String)
  })
) {}

/** The calls of some conversations. */
export class CallSearchResult extends Schema.Opaque<CallSearchResult>()(
  listing({ data: Schema.Array(TranscribedCall) })
) {}

/** Conversations, by their ids: 1 to 20. */
export class SearchCalls extends Schema.Opaque<SearchCalls>()(
  Schema.Struct({
    conversation_ids: Schema.Array(Schema.String).check(Schema.isMinLength(1), Schema.isMaxLength(20))
  })
) {}

/** The calls of a workspace. */
export class Calls extends Resource.Service<Calls>()("Calls", {
  /**
   * One page; `list.pages` and `list.items` walk them all.
   *
   * Permission: Read conversations.
   */
  list: Endpoint.get("/calls", {
    permission: "Read conversations",
    query: ListCalls,
    success: CallList,
    error: ErrorResponse.BadRequest,
    pages: Pagination.page("data", Call)
  }),
  /**
   * Fails with `NotFound` when there is no such call.
   *
   * Permission: Read conversations.
   */
  get: Endpoint.get("/calls/:call_id", {
    permission: "Read conversations",
    params: { call_id: CallId },
    success: Call,
    error: ErrorResponse.NotFound
  }),
  /**
   * Where the recording is: a signed address on another host, good for a limited time, to be asked for without the token.
   * Fails with `NotFound` when there is no such call, or no recording of it.
   *
   * Permission: Read conversations.
   */
  getRecording: Endpoint.get("/calls/:call_id/recording", {
    permission: "Read conversations",
    params: { call_id: CallId },
    success: Endpoint.Location,
    error: ErrorResponse.NotFound,
    operationId: "getCallRecording"
  }),
  /**
   * What was said, as plain text; `search` has it in entries, for many calls at once. Fails with `NotFound` when there is
   * no such call, or no transcript of it.
   *
   * Permission: Read conversations.
   */
  getTranscript: Endpoint.get("/calls/:call_id/transcript", {
    permission: "Read conversations",
    params: { call_id: CallId },
    success: Endpoint.Text,
    error: ErrorResponse.NotFound,
    operationId: "getCallTranscript"
  }),
  /**
   * The calls of some conversations with their transcripts, in one answer. Safe to repeat.
   *
   * Permission: Read conversations.
   */
  search: Endpoint.post("/calls/search", {
    permission: "Read conversations",
    payload: SearchCalls,
    success: CallSearchResult,
    error: ErrorResponse.BadRequest,
    // It only reads.
    idempotent: true
  })
}) {}
