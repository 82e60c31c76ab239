/** Records as JSON, in an order, joined by commas. */
export interface Pieces {
  readonly count: number
  /** Those from a number on, up to another one without it. */
  readonly slice: (from: number, to: number) => Buffer
}

/** Up to this many are serialised before the first request; of more, each when it is asked for, as memory would not do. */
const mostPrebuilt = 200_000

export const make = (count: number, record: (n: number) => unknown): Pieces => {
  if (count > mostPrebuilt) {
    return {
      count,
      slice: (from, to) =>
        Buffer.from(Array.from({ length: to - from }, (_, index) => JSON.stringify(record(from + index))).join(","))
    }
  }
  const texts = Array.from({ length: count }, (_, n) => Buffer.from(`${JSON.stringify(record(n))},`))
  const starts = [0]
  for (const { length } of texts) starts.push((starts.at(-1) ?? 0) + length)
  const all = Buffer.concat(texts)
  // The comma after the last one is left out.
  return {
    count,
    slice: (from, to) => (from === to ? Buffer.alloc(0) : all.subarray(starts[from], (starts[to] ?? 1) - 1))
  }
}
