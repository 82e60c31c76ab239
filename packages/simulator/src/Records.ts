/** Which records an operation is about, as far as its name and its path say so. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Str from "effect/String"
import { kinds } from "./kinds/index.ts"
import type * as Kind from "./Kind.ts"
import type { Shape } from "./Simulator.ts"
import type { Name } from "./World.ts"

const names = new Map(
  // The keys of the record of kinds.
  (Object.keys(kinds) as ReadonlyArray<Name>).map((name) => [Str.camelToSnake(name), name] as const)
)

const named = (parameter: string): Name | undefined => {
  const [, one] = /^(\w+)_id$/.exec(parameter) ?? []
  // A record's id elsewhere is no `external_page`'s.
  if (one === undefined || one === "external") return undefined
  const plural = one.replace(/y$/, "ie")
  // `subscription_id` is that of a `subscription_type`.
  return names.get(`${plural}s`) ?? [...names].find(([name]) => name.startsWith(`${one}_`))?.[1]
}

const kindOf = (resource: string): Name | undefined =>
  [...names.values()].find((name) => kinds[name].resource.resource === resource)

/** What a record has by the name of a parameter; of a `custom_object_type_identifier`, it is its `type`. */
const ownOf = (record: { readonly [field: string]: unknown }, parameter: string): unknown => {
  if (parameter in record) return record[parameter]
  return parameter.endsWith("_type_identifier") ? record["type"] : record["id"]
}

/**
 * A value for each parameter in the path of a resource's operation: `contact_id` is the id of a contact, a name that is
 * no kind's (`id`, `job_identifier`) the id of a record of the resource's own kind, or what its record has by that name
 * (`external_id`). Where there is no such record, the parameter is left out.
 */
export const pathIds = (
  { records }: Pick<Shape, "records">,
  resource: string,
  parameters: ReadonlyArray<string>
): Effect.Effect<{ readonly [parameter: string]: string }> => {
  const kind = kindOf(resource)
  // The API's own kinds are of one another.
  const of = kind && (((kinds[kind] as Kind.Top).of ?? kind) as Name)
  return Effect.map(
    Effect.forEach(parameters, (parameter) => {
      const other = named(parameter)
      const from = other ?? of
      if (from === undefined) return Effect.succeed([])
      const valueIn = (text: string) => {
        // Records are objects.
        const record = JSON.parse(text) as { readonly [field: string]: unknown }
        const own = other === undefined ? ownOf(record, parameter) : record["id"]
        return typeof own === "string" || typeof own === "number" ? Result.succeed(String(own)) : Result.failVoid
      }
      return records(from).pipe(
        Stream.filterMap(valueIn),
        Stream.runHead,
        Effect.map(Option.match({ onNone: () => [], onSome: (value) => [[parameter, value] as const] }))
      )
    }),
    (entries) => Object.fromEntries(entries.flat())
  )
}

/** Whether a workspace has records of a resource's own kind to begin with. */
export const isSeeded = (resource: string): boolean => {
  const kind = kindOf(resource)
  return kind !== undefined && "generate" in kinds[kind]
}

/** The kind of which an operation lists all records there are; `undefined` for any other operation. */
export const listedBy = (resource: string, method: string): Name | undefined => {
  const name = kindOf(resource)
  if (name === undefined || !method.startsWith("list")) return undefined
  const {
    generate,
    resource: { endpoints }
  }: Kind.Top = kinds[name]
  const listing = endpoints[method]
  const whole = listing?.pages !== undefined && Object.keys(listing.params).length === 0
  return whole && generate !== undefined && listing.pages?.item === endpoints["list"]?.pages?.item ? name : undefined
}
