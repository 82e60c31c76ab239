/** Numbers as people read them. */
import * as ByteSize from "effect/ByteSize"

const numbers = new Intl.NumberFormat("en-US")

/** `1,234`. */
export const count = (value: number): string => numbers.format(Math.round(value))

/** `1 retry`, `2 retries`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

/** `9.4 MB`. */
export const bytes = (value: number): string =>
  ByteSize.format(ByteSize.bytes(value), { precision: 1, system: "decimal" })

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export const duration = (millis: number): string => {
  const seconds = millis / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1).replace(/\.0$/, "")} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
