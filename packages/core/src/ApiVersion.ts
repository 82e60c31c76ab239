/** Versions of the API, which are not numbers: 2.9 is before 2.10. What differs between them, the README has. */

/**
 * Whether a version is this one or a later one; `Preview` and `Unstable` are later than all.
 *
 * @example
 * ```ts
 * import { ApiVersion } from "@effect-intercom/core"
 *
 * ApiVersion.isAtLeast("2.16", "2.9") // true
 * ```
 */
export const isAtLeast = (version: string, since: string): boolean => {
  const [major = Infinity, minor = Infinity] = numbersOf(version)
  const [fromMajor = 0, fromMinor = 0] = numbersOf(since)
  return major > fromMajor || (major === fromMajor && minor >= fromMinor)
}

const numbersOf = (version: string): ReadonlyArray<number> =>
  /^\d+\.\d+$/.test(version) ? version.split(".").map(Number) : []
