/** What operations do alike, whatever their kind: over the records of a workspace, as their endpoints are declared. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Function from "effect/Function"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Predicate from "effect/Predicate"
import * as Collection from "./internal/Collection.ts"
import * as ErrorList from "./internal/ErrorList.ts"
import * as Listing from "./internal/Listing.ts"
import * as NewerVersion from "./internal/NewerVersion.ts"
import * as References from "./internal/References.ts"
import * as Request from "./internal/Request.ts"
import * as Search from "./internal/Search.ts"
import * as SearchIndex from "./internal/SearchIndex.ts"
import * as SearchQuery from "./internal/SearchQuery.ts"
import { isFrom216 } from "./internal/Version.ts"
import type { Handler, Here, Missing, Raw, Workspace } from "./Kind.ts"

type Row = Collection.Row

/** A request to any operation. */
export interface Call {
  readonly params: { readonly [name: string]: unknown }
  readonly query: unknown
  readonly payload: unknown
  readonly request: HttpServerRequest.HttpServerRequest
}

/** A request's body, decoded. */
export interface Input {
  readonly [field: string]: unknown
}

/** The current time: in Unix seconds, as records have it, and in milliseconds. */
export const time = Effect.map(Clock.currentTimeMillis, (at) => ({ now: Math.floor(at / 1000), at }))

/** What is said of a record of a kind that is not there. */
export const missing = ({ message, code }: Missing = { message: "Resource Not Found" }) =>
  ErrorList.notFound(message, code)

/** A record whose id is sent as a number. */
export const numbered = ({ id, ...row }: Row): object => ({ ...row, id: Number(id) })

/** The version of the API a request is for. */
export const versionOf = (
  { headers }: HttpServerRequest.HttpServerRequest,
  { workspace }: Pick<Here, "workspace">
): string => headers["intercom-version"] ?? workspace.version

/** A record, as it is sent. */
const sent = ({ kind: { sent } }: Here, row: Row): object => (sent === undefined ? row : sent(row))

/** An answer with this value, of the status the endpoint declares. */
const answer = ({ endpoint: { body, status } }: Here, value: unknown) =>
  Effect.succeed(body === "none" ? HttpServerResponse.empty({ status }) : Listing.value(value, status))

/** The fields a request has; `undefined` is none. */
export const present = (input: object): Input =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))

/** The fields of what is an object; none of what is not. */
export const fieldsOf = (value: unknown): Input => (Predicate.isObject(value) ? { ...value } : {})

const inputOf = ({ payload }: Call) => fieldsOf(payload)

/** The ids in the path, in order. */
const idsOf = ({ params }: Call, { endpoint }: Here) =>
  Array.from(endpoint.path.matchAll(/:(\w+)/g), ([, name = ""]) => String(params[name]))

const found = (collection: Collection.Collection, id: string | undefined, here: Here, run: (row: Row) => Answer) => {
  const row = id === undefined ? undefined : collection.find(id)
  return row === undefined ? missing(here.kind.missing) : run(row)
}

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse>

/** What a listing's answer looks like. */
export interface Shape {
  /** The `type` of the answer. @default "list" */
  readonly type?: string | undefined
  /** How many records a page has when the request does not say. @default 50 */
  readonly perPage?: number | undefined
}

/** A page of some records, or all of them, as the endpoint declares its pages. */
export const show = (
  { type = "list", perPage = 50 }: Shape,
  collection: Collection.Collection,
  { query, request }: Call,
  { endpoint, kind }: Here
): Answer => {
  const { items: key = "data", style = "single" } = endpoint.pages ?? {}
  const shape = { type, key, perPage }
  const url = Request.urlOf(request)
  // Checked by the schema of the endpoint.
  const asked = (query ?? {}) as Listing.Query
  switch (style) {
    case "cursor":
      return Listing.cursor(collection, shape, asked)
    case "page":
      return Listing.page(collection, { ...shape, order: kind.order ?? "oldest" }, asked, url)
    case "url":
      return Listing.events(shape, Listing.rows(collection), asked, url)
    default:
      return Effect.succeed(Listing.all(collection, shape))
  }
}

/** The records of the kind. */
export const list =
  (shape: Shape = {}): Handler<Call> =>
  (call, here) => {
    const { collection } = here
    // A page's records are written down, and nothing else.
    const at = (position: number) => sent(here, collection.at(position)) as Row
    return show(shape, { ...collection, at }, call, here)
  }

/** The record with the last id in the path. */
export const get: Handler<Call> = (call, here) =>
  found(here.collection, idsOf(call, here).at(-1), here, (row) => answer(here, sent(here, row)))

/** What a new record is made with. */
export interface Making {
  readonly workspace: Workspace
  readonly id: string
  /** Unix seconds. */
  readonly now: number
}

/** Adds a record, and answers with it; only the fields of the request that are there are handed over. */
export const create =
  (make: (input: Input, making: Making) => Row): Handler<Call> =>
  (call, here) =>
    Effect.flatMap(time, ({ at, now }) => {
      const { collection, workspace } = here
      const row = make(present(inputOf(call)), { workspace, id: collection.nextId(now), now })
      collection.add(row, at)
      return answer(here, sent(here, row))
    })

/** Changes a record: by default the fields of the request, and `updated_at`, where there is one. */
export const update =
  (
    change: (row: Row, input: Input, now: number) => Row = (row, input, now) => ({
      ...row,
      ...("updated_at" in row ? { updated_at: now } : undefined),
      ...input
    })
  ): Handler<Call> =>
  (call, here) =>
    found(here.collection, idsOf(call, here).at(-1), here, (row) =>
      Effect.flatMap(time, ({ at, now }) => {
        const changed = { ...change(row, present(inputOf(call)), now), id: row.id }
        here.collection.replace(changed, at)
        return answer(here, sent(here, changed))
      })
    )

/** Removes a record, and says so; `then` is what follows from it, at a time in Unix milliseconds. */
export const remove =
  (
    told: (row: Row) => unknown = ({ id, type }) => ({ id, object: type, deleted: true }),
    then: (row: Row, workspace: Workspace, at: number) => void = () => {}
  ): Handler<Call> =>
  (call, here) =>
    found(here.collection, idsOf(call, here).at(-1), here, (row) =>
      Effect.flatMap(time, ({ at }) => {
        here.collection.remove(row.id, at)
        then(row, here.workspace, at)
        return answer(here, told(row))
      })
    )

/**
 * Refuses a body that names what is not there, by the paths of its fields: `{ author_id: "admin" }`. No document says what
 * the API answers; here it is 400 `parameter_invalid`.
 */
export const referring =
  <C extends Pick<Call, "payload">>(references: References.References, handler: Handler<C>): Handler<C> =>
  (call, here) =>
    References.refusal(references, call.payload, here.workspace) ?? handler(call, here)

/** The records of another kind that a record is related to: as references in a list of its own. */
export interface Relation {
  /** The records related to. */
  readonly to: (workspace: Workspace) => Collection.Collection
  /** The field of the record that has the list. */
  readonly field: string
  /** The field of the list that has the references. @default "data" */
  readonly items?: string | undefined
  /** How many references the list has at most; the others are there, and not shown. */
  readonly shown?: number | undefined
  /** What a record is in the list. @default its id and type */
  readonly reference?: ((target: Row) => Reference) | undefined
  /** What is said of a record to attach or detach that is not there. */
  readonly missing?: Missing | undefined
  /** Whether the reference to a record stays when the record is gone. @default false */
  readonly stays?: boolean | undefined
}

interface Reference {
  readonly id?: unknown
  readonly [field: string]: unknown
}

// The references of records that have more of them than they show, by field and id.
const hiddenIn = Function.memoize<Workspace, Map<string, ReadonlyArray<Reference>>>(() => new Map())

/** What a record is related to, in order. */
export const referencesOf = (
  { field, items = "data" }: Relation,
  workspace: Workspace,
  row: Row
): ReadonlyArray<Reference> => {
  const listed = fieldsOf(row[field])[items]
  return hiddenIn(workspace).get(`${field} ${row.id}`) ?? (Array.isArray(listed) ? listed.map(fieldsOf) : [])
}

/** The record with these relations. */
export const relatedTo = (
  { field, items = "data", shown = Number.POSITIVE_INFINITY }: Relation,
  workspace: Workspace,
  row: Row,
  references: ReadonlyArray<Reference>
): Row => {
  const list = fieldsOf(row[field])
  const more = references.length > shown
  if (more) hiddenIn(workspace).set(`${field} ${row.id}`, references)
  else hiddenIn(workspace).delete(`${field} ${row.id}`)
  return {
    ...row,
    [field]: {
      ...list,
      [items]: references.slice(0, shown),
      ...("total_count" in list ? { total_count: references.length } : undefined),
      ...("has_more" in list ? { has_more: more } : undefined)
    }
  }
}

const typed = ({ id, type }: Row): Reference => ({ id, type })

/** The record with its references as those records are now; those that are gone it has no more. */
export const refreshed = (relation: Relation, workspace: Workspace, row: Row): Row => {
  const targets = relation.to(workspace)
  if (targets.changes.length === 0) return row
  let same = true
  const references = referencesOf(relation, workspace, row).flatMap((reference) => {
    const target = targets.changed(String(reference.id))
    if (target === undefined || (target === null && relation.stays === true)) return [reference]
    if (target === null) {
      same = false
      return []
    }
    const { id: _, ...fields } = (relation.reference ?? typed)(target)
    const changed = Object.entries(fields).some(([name, value]) => reference[name] !== value)
    if (changed) same = false
    return [changed ? { ...reference, ...fields } : reference]
  })
  return same ? row : relatedTo(relation, workspace, row, references)
}

/** References with one more, if it is not among them. */
export const including = (
  { reference = typed }: Relation,
  references: ReadonlyArray<Reference>,
  target: Row
): ReadonlyArray<Reference> =>
  references.some(({ id }) => String(id) === target.id) ? references : [...references, reference(target)]

/** References without one. */
export const excluding = (references: ReadonlyArray<Reference>, { id }: Row): ReadonlyArray<Reference> =>
  references.filter((reference) => String(reference.id) !== id)

/** Ends all relations of a kind's records to one; `at` is in Unix milliseconds. */
export const unrelate = (
  relation: Relation,
  workspace: Workspace,
  owners: Collection.Collection,
  target: Row,
  at: number
): void => {
  for (let position = 0; position < owners.size(); position++) {
    const owner = owners.at(position)
    const references = referencesOf(relation, workspace, owner)
    const kept = excluding(references, target)
    if (kept.length < references.length) owners.replace(relatedTo(relation, workspace, owner, kept), at)
  }
}

/** Relates a kind's records to another one instead, where they were related to this; `at` is in Unix milliseconds. */
export const rerelate = (
  relation: Relation,
  workspace: Workspace,
  owners: Collection.Collection,
  [from, to]: readonly [from: Row, to: Row],
  at: number
): void => {
  for (let position = 0; position < owners.size(); position++) {
    const owner = owners.at(position)
    const references = referencesOf(relation, workspace, owner)
    const kept = excluding(references, from)
    if (kept.length < references.length) {
      owners.replace(relatedTo(relation, workspace, owner, including(relation, kept, to)), at)
    }
  }
}

const relate = (
  relation: Relation,
  call: Call,
  here: Here,
  id: unknown,
  change: (references: ReadonlyArray<Reference>, target: Row) => ReadonlyArray<Reference>
) =>
  found(here.collection, idsOf(call, here)[0], here, (owner) => {
    const target = relation.to(here.workspace).find(String(id))
    if (target === undefined) return missing(relation.missing)
    return Effect.flatMap(time, ({ at }) => {
      const references = change(referencesOf(relation, here.workspace, owner), target)
      here.collection.replace(relatedTo(relation, here.workspace, owner, references), at)
      return answer(here, target)
    })
  })

/** Relates the record of the first id in the path to that of the body's `id`, with which it answers. */
export const attach =
  (relation: Relation): Handler<Call> =>
  (call, here) =>
    relate(relation, call, here, inputOf(call)["id"], (references, target) => including(relation, references, target))

/** Ends the relation of the record of the first id in the path to that of the second, with which it answers. */
export const detach =
  (relation: Relation): Handler<Call> =>
  (call, here) =>
    relate(relation, call, here, idsOf(call, here)[1], excluding)

/** The records that the one of the first id in the path is related to. */
export const related =
  (relation: Relation, shape: Shape = {}): Handler<Call> =>
  (call, here) =>
    found(here.collection, idsOf(call, here)[0], here, (owner) => {
      const targets = relation.to(here.workspace)
      const rows = referencesOf(relation, here.workspace, owner).flatMap(({ id }) => targets.find(String(id)) ?? [])
      return show(shape, Collection.of(rows), call, here)
    })

const timesOf = ({ seeded, seeds }: Collection.Collection): SearchIndex.Times => ({
  count: seeds,
  createdAt: (index) => Number(seeded(index)["created_at"]),
  updatedAt: (index) => Number(seeded(index)["updated_at"]),
  idOf: (index) => seeded(index).id
})

/** A search over the records of the kind, which says by itself what it refuses. */
export const search = ({ perPage = 50, type = "list" }: Shape = {}): Raw => {
  const optionsOf = (newer: boolean, { collection, endpoint, kind, name, workspace }: Here): Search.Options => {
    const { days, searchGranularity, searchLag, world } = workspace
    const { fields = {}, granularity = "second", times, readerOf } = kind.search ?? {}
    const renewed = (field: string) => NewerVersion.readerOf(field) ?? readerOf?.(field)
    const reader = newer ? renewed : readerOf
    return {
      index: SearchIndex.make(
        collection,
        times?.(world) ?? timesOf(collection),
        searchLag,
        reader === undefined ? undefined : SearchQuery.valuesBy(reader)
      ),
      dialect: { fields, days: (searchGranularity[name] ?? granularity) === "day" ? days : undefined },
      shape: { type, key: endpoint.pages?.items ?? "data", perPage }
    }
  }
  const former = Function.memoize((here: Here) => optionsOf(false, here))
  const newer = Function.memoize((here: Here) => optionsOf(true, here))
  return {
    raw: (request, here) => {
      const options = isFrom216(versionOf(request, here)) ? newer(here) : former(here)
      return Effect.flatMap(Request.bodyOf(request), (body) =>
        Effect.flatMap(time, ({ at }) => Search.answer(options, body, at))
      )
    }
  }
}

/** A page of the records of the kind that fit, by the page numbers in the links it gives. */
export const matching = (
  { type = "list", perPage = 50 }: Shape,
  fits: (row: Row) => boolean,
  { request }: Pick<Call, "request">,
  { collection, endpoint, kind }: Here,
  beside?: (rows: ReadonlyArray<Row>) => object
): Answer => {
  const url = Request.urlOf(request)
  const numberOf = (name: string) => {
    const value = url.searchParams.get(name)
    return value === null ? undefined : Number(value)
  }
  return Listing.page(
    Collection.of(Listing.rows(collection).filter(fits)),
    { type, key: endpoint.pages?.items ?? "data", perPage, order: kind.order ?? "oldest" },
    { page: numberOf("page"), per_page: numberOf("per_page") },
    url,
    beside
  )
}
