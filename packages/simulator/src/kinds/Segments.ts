/** Segments. */
import { Segments } from "@effect-intercom/core"
import * as Effect from "effect/Effect"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import * as Listing from "../internal/Listing.ts"
import * as Prng from "../internal/Prng.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import * as World from "../World.ts"

const salt = 5

const createdAt = (index: number) => World.start + index * World.day

const ids = Ids.object(salt, (_, index) => createdAt(index))

/** How many people a segment has; sent only when asked for. */
const sizeOf = ({ seed }: World.World, index: number) => Prng.hash(seed, salt, index) % 1000

export const segments = Kind.listed(Segments, {
  count: 6,
  ids,
  generate: (world, index) => {
    const random = World.random(world, salt, index)
    const created_at = createdAt(index)
    return {
      type: "segment",
      id: world.id("segments", index),
      name: `${random.pick(V.segmentNames)} ${index}`,
      created_at,
      updated_at: created_at + random.below(World.day),
      person_type: "user"
    }
  },
  handlers: {
    list: ({ query }, { collection, workspace: { world } }) =>
      Effect.succeed(
        Listing.all(
          collection,
          { type: "segment.list", key: "segments" },
          query.include_count === true ? (index) => ({ count: sizeOf(world, index) }) : undefined
        )
      ),
    get: Crud.get
  }
})
