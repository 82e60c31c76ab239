/** A terminal, as far as the command uses one: what its lines show after a text was written to it. */
export const screen = (written: string): ReadonlyArray<string> => {
  const lines = [""]
  let [row, column] = [0, 0]

  const put = (text: string): void => {
    const line = (lines[row] ?? "").padEnd(column)
    lines[row] = line.slice(0, column) + text + line.slice(column + text.length)
    column += text.length
  }

  const plain = (text: string): void => {
    for (const token of text.split(/([\r\n])/)) {
      if (token === "\n") {
        row += 1
        lines[row] ??= ""
      }
      if (token === "\n" || token === "\r") column = 0
      else put(token)
    }
  }

  const [first = "", ...sequences] = written.split("\x1b[")
  plain(first)
  for (const sequence of sequences) {
    const [whole = "", count, letter, rest = ""] = /^(\d*)([A-Z])([^]*)$/.exec(sequence) ?? []
    if (whole === "") throw new Error(`not understood: ${JSON.stringify(sequence)}`)
    if (letter === "A") row = Math.max(0, row - Number(count || 1))
    if (letter === "K" || letter === "J") lines[row] = (lines[row] ?? "").slice(0, column)
    if (letter === "J") lines.splice(row + 1)
    plain(rest)
  }
  return lines.map((line) => line.trimEnd())
}
