/** A rule of a baseline: one reason for all divergences of a kind, wherever they are found. */
import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as RegExps from "effect/RegExp"
import * as Schema from "effect/Schema"
import type { Divergence } from "./Divergence.ts"

const isDay = (value: string): boolean =>
  Option.exists(DateTime.make(`${value}T00:00:00Z`), (day) => DateTime.formatIsoDateUtc(day) === value)

/** A day in UTC: `2026-12-31`. */
export const Day = Schema.String.check(Schema.makeFilter(isDay, { expected: "a day such as 2026-12-31" }))

/** A pattern, or several of which one must fit. `*` stands for any characters, everything else for itself. */
const Patterns = Schema.Union([Schema.NonEmptyString, Schema.NonEmptyArray(Schema.NonEmptyString)])
type Patterns = typeof Patterns.Type

/** What patterns are about. */
const subjects = ["check", "direction", "class", "operation", "pointer", "message"] as const

const says = (rule: { readonly [subject in (typeof subjects)[number]]?: Patterns }): boolean =>
  subjects.some((subject) => rule[subject] !== undefined)

/** Accepts the divergences that fit all of its patterns. */
export const Rule = Schema.Struct({
  /** What it is called where divergences are counted by rule. */
  name: Schema.NonEmptyString,
  /** Why they are accepted; never empty. */
  reason: Schema.String,
  /** The check that found it: `structure`. */
  check: Schema.optionalKey(Patterns),
  /** `request`, `response`, `error` or `coverage`. */
  direction: Schema.optionalKey(Patterns),
  /** `breaking` or `drift`. */
  class: Schema.optionalKey(Patterns),
  /** Method and path as the document writes them: `POST /contacts*`. */
  operation: Schema.optionalKey(Patterns),
  /** JSON pointer into the document: `/components/schemas/contact/properties/*`. */
  pointer: Schema.optionalKey(Patterns),
  message: Schema.optionalKey(Patterns),
  /** The last day they are accepted, in UTC: `2026-12-31`. */
  expires: Schema.optionalKey(Day),
  /** Whether samples find what it is about: with another seed, or fewer, they may not. */
  sampled: Schema.optionalKey(Schema.Boolean)
}).check(
  Schema.makeFilter(says, {
    expected: "a rule with a pattern for check, direction, class, operation, pointer or message"
  })
)
export type Rule = typeof Rule.Type

const expressionOf = (patterns: Patterns): RegExp =>
  new RegExp(
    `^(?:${[patterns]
      .flat()
      .map((pattern) => pattern.split("*").map(RegExps.escape).join(".*"))
      .join("|")})$`,
    "s"
  )

/** Whether a rule is about what a check found. Notes fail nothing, and of a check that broke nobody can tell. */
export const matcher = (rule: Rule): ((check: string, divergence: Divergence) => boolean) => {
  const expressions = subjects.flatMap((subject) => {
    const patterns = rule[subject]
    return patterns === undefined ? [] : [[subject, expressionOf(patterns)] as const]
  })
  return (check, divergence) =>
    divergence.class !== "note" &&
    divergence.fault !== "check" &&
    expressions.every(([subject, expression]) => expression.test(subject === "check" ? check : divergence[subject]))
}
