import * as CsvReader from "@effect-intercom/export/internal/CsvReader"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"

const quoted = (field: string) => (/[",\r\n]/.test(field) || field === "" ? `"${field.replaceAll('"', '""')}"` : field)

/** The rows of a text that comes in pieces. */
const rowsOf = (pieces: ReadonlyArray<string>) => {
  const read = CsvReader.make()
  return [...pieces, undefined].flatMap((piece) => read(piece))
}

describe("CsvReader", () => {
  const field = fc.string({ unit: fc.constantFrom("a", "é", "🎟", '"', ",", "\n", "\r", " "), maxLength: 6 })

  it("gives the rows that were written, wherever the text is cut", () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 }),
        fc.array(fc.nat(200), { maxLength: 5 }),
        fc.constantFrom("\n", "\r\n"),
        (rows, cuts, end) => {
          // Characters, as no stream of texts cuts one in two.
          const text = [...rows.map((row) => row.map(quoted).join(",") + end).join("")]
          const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length]
          const pieces = places.slice(1).map((to, index) => text.slice(places[index], to).join(""))
          assert.deepStrictEqual(rowsOf(pieces), rows)
        }
      ),
      { numRuns: 300, seed: 5 }
    ))

  it("takes a last row without an end, and no row for an empty line", () => {
    assert.deepStrictEqual(rowsOf(["a,b\n\n1,", ""]), [
      ["a", "b"],
      ["1", ""]
    ])
  })
})
