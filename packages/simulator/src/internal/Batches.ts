/** Long work on many records in batches, between which other fibers run: one search must not hold up every request. */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"

/** Some milliseconds of work. */
const size = 4096

const forEach = Effect.fnUntraced(function* <A>(items: Iterable<A>, run: (item: A) => void) {
  let done = 0
  for (const item of items) {
    run(item)
    if (++done % size === 0) yield* Effect.yieldNow
  }
})

export const map = <A, B>(items: Iterable<A>, f: (item: A) => B): Effect.Effect<Array<B>> =>
  Effect.suspend(() => {
    const mapped: Array<B> = []
    return Effect.as(
      forEach(items, (item) => mapped.push(f(item))),
      mapped
    )
  })

export const filter = <A>(items: Iterable<A>, keep: (item: A) => boolean): Effect.Effect<Array<A>> =>
  Effect.suspend(() => {
    const kept: Array<A> = []
    return Effect.as(
      forEach(items, (item) => keep(item) && kept.push(item)),
      kept
    )
  })

const merge = function* <A>(left: ReadonlyArray<A>, right: ReadonlyArray<A>, compare: (a: A, b: A) => number) {
  let [i, j] = [0, 0]
  // The indices are below the lengths.
  while (i < left.length && j < right.length) {
    yield (compare(right[j] as A, left[i] as A) < 0 ? right[j++] : left[i++]) as A
  }
  while (i < left.length) yield left[i++] as A
  while (j < right.length) yield right[j++] as A
}

/** Stable, as `toSorted` is. */
export const sort = Effect.fnUntraced(function* <A>(items: ReadonlyArray<A>, compare: (a: A, b: A) => number) {
  if (items.length <= size) return items.toSorted(compare)
  let runs: Array<ReadonlyArray<A>> = []
  for (const chunk of Arr.chunksOf(items, size)) {
    runs.push(chunk.toSorted(compare))
    yield* Effect.yieldNow
  }
  while (runs.length > 1) {
    const merged: Array<ReadonlyArray<A>> = []
    for (const [left, right] of Arr.chunksOf(runs, 2) as Array<[ReadonlyArray<A>, ReadonlyArray<A>?]>) {
      merged.push(right === undefined ? left : yield* map(merge(left, right, compare), (item) => item))
    }
    runs = merged
  }
  return runs[0] ?? []
})
