/** What can be exported: every resource, and how one of your own is declared. */
import type * as Arr from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Resource } from "./Definition.ts"
import * as Deletions from "./Deletions.ts"
import { declared } from "./resources/index.ts"

export * from "./Definition.ts"

/** The name of a resource of the API; it names the files and tables too. */
export type ResourceName = keyof typeof declared

type ServicesOf<Some> = Some extends Resource<infer R> ? R : never

/** The services behind all resources. */
export type Services = ServicesOf<(typeof declared)[ResourceName]>

/** Every resource, by its name. */
export const all: { readonly [name in ResourceName]: Resource<Services> } = declared

export const { admins, articles, companies, contacts, conversations, events, newsItems, segments, tags, teams } =
  declared

/** Every name, what others refer to first. */
// What was declared has no other keys, and there are some.
export const everything = Object.keys(
  declared
) as ReadonlyArray<ResourceName> as Arr.NonEmptyReadonlyArray<ResourceName>

/** The name of a resource. */
export const ResourceName = Schema.Literals(everything)

/** Names that earlier versions had, each with the one of today. */
export const renamed: ReadonlyMap<string, ResourceName> = new Map(
  everything.flatMap((name) => (all[name].table.formerly ?? []).map((former) => [former, name] as const))
)

/** A name as it is today. */
export const current = (name: string): string => renamed.get(name) ?? name

/** Resources by their names. */
export interface Known {
  readonly [name: string]: Resource<Services>
}

/** Resources, and beside each the one with what was deleted of it, where that can be found out. */
const withDeletions = (known: Known): Known => {
  const deleted = Object.values(known).flatMap((resource) => Deletions.of(resource) ?? [])
  return { ...Object.fromEntries(deleted.map((resource) => [resource.name, resource])), ...known }
}

/** Those with what was deleted of the others, by their names: `deletedContacts`. */
export const deleted: Known = Object.fromEntries(
  Object.entries(withDeletions(all)).filter(([, { deletionsOf }]) => deletionsOf !== undefined)
)

/**
 * The resources that exports know of: those of the API, those that {@link layer} adds, and those with what was deleted of
 * them.
 */
export const Resources = Context.Reference<Known>("@effect-intercom/export/Resources", {
  defaultValue: () => ({ ...all, ...deleted })
})

/**
 * Adds resources of your own to those of the API: plans name them, and exports, `Verify` and `Overview` find them. Whatever
 * their walks need is taken from where the layer is built. One with the name of another replaces it.
 *
 * @example
 * ```ts
 * import { Export, Resource } from "@effect-intercom/export"
 * import { Effect } from "effect"
 *
 * const program = (orders: Resource.Resource<never>) =>
 *   Export.entries({ resources: ["contacts", "orders"] }).pipe(Effect.provide(Resource.layer(orders)))
 * ```
 */
export const layer = <R = never>(...own: ReadonlyArray<Resource<R>>): Layer.Layer<never, never, R> =>
  // A constant layer of two workspaces would have the walks of the first.
  Layer.fresh(
    Layer.effect(
      Resources,
      Effect.gen(function* () {
        const known = yield* Resources
        const services = yield* Effect.context<R>()
        // What is set around an export goes before what was set around the layer.
        const provided = (resource: Resource<R>): Resource<never> => ({
          ...resource,
          walk: (options) =>
            Stream.updateContext(resource.walk(options), (context: Context.Context<never>) =>
              Context.merge(services, context)
            ),
          count: (since, where) =>
            Effect.updateContext(resource.count(since, where), (context: Context.Context<never>) =>
              Context.merge(services, context)
            ),
          parents:
            resource.parents === undefined
              ? undefined
              : (since) =>
                  Effect.updateContext(
                    resource.parents?.(since) ?? Effect.succeed(undefined),
                    (context: Context.Context<never>) => Context.merge(services, context)
                  ),
          deletions: undefined
        })
        const added = Object.fromEntries(
          own.flatMap((resource) => {
            const deleted = Deletions.of(resource)
            return [resource, ...(deleted === undefined ? [] : [deleted])].map(
              (one) => [one.name, provided(one)] as const
            )
          })
        )
        return { ...known, ...added }
      })
    )
  )
