/** The numbers of a plan: one that is written in code was checked by nobody. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { BadPlan } from "../ExportError.ts"
import { Plan } from "../Plan.ts"

const counted = "a whole number from 1"

const expected = {
  since: 'Unix seconds, or "last"',
  overlap: "a whole number of seconds from 0",
  pageSize: counted,
  concurrency: `${counted}, or "auto"`,
  resourcesAtOnce: counted
} as const

const { fields } = Plan

/** Fails with the first number the plan cannot have. */
export const check = (plan: Plan): Effect.Effect<void, BadPlan> =>
  Effect.forEach(
    // Its own keys.
    Object.keys(expected) as ReadonlyArray<keyof typeof expected>,
    (option) =>
      plan[option] === undefined || Schema.is(fields[option])(plan[option])
        ? Effect.void
        : Effect.fail(new BadPlan({ option, given: String(plan[option]), expected: expected[option] })),
    { discard: true }
  )
