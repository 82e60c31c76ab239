/** Notes: what admins wrote down about a contact or a company. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import { listing, nullish, open, openEnum, optional, unchecked, UnixSeconds } from "../Wire.ts"
import * as Pagination from "../Pagination.ts"
import * as Resource from "../Resource.ts"
import { EmbeddedAdmin } from "./Admins.ts"
import { AdminId, Reference } from "./Common.ts"

/** The id of a note: digits, as a string. */
export const NoteId = Id.digits("intercom/NoteId")
export type NoteId = typeof NoteId.Type

/**
 * A note, as the API sends it. Any field but `type` and `id` may be null or missing; fields not listed here are kept.
 * Source: the official 2.15 document and recorded answers.
 */
export class Note extends Schema.Opaque<Note>()(
  open({
    type: openEnum("note"),
    id: NoteId,
    created_at: nullish(UnixSeconds),
    /** Whom it is about; null for a company's. */
    contact: nullish(Reference),
    /** Who wrote it. */
    author: nullish(EmbeddedAdmin),
    /** HTML. */
    body: nullish(Schema.String)
  })
) {}

/** One page of notes. `pages.next` is a URL or null. */
export class NoteList extends Schema.Opaque<NoteList>()(
  listing({
    data: Schema.Array(Note),
    total_count: unchecked,
    pages: nullish(Pagination.Pages)
  })
) {}

/** A new note on a contact. */
export class CreateNote extends Schema.Opaque<CreateNote>()(
  Schema.Struct({
    /** Text or HTML. */
    body: Schema.String,
    /** Who writes it. */
    admin_id: optional(AdminId)
  })
) {}

/** The notes of a workspace; those of a contact or company are `contacts.listNotes` and `companies.listNotes`. */
export class Notes extends Resource.Service<Notes>()("Notes", {
  /**
   * Fails with `NotFound` when there is no such note.
   *
   * Permission: Read and list users and companies.
   */
  get: Endpoint.get("/notes/:note_id", {
    permission: "Read and list users and companies",
    params: { note_id: NoteId },
    success: Note,
    error: ErrorResponse.NotFound
  })
}) {}
