/** The middle of some numbers. */
export const median = (numbers: ReadonlyArray<number>): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** `median (min–max)`. */
export const spread = (numbers: ReadonlyArray<number>, digits: number): string => {
  const text = (value: number) => value.toFixed(digits)
  return `${text(median(numbers))} (${text(Math.min(...numbers))}–${text(Math.max(...numbers))})`
}

/** A Markdown table; the first row is its head. The first column is left-aligned, the others as `align` says. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>, align: "left" | "right" = "right"): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const isLeft = (column: number) => column === 0 || align === "left"
  const pad = (cell: string, column: number) =>
    isLeft(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  const line = (row: ReadonlyArray<string>) => `| ${row.map(pad).join(" | ")} |`
  const [head = [], ...body] = rows
  const rule = widths.map((width, column) => (isLeft(column) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`))
  return [line(head), line(rule), ...body.map(line)].join("\n")
}

/** The values from one on, and those before it: who comes first in a round changes. */
export const rotate = <A>(values: ReadonlyArray<A>, by: number): ReadonlyArray<A> => [
  ...values.slice(by % values.length),
  ...values.slice(0, by % values.length)
]
