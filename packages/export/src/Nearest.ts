/** What someone may have meant with a word that is none of those there are. */

/** How many letters have to be put in, left out, changed or swapped with the next to make one word of another. */
const distance = (from: string, to: string): number => {
  let [before, row]: [ReadonlyArray<number>, ReadonlyArray<number>] = [[], Array.from(to, (_, index) => index + 1)]
  for (let i = 0; i < from.length; i++) {
    const next: Array<number> = []
    for (let j = 0; j < to.length; j++) {
      const [left = 0, above = 0, corner = 0] = [j === 0 ? i + 1 : next[j - 1], row[j], j === 0 ? i : row[j - 1]]
      const swapped = i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j]
      const swap = swapped ? (j > 1 ? (before[j - 2] ?? 0) : i - 1) + 1 : Infinity
      next.push(Math.min(left + 1, above + 1, corner + (from[i] === to[j] ? 0 : 1), swap))
    }
    before = row
    row = next
  }
  return row.at(-1) ?? from.length
}

/** The candidate someone may have meant with a word: a third of its letters may be wrong. */
export const nearest = <A extends string>(word: string, candidates: ReadonlyArray<A>): A | undefined => {
  const ranked = candidates
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far)
  const [best] = ranked
  return best !== undefined && best.far <= Math.max(1, Math.floor(best.candidate.length / 3))
    ? best.candidate
    : undefined
}
