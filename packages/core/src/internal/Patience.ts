/** How patient a client, or a call, may be told to be. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { RetryPolicy } from "../IntercomConfig.ts"

const isDuration = (input: unknown): boolean =>
  // Most often there is none, and to find that out of `fromInput` takes an error.
  input !== undefined &&
  !Number.isNaN(input) &&
  // `fromInput` is made for any input; its type names the good ones.
  Option.exists(Duration.fromInput(input as Duration.Input), (duration) => Duration.toMillis(duration) >= 0)

export const Span = Schema.declare((input): input is Duration.Input => isDuration(input), {
  expected: 'a duration that is not negative, such as "30 seconds" or a number of milliseconds'
})

export const Count = (least: number) =>
  Schema.declare((count): count is number => typeof count === "number" && count >= least, {
    expected: `a number from ${least}`
  })

/** A retry policy in part. */
export const Retry = Schema.Struct({
  times: Schema.optional(Count(0)),
  base: Schema.optional(Span),
  cap: Schema.optional(Span),
  total: Schema.optional(Span)
})

/** The policy, but for what the other one says. */
export const merged = (policy: RetryPolicy, { base, cap, times, total }: typeof Retry.Type): RetryPolicy => ({
  times: times ?? policy.times,
  base: base ?? policy.base,
  cap: cap ?? policy.cap,
  total: total ?? policy.total
})
