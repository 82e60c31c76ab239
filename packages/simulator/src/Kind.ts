/**
 * A kind of record: how a workspace has it, and what the operations of its resource do. The simulator is a record of
 * kinds; everything that names them follows from it.
 */
import type { Endpoint, Resource, Search } from "@effect-intercom/core"
import type * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Ids } from "./Ids.ts"
import type { Collection, Row, Unique } from "./internal/Collection.ts"
import type { Days } from "./internal/Days.ts"
import type { Times } from "./internal/SearchIndex.ts"
import type { Name, World } from "./World.ts"

/** How exactly times are searched: by calendar days of the workspace's time zone, or by seconds. */
export type Granularity = "day" | "second"

/** Plain, synchronous state: each request runs alone on it. */
export interface Workspace {
  readonly world: World
  /** Of requests that name none. */
  readonly version: string
  readonly collections: { readonly [name in Name]: Collection }
  readonly days: Days
  /** How long searches are behind, in milliseconds. */
  readonly searchLag: number
  /** How long an export takes, in milliseconds. */
  readonly jobDuration: number
  readonly searchGranularity: { readonly [name: string]: Granularity | undefined }
  /** A number no other record has. */
  readonly nextNumber: () => number
}

/** A request, decoded by the endpoint's schemas. */
export interface Call<out E extends Endpoint.Top> {
  readonly params: { readonly [Name in keyof E["params"]]: TypeOf<E["params"][Name]> }
  readonly query: Endpoint.Query<E>["Type"]
  readonly payload: Endpoint.Payload<E>["Type"]
  readonly request: HttpServerRequest.HttpServerRequest
}

type TypeOf<S> = S extends { readonly Type: infer Type } ? Type : never

/** Where a handler is: the same object for all requests to an operation of a workspace. */
export interface Here {
  readonly workspace: Workspace
  readonly name: string
  readonly kind: Top
  /** The records of the kind. */
  readonly collection: Collection
  readonly endpoint: Endpoint.Top
}

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse>

export type Handler<C> = (call: C, here: Here) => Answer

/** A handler of requests as they come, for operations that say by themselves what they refuse. */
export interface Raw {
  readonly raw: Handler<HttpServerRequest.HttpServerRequest>
}

/** What each operation of a resource does. */
export type Handlers<R extends Resource.Declared> = {
  readonly [Method in keyof R["endpoints"]]: Handler<Call<R["endpoints"][Method]>> | Raw
}

/** What is said of a record there is not. */
export interface Missing {
  readonly message: string
  /** @default "not_found" */
  readonly code?: string | undefined
}

/** How a kind is searched. */
export interface Searching {
  readonly fields: Search.Fields
  readonly granularity: Granularity
  /** When seeded records were created and updated, where that is known without making the rest of them. */
  readonly times?: ((world: World) => Times) | undefined
  /** Reads what a field is searched by, where a record has it elsewhere than the field's name says. */
  readonly readerOf?: ((field: string) => ((row: Row) => unknown) | undefined) | undefined
}

interface Base {
  /** The kind whose records these operations are about, where they are not of a kind of their own. */
  readonly of?: Name | (string & {}) | undefined
  readonly missing?: Missing | undefined
  /** What becomes of the workspace when a fault answers one of the operations with 500, and what the answer says. */
  readonly failing?: { readonly [method: string]: (workspace: Workspace) => string } | undefined
  /** A record when it is read: what it has copies of, it has as that is now. */
  readonly fresh?: ((row: Row, workspace: Workspace) => Row) | undefined
  /** What happens to a record by itself when its time has come. */
  readonly due?: Due | undefined
}

/** What happens to a record by itself. */
export interface Due {
  /** When, in Unix seconds; `undefined`: never. */
  readonly at: (row: Row) => number | undefined
  /** What it is; `at` is in Unix milliseconds. */
  readonly happen: (row: Row, workspace: Workspace, at: number) => void
}

/** A kind of which a workspace has none to begin with. */
export interface Kind<R extends Resource.Declared> extends Base {
  readonly resource: R
  readonly handlers: Handlers<R>
}

/** A kind of which a number is seeded. */
export interface Counted<R extends Resource.Declared> extends Kind<R> {
  /** How many there are to begin with, unless options say otherwise. */
  readonly count: number
}

/** How seeded records are made. */
interface Seeded {
  readonly ids: Ids
  readonly generate: (world: World, index: number) => Row
  /** What becomes of a seeded record with fields that are given: what depends on them; by default, it has them. */
  readonly given?: ((row: Row, fields: { readonly [field: string]: unknown }) => Row) | undefined
  /** Values no two records have. */
  readonly unique?: { readonly [name: string]: Unique } | undefined
  /** A record as it is sent, where it is not sent as it is kept. */
  readonly sent?: ((row: Row) => object) | undefined
  /** @default "oldest" */
  readonly order?: "oldest" | "newest" | undefined
  readonly search?: Searching | undefined
}

/** A kind whose records are seeded, listed, and changed by themselves. */
export interface Listed<R extends Resource.Declared> extends Counted<R>, Seeded {}

/** Any kind. */
export interface Top extends Base, Partial<Seeded> {
  readonly resource: Resource.Declared
  readonly count?: number
  readonly handlers: { readonly [method: string]: Handler<never> | Raw }
}

export const make = <R extends Resource.Declared>(resource: R, options: Omit<Kind<R>, "resource">): Kind<R> => ({
  resource,
  ...options
})

export const counted = <R extends Resource.Declared>(
  resource: R,
  options: Omit<Counted<R>, "resource">
): Counted<R> => ({ resource, ...options })

/**
 * @example
 * ```ts
 * import { Endpoint, Pagination, Resource, Wire } from "@effect-intercom/core"
 * import { Crud, Ids, Kind } from "@effect-intercom/simulator"
 * import { Schema } from "effect"
 *
 * const Badge = Wire.open({ type: Schema.String, id: Schema.String })
 *
 * class Badges extends Resource.Service<Badges>()("Badges", {
 *   list: Endpoint.get("/badges", { success: Wire.listing({ data: Schema.Array(Badge) }), pages: Pagination.single("data", Badge) }),
 *   get: Endpoint.get("/badges/:badge_id", { params: { badge_id: Schema.String }, success: Badge })
 * }) {}
 *
 * const ids = Ids.numeric("badges")
 *
 * const badges = Kind.listed(Badges, {
 *   count: 12,
 *   ids,
 *   generate: (world, index) => ({ type: "badge", id: ids.of(world, index) }),
 *   handlers: { list: Crud.list(), get: Crud.get }
 * })
 * ```
 */
export const listed = <R extends Resource.Declared>(resource: R, options: Omit<Listed<R>, "resource">): Listed<R> => ({
  resource,
  ...options
})
