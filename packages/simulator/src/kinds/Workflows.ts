/** Workflows. */
import { Workflows } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const ids = Ids.counting(9001)

const day = (index: number) => new Date((World.start + index * World.day) * 1000).toISOString()

export const workflows = Kind.listed(Workflows, {
  count: 2,
  ids,
  generate: (world, index) => ({
    id: world.id("workflows", index),
    title: `Workflow ${index}`,
    description: null,
    trigger_type: "inbound_conversation",
    state: index === 0 ? "live" : "draft",
    target_channels: ["chat"],
    preferred_devices: ["web"],
    created_at: day(index),
    updated_at: day(index),
    targeting: null,
    snapshot: { steps: [] },
    attributes: [],
    embedded_rules: []
  }),
  missing: { message: "Workflow not found" },
  handlers: {
    get: ({ params }, { collection, kind, workspace: { world } }) =>
      Effect.suspend(() => {
        const workflow = collection.find(params.id)
        return workflow === undefined
          ? Crud.missing(kind.missing)
          : Effect.map(Crud.time, ({ at }) =>
              Listing.value({
                export_version: "1.0",
                exported_at: new Date(at).toISOString(),
                app_id: Prng.hash(world.seed, 0),
                workflow
              })
            )
      })
  }
})
