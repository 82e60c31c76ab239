/** A workspace, made of the kinds there are. */
import * as Alarms from "./Alarms.ts"
import * as Collection from "./Collection.ts"
import * as Prng from "./Prng.ts"
import * as Ids from "../Ids.ts"
import type * as Kind from "../Kind.ts"
import type * as Topics from "../Topics.ts"
import type { World } from "../World.ts"

const idOf = (fields: { readonly [field: string]: unknown } | undefined): string | undefined =>
  typeof fields?.["id"] === "string" ? fields["id"] : undefined

/** Kinds, by the names of their records. */
export interface Kinds {
  readonly [name: string]: Kind.Top
}

/** Fields of generated records that are to be other than generated: by kind, then by index. */
export interface Overrides {
  readonly [name: string]: Collection.Options["overrides"]
}

/** Fields of the first records of a kind, in order, by the kind's name. */
export interface Given {
  readonly [name: string]: ReadonlyArray<{ readonly [field: string]: unknown }> | undefined
}

export interface Options
  extends Omit<World, "counts" | "id">, Omit<Kind.Workspace, "world" | "collections" | "nextNumber"> {
  readonly kinds: Kinds
  readonly counts: { readonly [name: string]: number | undefined }
  readonly overrides: Overrides
  readonly given: Given
  /** Told of each record that changes. */
  readonly onChange: (change: Topics.Change) => void
}

const idsOf = (name: string, { ids }: Kind.Top): Ids.Ids => ids ?? Ids.numeric(name)

/** A workspace, and what happens in it by itself. */
export interface Made {
  readonly workspace: Kind.Workspace
  readonly alarms: Alarms.Alarms
}

export const make = ({
  counts,
  given,
  kinds,
  onChange,
  overrides,
  parts,
  seed,
  timezone,
  ...options
}: Options): Made => {
  const each = <A>(f: (name: string, kind: Kind.Top) => A): { readonly [name: string]: A } =>
    Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, f(name, kind)]))

  const ids = each(idsOf)
  const world: World = {
    seed,
    timezone,
    parts,
    // The simulator's own kinds are all among them.
    counts: each((name, { count = 0 }) => counts[name] ?? count) as World["counts"],
    id: (name, index) => idOf(given[name]?.[index]) ?? ids[name]?.of(world, index) ?? ""
  }
  const alarms = Alarms.make(kinds, () => workspace)
  const collections = each((name, kind) => {
    const { count = 0, fresh, generate, unique } = kind
    const ids = idsOf(name, kind)
    // Nothing is asked for where nothing can be made.
    const make = (index: number): Collection.Row => generate?.(world, index) ?? { id: ids.of(world, index) }
    const wanted = (given[name] ?? []).map((fields, index) => [
      index,
      kind.given?.(make(index), fields) ?? { ...make(index), ...fields }
    ])
    return Collection.make({
      generate: make,
      count: generate === undefined ? 0 : (counts[name] ?? count),
      indexOf: (id) => ids.indexOf(world, id),
      nextId: (slot, now) => ids.next(world, slot, now),
      overrides: { ...Object.fromEntries(wanted), ...overrides[name] },
      onChange: (before, after) => {
        if (after !== undefined) alarms.watch(name, after)
        onChange({ kind: name, before, after })
      },
      // Records are read when the workspace is there.
      fresh: fresh && ((row) => fresh(row, workspace)),
      unique
    })
  })
  let numbers = 0
  const workspace: Kind.Workspace = {
    ...options,
    world,
    // As with the counts.
    collections: collections as Kind.Workspace["collections"],
    nextNumber: () => 403_000_000_000 + (Prng.hash(seed) % 1_000_000) * 1000 + numbers++
  }
  for (const [name, { changes }] of Object.entries(collections)) {
    for (const { row } of changes) if (row !== undefined) alarms.watch(name, row)
  }
  return { workspace, alarms }
}

/** The records of a kind, which may be one of a user's. */
export const collectionOf = ({ collections }: Kind.Workspace, name: string): Collection.Collection =>
  // Made for each kind there is, which `name` is one of.
  (collections as { readonly [name: string]: Collection.Collection })[name] as Collection.Collection
