/** Instances of custom objects, of two types: one for each external id of a type. */
import { CustomObjectInstances } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type { Row } from "../internal/Collection.ts"
import * as Listing from "../internal/Listing.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const salt = "customObjectInstances"

const types: ReadonlySet<string> = new Set(["Order", "Shipment"])

const createdAt = (_: World.World, index: number) => World.start + index * World.day

const ids = Ids.object(salt, createdAt)

const generate = (world: World.World, index: number) => {
  const random = World.random(world, salt, index)
  const created_at = createdAt(world, index)
  return {
    id: world.id("customObjectInstances", index),
    external_id: `order-${index}`,
    external_created_at: created_at - World.day,
    external_updated_at: created_at,
    created_at,
    updated_at: created_at,
    type: "Order",
    custom_attributes: { order_number: `ORDER-${index}`, total: random.below(100_000) / 100 }
  }
}

/** What a record has that refers to an instance: a list of one. */
export const referenceTo = (world: World.World, index: number) => ({
  type: "Order.list",
  instances: [{ type: "Order", id: world.id("customObjectInstances", index), external_id: `order-${index}` }]
})

const keyOf = (type: unknown, externalId: unknown): string => JSON.stringify([type, externalId])

const missing = { message: "Object not found" }

const noType = { message: "Custom object type not found", code: "type_not_found" }

interface Named {
  readonly params: { readonly custom_object_type_identifier: string }
}

interface Known extends Named {
  readonly params: Named["params"] & { readonly custom_object_instance_id: string }
}

interface Called extends Named {
  readonly query: { readonly external_id: string }
}

type Find<C> = (call: C, here: Kind.Here) => Row | undefined

const byId: Find<Known> = ({ params }, { collection }) => {
  const row = collection.find(params.custom_object_instance_id)
  return row?.["type"] === params.custom_object_type_identifier ? row : undefined
}

const byExternalId: Find<Called> = ({ params, query }, { collection }) =>
  collection.by("external_id", keyOf(params.custom_object_type_identifier, query.external_id))

const get =
  <C>(find: Find<C>): Kind.Handler<C> =>
  (call, here) => {
    const row = find(call, here)
    return row === undefined ? Crud.missing(missing) : Effect.succeed(Listing.value(row))
  }

const remove =
  <C>(find: Find<C>): Kind.Handler<C> =>
  (call, here) => {
    const row = find(call, here)
    if (row === undefined) return Crud.missing(missing)
    return Effect.map(Crud.time, ({ at }) => {
      here.collection.remove(row.id, at)
      return Listing.value({ id: row.id, object: row["type"], deleted: true })
    })
  }

export const customObjectInstances = Kind.listed(CustomObjectInstances, {
  count: 3,
  ids,
  generate,
  unique: {
    external_id: {
      of: ({ external_id, type }) => (typeof external_id === "string" ? keyOf(type, external_id) : undefined),
      indexOf: (key) => {
        const digits = /^\["Order","order-(\d+)"\]$/.exec(key)?.[1]
        return digits === undefined ? undefined : Number(digits)
      }
    }
  },
  missing,
  handlers: {
    createOrUpdate: ({ params, payload }, { collection }) => {
      const type = params.custom_object_type_identifier
      if (!types.has(type)) return Crud.missing(noType)
      const { custom_attributes, ...rest } = Crud.present(payload)
      const existing =
        rest["external_id"] === undefined ? undefined : collection.by("external_id", keyOf(type, rest["external_id"]))
      return Effect.map(Crud.time, ({ at, now }) => {
        const bare: Row = {
          id: collection.nextId(now),
          external_id: null,
          external_created_at: null,
          external_updated_at: null,
          created_at: now,
          type
        }
        const before = existing ?? bare
        const attributes = { ...Crud.fieldsOf(before["custom_attributes"]), ...Crud.fieldsOf(custom_attributes) }
        const row = { ...before, ...rest, updated_at: now, custom_attributes: attributes }
        if (existing === undefined) collection.add(row, at)
        else collection.replace(row, at)
        return Listing.value(row)
      })
    },
    getByExternalId: get(byExternalId),
    deleteByExternalId: remove(byExternalId),
    get: get(byId),
    delete: remove(byId)
  }
})
