/** Answers are checked by compiled tests; `Schema.is`, which takes ten times as long, is for rare types only. */
import { operations } from "@effect-intercom/core/IntercomApi"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { vi } from "vitest"
import { typeGuard } from "@effect-intercom/core/internal/TypeGuard"

// The types `Schema.is` was asked for.
const asked = vi.hoisted(() => new Array<string>())

vi.mock("effect/Schema", async (original) => {
  const real = await original<typeof Schema>()
  const is = (schema: Schema.Top) => {
    asked.push(schema.ast._tag)
    return real.is(schema)
  }
  return { ...real, is }
})

/** What `Schema.is` is asked for in testing a value. */
const askedFor = (schema: Schema.Top) => {
  asked.length = 0
  typeGuard(schema)({})
  return [...asked]
}

describe("the answers of an operation", () => {
  // Bytes and addresses are no JSON to check.
  const isChecked = (body: string) => ["json", "optional", "text"].includes(body)
  const answers = operations.flatMap(({ body, endpoint: { success }, name }) =>
    success === undefined || !isChecked(body) ? [] : [[name, success] as const]
  )

  it.each(answers)("%s: are checked by compiled tests, whole", (_, success) => {
    assert.deepStrictEqual(askedFor(success), [])
  })

  it("are checked by Schema.is where a type is rare, and there only", () => {
    const success = Schema.Struct({
      literal: Schema.Literal("a"),
      pair: Schema.Tuple([Schema.String, Schema.String]),
      one: Schema.Union([Schema.String, Schema.Number], { mode: "oneOf" }),
      never: Schema.Union([]),
      anything: Schema.Struct({}),
      keys: Schema.Record(Schema.String.check(Schema.isMinLength(1)), Schema.String),
      list: Schema.Array(Schema.NullOr(Schema.Boolean)),
      number: Schema.Finite,
      any: Schema.Any,
      unknown: Schema.Unknown
    })
    assert.deepStrictEqual(askedFor(success), ["Literal", "Arrays", "Union", "Union", "Objects", "Objects"])
    // Once, for all clients.
    assert.deepStrictEqual(askedFor(success), [])
  })
})
