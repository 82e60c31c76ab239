/** Reads CSV (RFC 4180) as it comes: rows of fields, of texts cut anywhere. */

/** Takes one text after the other, and gives the rows that are whole with it; `undefined` ends them. */
export const make = (): ((text: string | undefined) => ReadonlyArray<ReadonlyArray<string>>) => {
  let row: Array<string> = []
  let field = ""
  // Within quotes; after a quote within quotes, which ends them unless another one follows.
  let state: "plain" | "quoted" | "quote" = "plain"
  let isEmpty = true

  return (text) => {
    const rows: Array<ReadonlyArray<string>> = []
    const endField = () => {
      row.push(field)
      field = ""
      state = "plain"
    }
    const endRow = () => {
      if (!isEmpty) {
        endField()
        rows.push(row)
      }
      row = []
      field = ""
      isEmpty = true
    }
    if (text === undefined) {
      endRow()
      return rows
    }
    for (const char of text) {
      if (state === "quoted") {
        if (char === '"') state = "quote"
        else field += char
        continue
      }
      if (char === '"') {
        if (state === "quote") {
          field += char
          state = "quoted"
        } else if (field === "") state = "quoted"
        else field += char
        isEmpty = false
      } else if (char === ",") {
        isEmpty = false
        endField()
      } else if (char === "\n") endRow()
      else if (char !== "\r") {
        isEmpty = false
        field += char
      }
    }
    return rows
  }
}
