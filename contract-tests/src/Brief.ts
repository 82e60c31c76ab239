/** Many divergences in few lines: what a console shows of them. Reports have them all. */
import type { Divergence } from "./Divergence.ts"

export interface Group {
  /** The one that is shown. */
  readonly first: Divergence
  /** How many more are like it. */
  readonly more: number
}

/** What is said of a place, without how the client writes the place. */
const words = ({ message }: Divergence): string => message.slice(message.lastIndexOf(": ") + 1)

/** The same said of one place in the document: a schema many fields refer to is one place. */
const likeness = (one: Divergence): string =>
  [one.operation, one.direction, one.class, one.pointer, words(one)].join(" | ")

/** Operations of the document the client has no method for. */
const isMissing = ({ class: severity, direction, method }: Divergence): boolean =>
  direction === "coverage" && severity === "drift" && method === undefined

// As many as a screen shows beside what matters more.
const most = 10

const names = (missing: ReadonlyArray<Divergence>): string =>
  missing
    .slice(0, most)
    .map(({ operation }) => operation)
    .join(", ") + (missing.length > most ? ", …" : "")

/** Divergences in groups, and one sentence on operations the client lacks when they are many. */
export const of = (
  divergences: ReadonlyArray<Divergence>
): { readonly groups: ReadonlyArray<Group>; readonly missing: string | undefined } => {
  const missing = divergences.filter(isMissing)
  const shown = missing.length > most ? divergences.filter((one) => !isMissing(one)) : divergences
  return {
    groups: [...Map.groupBy(shown, likeness).values()].flatMap(([first, ...rest]) =>
      first === undefined ? [] : [{ first, more: rest.length }]
    ),
    missing:
      missing.length > most
        ? `drift coverage: the client has no method for ${missing.length} operations of the document: ${names(missing)}`
        : undefined
  }
}
