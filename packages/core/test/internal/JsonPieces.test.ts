import * as JsonPieces from "@effect-intercom/core/internal/JsonPieces"
import * as Json from "@effect-intercom/core/Json"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as fc from "fast-check"

const encoder = new TextEncoder()

/** Long enough to be read in pieces, whatever is in it: there may be space after JSON. */
const bytesOf = (text: string) => encoder.encode(text + " ".repeat(16_384))

const whole = (bytes: Uint8Array) =>
  Result.try(() => Json.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)))

/** `undefined` where it is not read in pieces. */
const inPieces = (bytes: Uint8Array) => {
  const pieces = JsonPieces.split(bytes)
  return pieces && Result.try(() => JsonPieces.parse(pieces, Json.parse))
}

const written = (value: unknown) => Json.stringify(value)

/** The same, with space where JSON may have some. */
const spaced = (text: string) =>
  text.replace(/("(?:[^"\\]|\\.)*")|([{}[\],:])/g, (_, string: string | undefined, sign: string | undefined) =>
    string === undefined ? ` ${sign}\n\t` : string
  )

// V8 13.6 takes `{"\\\"": 1}` for `{"\\\\": 1}` when it has parsed such an object before.
const name = fc
  .oneof(fc.string({ unit: "binary" }), fc.constantFrom("data", "pages", "__proto__", "toString", '"', ""))
  .filter((name) => !name.includes("\\"))
const record = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
const records = fc.array(record, { maxLength: 5 })

/** As pages are: lists of objects among other fields, under a field or in one of a field's. */
const page = fc.dictionary(
  name,
  fc.oneof(
    records,
    fc.jsonValue({ maxDepth: 2 }),
    fc.dictionary(name, fc.oneof(records, fc.jsonValue({ maxDepth: 1 })))
  ),
  { maxKeys: 5 }
)

describe("JSON in pieces", () => {
  it("has the value it has in one piece, however it is spaced", () => {
    let some = 0
    fc.assert(
      fc.property(page, fc.boolean(), (page, isSpaced) => {
        const text = JSON.stringify(page)
        const bytes = bytesOf(isSpaced ? spaced(text).trimStart() : text)
        const value = inPieces(bytes)
        if (value === undefined) return
        some++
        assert.deepStrictEqual(Result.map(value, written), Result.map(whole(bytes), written))
      }),
      { numRuns: 200, seed: 3 }
    )
    assert.isAtLeast(some, 50)
  })

  it("is no JSON where it is none in one piece, whatever byte is another", () => {
    let some = 0
    fc.assert(
      fc.property(page, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean(), (page, where, byte, isRemoved) => {
        const text = JSON.stringify({ ...page, data: [page, { name: "é😀" }] })
        const bytes = bytesOf(text)
        const at = where % encoder.encode(text).length
        const changed = isRemoved ? bytes.slice().copyWithin(at, at + 1) : bytes.with(at, byte)
        const value = inPieces(changed)
        if (value === undefined) return
        some++
        const expected = whole(changed)
        assert.strictEqual(Result.isSuccess(value), Result.isSuccess(expected))
        assert.deepStrictEqual(
          Result.getOrUndefined(Result.map(value, written)),
          Result.getOrUndefined(Result.map(expected, written))
        )
      }),
      { numRuns: 200, seed: 5 }
    )
    assert.isAtLeast(some, 50)
  })

  for (const [what, text] of Object.entries({
    __proto__: '{"__proto__":{"data":[{"a":1}]},"data":[{"__proto__":[{"b":2}]}]}',
    "numbers there is no room for": '{"data":[{"n":9007199254740993},{"m":-0}],"total":12345678901234567890}',
    "a list below a list": '{"data":[{"a":[{"b":[{"c":1}]}]}]}',
    "nothing in a list": '{"data":[ ],"more":[{}]}',
    "braces and quotes in strings": '{"data":[{"a":"}]\\"{["}],"b":"[{\\\\"}'
  })) {
    it(`has the value it has in one piece: ${what}`, () => {
      const bytes = bytesOf(text)
      const value = inPieces(bytes)
      assert(value !== undefined)
      assert.deepStrictEqual(Result.map(value, written), Result.map(whole(bytes), written))
    })
  }

  for (const [what, text] of Object.entries({
    "a name twice, a list of objects each": '{"data":[{"a":1}],"data":[{"b":2}]}',
    "a name twice, a list of objects first": '{"data":[{"a":1}],"data":[]}',
    "a name twice, a list of objects last": '{"data":5,"data":[{"a":1}]}',
    "a name twice, once escaped": '{"data":[{"a":1}],"d\\u0061ta":[{"b":2}]}',
    "objects among others": '{"data":[{"a":1},2]}',
    "no list of objects": '{"data":[1,2],"a":{"b":3}}',
    "a list alone": '[{"a":1}]',
    "no comma": '{"data":[{"a":1}{"b":2}]}',
    "a comma too many": '{"data":[{"a":1},]}',
    "an end that is missing": '{"data":[{"a":1}',
    "a name that is none": '{data:[{"a":1}]}',
    "no colon": '{"data"[{"a":1}]}'
  })) {
    it(`is read in one piece: ${what}`, () => {
      assert.isUndefined(JsonPieces.split(bytesOf(text)))
    })
  }

  it("is read in one piece when it is short, begins otherwise, is no UTF-8, or nests deep", () => {
    const text = '{"data":[{"a":1}]}'
    assert.isDefined(JsonPieces.split(bytesOf(text)))
    assert.isUndefined(JsonPieces.split(encoder.encode(text)))
    assert.isUndefined(JsonPieces.split(bytesOf(`\ufeff${text}`)))
    assert.isUndefined(JsonPieces.split(bytesOf(text).with(10, 0xff)))
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}${text}${"}".repeat(depth)}`
    assert.isDefined(JsonPieces.split(bytesOf(nested(40))))
    assert.isUndefined(JsonPieces.split(bytesOf(nested(60))))
    assert.isUndefined(JsonPieces.split(bytesOf(nested(100_000))))
  })
})
