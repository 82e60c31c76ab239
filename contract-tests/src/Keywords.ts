/** What a run exercised: rules of schemas by keyword, and kinds of values, with how often each side was seen. */

/** How often each side of a rule, or a kind of value, was seen. */
export type Counts = { readonly [name: string]: { readonly [side: string]: number } }

export interface Tally {
  readonly add: (name: string, side: string) => void
  readonly counts: () => Counts
}

export const tally = (): Tally => {
  const seen = new Map<string, Map<string, number>>()
  return {
    add: (name, side) => {
      const sides = seen.get(name) ?? new Map<string, number>()
      seen.set(name, sides.set(side, (sides.get(side) ?? 0) + 1))
    },
    counts: () => Object.fromEntries([...seen].map(([name, sides]) => [name, Object.fromEntries(sides)]))
  }
}

/** All counts together. */
export const total = (all: Iterable<Counts>): Counts => {
  const sums: { [name: string]: { [side: string]: number } } = {}
  for (const counts of all) {
    for (const [name, sides] of Object.entries(counts)) {
      const sum = (sums[name] ??= {})
      for (const [side, count] of Object.entries(sides)) sum[side] = (sum[side] ?? 0) + count
    }
  }
  return sums
}
