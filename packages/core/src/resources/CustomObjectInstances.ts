/** Custom objects: records of types that a workspace defines for itself. */
import * as Schema from "effect/Schema"
import * as Endpoint from "../Endpoint.ts"
import * as ErrorResponse from "../ErrorResponse.ts"
import * as Resource from "../Resource.ts"
import { CustomAttributes, JsonObject, nullish, open, optional, queryText, UnixSeconds } from "../Wire.ts"
import { Deleted } from "./Common.ts"

/** The id Intercom gave an instance, not your own `external_id`. */
export const CustomObjectInstanceId = Schema.String.pipe(Schema.brand("intercom/CustomObjectInstanceId"))
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
  /** Creates an instance, or updates the one that has its `external_id`. Fails with `NotFound` when there is no such type. */
  createOrUpdate: Endpoint.post("/custom_object_instances/:custom_object_type_identifier", {
    params: type,
    payload: CreateOrUpdateCustomObjectInstance,
    success: CustomObjectInstance,
    error: [ErrorResponse.BadRequest, ErrorResponse.NotFound],
    idempotent: true
  }),
  /** By your own id. Fails with `NotFound` when there is no such instance. */
  getByExternalId: Endpoint.get("/custom_object_instances/:custom_object_type_identifier", {
    params: type,
    query: CustomObjectExternalId,
    success: CustomObjectInstance,
    error: ErrorResponse.NotFound
  }),
  /** By your own id; for good. Fails with `NotFound` when it is gone. */
  deleteByExternalId: Endpoint.del("/custom_object_instances/:custom_object_type_identifier", {
    params: type,
    query: CustomObjectExternalId,
    success: Deleted,
    error: ErrorResponse.NotFound
  }),
  /** By Intercom's id. Fails with `NotFound` when there is no such instance. */
  get: Endpoint.get("/custom_object_instances/:custom_object_type_identifier/:custom_object_instance_id", {
    params: both,
    success: CustomObjectInstance,
    error: ErrorResponse.NotFound
  }),
  /** By Intercom's id; for good. Fails with `NotFound` when it is gone. */
  delete: Endpoint.del("/custom_object_instances/:custom_object_type_identifier/:custom_object_instance_id", {
    params: both,
    success: Deleted,
    error: ErrorResponse.NotFound
  })
}) {}
