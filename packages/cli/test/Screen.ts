/** A terminal, as far as the command uses one: what its lines show after a text was written to it. */
export const screen = (written: string): ReadonlyArray<string> => {
  const lines = [""]
  let [row, column] = [0, 0]
  for (const [token] of written.matchAll(/\x1b\[(\d*)([A-Z])|[\s\S]/gu)) {
    const line = lines[row] ?? ""
    if (token === "\n") {
      row += 1
      column = 0
      lines[row] ??= ""
    } else if (token === "\r") column = 0
    else if (token === "\x1b[K") lines[row] = line.slice(0, column)
    else if (token === "\x1b[J") lines.splice(row, lines.length, line.slice(0, column))
    else if (/^\x1b\[\d*A$/.test(token)) row = Math.max(0, row - Number(token.slice(2, -1) || 1))
    else if (token.startsWith("\x1b")) throw new Error(`not understood: ${JSON.stringify(token)}`)
    else {
      lines[row] = line.padEnd(column).slice(0, column) + token + line.slice(column + 1)
      column += 1
    }
  }
  return lines.map((line) => line.trimEnd())
}
