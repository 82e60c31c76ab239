import * as Since from "@effect-intercom/cli/Since"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"

const now = Date.parse("2026-11-27T12:00:00Z") / 1000

describe("--since", () => {
  const good: ReadonlyArray<readonly [string, number | "last"]> = [
    ["last", "last"],
    ["0", 0],
    ["1764000000", 1764000000],
    ["2026-11-20", Date.parse("2026-11-20T00:00:00Z") / 1000],
    ["2026-11-20T08:30", Date.parse("2026-11-20T08:30:00Z") / 1000],
    ["2026-11-20 08:30:15", Date.parse("2026-11-20T08:30:15Z") / 1000],
    ["2026-11-20T08:30:15.9Z", Date.parse("2026-11-20T08:30:15Z") / 1000],
    ["2026-11-20t08:30:15z", Date.parse("2026-11-20T08:30:15Z") / 1000],
    ["2026-11-20T08:30+01:00", Date.parse("2026-11-20T07:30:00Z") / 1000],
    ["2026-11-20T08:30-0530", Date.parse("2026-11-20T14:00:00Z") / 1000],
    ["2024", Date.parse("2024-01-01T00:00:00Z") / 1000],
    ["2026-11", Date.parse("2026-11-01T00:00:00Z") / 1000],
    ["20261120", Date.parse("2026-11-20T00:00:00Z") / 1000],
    ["999999999", 999999999],
    ["2024-02-29", Date.parse("2024-02-29T00:00:00Z") / 1000]
  ]
  for (const [text, expected] of good) {
    it(`is ${text}`, () => assert.deepStrictEqual(Since.parse(text, now), Result.succeed(expected)))
  }

  const bad: ReadonlyArray<readonly [string, RegExp]> = [
    ["", /ISO 8601/],
    ["yesterday", /ISO 8601/],
    ["2026-02-30", /ISO 8601/],
    ["2026-13-01", /ISO 8601/],
    ["2026-11-20T25:00", /ISO 8601/],
    ["2026-11-20T08:30 CET", /ISO 8601/],
    ["20.11.2026", /ISO 8601/],
    ["-5", /ISO 8601/],
    ["5", /ISO 8601/],
    ["86400", /ISO 8601/],
    ["202611", /ISO 8601/],
    ["20261320", /ISO 8601/],
    ["2026-1120", /ISO 8601/],
    ["202611-20", /ISO 8601/],
    ["2027", /past/],
    ["1970", /after 1973/],
    ["1e9", /ISO 8601/],
    [" 2024", /ISO 8601/],
    ["2026-11-28", /past/],
    ["1764000000000", /not milliseconds/]
  ]
  for (const [text, expected] of bad) {
    it(`not ${text === "" ? "nothing" : text}`, () => {
      const result = Since.parse(text, now)
      assert.isTrue(Result.isFailure(result))
      if (Result.isFailure(result)) assert.match(result.failure, expected)
    })
  }
})
