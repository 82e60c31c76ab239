import * as Id from "@effect-intercom/core/Id"
import * as Intercom from "@effect-intercom/core"
import { AdminId, ContactId, TeamId } from "@effect-intercom/core/resources/Common"
import { isPathSegment } from "@effect-intercom/core/Wire"
import { assert, describe, it } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"

const all = Object.entries(Intercom).flatMap(([name, value]) =>
  /(?<!^|External)Id$/.test(name) && Schema.isSchema(value)
    ? // Each is a string with a brand; that it has `from` is what is tested.
      [[name, value as unknown as Id.Id<string>] as const]
    : []
)

describe("from", () => {
  it("is there for every id", () => {
    assert.isAbove(all.length, 30)
    for (const [name, id] of all) assert.isTrue(Predicate.isFunction(id.from), name)
  })

  it("takes what the id is written as, and nothing else", () => {
    const nothing = [
      undefined,
      null,
      "",
      ".",
      "..",
      "\ud800",
      "a/b",
      "1?x",
      "1#x",
      " 1",
      {},
      [],
      ["1"],
      true,
      -1,
      1.5,
      NaN,
      Infinity
    ]
    for (const [name, id] of all) {
      for (const value of nothing) assert.isTrue(Option.isNone(id.from(value)), `${name}: ${String(value)}`)
      const found = id.from("123")
      assert.deepStrictEqual(found, Option.some(id.make("123")), name)
      assert.isTrue(isPathSegment(Option.getOrThrow(found)))
    }
  })

  it("takes numbers as digits where the API has them, but for nobody's", () => {
    assert.deepStrictEqual(TeamId.from(814_860), Option.some(TeamId.make("814860")))
    assert.deepStrictEqual(AdminId.from(9_007_199_254_740_993n), Option.some(AdminId.make("9007199254740993")))
    for (const nobody of [0, "0", 0n, 2 ** 53]) assert.isTrue(Option.isNone(TeamId.from(nobody)))
    assert.isTrue(Option.isNone(TeamId.from("ada")))
    assert.isTrue(Option.isNone(ContactId.from(814_860)))
    assert.deepStrictEqual(
      ContactId.from("65a1b2c3d4e5f6a7b8c9d0e1"),
      Option.some(ContactId.make("65a1b2c3d4e5f6a7b8c9d0e1"))
    )
    const either = Id.any("test/EitherId")
    assert.deepStrictEqual(
      [either.from(7), either.from("x7")],
      [Option.some(either.make("7")), Option.some(either.make("x7"))]
    )
  })
})
