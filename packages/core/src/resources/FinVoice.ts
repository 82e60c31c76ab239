/** Calls that Fin, the AI agent, takes for another telephone system. The workspace needs the feature. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import * as Resource from "../Resource.ts"
import { CustomAttributes, JsonObject, LooseId, nullish, open, openEnum, optional } from "../Wire.ts"
import { ConversationId } from "./Common.ts"

/** The id of a call that Fin takes: digits, as a string. Answers have it as a number. */
export const FinVoiceCallId = Id.digits("intercom/FinVoiceCallId")
export type FinVoiceCallId = typeof FinVoiceCallId.Type

/** A call that Fin takes, as the API sends it; fields not listed here are kept. Source: the official 2.15 document. */
export class FinVoiceCall extends Schema.Opaque<FinVoiceCall>()(
  open({
    /** A number; as a string it is a {@link FinVoiceCallId}. */
    id: LooseId,
    app_id: nullish(LooseId),
    user_phone_number: nullish(Schema.String),
    status: nullish(Schema.String),
    /** Null until Intercom has a call, and a conversation, of its own for it. */
    intercom_call_id: nullish(LooseId),
    intercom_conversation_id: nullish(LooseId),
    /** The id of the call in the other system. */
    external_call_id: nullish(LooseId),
    call_transcript: nullish(Schema.Array(CustomAttributes)),
    call_summary: nullish(Schema.String),
    intent: nullish(Schema.Array(CustomAttributes))
  })
) {}

/** A call that is about to be handed to Fin. */
export class RegisterFinVoiceCall extends Schema.Opaque<RegisterFinVoiceCall>()(
  Schema.Struct({
    /** The caller's, in E.164 form. */
    phone_number: Schema.String,
    /** The id of the call in the other system. */
    call_id: Schema.String,
    source: optional(openEnum("five9", "zoom_phone", "aws_connect")),
    data: optional(Schema.NullOr(JsonObject))
  })
) {}

/** The calls that Fin takes for another telephone system. */
export class FinVoice extends Resource.Service<FinVoice>()("FinVoice", {
  /** Announces a call. Fails with `Conflict` when it was announced before. Never sent twice. */
  register: Endpoint.post("/fin_voice/register", {
    payload: RegisterFinVoiceCall,
    success: FinVoiceCall,
    error: [ErrorResponse.BadRequest, ErrorResponse.Conflict]
  }),
  /** By Intercom's id. Fails with `NotFound` when there is no such call. */
  get: Endpoint.get("/fin_voice/collect/:id", {
    params: { id: FinVoiceCallId },
    success: FinVoiceCall,
    error: ErrorResponse.NotFound
  }),
  /** By its id in the other system. Fails with `NotFound` when there is no such call. */
  getByExternalId: Endpoint.get("/fin_voice/external_id/:external_id", {
    params: { external_id: Schema.String },
    success: FinVoiceCall,
    error: ErrorResponse.NotFound
  }),
  /** The last call of a caller. Its answer has no documented form. Fails with `NotFound` when there is none. */
  getByPhoneNumber: Endpoint.get("/fin_voice/phone_number/:phone_number", {
    params: { phone_number: Schema.String },
    success: FinVoiceCall,
    body: "optional",
    error: ErrorResponse.NotFound
  }),
  /** The calls of a conversation, all in one answer, which is a bare list. */
  listOfConversation: Endpoint.get("/fin_voice/conversation/:conversation_id", {
    params: { conversation_id: ConversationId },
    success: Schema.Array(FinVoiceCall),
    error: ErrorResponse.NotFound
  })
}) {}
