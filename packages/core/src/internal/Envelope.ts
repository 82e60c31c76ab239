/** A number of an envelope, none of which is negative, and which may come as text; `undefined` for anything else. */
export const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** An object, whatever its fields. */
type Fields = { readonly [field: string]: unknown }

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {})

/** The value at a field, or at a field of a field: `data.articles`. */
export const at = (body: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, field) => fieldsOf(value)[field], body)

/** A body with another value there. */
export const withAt = (body: unknown, path: string, value: unknown): Fields => {
  const [field = "", ...rest] = path.split(".")
  const inner = rest.length === 0 ? value : withAt(fieldsOf(body)[field], rest.join("."), value)
  return { ...fieldsOf(body), [field]: inner }
}
