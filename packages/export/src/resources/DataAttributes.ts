/** All data attributes, archived ones too, in one answer. Those that are built in have no id. */
import { DataAttribute, DataAttributes } from "@effect-intercom/core/resources/DataAttributes"
import * as Stream from "effect/Stream"
import { listing } from "../Definition.ts"
import * as Table from "../Table.ts"

export const dataAttributes = listing({
  name: "dataAttributes",
  about: "data attributes, built in and custom, archived ones too",
  schema: DataAttribute,
  table: Table.fromSchema("dataAttributes", DataAttribute, { key: null }),
  requests: ["GET /data_attributes"],
  uncompared: "one is archived, and told as such; those that are built in have no id",
  permissions: ["Read and list users and companies"],
  identified: Table.isObject,
  pages: (_, options) =>
    Stream.unwrap(DataAttributes.useSync(({ list }) => list.pages({ include_archived: true }, options)))
})
