/** Binary search: the first of `length` positions for which `holds` is true, given that it stays true from there on. */
export const first = (length: number, holds: (position: number) => boolean): number => {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
