/** Many divergences in few lines: what a console shows of them. Reports have them all. */
import type { Divergence } from "./Divergence.ts"
import * as Facts from "./Facts.ts"

export { fieldOf } from "./Facts.ts"

export interface Group {
  /** The one that is shown. */
  readonly first: Divergence
  /** The others that are like it. */
  readonly more: ReadonlyArray<Divergence>
}

/**
 * The same said of one place in the document: a schema many fields refer to is one place, what stands outside of paths
 * and components is one for all operations, and what drifts is told by the object it is in.
 */
const likeness = (one: Divergence): string => {
  const { class: severity, direction, operation, pointer } = one
  // What one side lacks is an operation, or a part of it.
  const own = direction === "coverage" && /^\/(paths|components)\//.test(pointer) ? operation : ""
  const place = severity === "drift" && direction !== "coverage" ? pointer.replace(/\/[^/]*$/, "") : pointer
  return [own, direction, severity, place, Facts.words(one)].join(" | ")
}

/** Operations of the document the client has no method for. */
const isMissing = ({ class: severity, direction, method }: Divergence): boolean =>
  direction === "coverage" && severity === "drift" && method === undefined

// As many as a screen shows beside what matters more.
const most = 10

const list = (names: ReadonlyArray<string>): string =>
  names.slice(0, most).join(", ") + (names.length > most ? ", …" : "")

/** How many more are like the first of a group, and which. */
export const others = ({ first, more }: Group): string => {
  const names = more.map((one) => (one.operation === first.operation ? Facts.fieldOf(one) : one.operation))
  const named = [...new Set(names)].filter((name) => name !== "")
  return more.length === 0 ? "" : ` | and ${more.length} more like it${named.length === 0 ? "" : `: ${list(named)}`}`
}

/** Divergences in groups, and one sentence on operations the client lacks when they are many. */
export const of = (
  divergences: ReadonlyArray<Divergence>
): { readonly groups: ReadonlyArray<Group>; readonly missing: string | undefined } => {
  const missing = divergences.filter(isMissing)
  const shown = missing.length > most ? divergences.filter((one) => !isMissing(one)) : divergences
  return {
    groups: [...Map.groupBy(shown, likeness).values()].flatMap(([first, ...rest]) =>
      first === undefined ? [] : [{ first, more: rest }]
    ),
    missing:
      missing.length > most
        ? `drift coverage: the client has no method for ${missing.length} operations of the document: ${list(missing.map(({ operation }) => operation))}`
        : undefined
  }
}
