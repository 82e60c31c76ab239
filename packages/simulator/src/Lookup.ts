/**
 * Kinds that are only looked up: a few records that the workspace has, listed in one answer, maybe got by their ids, and
 * changed by nothing in the API. What their schema says of a record need not be said again.
 */
import type { Endpoint, Resource } from "@effect-intercom/core"
import * as Predicate from "effect/Predicate"
import * as AST from "effect/SchemaAST"
import * as Crud from "./Crud.ts"
import type { Ids } from "./Ids.ts"
import * as Kind from "./Kind.ts"
import * as World from "./World.ts"

/** A resource of nothing but a listing, and maybe of what it lists, by id. */
export interface Lookup extends Resource.Declared {
  readonly endpoints: { readonly list: Endpoint.Top; readonly get?: Endpoint.Top }
}

export interface Options {
  /** How many there are to begin with, unless options say otherwise. */
  readonly count: number
  readonly ids: Ids
  /**
   * The fields of a record that its schema does not say. By default `type` is what the schema suggests, times are a day
   * after those of the record before it, and whatever may be null is.
   */
  readonly record: (index: number, world: World.World) => { readonly [field: string]: unknown }
  readonly missing?: Kind.Missing | undefined
  readonly shape?: Crud.Shape | undefined
}

/**
 * @example
 * ```ts
 * import { Endpoint, Resource, Wire } from "@effect-intercom/core"
 * import { Ids, Lookup } from "@effect-intercom/simulator"
 * import { Schema } from "effect"
 *
 * const Badge = Wire.open({ type: Wire.openEnum("badge"), id: Schema.String, name: Schema.String })
 *
 * class Badges extends Resource.Service<Badges>()("Badges", { list: Endpoint.all("/badges", "data", Badge) }) {}
 *
 * const badges = Lookup.make(Badges, {
 *   count: 12,
 *   ids: Ids.numeric("badges"),
 *   record: (index) => ({ name: `Badge ${index}` })
 * })
 * ```
 */
export const make = <R extends Lookup>(resource: R, { record, shape, ...options }: Options): Kind.Listed<R> => {
  const blank = blankOf(resource.endpoints.list)
  const handlers = { list: Crud.list(shape), get: Crud.get }
  return Kind.listed(resource, {
    ...options,
    generate: (world, index) => ({
      ...blank(World.start + index * World.day),
      ...record(index, world),
      id: options.ids.of(world, index)
    }),
    // Of resources that have no `get`, nothing asks for it.
    handlers: handlers as Kind.Handlers<R>
  })
}

/** The fields of a record, as far as its schema says them, in its order; made at a time in Unix seconds. */
const blankOf = ({ pages }: Endpoint.Top): ((at: number) => { readonly [field: string]: unknown }) => {
  const fields = pages !== undefined && AST.isObjects(pages.item.ast) ? pages.item.ast.propertySignatures : []
  return (at) => Object.fromEntries(fields.map(({ name, type }) => [name, blankField(String(name), type, at)]))
}

const blankField = (name: string, type: AST.AST, at: number): unknown => {
  if (name === "created_at" || name === "updated_at") return at
  if (name !== "type") return null
  const examples = AST.resolve(type)?.["examples"]
  return Predicate.isIterable(examples) ? Array.from(examples)[0] : null
}
