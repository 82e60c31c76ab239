/** JSON for reading: what fits on a line is on one. */
import type * as Schema from "effect/Schema"

const width = 76

/** The lines of a value, `before` being how much of its first line is taken. */
export const render = (value: Schema.Json, indent = "", before = 0): string => {
  const line = inline(value)
  if (typeof value !== "object" || value === null || indent.length + before + line.length <= width) return line
  const deeper = `${indent}  `
  const items = Array.isArray(value)
    ? value.map((item: Schema.Json) => deeper + render(item, deeper))
    : Object.entries(value).map(([key, item]) => {
        const name = `${JSON.stringify(key)}: `
        return `${deeper}${name}${render(item, deeper, name.length)}`
      })
  const [open, close] = Array.isArray(value) ? "[]" : "{}"
  return items.length === 0 ? `${open}${close}` : `${open}\n${items.join(",\n")}\n${indent}${close}`
}

const inline = (value: Schema.Json): string => {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const entries = Object.entries(value)
  return entries.length === 0
    ? "{}"
    : `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${inline(item)}`).join(", ")} }`
}
