import * as Json from "@effect-intercom/core/Json"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { vi } from "vitest"

const roundTrip = (text: string) => Json.stringify(Json.parse(text))

// In spellings of its own: what JSON allows, and JavaScript numbers have room for or not.
const number = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.oneof(fc.constant("0"), fc.stringMatching(/^[1-9]\d{0,25}$/)),
    fc.oneof(fc.constant(""), fc.stringMatching(/^\.\d{1,25}$/)),
    fc.oneof(fc.constant(""), fc.stringMatching(/^[eE][+-]?\d{1,4}$/))
  )
  .map((parts) => parts.join(""))

/** A number as a fraction of integers times a power of ten: the same for the same number, however it is written. */
const exact = (text: string) => {
  const [, sign, whole = "", fraction = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE](.*))?$/.exec(text) ?? []
  let [digits, power] = [BigInt(whole + fraction), Number(exponent) - fraction.length]
  if (digits === 0n) return `${sign}0`
  while (digits % 10n === 0n) [digits, power] = [digits / 10n, power + 1]
  return `${sign}${digits}e${power}`
}

describe("a number that JavaScript has no room for", () => {
  for (const digits of [
    "9007199254740993",
    "-9007199254740993",
    "123456789012345678901234567890",
    "1e400",
    "-1e400",
    "1E+400",
    "1e-400",
    "-0",
    "-0.0",
    "-0e3",
    "0.12345678901234567890",
    "12345678.123456789012",
    "1.00000000000000000001",
    "9007199254740993.0",
    "4.9e-324000"
  ]) {
    it(`is written as it was, wherever it stands: ${digits}`, () => {
      for (const text of [
        `[${digits}]`,
        `{"n":${digits}}`,
        `{"a":[1,${digits},[{"b":${digits},"c":"${digits}"}]],"d":null}`,
        `{"__proto__":${digits},"toJSON":${digits},"":${digits}}`
      ]) {
        assert.strictEqual(roundTrip(text), text)
        assert.deepStrictEqual(Json.parse(text), JSON.parse(text))
      }
      assert.strictEqual(roundTrip(`{ "n" : ${digits}\n}`), `{"n":${digits}}`)
    })
  }

  it("is the nearest number to who reads the value, and tells its digits to who asks", () => {
    const value = Json.parse('{"n":9007199254740993,"m":1e400,"z":-0,"list":[1,0.12345678901234567890],"one":1}')
    assert.deepStrictEqual(value, { n: 9007199254740992, m: Infinity, z: -0, list: [1, 0.12345678901234568], one: 1 })
    assert(typeof value === "object" && value !== null)
    const { list } = value as { readonly list: object }
    assert.deepStrictEqual(
      [...["n", "m", "z", "one"].map((key) => Json.digits(value, key)), Json.digits(list, 0), Json.digits(list, 1)],
      ["9007199254740993", "1e400", "-0", undefined, undefined, "0.12345678901234567890"]
    )
    const copy = { n: 9007199254740992 }
    Json.copyDigits(value, "n", copy)
    assert.strictEqual(Json.stringify({ copy }), '{"copy":{"n":9007199254740993}}')
    Json.copyDigits(value, "one", copy, "n")
    assert.strictEqual(Json.stringify(copy), '{"n":9007199254740992}')
  })

  it("is not one for being spelt otherwise, as a string, or as part of one", () => {
    for (const [text, written] of [
      ["[1.0,1.50,1E2,0.1e1,-1.0,100e-2]", "[1,1.5,100,1,-1,1]"],
      ['["9007199254740993","-0","1e400"," -0,",": 1.0000000000000000000001,"]', undefined],
      ["[0.30000000000000004,33.333333333333336,1e21,5e-324,1.7976931348623157e308]", undefined],
      ["[9007199254740991,-9007199254740991,0,1600000000]", undefined]
    ] as const) {
      const value = Json.parse(text)
      assert.deepStrictEqual(value, JSON.parse(text))
      assert.strictEqual(Json.stringify(value), written ?? JSON.stringify(JSON.parse(text)))
    }
  })

  it("of fields with one name, the last one counts", () => {
    assert.strictEqual(roundTrip('{"n":9007199254740993,"n":1}'), '{"n":1}')
    assert.strictEqual(roundTrip('{"n":1,"n":-0}'), '{"n":-0}')
    assert.strictEqual(roundTrip('{"n":{"m":-0},"n":[-0]}'), '{"n":[-0]}')
  })

  it("law: a number is written as the number it was", () => {
    fc.assert(
      fc.property(number, (text) => {
        const written = roundTrip(`[${text}]`).slice(1, -1)
        assert.strictEqual(exact(written), exact(text))
      }),
      { seed: 9, numRuns: 3_000 }
    )
  })
})

describe("any JSON", () => {
  it("law: is parsed and written as JSON does it", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), fc.constantFrom("", " ", "\n\t"), (value, space) => {
        const text = JSON.stringify({ value, text: '\\"' }, null, space)
        // Beside a number that needs care, so that all of it is parsed the careful way.
        const careful = text.replace(/\}$/, ',"careful":-0}')
        assert.deepStrictEqual(Json.parse(careful), JSON.parse(careful))
        assert.strictEqual(roundTrip(careful), JSON.stringify(JSON.parse(text)).replace(/\}$/, ',"careful":-0}'))
        assert.strictEqual(roundTrip(text), JSON.stringify(JSON.parse(text)))
      }),
      { seed: 9, numRuns: 500 }
    )
  })

  it("is parsed by JSON.parse alone, where a look tells that nothing is lost", () => {
    const usual = JSON.stringify({
      id: "65a1b2c30000000012345678",
      image: "https://static.example.com/6500000000000000.png?size=1.5",
      phone: "+35312345678",
      day: "2025-02-10T08:00:00.000Z",
      uuid: "5f3e-4123-0a7b-e-1234",
      version: "100.0.0.0",
      at: 1_700_000_000,
      share: 33.333333333333,
      small: 1e-7,
      below: -0.5,
      none: null
    })
    const parse = vi.spyOn(JSON, "parse")
    try {
      Json.parse(usual)
      assert.strictEqual(parse.mock.calls.length, 1)
      Json.parse(usual.replace("1700000000", "9007199254740993"))
      assert.isAbove(parse.mock.calls.length, 2)
    } finally {
      parse.mockRestore()
    }
  })

  it("what is none is refused as JSON.parse refuses it", () => {
    for (const text of ["", "{", "[1,]", "-", "01", "[-0", "{'a':1}", "nul", "[1e400]]", "\ufeff1"]) {
      assert.throws(() => Json.parse(text), SyntaxError)
    }
  })

  it("is written with sorted keys, if asked for: equal texts for equal values", () => {
    const text = '{"b":[{"d":1,"c":-0}],"a":{"\u{1f600}":1,"\uffff":2,"":3}}'
    assert.strictEqual(
      Json.stringify(Json.parse(text), { sorted: true }),
      '{"a":{"":3,"\u{1f600}":1,"\uffff":2},"b":[{"c":-0,"d":1}]}'
    )
    assert.strictEqual(Json.stringify("a", { sorted: true }), '"a"')
  })

  it("is left out, or null, where JSON has no place for it", () => {
    const value = { a: undefined, b: [undefined, () => 1, Number.NaN], c: 1 }
    assert.strictEqual(Json.stringify(value), JSON.stringify(value))
    assert.strictEqual(Json.stringify(value, { sorted: true }), JSON.stringify(value))
    assert.strictEqual(Json.stringify(undefined), "null")
  })

  it("may be nested as deep as it likes", () => {
    for (const depth of [2, 498, 500, 502, 6_000, 60_000]) {
      for (const inside of ["1", "-0", "9007199254740993"]) {
        const text = `${'[{"a":'.repeat(depth / 2)}${inside}${"}]".repeat(depth / 2)}`
        assert.strictEqual(roundTrip(text), text, `${depth}`)
        assert.strictEqual(Json.stringify(Json.parse(text), { sorted: true }), text, `${depth}`)
      }
    }
  })

  it("tells where it is nested deeper than one likes", () => {
    const value = JSON.parse('{"a":1,"b":[[],{"c":{"d":[5]}}]}') as unknown
    assert.deepStrictEqual(
      [5, 4, 3, 2, 1, 0].map((most) => Json.deeperThan(value, most)),
      [undefined, ["b", 1, "c", "d"], ["b", 1, "c"], ["b", 0], ["b"], []]
    )
    const deep: unknown = JSON.parse("[".repeat(200_000) + "]".repeat(200_000))
    assert.strictEqual(Json.deeperThan(deep, 1_000)?.length, 1_000)
    assert.isUndefined(Json.deeperThan("text", 0))
  })
})
