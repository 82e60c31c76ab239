import * as Marks from "@effect-intercom/export/internal/Marks"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"

const of = (texts: Iterable<string>) => {
  const builder = Marks.builder()
  for (const text of texts) builder.add(text)
  return builder.build()
}

const texts = fc.array(fc.string({ maxLength: 4 }), { maxLength: 60 })

describe("Marks", () => {
  it("are as a set of the texts has them, kept and restored at any time, in whatever order the texts come", () => {
    fc.assert(
      fc.property(texts, texts, fc.nat(), (known, marked, seed) => {
        let marks = of(known)
        const left = new Set(known)
        for (const [index, text] of marked.entries()) {
          const expected = known.includes(text) ? left.delete(text) : undefined
          assert.strictEqual(marks.mark(text), expected)
          if (index !== seed % (marked.length + 1)) continue
          const restored = of(known.toReversed())
          assert.strictEqual(restored.digest, marks.digest)
          assert.isTrue(restored.restore(marks.encode()))
          marks = restored
        }
        assert.strictEqual(marks.left(), left.size)
        for (const text of [...known, ...marked]) {
          assert.strictEqual(marks.isMarked(text), known.includes(text) && !left.has(text))
        }
      }),
      { seed: 11, numRuns: 200 }
    )
  })

  it("of other texts have another digest, and are restored of as many alone", () => {
    const [some, others, more] = [
      of(["a", "b"]),
      of(["a", "c"]),
      of(Array.from({ length: 9 }, (_, index) => `${index}`))
    ]
    assert.notStrictEqual(some.digest, others.digest)
    assert.isFalse(more.restore(some.encode()))
    assert.isFalse(some.restore("no Base64!"))
    // As many as make a builder grow.
    const many = of(Array.from({ length: 3000 }, (_, index) => `text ${index}`))
    assert.deepStrictEqual([many.left(), many.bytes, many.mark("text 2999")], [3000, 375, true])
  })
})
