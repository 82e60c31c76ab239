/**
 * JSON that is the same text for the same value: no white space, and the keys of each object in the order of their UTF-16
 * code units.
 */
export const stringify = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(stringify).join(",")}]`
  let fields = ""
  for (const name of Object.keys(value).toSorted()) {
    fields += `${fields === "" ? "" : ","}${JSON.stringify(name)}:${stringify(Reflect.get(value, name))}`
  }
  return `{${fields}}`
}
