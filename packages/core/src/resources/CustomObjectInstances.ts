/** Custom objects: records of types that a workspace defines for itself. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Attributes from "../Attributes.ts"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Id from "../Id.ts"
import type { IntercomError } from "../IntercomError.ts"
import { IntercomHttp } from "../IntercomHttp.ts"
import * as WithAttributes from "../internal/WithAttributes.ts"
import * as Resource from "../Resource.ts"
import { CustomAttributes, JsonObject, nullish, open, optional, queryText, UnixSeconds } from "../Wire.ts"
import { Deleted } from "./Common.ts"

/** The id Intercom gave an instance, not your own `external_id`. */
export const CustomObjectInstanceId = Id.any("intercom/CustomObjectInstanceId")
export type CustomObjectInstanceId = typeof CustomObjectInstanceId.Type

/**
 * An instance of a custom object, as the API sends it. Times are Unix seconds; any field but `id` may be null or missing;
 * fields not listed here are kept. Source: the official 2.15 document.
 */
export class CustomObjectInstance extends Schema.Opaque<CustomObjectInstance>()(
  open({
    /** The identifier of its type, `Order`, say. */
    type: nullish(Schema.String),
    id: CustomObjectInstanceId,
    /** Your own id for it. */
    external_id: nullish(Schema.String),
    /** When it was created and updated where it comes from. */
    external_created_at: nullish(UnixSeconds),
    external_updated_at: nullish(UnixSeconds),
    created_at: nullish(UnixSeconds),
    updated_at: nullish(UnixSeconds),
    /** Documented as texts; numbers and references, which are lists of instances, come too. */
    custom_attributes: nullish(CustomAttributes)
  })
) {}

/** An instance as it is to be: attributes that are left out stay. */
export class CreateOrUpdateCustomObjectInstance extends Schema.Opaque<CreateOrUpdateCustomObjectInstance>()(
  Schema.Struct({
    /** Your own id for it: there is one instance of a type for each. The official 2.15 document does not require it. */
    external_id: Schema.String,
    /** When it was created and updated where it comes from (Unix seconds). */
    external_created_at: optional(Schema.NullOr(UnixSeconds)),
    external_updated_at: optional(Schema.NullOr(UnixSeconds)),
    custom_attributes: optional(Schema.NullOr(JsonObject))
  })
) {}

/** Your own id for an instance. */
export class CustomObjectExternalId extends Schema.Opaque<CustomObjectExternalId>()(
  Schema.Struct({ external_id: queryText(Schema.NonEmptyString) })
) {}

const type = { custom_object_type_identifier: Schema.String }

const both = { ...type, custom_object_instance_id: CustomObjectInstanceId }

/**
 * The instances of a workspace's custom objects. Types, by whose identifier the instances are found, are defined in
 * Intercom's settings alone. Nothing lists instances: keep your own ids for them.
 */
export class CustomObjectInstances extends Resource.Service<CustomObjectInstances>()("CustomObjectInstances", {
  /**
   * Creates an instance, or updates the one that has its `external_id`. Fails with `NotFound` when there is no such type.
   *
   * Permission: Read and write custom object instances.
   */
  createOrUpdate: Endpoint.post("/custom_object_instances/:custom_object_type_identifier", {
    permission: "Read and write custom object instances",
    params: type,
    payload: CreateOrUpdateCustomObjectInstance,
    success: CustomObjectInstance,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    idempotent: true
  }),
  /**
   * By your own id. Fails with `NotFound` when there is no such instance.
   *
   * Permission: Read and write custom object instances.
   */
  getByExternalId: Endpoint.get("/custom_object_instances/:custom_object_type_identifier", {
    permission: "Read and write custom object instances",
    params: type,
    query: CustomObjectExternalId,
    success: CustomObjectInstance,
    error: ErrorResponse.NotFound
  }),
  /**
   * By your own id; for good. Fails with `NotFound` when it is gone.
   *
   * Permission: Read and write custom object instances.
   */
  deleteByExternalId: Endpoint.del("/custom_object_instances/:custom_object_type_identifier", {
    permission: "Read and write custom object instances",
    params: type,
    query: CustomObjectExternalId,
    success: Deleted,
    error: ErrorResponse.NotFound
  }),
  /**
   * By Intercom's id. Fails with `NotFound` when there is no such instance.
   *
   * Permission: Read and write custom object instances.
   */
  get: Endpoint.get("/custom_object_instances/:custom_object_type_identifier/:custom_object_instance_id", {
    permission: "Read and write custom object instances",
    params: both,
    success: CustomObjectInstance,
    error: ErrorResponse.NotFound
  }),
  /**
   * By Intercom's id; for good. Fails with `NotFound` when it is gone.
   *
   * Permission: Read and write custom object instances.
   */
  delete: Endpoint.del("/custom_object_instances/:custom_object_type_identifier/:custom_object_instance_id", {
    permission: "Read and write custom object instances",
    params: both,
    success: Deleted,
    error: ErrorResponse.NotFound
  })
}) {
  /**
   * The class of a service of the instances of one type, by its identifier, with attributes of your own: a schema of the
   * `custom_attributes`. Its methods do what these do, and need not be told the type. Requests take these attributes and no
   * others; what is received has their names and types, and may be a `Misfit`: `attributes.decode(instance)` checks it.
   *
   * @example
   * ```ts
   * import { CustomObjectInstances, Wire } from "@effect-intercom/core"
   * import { Schema } from "effect"
   *
   * class Orders extends CustomObjectInstances.withAttributes<Orders>()(
   *   "Orders",
   *   "Order",
   *   Schema.Struct({ order_number: Wire.nullish(Schema.String), total: Wire.nullish(Schema.Finite) })
   * ) {}
   *
   * const paid = (order_number: string, total: number) =>
   *   Orders.use(({ createOrUpdate }) =>
   *     createOrUpdate({ external_id: order_number, custom_attributes: { order_number, total } })
   *   )
   * ```
   */
  static readonly withAttributes =
    <Self>() =>
    <const Id extends string, S extends Attributes.Any>(
      id: Id,
      type: string,
      schema: S
    ): CustomObjectsWith<Self, Id, S> => {
      const service = Context.Service<Self, CustomObjectsOfType<S>>()(id)
      const endpoints = WithAttributes.endpoints(this.endpoints, schema, { key: "custom_attributes" })
      // The types of what is given are those of the schema.
      const base = Resource.serviceOf<never>()(id, this.resource, endpoints as unknown as typeof this.endpoints)
      const make = (http: IntercomHttp["Service"]) => {
        const { createOrUpdate, delete: remove, deleteByExternalId, get, getByExternalId } = base.make(http)
        const both = (instance: CustomObjectInstanceId) => ({
          custom_object_type_identifier: type,
          custom_object_instance_id: instance
        })
        const methods = {
          createOrUpdate: (payload: CreateOrUpdateCustomObjectInstance) => createOrUpdate(type, payload),
          getByExternalId: (external_id: string) => getByExternalId(type, { external_id }),
          deleteByExternalId: (external_id: string) => deleteByExternalId(type, { external_id }),
          get: (instance: CustomObjectInstanceId) => get(both(instance)),
          delete: (instance: CustomObjectInstanceId) => remove(both(instance))
        }
        // As above.
        return methods as unknown as CustomObjectsOfType<S>
      }
      return Object.assign(service, {
        type,
        make,
        layer: Layer.fresh(Layer.effect(service, Effect.map(IntercomHttp, make))),
        attributes: Attributes.make(schema)
      })
    }
}

/** An instance with attributes of your own. */
export type CustomObjectWith<S extends Attributes.Any> = WithAttributes.RecordWith<
  CustomObjectInstance,
  "custom_attributes",
  S
>

/** The instances of one type, with attributes of your own. */
export interface CustomObjectsOfType<S extends Attributes.Any> {
  /** Creates an instance, or updates the one that has its `external_id`. Safe to repeat. */
  readonly createOrUpdate: (
    payload: WithAttributes.RequestWith<CreateOrUpdateCustomObjectInstance, "custom_attributes", S, never>
  ) => Effect.Effect<CustomObjectWith<S>, IntercomError>
  /** By your own id. Fails with `NotFound` when there is no such instance. */
  readonly getByExternalId: (external_id: string) => Effect.Effect<CustomObjectWith<S>, IntercomError>
  /** By your own id; for good. Fails with `NotFound` when it is gone. */
  readonly deleteByExternalId: (external_id: string) => Effect.Effect<Deleted, IntercomError>
  /** By Intercom's id. Fails with `NotFound` when there is no such instance. */
  readonly get: (id: CustomObjectInstanceId) => Effect.Effect<CustomObjectWith<S>, IntercomError>
  /** By Intercom's id; for good. Fails with `NotFound` when it is gone. */
  readonly delete: (id: CustomObjectInstanceId) => Effect.Effect<Deleted, IntercomError>
}

/** What {@link CustomObjectInstances.withAttributes} makes. */
export interface CustomObjectsWith<Self, Id extends string, S extends Attributes.Any> extends Context.ServiceClass<
  Self,
  Id,
  CustomObjectsOfType<S>
> {
  /** The identifier of the type. */
  readonly type: string
  /** The service on the transport of a client. */
  readonly make: (http: IntercomHttp["Service"]) => CustomObjectsOfType<S>
  /** The service on an `IntercomHttp`; it is fresh. */
  readonly layer: Layer.Layer<Self, never, IntercomHttp>
  /** Checks and decodes the attributes of instances, and encodes attributes. */
  readonly attributes: Attributes.Attributes<S>
}
