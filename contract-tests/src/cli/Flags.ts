/** Flags whose values have bounds, and those that do not go together. */
import * as CliError from "effect/cli/CliError"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"

/** A whole number from `least` to `most`, both included. */
export const whole = (name: string, least: number, most: number) =>
  Flag.Int(name).pipe(
    Flag.filter(
      (value) => value >= least && value <= most,
      () => `a whole number from ${least} to ${most}`
    )
  )

/** Fails with the first sentence whose condition is true. */
export const refuse = (
  mistakes: ReadonlyArray<readonly [wrong: boolean, sentence: string]>
): Effect.Effect<void, CliError.ValidationError> => {
  const [, message] = mistakes.find(([wrong]) => wrong) ?? []
  return message === undefined ? Effect.void : Effect.fail(new CliError.ValidationError({ message }))
}

/** The flag by which people allow a document to refer to what is elsewhere. */
export const allowRefs = Flag.String("allow-ref").pipe(
  Flag.withMetavar("FOLDER|URL"),
  Flag.withDescription("let the document's $refs lead there, too, beside its own folder; may be repeated"),
  Flag.atLeast(0)
)
