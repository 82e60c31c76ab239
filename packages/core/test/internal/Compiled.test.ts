/** Answers are checked by compiled tests; `Schema.is`, which takes ten times as long, is for rare types only. */
import { operations } from "@effect-intercom/core/IntercomApi"
import * as Operation from "@effect-intercom/core/Operation"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { vi } from "vitest"
import * as Scripted from "../Scripted.ts"

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

/** What `Schema.is` is asked for in making the calls of a group. */
const askedFor = <Group extends HttpApiGroup.Constraint>(group: Group) =>
  Effect.gen(function* () {
    asked.length = 0
    yield* Operation.client(group)
    return [...asked]
  }).pipe(Effect.provide(Scripted.make([]).intercom()))

describe("the answers of a group", () => {
  const groups = new Set(operations.map(({ group }) => group))

  it.effect.each([...groups].map((group) => [group.identifier, group] as const))(
    "%s: are checked by compiled tests, whole",
    ([, group]) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* askedFor(group), [])
      })
  )

  it.effect("are checked by Schema.is where a type is rare, and there only", () =>
    Effect.gen(function* () {
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
      class OwnGroup extends HttpApiGroup.make("Own").add(HttpApiEndpoint.get("get", "/own", { success })) {}
      assert.deepStrictEqual(yield* askedFor(OwnGroup), ["Literal", "Arrays", "Union", "Union", "Objects", "Objects"])
    })
  )
})
