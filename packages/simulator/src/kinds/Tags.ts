/** Tags: the first ones have names of their own. */
import { Tags } from "@effect-intercom/core"
import * as Crud from "../Crud.ts"
import * as Ids from "../Ids.ts"
import type * as Prng from "../internal/Prng.ts"
import * as V from "../internal/Vocabulary.ts"
import * as Kind from "../Kind.ts"
import type { World } from "../World.ts"

const ids = Ids.counting(7_000_000)

export const generate = (world: World, index: number) => ({
  type: "tag",
  id: ids.of(world, index),
  name: V.tagNames[index] ?? `${V.tagNames[index % V.tagNames.length]} ${index}`
})

/** Indexes of tags for a record that has some. As many draws however many tags there are. */
export const draw = ({ counts }: World, random: Prng.Prng, length: number): ReadonlyArray<number> => {
  const drawn = Array.from({ length }, () => random.below(counts.tags))
  return counts.tags > 0 ? drawn : []
}

export const tags = Kind.listed(Tags, {
  count: 40,
  ids,
  generate,
  missing: { message: "Resource Not Found", code: "tag_not_found" },
  handlers: { list: Crud.list(), get: Crud.get }
})
