/** What a call came to, in words that are the same in every run. */
import { IntercomError, type Reason } from "@effect-intercom/core/IntercomError"
import * as Official from "intercom-client"

const reasonText = (reason: Reason): string => {
  switch (reason._tag) {
    case "TransportError":
      return `${reason._tag} (${reason.code ?? "no code"})`
    case "DecodeError":
      return `${reason._tag}: ${reason.mismatches.map(({ actual, expected, path }) => `${path === "" ? "" : `${path}: `}expected ${expected}, got ${actual}`).join("; ")}`
    default:
      return "status" in reason ? `${reason._tag} (${reason.status})` : reason._tag
  }
}

/** An error of either client. */
export const errorText = (error: unknown): string => {
  if (error instanceof IntercomError) return reasonText(error.reason)
  if (error instanceof Official.IntercomError) {
    const name = error.constructor.name
    return error.statusCode === undefined
      ? `${name} without a status ("${error.message}")`
      : `${name} (${error.statusCode})`
  }
  return error instanceof Error ? `${error.constructor.name} ("${error.message}")` : String(error)
}

export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`

export const times = (number: number): string => (number === 1 ? "once" : `${number} times`)

/** Where in `error` a caller finds `value`: the shortest path to it, or to a text that contains it. */
export const placeOf = (error: unknown, value: unknown): string => {
  const places = [...walk(error)]
  const exact = places.find((place) => place.value === value)
  if (exact !== undefined) return `\`${exact.path}\``
  const within = places.find((place) => typeof place.value === "string" && place.value.includes(String(value)))
  return within === undefined ? "nowhere" : `inside the text \`${within.path}\``
}

interface Place {
  readonly path: string
  readonly value: unknown
}

/** The fields of a value, and theirs, nearest first. */
function* walk(root: unknown): Generator<Place> {
  // It grows while it is read; what is parsed from JSON never leads back to itself.
  const queue: Array<Place> = [{ path: "", value: root }]
  for (const { path, value } of queue) {
    yield { path, value }
    if (typeof value !== "object" || value === null) continue
    for (const [key, field] of Object.entries(value)) {
      const step = Array.isArray(value) ? `[${key}]` : `${path === "" ? "" : "."}${key}`
      queue.push({ path: path + step, value: field })
    }
  }
}
