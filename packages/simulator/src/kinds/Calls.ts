/** Calls: one in four has no recording, and no transcript either. */
import { Calls } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"
import * as Admins from "./Admins.ts"
import * as Contacts from "./Contacts.ts"

const ids = Ids.counting(60_000)

const generate = (world: World.World, index: number) => {
  const random = World.random(world, "calls", index)
  const id = world.id("calls", index)
  const created_at = World.start + index * World.day + random.below(World.day)
  const ended_at = created_at + 30 + random.below(20 * World.minute)
  const contact = world.counts.contacts > 0 ? Contacts.generate(world, random.below(world.counts.contacts)) : undefined
  const recorded = index % 4 !== 3
  const address = (path: string) => (recorded ? `https://api.intercom.io/calls/${id}/${path}` : null)
  return {
    type: "call",
    id,
    conversation_id:
      world.counts.conversations > 0 ? world.id("conversations", index % world.counts.conversations) : null,
    admin_id: world.counts.admins > 0 ? String(Admins.idOf(world, random.below(world.counts.admins))) : null,
    contact_id: contact?.id ?? null,
    state: "ended",
    initiated_at: created_at,
    answered_at: created_at + 10,
    ended_at,
    created_at,
    updated_at: ended_at,
    recording_url: address("recording"),
    transcription_url: address("transcript"),
    call_type: "phone",
    direction: random.chance(0.5) ? "inbound" : "outbound",
    ended_reason: "completed",
    phone: contact?.phone ?? "+35315550100",
    fin_recording_url: null,
    fin_transcription_url: null
  }
}

/** What was said in a call, in order. */
const entriesOf = (world: World.World, { id }: Row) => {
  const random = World.random(world, "transcripts", Number(id))
  return Array.from({ length: 2 + random.below(4) }, (_, position) => ({
    speaker: position % 2 === 0 ? "contact" : "admin",
    text: random.pick(V.sentences),
    start: position * 4
  }))
}

const withTranscript = (world: World.World, call: Row): Row => {
  const recorded = call["transcription_url"] !== null
  return {
    ...call,
    transcript: recorded ? entriesOf(world, call) : [],
    transcript_status: recorded ? "completed" : null
  }
}

const missing = { message: "Call not found" }

export const calls = Kind.listed(Calls, {
  count: 8,
  ids,
  generate,
  missing,
  handlers: {
    list: Crud.list({ perPage: 25 }),
    get: Crud.get,
    getRecording: ({ params }, { collection }) => {
      const call = collection.find(params.call_id)
      if (call === undefined) return Crud.missing(missing)
      return call["recording_url"] === null
        ? Crud.missing({ message: "Recording not found" })
        : Effect.succeed(
            HttpServerResponse.redirect(`https://recordings.example.com/${call.id}.mp3?signature=simulated`, {
              status: 302
            })
          )
    },
    getTranscript: ({ params }, { collection, workspace: { world } }) => {
      const call = collection.find(params.call_id)
      if (call === undefined) return Crud.missing(missing)
      if (call["transcription_url"] === null) return Crud.missing({ message: "Transcript not found" })
      const lines = entriesOf(world, call).map(({ speaker, text }) => `${speaker}: ${text}\n`)
      return Effect.succeed(
        HttpServerResponse.text(lines.join(""), {
          contentType: "text/plain; charset=utf-8",
          headers: { "content-disposition": `attachment; filename="call-${call.id}-transcript.txt"` }
        })
      )
    },
    search: ({ payload }, { collection, workspace: { world } }) => {
      const wanted = new Set(payload.conversation_ids)
      const found = Listing.rows(collection).filter((call) => wanted.has(String(call["conversation_id"])))
      return Effect.succeed(Listing.value({ type: "list", data: found.map((call) => withTranscript(world, call)) }))
    }
  }
})
