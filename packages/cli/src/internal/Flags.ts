/** Flags whose values have bounds. */
import * as Format from "@effect-intercom/export/Format"
import * as Flag from "effect/cli/Flag"

/** A whole number from `least` to `most`, both included. */
export const whole = (name: string, least: number, most: number) =>
  Flag.Int(name).pipe(
    Flag.filter(
      (value) => value >= least && value <= most,
      () => `a whole number from ${Format.count(least)} to ${Format.count(most)}`
    )
  )

/** An address of http or https. */
export const address = (name: string, example: string) =>
  Flag.String(name).pipe(
    Flag.filter(
      (value) => ["http:", "https:"].includes(URL.parse(value)?.protocol ?? ""),
      () => `an address such as ${example}`
    )
  )

/** A string that is not empty: `--name=` and `--name "$UNSET"` are mistakes. */
export const text = (name: string, what: string) =>
  Flag.String(name).pipe(
    Flag.filter(
      (value) => value !== "",
      () => what
    )
  )
