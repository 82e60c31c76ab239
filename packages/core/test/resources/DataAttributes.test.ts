import { DataAttributes } from "@effect-intercom/core/resources/DataAttributes"
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { refuses } from "./Exchange.ts"

const attribute = { name: "size", model: "contact" } as const

describe("DataAttributes.create", () => {
  it.effect("refuses a list without options, options of what is no list, and fewer than two", () =>
    Effect.gen(function* () {
      const expected = "options where data_type is options, and nowhere else"
      const options = [{ value: "S" }, { value: "L" }]
      yield* refuses(DataAttributes, ({ create }) => create({ ...attribute, data_type: "options" }), { expected })
      yield* refuses(DataAttributes, ({ create }) => create({ ...attribute, data_type: "string", options }), {
        expected
      })
      yield* refuses(
        DataAttributes,
        ({ create }) => create({ ...attribute, data_type: "options", options: options.slice(1) }),
        { path: "options" }
      )
    })
  )
})
