/**
 * Two documents as one client sees them: what of the newer would break the client, what the newer has that the client
 * does not know yet, and what changed without touching it. The client is compared with each; what is found in both is
 * no change.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Client from "./Client.ts"
import * as Divergence from "./Divergence.ts"
import * as Document from "./Document.ts"
import type { EffectiveDocument } from "./EffectiveDocument.ts"
import * as Revision from "./Revision.ts"
import { divergence, type Pair } from "./Subject.ts"

type Found = ReadonlyArray<Divergence.Divergence>

/** Schemas move between documents: what is said of which operation tells, not where it stands. */
const identity = (one: Divergence.Divergence): string =>
  [one.class, one.direction, Document.keyOf(...parts(one.operation)), one.message].join(" | ")

const parts = (operation: string): [method: string, path: string] => {
  const [method = "", path = ""] = operation.split(" ", 2)
  return [method, path]
}

const missingFrom = (found: Found, other: Found): Found => {
  const known = new Set(other.map(identity))
  return found.filter((one) => !known.has(identity(one)))
}

const within = (outer: string, inner: string): boolean => outer === inner || inner.startsWith(`${outer}/`)

/** What changed in an operation beside what the comparison with the client tells. */
const changesOf = (
  before: Document.Document,
  now: Document.Document,
  pair: Pair,
  told: Found,
  standing: Found
): Found => {
  const known = before.operations.find(({ key }) => key === pair.operation.key)
  if (known === undefined) return []
  const of = (found: Found) => found.filter(({ operation }) => operation === pair.operation.name)
  return Revision.changes({ root: before.root, operation: known }, { root: now.root, operation: pair.operation })
    .filter(({ pointer }) => !of(told).some((one) => within(pointer, one.pointer)))
    .map((finding) => {
      // Where client and document differ already, nobody can tell what a change does.
      const unclear = of(standing).some((one) => Divergence.isFailure(one) && within(finding.pointer, one.pointer))
      return divergence({ document: now }, pair, finding.direction, { ...finding, class: unclear ? "drift" : "note" })
    })
}

/** Operations neither the client nor the newer document has. */
const dropped = (client: Client.Client, before: Document.Document, now: Document.Document): Found =>
  before.operations
    .filter(({ key }) => ![...client.operations, ...now.operations].some((one) => one.key === key))
    .map(({ name, node }) => ({
      operation: name,
      direction: "coverage",
      class: "drift",
      pointer: node.pointer,
      through: [],
      message: "the older document has it, the newer one does not; nor does the client"
    }))

/** What is different for a client, what would break first; places are those of the newer document. */
export const compare = (
  client: Client.Client,
  older: Pick<EffectiveDocument, "document" | "defects">,
  newer: Pick<EffectiveDocument, "document" | "defects">
): Found => {
  const [before, now] = [Document.make(older.document), Document.make(newer.document)]
  const [old, standing] = [Revision.compare(client, before), Revision.compare(client, now)]
  const told = missingFrom(standing, old)
  const over = missingFrom(old, standing)
    .filter((one) => Divergence.isFailure(one) && now.operations.some(({ key }) => key === keyOf(one)))
    .map((one): Divergence.Divergence => ({ ...one, class: "note", message: `no longer so: ${one.message}` }))
  const changed = Revision.pairsOf(client, now).flatMap((pair) => changesOf(before, now, pair, told, standing))
  const defects = newer.defects
    .filter(({ message, pointer }) => !older.defects.some((one) => one.pointer === pointer && one.message === message))
    .map((defect) => ({ ...defect, operation: "the document", direction: "coverage" as const }))
  const all = [...told, ...dropped(client, before, now), ...defects, ...changed, ...over]
  const order = ["breaking", "drift", "note"]
  return all.toSorted((a, b) => order.indexOf(a.class) - order.indexOf(b.class))
}

const keyOf = ({ operation }: Divergence.Divergence): string => Document.keyOf(...parts(operation))

/** {@link compare} for the client of `@effect-intercom/core`, or another. */
export const run = Effect.fn("Diff.run")(
  function* (
    older: Pick<EffectiveDocument, "document" | "defects">,
    newer: Pick<EffectiveDocument, "document" | "defects">,
    resources: Client.Resources = Client.intercom
  ) {
    const services = yield* Layer.build(Client.layer(Document.make(newer.document).server))
    const client = yield* Effect.provide(Client.make(resources), services)
    return compare(client, older, newer)
  },
  (effect) => Effect.scoped(effect)
)
