import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Mismatch } from "../IntercomError.ts"
import type { Scrub } from "./Scrub.ts"

const format = SchemaIssue.makeFormatterStandardSchemaV1()
const most = 20

const pathOf = (path: ReadonlyArray<PropertyKey>): string =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "")

/** Where a value differs from what was expected, in order of appearance; twenty at most, free of the secret. */
export const mismatchesOfIssue = (issue: SchemaIssue.Issue, scrub: Scrub, limit = most): Array<Mismatch> => {
  // Effect gives every issue a path, of keys: the standard would leave it out, and allow objects.
  const issues = format(issue).issues as ReadonlyArray<{ readonly message: string; readonly path: Array<PropertyKey> }>
  return issues.slice(0, limit).map(({ message, path }) => {
    const [expected, actual] = sidesOf(message)
    return { path: scrub(pathOf(path), 500), expected: scrub(expected), actual: scrub(actual, 200) }
  })
}

const unexpected = "Unexpected key with value "

/** What was expected and what came, by the message of an issue: a form of Effect's, or a check's own sentence. */
const sidesOf = (message: string): readonly [expected: string, actual: string] => {
  if (message === "Missing key") return ["a value", "nothing"]
  if (message.startsWith(unexpected)) return ["no such field", message.slice(unexpected.length)]
  const [, expected = message, actual = "another value"] = /^Expected (.*?), got (.*)/s.exec(message) ?? []
  return [expected, actual]
}

// A value nested too deep to be looked through, or to be shown.
const tooDeep: Array<Mismatch> = [{ path: "", expected: "a value that fits", actual: "one too deep to show" }]

// A check that decoding makes true: the schema changes what it decodes.
const transformed: Array<Mismatch> = [
  {
    path: "",
    expected: "a value that is of the schema's type as it came",
    actual: "one that would have to be transformed"
  }
]

/** Where a value differs from a schema. */
export const mismatchesOf = (schema: Schema.Top, value: unknown, scrub: Scrub, limit = most): Array<Mismatch> =>
  Result.getOrElse(
    Result.try(() => {
      // Wire schemas need no services.
      const decoder = schema as Schema.Decoder<unknown>
      const result = Schema.decodeUnknownResult(decoder, { errors: "all", reportInput: true })(value)
      return Result.isFailure(result) ? mismatchesOfIssue(result.failure.issue, scrub, limit) : transformed
    }),
    () => tooDeep
  )

/** All of them, looked for when asked for; nothing where an error has them all already. */
export const allOf = (
  told: ReadonlyArray<Mismatch>,
  schema: Schema.Top,
  value: unknown,
  scrub: Scrub
): { readonly mismatches?: () => ReadonlyArray<Mismatch> } =>
  told.length < most ? {} : { mismatches: () => mismatchesOf(schema, value, scrub, Infinity) }
