/** Records of one kind: those the seed makes, made when asked for, then those added since. */

/** A record, as it is sent. */
export interface Row {
  readonly id: string
  readonly [field: string]: unknown
}

export interface Collection {
  readonly size: () => number
  /** The record at an index below `size`. */
  readonly at: (index: number) => Row
  readonly indexOf: (id: string) => number | undefined
  /** Adds a record at the end. */
  readonly add: (row: Row) => void
  readonly replace: (index: number, row: Row) => void
}

export interface Options {
  readonly count: number
  readonly generate: (index: number) => Row
  /** The index an id of a generated record carries; whether the record has that id is checked here. */
  readonly indexOf: (id: string) => number | undefined
  /** Fields of generated records that are to be other than generated, by index. */
  readonly overrides?: { readonly [index: number]: { readonly [field: string]: unknown } } | undefined
}

export const make = ({ count, generate, indexOf, overrides = {} }: Options): Collection => {
  const added: Array<Row> = []
  const replaced = new Map<number, Row>()
  const ids = new Map<string, number>()

  for (const [key, fields] of Object.entries(overrides)) {
    const index = Number(key)
    if (index >= count) continue
    const row = { ...generate(index), ...fields }
    replaced.set(index, row)
    ids.set(row.id, index)
  }

  const at = (index: number): Row => replaced.get(index) ?? added[index - count] ?? generate(index)

  return {
    size: () => count + added.length,
    at,
    indexOf: (id) => {
      const known = ids.get(id)
      if (known !== undefined) return known
      const index = indexOf(id)
      return index !== undefined && index < count && at(index).id === id ? index : undefined
    },
    add: (row) => {
      ids.set(row.id, count + added.length)
      added.push(row)
    },
    replace: (index, row) => {
      replaced.set(index, row)
      ids.set(row.id, index)
    }
  }
}
