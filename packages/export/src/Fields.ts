/** Which fields of records are exported: those that were named, and those that an export itself needs. */
import * as Json from "@effect-intercom/core/Json"
import type { Resource } from "./Definition.ts"
import { isObject, type Received, type Table } from "./Table.ts"

/** `email`, or `custom_attributes.plan`. */
export type Field = string

/** Field within field; one without any is kept whole. */
type Tree = Map<string, Tree>

const treeOf = (fields: ReadonlyArray<Field>): Tree => {
  const root: Tree = new Map()
  const whole = new Set<Tree>()
  for (const field of fields) {
    let tree = root
    for (const name of field.split(".")) {
      if (whole.has(tree)) break
      const found = tree.get(name) ?? new Map<string, Tree>()
      tree.set(name, found)
      tree = found
    }
    tree.clear()
    whole.add(tree)
  }
  return root
}

const picked = (tree: Tree, object: Received): Received => {
  // Whatever their names: an assignment to `__proto__` would set something else.
  const copy = Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) => {
      const within = tree.get(name)
      if (within === undefined) return []
      return [[name, within.size > 0 && isObject(value) ? picked(within, value) : value]]
    })
  )
  for (const name of Object.keys(copy)) Json.copyDigits(object, name, copy)
  return copy
}

type Selected = Pick<Resource<never>, "changedAt" | "table">

/** What tells records apart, and when they changed, is always there. */
const needed = ({ changedAt, table: { key } }: Selected): ReadonlyArray<Field> => [key ?? "created_at", changedAt]

/** A record with the fields alone, in the order it came. */
export const pick = (resource: Selected, fields: ReadonlyArray<Field>): ((record: Received) => Received) => {
  const tree = treeOf([...needed(resource), ...fields])
  return (record) => picked(tree, record)
}

const startsWith = (path: ReadonlyArray<string>, start: ReadonlyArray<string>) =>
  start.every((name, index) => path[index] === name)

/** The table with the columns that have something of the fields. */
export const table = (resource: Selected, fields: ReadonlyArray<Field> | undefined): Table => {
  if (fields === undefined) return resource.table
  const paths = [...needed(resource), ...fields].map((field) => field.split("."))
  return {
    ...resource.table,
    columns: resource.table.columns.filter(({ path }) =>
      paths.some((selected) => startsWith(path, selected) || startsWith(selected, path))
    )
  }
}

/** The first of the fields that records of a table do not have. */
export const unknown = ({ columns }: Table, fields: ReadonlyArray<Field>): Field | undefined =>
  fields.find((field) => {
    const path = field.split(".")
    return !columns.some(({ kind, path: of }) => startsWith(of, path) || (kind === "json" && startsWith(path, of)))
  })
