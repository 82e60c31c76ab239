/** All calls, 25 a page, with what was said: transcripts are asked for by conversations, 20 at once. */
import { Calls, TranscribedCall, type CallId } from "@effect-intercom/core/resources/Calls"
import { OnInvalid } from "@effect-intercom/core/IntercomHttp"
import * as Json from "@effect-intercom/core/Json"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Completion from "../Completion.ts"
import { fieldsOf, listing } from "../Definition.ts"
import * as Isolation from "../internal/Isolation.ts"
import * as Records from "../internal/Records.ts"
import type { Received } from "../Table.ts"
import type * as Walk from "../Walk.ts"

/** Conversations that can be asked for at once. */
const most = 20

/** Calls by their ids. */
type Found = ReadonlyMap<string, Received>

const nothing: Found = new Map()

const conversationOf = (call: Received): string | undefined => {
  const id = call["conversation_id"]
  return typeof id === "string" || typeof id === "number"
    ? (Json.digits(call, "conversation_id") ?? String(id))
    : undefined
}

/** Whether a call says that there is a transcript of it. */
const isTranscribed = (call: Received) =>
  typeof call["transcription_url"] === "string" && call["transcription_url"] !== ""

/** The calls of some conversations with their transcripts; what is asked for is in the `id`. */
const transcribed = ({ id }: Received) =>
  Calls.use(({ search }) => search({ conversation_ids: String(id).split(",") })).pipe(
    // What does not fit is looked at field by field.
    Effect.provideService(OnInvalid, () => Effect.void),
    Effect.map((answer: unknown): Found => {
      const { data } = fieldsOf(answer)
      const calls: ReadonlyArray<unknown> = Array.isArray(data) ? data : []
      return new Map(calls.map(fieldsOf).map((call) => [Completion.idOf(call), call] as const))
    })
  )

const withTranscript = (call: Received, found: Received | undefined): Received =>
  found?.["transcript"] === undefined || !isTranscribed(call)
    ? call
    : Records.withFields(call, {
        transcript: found["transcript"],
        transcript_status: found["transcript_status"] ?? null
      })

/** A walk over calls, with their transcripts. */
const withTranscripts = <E, R>(
  self: Stream.Stream<Walk.Step, E, R>,
  concurrency: number
): Stream.Stream<Walk.Step, E | Walk.Failure, R | Calls> =>
  Stream.unwrap(
    Effect.map(
      Isolation.make<Found, Calls>({
        complete: transcribed,
        bounded: true,
        failed: () => nothing,
        broken: () => nothing
      }),
      ({ common, complete }) =>
        Stream.mapEffect(self, (step) =>
          Effect.gen(function* () {
            const conversations = Arr.dedupe(
              step.records.filter(isTranscribed).flatMap((call) => conversationOf(call) ?? [])
            )
            const answers = yield* Effect.forEach(
              Arr.chunksOf(conversations, most),
              (ids) => complete({ id: ids.join(",") }),
              { concurrency }
            )
            const failure = yield* common
            if (failure !== undefined) return yield* failure
            const found = new Map(answers.flatMap((calls) => [...calls]))
            const records = step.records.map((call) => withTranscript(call, found.get(Completion.idOf(call))))
            const missing = records.flatMap((call) =>
              Completion.lacking(
                call,
                "transcript",
                Array.isArray(call["transcript"]) ? 1 : 0,
                isTranscribed(call) ? 1 : 0
              )
            )
            return { ...step, records, missing }
          })
        )
    )
  )

const listed = listing({
  name: "calls",
  about: "calls with their transcripts",
  schema: TranscribedCall,
  pageSize: 25,
  largestPage: 25,
  requests: ["GET /calls"],
  permissions: ["Read conversations"],
  get: {
    request: "GET /calls/{call_id}",
    // The id of one.
    record: (id) => Calls.use(({ get }) => get(id as CallId))
  },
  pages: (query, options) => Stream.unwrap(Calls.useSync(({ list }) => list.pages(query, options)))
})

export const calls: typeof listed = {
  ...listed,
  requests: ["GET /calls", "POST /calls/search"],
  walk: (options) => withTranscripts(listed.walk(options), options.concurrency)
}
