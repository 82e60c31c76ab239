import * as Printable from "@effect-intercom/core/Printable"

export interface Column {
  readonly title: string
  readonly right?: boolean
}

/** Columns of text, as wide as their longest cell; one without any text is left out. */
export const render = (columns: ReadonlyArray<Column>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const shown = columns.flatMap(({ right, title }, index) => {
    const cells = rows.map((row) => Printable.line(row[index] ?? ""))
    if (cells.every((cell) => cell === "")) return []
    const width = Math.max(title.length, ...cells.map(({ length }) => length))
    return [[title, ...cells].map((cell) => (right === true ? cell.padStart(width) : cell.padEnd(width)))]
  })
  return [undefined, ...rows]
    .map((_, line) =>
      shown
        .map((cells) => cells[line] ?? "")
        .join("  ")
        .trimEnd()
    )
    .join("\n")
}
