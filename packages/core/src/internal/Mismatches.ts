import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Mismatch } from "../IntercomError.ts"
import { cap } from "./Scrub.ts"

const format = SchemaIssue.makeFormatterStandardSchemaV1()
const most = 20

const pathOf = (path: ReadonlyArray<PropertyKey>): string =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "")

/** Where a value differs from what was expected, in order of appearance; twenty at most, free of the secret. */
export const mismatchesOfIssue = (issue: SchemaIssue.Issue, scrub: (text: string) => string): Array<Mismatch> =>
  format(issue)
    .issues.slice(0, most)
    .map(({ message, path = [] }) => {
      const [, expected, actual] = /^Expected (.*?)(?:, got (.*))?$/s.exec(message) ?? []
      return {
        path: cap(scrub(pathOf(path.map((segment) => (typeof segment === "object" ? segment.key : segment)))), 500),
        expected: expected ?? (message === "Missing key" ? "a value" : scrub(message)),
        actual: actual === undefined ? "nothing" : cap(scrub(actual), 200)
      }
    })

// A value nested too deep to be looked through, or to be shown.
const tooDeep: Array<Mismatch> = [{ path: "", expected: "a value that fits", actual: "one too deep to show" }]

/** Where a value differs from a schema. */
export const mismatchesOf = (schema: Schema.Top, value: unknown, scrub: (text: string) => string): Array<Mismatch> =>
  Result.getOrElse(
    Result.try(() => {
      // Wire schemas need no services.
      const decoder = schema as Schema.Decoder<unknown>
      const result = Schema.decodeUnknownResult(decoder, { errors: "all", reportInput: true })(value)
      return Result.isFailure(result) ? mismatchesOfIssue(result.failure.issue, scrub) : []
    }),
    () => tooDeep
  )
