/** Fin, the AI agent, in a conversation that is not Intercom's. The workspace needs the feature. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Resource from "../Resource.ts"
import { JsonObject, nullish, open, openEnum, optional } from "../Wire.ts"

/** What somebody wrote. Times are ISO 8601. */
export class FinMessage extends Schema.Opaque<FinMessage>()(
  Schema.Struct({
    author: openEnum("user", "agent", "fin"),
    body: Schema.String,
    timestamp: Schema.String,
    /** The same, with milliseconds. */
    timestamp_ms: optional(Schema.String)
  })
) {}

/** Whom Fin talks to. */
export class FinUser extends Schema.Opaque<FinUser>()(
  Schema.Struct({
    /** Your own id for the person. */
    id: Schema.String,
    name: optional(Schema.String),
    email: optional(Schema.String),
    attributes: optional(JsonObject)
  })
) {}

/** A file: at a `url`, or the `data` itself (base64) with its `name` and `content_type`. */
export class FinAttachment extends Schema.Opaque<FinAttachment>()(
  Schema.Struct({
    type: openEnum("url", "file"),
    url: optional(Schema.String),
    name: optional(Schema.String),
    content_type: optional(Schema.String),
    data: optional(Schema.String)
  })
) {}

const upToTen = <S extends Schema.Top>(schema: S) => Schema.Array(schema).check(Schema.isMaxLength(10))

const turn = {
  /** Your own id for the conversation. */
  conversation_id: Schema.String,
  message: FinMessage,
  user: FinUser,
  /** 10 at most. */
  attachments: optional(upToTen(FinAttachment))
}

/** The first message to Fin, with what went before. */
export class StartFin extends Schema.Opaque<StartFin>()(
  Schema.Struct({
    ...turn,
    conversation_metadata: optional(
      Schema.Struct({
        /** What was written before Fin came: 10 messages at most. */
        history: optional(upToTen(FinMessage)),
        attributes: optional(JsonObject)
      })
    )
  })
) {}

/** A further message to Fin. */
export class ReplyToFin extends Schema.Opaque<ReplyToFin>()(Schema.Struct(turn)) {}

const messages = nullish(open({ attributes: nullish(Schema.Record(Schema.String, Schema.Unknown)) }))

/** How far Fin is. Its answer comes as a webhook, or as server-sent events from `sse_subscription_url`. */
export class FinTurn extends Schema.Opaque<FinTurn>()(
  open({
    conversation_id: nullish(Schema.String),
    user_id: nullish(Schema.String),
    status: nullish(openEnum("thinking", "awaiting_user_reply", "escalated", "resolved", "complete")),
    /** ISO 8601, with milliseconds. */
    created_at_ms: nullish(Schema.String),
    /** Which attributes were not taken, and why. */
    errors: nullish(open({ user: messages, conversation: messages })),
    sse_subscription_url: nullish(Schema.String)
  })
) {}

/** How the person took it. */
export class SubmitFinCsat extends Schema.Opaque<SubmitFinCsat>()(
  Schema.Struct({
    conversation_id: Schema.String,
    rating: openEnum("terrible", "bad", "ok", "good", "amazing"),
    remark: optional(Schema.String)
  })
) {}

/** A rating that was taken. */
export class FinCsat extends Schema.Opaque<FinCsat>()(
  open({
    conversation_id: nullish(Schema.String),
    rating: nullish(openEnum("terrible", "bad", "ok", "good", "amazing")),
    status: nullish(openEnum("rated"))
  })
) {}

/** 422: what of a rating cannot be taken, by field. It is no `error.list`. */
export class FinCsatRefused extends Schema.Error<FinCsatRefused>("UnprocessableEntityResponse")(
  {
    _tag: Schema.tagDefaultOmit("UnprocessableEntityResponse"),
    errors: nullish(Schema.Record(Schema.String, Schema.String))
  },
  { httpApiStatus: 422 }
) {}

/** Conversations of Fin's that you show yourself. */
export class FinAgent extends Resource.Service<FinAgent>()("FinAgent", {
  /** Begins a conversation, under an id of your own. Never sent twice. */
  start: Endpoint.post("/fin/start", { payload: StartFin, success: FinTurn, error: ErrorResponse.BadRequest }),
  /** Goes on with a conversation that was begun by `start`. Never sent twice. */
  reply: Endpoint.post("/fin/reply", { payload: ReplyToFin, success: FinTurn, error: ErrorResponse.BadRequest }),
  /** Rates a conversation. Fails with `UnprocessableEntity` where it cannot be rated. */
  submitCsat: Endpoint.post("/fin/csat", {
    payload: SubmitFinCsat,
    success: FinCsat,
    error: [ErrorResponse.BadRequest, FinCsatRefused]
  })
}) {}
