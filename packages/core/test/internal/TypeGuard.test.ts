/** The compiled test of a type accepts what `Schema.is` accepts, and nothing else. */
import { operations } from "@effect-intercom/core/IntercomApi"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { typeGuard } from "@effect-intercom/core/internal/TypeGuard"

// Of each of some hundred and sixty operations.
const runs = { arbitrary: { runs: 5, seed: 2 } }

const oddities: ReadonlyArray<unknown> = [
  undefined,
  null,
  "",
  "a",
  0,
  -0,
  0.5,
  1.5,
  5,
  2 ** 53,
  Number.NaN,
  true,
  [],
  [null],
  {},
  { id: null },
  () => 1,
  Symbol.iterator,
  1n
]

/** Every copy of the value with one part replaced by something odd, or left out. */
const spoilt = (value: unknown): ReadonlyArray<unknown> => {
  if (typeof value !== "object" || value === null) return oddities
  const inside = Object.keys(value).flatMap((key) => {
    const entries = Object.entries(value)
    const others = entries.filter(([name]) => name !== key)
    const copy = (part: unknown) =>
      Array.isArray(value)
        ? value.map((item: unknown, index) => (String(index) === key ? part : item))
        : Object.fromEntries([...others, [key, part]])
    const part = (value as { readonly [key: string]: unknown })[key]
    return [...spoilt(part).map(copy), ...(Array.isArray(value) ? [] : [Object.fromEntries(others)])]
  })
  return [...oddities, ...inside]
}

const assertSame = (fits: (value: unknown) => boolean, schema: Schema.Top, value: unknown) => {
  const is = Schema.is(schema)
  for (const candidate of [value, ...spoilt(value)]) {
    if (fits(candidate) !== is(candidate)) {
      assert.fail(`Schema.is says ${is(candidate)}, the compiled test ${fits(candidate)}: ${JSON.stringify(candidate)}`)
    }
  }
}

describe("the compiled test of an answer", () => {
  for (const { endpoint, name } of operations) {
    const { success } = endpoint
    if (success === undefined) continue
    const fits = typeGuard(success)
    it.effect.prop(
      name,
      { value: Arbitrary.schema(Schema.toType(success)) },
      ({ value }) =>
        Effect.sync(() => {
          assert.isTrue(fits(value))
          assertSame(fits, success, value)
        }),
      runs
    )
  }

  interface Tree {
    readonly children: ReadonlyArray<Tree>
  }
  const Tree = Schema.Struct({ children: Schema.Array(Schema.suspend((): Schema.Codec<Tree> => Tree)) })
  const Unusual = {
    "a struct of everything": Schema.Struct({
      any: Schema.Any,
      unknown: Schema.Unknown,
      number: Schema.Number,
      maybeUnknown: Schema.optionalKey(Schema.Unknown),
      maybeUndefined: Schema.optional(Schema.String),
      'quote " and \\ and \u2028': Schema.String,
      literal: Schema.Literals(["a", 1, true]),
      constructor: Schema.optionalKey(Schema.String)
    }),
    "a rest of strings": Schema.StructWithRest(Schema.Struct({ id: Schema.String }), [
      Schema.Record(Schema.String, Schema.String)
    ]),
    "a record": Schema.Record(Schema.String, Schema.Unknown),
    "a record of certain keys": Schema.Record(Schema.TemplateLiteral(["x-", Schema.String]), Schema.Int),
    "an empty struct": Schema.Struct({}),
    "a field __proto__": Schema.Struct({ ["__proto__"]: Schema.optionalKey(Schema.String) }),
    "a tuple": Schema.Tuple([Schema.String, Schema.optionalKey(Schema.Int)]),
    "a tuple of nothing": Schema.Tuple([]),
    "a tuple that ends with a number": Schema.TupleWithRest(Schema.Tuple([]), [Schema.String, Schema.Int]),
    "a group of checks": Schema.Struct({ n: Schema.Number.check(Schema.isInt32()) }),
    "a non-empty array": Schema.NonEmptyArray(Schema.Int),
    // Null fits both.
    "exactly one of": Schema.Union(
      [Schema.Struct({ a: Schema.NullOr(Schema.Int) }), Schema.Struct({ a: Schema.NullOr(Schema.String) })],
      { mode: "oneOf" }
    ),
    "checks on objects": Schema.Struct({ n: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1 })) }).check(
      Schema.makeFilter(({ n }) => n !== 1)
    ),
    "a recursive type": Tree,
    "a string": Schema.String
  } as const

  for (const [name, schema] of Object.entries<Schema.Top>(Unusual)) {
    const fits = typeGuard(schema)
    it.effect.prop(
      name,
      { value: Arbitrary.schema(Schema.toType(schema)) },
      ({ value }) => Effect.sync(() => assertSame(fits, schema, value)),
      runs
    )
  }

  it("works where code cannot be generated", () => {
    const { Function: original } = globalThis
    const forbidden: unknown = function () {
      throw new EvalError("Code generation from strings disallowed for this context")
    }
    const Pair = Schema.Struct({ id: Schema.String, n: Schema.NullOr(Schema.Int) })
    try {
      globalThis.Function = forbidden as FunctionConstructor
      const isPair = typeGuard(Pair)
      assert.isTrue(isPair({ id: "a", n: null }))
      assert.isFalse(isPair({ id: "a", n: 0.5 }))
    } finally {
      globalThis.Function = original
    }
  })
})
