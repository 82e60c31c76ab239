/**
 * Another version of a document that is known: what changed in it, whatever the overlays say of the place. Overlays are
 * written for the document as it was published; where they replace or add something, a change below would not be seen
 * in the effective document. So the two are compared by themselves, too, and so is the client with each.
 */
import * as Document from "../document/Document.ts"
import type { Revision } from "../document/Revision.ts"
import { type Divergence, key } from "../report/Divergence.ts"
import * as JsonNode from "../schema/JsonNode.ts"
import type { Client } from "../subject/Client.ts"
import * as Pairs from "../subject/Pairs.ts"
import { divergence, type Pair } from "../subject/Subject.ts"
import * as Coverage from "./Coverage.ts"
import * as Difference from "./Difference.ts"
import * as Structure from "./Structure.ts"

/** The operations both sides have. */
export const pairsOf = (client: Client, document: Document.Document): ReadonlyArray<Pair> =>
  Pairs.make(client.operations, document)

// One document is compared with many others.
const compared = new WeakMap<Client, WeakMap<object, ReadonlyArray<Divergence>>>()

/** What the comparing checks find, without overlays. */
export const compare = (client: Client, document: Document.Document): ReadonlyArray<Divergence> => {
  const known = compared.get(client) ?? new WeakMap<object, ReadonlyArray<Divergence>>()
  compared.set(client, known)
  const key = JsonNode.record(document.root)
  const found = known.get(key) ?? [
    ...Coverage.operations({ client, document }),
    ...pairsOf(client, document).flatMap((pair) => [
      ...Coverage.check({ document }, pair),
      ...Structure.check({ document }, pair)
    ])
  ]
  known.set(key, found)
  return found
}

const within = (outer: string, inner: string): boolean => outer === inner || inner.startsWith(`${outer}/`)

const touches = (one: string, other: string): boolean => within(one, other) || within(other, one)

/**
 * What the known document does not have against the client, and the given one has; then what else changed; then the
 * actions of overlays that lost their place. `elsewhere` is what the effective document shows already.
 */
export const check = (
  client: Client,
  { given, idle, known }: Revision,
  elsewhere: ReadonlyArray<Divergence>
): ReadonlyArray<Divergence> => {
  const [before, now] = [Document.make(known), Document.make(given)]
  const identity = (one: Divergence) => `${one.class} ${one.operation} ${key(one)}`
  const old = new Set(compare(client, before).map(identity))
  const shown = new Set(elsewhere.map(identity))
  // What both have tells nothing of a change.
  const fresh = compare(client, now).filter((one) => one.class !== "note" && !old.has(identity(one)))
  const found = fresh.filter((one) => !shown.has(identity(one)))
  const told = elsewhere.filter((one) => one.class !== "note" && !old.has(identity(one)))
  const earlier = pairsOf(client, before)
  const changed = pairsOf(client, now).flatMap((pair) => {
    // Of alternatives, what was the method's.
    const operation = earlier.find((one) => one.client === pair.client)?.operation
    if (operation === undefined) return []
    return Difference.changes({ root: before.root, operation }, { root: now.root, operation: pair.operation })
      .filter(
        ({ pointer }) =>
          !fresh.some((one) => one.operation === pair.operation.name && within(one.pointer, pointer)) &&
          !told.some((one) => one.operation === pair.operation.name && one.pointer === pointer) &&
          // Where servers and security are compared with the client's, that they changed says nothing more.
          !(
            /\/(servers|security)$/.test(pointer) &&
            [...fresh, ...told].some((one) => one.operation === pair.operation.name && within(pointer, one.pointer))
          )
      )
      .map((finding) => divergence({ document: now }, pair, finding.direction, finding))
  })
  const all = [...told, ...found, ...changed]
  const lost = idle
    .filter(({ changes }) => !changes.some((change) => all.some(({ pointer }) => touches(pointer, change))))
    .map(({ changes, file, index, kind, target }): Divergence => ({
      operation: "the API",
      direction: "coverage",
      class: "drift",
      pointer: changes[0] ?? "",
      through: [],
      message: `${kind} ${index + 1} of ${file} (${target}) changes nothing any more: the document is not the one it was written for`
    }))
  return [...found, ...changed, ...lost]
}
