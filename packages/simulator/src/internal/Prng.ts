/**
 * Pseudo-random numbers as pure functions of a seed. `effect/Random` keeps its state in a service; here record `i` must
 * come out the same whether or not the records before it were ever made.
 */

/** Spreads a number over 32 bits (the finalizer of MurmurHash3). */
const spread = (value: number): number => {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** One 32-bit number from several. */
export const hash = (...parts: ReadonlyArray<number>): number => {
  let h = 0x9e3779b9
  for (const part of parts) h = spread(Math.imul(h, 31) + spread(part))
  return h
}

/** A number for a name (FNV-1a); numbers stay what they are. */
export const saltOf = (salt: number | string): number =>
  typeof salt === "number"
    ? salt
    : Array.from(salt).reduce((h, c) => Math.imul(h ^ (c.codePointAt(0) ?? 0), 0x01000193), 0x811c9dc5)

/** A source of numbers (mulberry32); draws depend on the seed and their order alone. */
export interface Prng {
  /** In [0, 1). */
  readonly next: () => number
  /** An integer in [0, below). */
  readonly below: (below: number) => number
  /** True this often. */
  readonly chance: (probability: number) => boolean
  readonly pick: <A>(values: readonly [A, ...ReadonlyArray<A>]) => A
}

export const make = (seed: number): Prng => {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const below = (below: number) => Math.floor(next() * below)
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick: (values) => values[below(values.length)] ?? values[0]
  }
}
