/**
 * A resource that can be exported, as it is declared: a walk over its records, and the table they become. All that an
 * export, its documents and the command know of a resource follows from this one value.
 */
import type { IntercomError } from "@effect-intercom/core/IntercomError"
import type { Page, WalkOptions } from "@effect-intercom/core/Pagination"
import type { Permission } from "@effect-intercom/core/Permission"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type * as Search from "./Searched.ts"
import type { Alternatives } from "./Where.ts"
import * as Table from "./Table.ts"
import type { Received } from "./Table.ts"
import * as Walk from "./Walk.ts"

/** How a walk is to go. */
export interface Options {
  /** Where a stopped one resumes. */
  readonly from: Walk.Position | undefined
  /** Records per page; null where there are no pages. */
  readonly pageSize: number | null
  /** Requests that can be under way at once, at the most: how many are, the export sees to. */
  readonly concurrency: number
  /** Windows of a search walked at once: their pages are held in memory. */
  readonly windows: number
  /** What changed at this moment or later, in Unix seconds; `undefined` for everything. */
  readonly since: number | undefined
  /** When the export started, in Unix seconds: what comes later is the next one's. The same for a walk that resumes. */
  readonly until: number
  /** Whether a record is one of the export's. Those that are not need not be completed, and are not given. */
  readonly accepts: (record: Received) => boolean
  /** Whether a record was given already, by an earlier run too, as far as that is written. */
  readonly known: (record: Received) => boolean
  /** Which records, of those a search finds; `undefined` for all. Only for resources with a `search`. */
  readonly where: Alternatives | undefined
  /** Ids of records whose request failed before: they are tried first. */
  readonly again: ReadonlyArray<string>
}

/** Which requests a walk takes beside its pages: what an estimate says of it. */
export interface Cost {
  /** For each record, at most. @default 0 */
  readonly perRecord?: number | undefined
  /** For each record of another resource, whose records the walk goes through: `contacts`, say. @default none */
  readonly perParent?: { readonly resource: string; readonly requests: number } | undefined
}

/** How it is found out which records are there no more. */
export interface Deletions<out R> {
  /**
   * All records there are, as they are listed: without requests for each of them. It resumes at positions of its own that
   * the resource's walk `resumes` at, too; otherwise, or when it takes no notice of them, it is read again from the start.
   */
  readonly listed: (options: Options) => Stream.Stream<Walk.Step, Walk.Failure, R>
  /**
   * Asks for a record that was not listed: what is there is not deleted, listed or not. Without it, what is not listed a
   * second time either is gone: only for listings that have everything in one answer.
   */
  readonly get?: ((id: string) => Effect.Effect<unknown, IntercomError, R>) | undefined
  /** As `METHOD /path`. */
  readonly requests: ReadonlyArray<string>
  /** A listing of what was deleted, in versions of the API that have one; without it, keys are compared. */
  readonly told?: Told<R> | undefined
}

/** A listing of what was deleted, the last first: records with an `id` and a `deleted_at`. */
export interface Told<out R> {
  /** The first version that has it. */
  readonly version: string
  readonly pages: (size: number) => Walk.Open<R>
  readonly pageSize: number
  readonly request: string
}

/** What an export of changes is. */
export type Changing = "search" | "filter" | "whole"

export interface Resource<out R> {
  /** A name, which files and tables have, too: letters, digits and `_`. */
  readonly name: string
  /** What its records are, in a line: `tickets with their parts`. */
  readonly about: string
  /** Of a record. */
  readonly schema: Schema.Top
  /** How a sink sees its records. */
  readonly table: Table.Table
  /** Records per page when the export does not say; null when there are no pages. */
  readonly pageSize: number | null
  /** The most records per page the API allows; null when nobody says. */
  readonly largestPage: number | null
  /** Whether positions are counted in pages, and mean nothing with another page size. */
  readonly counted: boolean
  /**
   * What an export of changes is: `search` asks for what changed, `filter` reads all and keeps what changed, `whole` has
   * everything each time.
   */
  readonly changes: Changing
  /** The field that tells when a record changed, in Unix seconds. */
  readonly changedAt: string
  /** The operations that are asked, as `METHOD /path`. */
  readonly requests: ReadonlyArray<string>
  readonly cost: Cost
  /** The permissions a token needs, as Intercom's Developer Hub calls them; empty where no document says. */
  readonly permissions: ReadonlyArray<Permission | (string & {})>
  /** The search it is walked by, whose queries say which records are exported; `undefined` where there is none. */
  readonly search: Search.Fields | undefined
  /** Whether a walk can resume at a stored position; null is its start. */
  readonly resumes: (position: unknown) => boolean
  readonly walk: (options: Options) => Stream.Stream<Walk.Step, Walk.Failure, R>
  /** How many there are, if the API says: one request. */
  readonly count: (
    since: number | undefined,
    where?: Alternatives | undefined
  ) => Effect.Effect<number | undefined, IntercomError, R>
  /** How it is found out what was deleted; `undefined` where it is not. */
  readonly deletions: Deletions<R> | undefined
  /** Why it is not found out what was deleted; `undefined` where it is, or nobody says. */
  readonly uncompared: string | undefined
  /** The name of the resource whose deletions its records are; `undefined` for records of the API. */
  readonly deletionsOf: string | undefined
  /** How many records the walk goes through that have requests of their own; `undefined` where there are none. */
  readonly parents: ((since: number | undefined) => Effect.Effect<number | undefined, IntercomError, R>) | undefined
}

type Optional =
  | "about"
  | "table"
  | "pageSize"
  | "largestPage"
  | "counted"
  | "changes"
  | "changedAt"
  | "requests"
  | "cost"
  | "permissions"
  | "search"
  | "resumes"
  | "count"
  | "deletions"
  | "deletionsOf"
  | "uncompared"
  | "parents"

/** What {@link make} needs to know: a name, the schema of a record, and a walk. */
export interface Declaration<R>
  extends Pick<Resource<R>, Exclude<keyof Resource<R>, Optional>>, Partial<Pick<Resource<R>, Optional>> {}

/** A position that is a cursor, as that of `Walk.steps`. */
const isCursor = Schema.is(Schema.NullOr(Schema.String))

/**
 * A resource of one's own: a walk, and a table, which follows from the schema with `id` as its key unless there is another
 * one. Whatever else is left out is said of no pages: everything is read each time, nothing is counted, and a walk resumes
 * at a cursor.
 *
 * @example
 * ```ts
 * import { CustomObjectInstance, CustomObjectInstances } from "@effect-intercom/core"
 * import { Resource, Walk } from "@effect-intercom/export"
 * import { Effect, Stream } from "effect"
 *
 * // Nothing lists custom objects: they are asked for by ids of your own.
 * const orders = Resource.make({
 *   name: "orders",
 *   schema: CustomObjectInstance,
 *   walk: () =>
 *     Walk.each(["order-1", "order-2"], (external_id) =>
 *       CustomObjectInstances.use(({ getByExternalId }) =>
 *         getByExternalId("Order", { external_id })
 *       )
 *     )
 * })
 * ```
 */
export const make = <R>({ name, schema, ...given }: Declaration<R>): Resource<R> => ({
  about: name,
  // A record is an object with an id; that it has one is looked at with each.
  table: Table.fromSchema(name, schema as Schema.Codec<unknown, { readonly id: unknown }>, { key: "id" }),
  pageSize: null,
  largestPage: null,
  counted: false,
  changes: "whole",
  changedAt: "updated_at",
  requests: [],
  cost: {},
  permissions: [],
  search: undefined,
  resumes: isCursor,
  count: () => Effect.succeed(undefined),
  deletions: undefined,
  uncompared: undefined,
  deletionsOf: undefined,
  parents: undefined,
  name,
  schema,
  ...given
})

/** A listing of the API, as {@link listing} needs it. */
export interface Listing<R>
  extends Pick<Resource<R>, "name" | "schema">, Partial<Omit<Resource<R>, "name" | "schema" | "walk">> {
  readonly pages: (
    query: { readonly per_page?: number },
    options: WalkOptions,
    walk: { readonly since: number | undefined; readonly until: number | undefined }
  ) => Stream.Stream<Page<unknown>, IntercomError, R>
  /** Whether a record that does not fit is one all the same. @default it has an id */
  readonly identified?: Walk.Identified | undefined
  /**
   * Asks for one record by its id: then its deletions can be told. `listing`: nothing asks for one, and the listing has all there
   * are in one answer.
   */
  readonly get?:
    | "listing"
    | {
        readonly request: string
        readonly record: (id: string) => Effect.Effect<unknown, IntercomError, R>
      }
}

/**
 * A listing walked from cursor to cursor. One with a page size has times, so that changes can be selected, unless
 * `changes` says otherwise.
 *
 * @example
 * ```ts
 * import { Emails, Email } from "@effect-intercom/core"
 * import { Resource } from "@effect-intercom/export"
 * import { Stream } from "effect"
 *
 * const senders = Resource.listing({
 *   name: "senders",
 *   schema: Email,
 *   pages: (_, options) => Stream.unwrap(Emails.useSync(({ list }) => list.pages({}, options)))
 * })
 * ```
 */
export const listing = <R>({ get, identified, pages, ...given }: Listing<R>): Resource<R> => {
  const { pageSize = null } = given
  const all = ({ from, pageSize }: Pick<Options, "from" | "pageSize">) =>
    Walk.steps(
      (options) => pages(query(pageSize), options, { since: undefined, until: undefined }),
      cursorIn(from),
      identified
    )
  const query = (size: number | null) => (size === null ? {} : { per_page: size })
  const cursorIn = (position: Walk.Position | undefined) => (typeof position === "string" ? position : undefined)
  return make<R>({
    counted: true,
    changes: pageSize === null ? "whole" : "filter",
    walk: ({ accepts, from, pageSize, since, until }) =>
      Walk.ahead(
        Walk.accepted(
          Walk.steps((options) => pages(query(pageSize), options, { since, until }), cursorIn(from), identified),
          accepts
        )
      ),
    count: (since) =>
      Effect.map(
        Walk.fetch(
          (options) => pages(query(pageSize === null ? null : 1), options, { since, until: undefined }),
          undefined,
          identified
        ),
        ({ invalid, page }) =>
          page.total ?? (page.cursor === undefined ? page.items.length + invalid.length : undefined)
      ),
    deletions:
      get === undefined
        ? undefined
        : get === "listing"
          ? { listed: all, requests: given.requests ?? [] }
          : { listed: all, get: get.record, requests: [...(given.requests ?? []), get.request] },
    ...given
  })
}

/** What a record that does not fit may have anywhere is anything. */
export const fieldsOf = (value: unknown): Received => (Table.isObject(value) ? value : {})
