/** The ids of a kind. They carry the index of their record: finding a seeded record by its id is making it. */
import * as Prng from "./internal/Prng.ts"
import { hex, type World } from "./World.ts"

export interface Ids {
  /** The id of the seeded record at an index. */
  readonly of: (world: World, index: number) => string
  /** The index that an id carries; whether a record has this id is another question. */
  readonly indexOf: (world: World, id: string) => number | undefined
  /** The id of a record that is added as the one at `index`, at `now` (Unix seconds). */
  readonly next: (world: World, index: number, now: number) => string
}

/** Decimal digits, counted up from a first one. */
export const counting = (first: number | ((world: World) => number)): Ids => {
  const firstOf = (world: World) => (typeof first === "number" ? first : first(world))
  const of = (world: World, index: number) => String(firstOf(world) + index)
  return {
    of,
    indexOf: (world, id) => {
      const index = /^\d{1,15}$/.test(id) ? Number(id) - firstOf(world) : -1
      return index >= 0 ? index : undefined
    },
    next: of
  }
}

/** Decimal digits, which the seed decides; `salt` tells kinds apart. */
export const numeric = (salt: number | string): Ids =>
  counting(({ seed }) => 100_000_000 * (1 + (Prng.hash(seed, Prng.saltOf(salt)) % 900)))

/** 24 hexadecimal digits: a time (Unix seconds), the seed, the index. `salt` tells kinds apart. */
export const object = (salt: number | string, createdAt: (world: World, index: number) => number): Ids => {
  const next = ({ seed }: World, index: number, at: number) =>
    hex(at, 8) + hex(Prng.hash(seed, Prng.saltOf(salt)), 8) + hex(index, 8)
  return {
    of: (world, index) => next(world, index, createdAt(world, index)),
    indexOf: (_, id) => (/^[0-9a-f]{24}$/.test(id) ? Number.parseInt(id.slice(16), 16) : undefined),
    next
  }
}
