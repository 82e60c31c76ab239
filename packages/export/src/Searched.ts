/** Resources that are searched: by the time they were created, or, of an export of changes, by the time they changed. */
import type * as Search from "@effect-intercom/core/Search"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Definition from "./Definition.ts"
import type { Received } from "./Table.ts"
import * as Untimed from "./Untimed.ts"
import * as Walk from "./Walk.ts"
import type { Alternatives } from "./Where.ts"
import * as Windows from "./Windows.ts"

/** A table of fields that can be searched. */
export type Fields = Search.Fields

/** Opens a search. */
export type Find<R> = Windows.Options<R>["search"]

/** A listing, with so many records a page. */
export type List<R> = (size: number) => Walk.Open<R>

const day = 86_400

/** The first moment a search is asked for: it compares whole days, in a zone that may be ahead of UTC. */
const searchedAfter = (since: number | undefined) => (since === undefined ? 0 : Math.max(0, since - day))

const fieldOf = (since: number | undefined): Windows.Field => (since === undefined ? "created_at" : "updated_at")

/** Whether a walk of {@link steps} can resume at a position. */
export const resumes = Schema.is(Schema.NullOr(Schema.Union([Windows.Position, Untimed.Listing])))

const windowsPosition = Schema.decodeUnknownOption(Windows.Position)

/** Whether a search by time finds a record. */
export const isTimed = ({ created_at }: Received) => typeof created_at === "number"

/** What is searched, and the listing that has what no search by time finds; `undefined` where there is none. */
export interface Searched<R> {
  readonly search: Find<R>
  readonly list: List<R> | undefined
}

/**
 * Every record by creation time, or every change by update time. A record that is updated during the export moves towards
 * the end, so it is never skipped.
 */
export const steps = <R>({ list, search }: Searched<R>, options: Definition.Options) => {
  const { accepts, from, known, since, where, windows: atOnce } = options
  const pageSize = options.pageSize ?? 150
  const windows = (from: Walk.Position | undefined) =>
    Windows.steps({
      field: fieldOf(since),
      search,
      pageSize,
      concurrency: atOnce,
      after: searchedAfter(since),
      where,
      from: Option.getOrUndefined(windowsPosition(from))
    })
  // What has no time of its changes is in no export of changes, and a listing cannot be asked for some of its records.
  const all =
    since === undefined && list !== undefined && where === undefined
      ? Untimed.steps({ timed: windows, list, pageSize, known, from })
      : windows(from)
  return Walk.accepted(all, accepts)
}

/** How many records a search counts. */
export const count =
  <R>({ search }: Pick<Searched<R>, "search">) =>
  (since: number | undefined, where?: Alternatives | undefined) =>
    Effect.map(
      Walk.fetch(
        search({
          query: Windows.query(fieldOf(since), { after: searchedAfter(since), until: null }, where),
          field: fieldOf(since),
          order: "ascending",
          size: 1
        }),
        undefined
      ),
      ({ page }) => page.total
    )
