import * as Printable from "@effect-intercom/core/Printable"
import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "fast-check"

const hostile = ["\x1b[2J", "\x07", "\x9b31m", "\x7f", "\r", "\u202e", "\u2066", "\u2069", "\u200f", "\u2028", "\ufeff"]

// oxlint-disable-next-line no-control-regex
const raw = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|^\s*::|##\[/

describe("what can be shown", () => {
  it("is what it was, where nothing can do harm", () => {
    for (const text of ["", "plain", "Zoë 👩‍👩‍👧 · 日本語", 'a::b "c" \\n', "C:\\x", "#1 [x]"]) {
      assert.strictEqual(Printable.line(text), text)
    }
  })

  it("has escapes for the rest", () => {
    assert.strictEqual(Printable.line("a\x1b[31mb\x07\x9b\u202ec"), "a\\u001b[31mb\\u0007\\u009b\\u202ec")
    assert.strictEqual(Printable.line("one\ntwo\r\tthree"), "one\\ntwo\\r\\tthree")
    assert.strictEqual(Printable.line("::error::x"), "\\u003a:error::x")
    assert.strictEqual(Printable.line("  ::set-output name=x::y"), "  \\u003a:set-output name=x::y")
    assert.strictEqual(Printable.line("a ##[error]x"), "a #\\u0023[error]x")
  })

  it("keeps the lines of a text, each without a command", () => {
    assert.strictEqual(Printable.lines("a\n::error::x\n\x1b"), "a\n\\u003a:error::x\n\\u001b")
  })

  it("is the same value as JSON", () => {
    const value = { text: `${hostile.join("::")}##[x]` }
    const text = Printable.json(JSON.stringify(value))
    assert.deepStrictEqual(JSON.parse(text), value)
    assert.notMatch(text, raw)
  })

  it("never has a control, a mark of direction or a command", () => {
    const text = FastCheck.array(
      FastCheck.oneof(FastCheck.string({ unit: "binary" }), FastCheck.constantFrom(...hostile, "\n::error::", "##["))
    )
    FastCheck.assert(FastCheck.property(text, (parts) => assert.notMatch(Printable.line(parts.join("")), raw)))
  })
})
